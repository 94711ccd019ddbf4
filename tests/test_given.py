"""Given functions: served from disk only while they are the handout's own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import tiny_course as tiny

from grader import given, notebook, rubric
from grader.data import DataSet
from grader.matching import fingerprint
from grader.model import Submission, Text

Read = Callable[..., Submission]
LOADER = '''
def load(count=10):
    """Loads."""
    values = list(range(count))  # all of them
    return values[::2]
'''
RULES = rubric.Rubric.model_validate(
    {
        "schema_version": 1,
        "lab": "tiny",
        "title": {"ru": "Лаба", "en": "Lab"},
        "given": [{"name": "load"}, {"name": "other", "fingerprints": ["0123456789abcdef"]}],
        "tasks": [
            {
                "id": "t",
                "title": {"ru": "Текст", "en": "Text"},
                "cell": "a",
                "checks": [{"id": "c", "kind": "text", "title": {"ru": "Т", "en": "T"}}],
            }
        ],
    }
)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """``read(source, …)``: a notebook of these cells."""

    def notebook_of(*sources: str) -> Submission:
        path = tmp_path / "notebook.ipynb"
        cells = {f"cell-{number}": source for number, source in enumerate(sources)}
        path.write_text(tiny.notebook(**cells), encoding="utf-8")
        return notebook.read(path)

    return notebook_of


@pytest.mark.parametrize(
    "source",
    [
        LOADER,
        LOADER.replace("Loads.", "Загружает."),
        LOADER.replace('    """Loads."""\n', ""),
        LOADER.replace("  # all of them", "\n\n    # every one"),
        LOADER.replace("[::2]", "[ : :2]"),
        LOADER + "\nprint(load())\n",
        "def helper():\n    return 1\n" + LOADER,
    ],
)
def test_the_same_code_is_unchanged(read: Read, source: str) -> None:
    """Comments, layout, the docstring and the code around a function are not the function."""
    assert given.unchanged(read(source), read(LOADER), RULES) == ("load",)


@pytest.mark.parametrize(
    "source",
    [
        LOADER.replace("[::2]", "[::3]"),
        LOADER.replace("count=10", "count=20"),
        LOADER.replace("def load", "def loads"),
        LOADER.replace("def load", "@cached\ndef load"),
        LOADER.replace("def load", "async def load"),
        "load = None\n",
        "def broken(:\n" + LOADER,
        "%time 1\n" + LOADER,
    ],
)
def test_other_code_runs_as_it_is(read: Read, source: str) -> None:
    """A changed, decorated or unreadable loader is not served from disk."""
    assert given.unchanged(read(source), read(LOADER), RULES) == ()


def test_the_last_definition_counts(read: Read) -> None:
    """A student who defines the function again further down has changed it."""
    twice = read(LOADER, LOADER.replace("[::2]", "[::3]"))
    back = read(LOADER.replace("[::2]", "[::3]"), LOADER)
    assert given.unchanged(twice, read(LOADER), RULES) == ()
    assert given.unchanged(back, read(LOADER), RULES) == ("load",)


def test_another_edition_is_known_by_its_fingerprint(read: Read) -> None:
    """A rubric's fingerprint stands for an edition of the function that the handout has not."""
    edition = LOADER.replace("[::2]", "[1::2]")
    listed = rubric.Given(name="load", fingerprints=(fingerprint(edition.strip()),))
    rules = RULES.model_copy(update={"given": (listed,)})
    assert given.unchanged(read(edition), read(LOADER), rules) == ("load",)
    assert given.unchanged(read(edition), read(LOADER), RULES) == ()


def test_the_course_notebooks_loader_is_known() -> None:
    """Both handouts of convnets have their loader served from disk."""
    root = Path(__file__).parents[1]
    rules = rubric.load(root / "rubrics/convnets.yaml")
    for language in ("ru", "en"):
        handout = notebook.read(root / f"assignments/convnets/handout.{language}.ipynb")
        assert given.unchanged(handout, handout, rules) == ("load_cifar10",)


@pytest.mark.parametrize("source", ["", "x = 1", "class A:\n    pass", LOADER * 2])
def test_only_a_function_has_a_fingerprint(source: str) -> None:
    """What is not one function is refused."""
    with pytest.raises(ValueError, match="not one function"):
        fingerprint(source)


# ---------------------------------------------------------------- standardised


@pytest.fixture
def images(tmp_path: Path) -> DataSet:
    folder = tmp_path / "data" / "open"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for part, count in (("train_x", 40), ("val_x", 7), ("test_x", 5)):
        np.save(folder / f"{part}.npy", rng.integers(0, 256, (count, 4, 4, 3), dtype=np.uint8))
    labels = np.zeros(7, np.int64)
    return DataSet("tiny", folder, labels, labels, Text("тут", "here"), False, "0" * 64)


def test_images_are_standardised_by_the_training_images(images: DataSet) -> None:
    """Each channel of all three parts is shifted and scaled by the training images' moments."""
    folder = given.standardised(images)
    train = np.load(images.folder / "train_x.npy").astype(np.float64)
    mean, std = train.mean(axis=(0, 1, 2)), train.std(axis=(0, 1, 2))
    for part in ("train_x", "val_x", "test_x"):
        raw, made = np.load(images.folder / f"{part}.npy"), np.load(folder / f"{part}.npy")
        assert made.dtype == np.float32
        np.testing.assert_allclose(made, (raw - mean) / std, rtol=1e-5, atol=1e-5)


def test_standardised_images_are_made_once(images: DataSet) -> None:
    """The second call gives the same folder and writes nothing."""
    folder = given.standardised(images)
    before = (folder / "train_x.npy").stat().st_mtime_ns
    assert given.standardised(images) == folder
    assert (folder / "train_x.npy").stat().st_mtime_ns == before


def test_several_graders_may_standardise_at_once(images: DataSet) -> None:
    """Whoever comes second finds the first one's folder whole, and no drafts stay behind."""
    with ThreadPoolExecutor(6) as pool:
        folders = set(pool.map(lambda _: given.standardised(images), range(6)))
    assert len(folders) == 1
    assert {path.name for path in images.folder.parent.iterdir()} == {"open", "standardised"}
