"""The convnets lab's content: handouts, reference, cases, misconceptions, and the submissions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import convnets_outcomes as lab
import nbformat
import numpy as np
import pytest
from convnets_faults import edited
from convnets_filling import END, START, Notebook, find_cell, read_handout, submission, write
from convnets_outcomes import cases
from convnets_submissions import faults, language_of, styles
from ruamel.yaml import YAML

from grader.kernel.wire import Leaf
from grader.model import Language

pytestmark = pytest.mark.filterwarnings("ignore")  # Keras warns about the wrong models on purpose

ROOT = Path(__file__).parents[1]
LANGUAGES: tuple[Language, ...] = ("ru", "en")
HANDOUTS = {lang: ROOT / f"assignments/convnets/handout.{lang}.ipynb" for lang in LANGUAGES}
SAMPLE = ROOT / "examples/convnets_sample.ipynb"
MISCONCEPTIONS = YAML(typ="safe").load(lab.REFERENCE / "misconceptions.yaml")
CELLS = {
    "three_layer_convnet": "three-layer-convnet",
    "three_layer_convnet_init": "three-layer-convnet-init",
    "ThreeLayerConvNet": "three-layer-class",
    "part3_model": "part3-training",
    "part3_optimizer": "part3-training",
    "part4_model": "part4-training",
    "part4_optimizer": "part4-training",
    "CustomConvNet": "custom",
}
SHOWN_BY_TRAINING = {"no_nonlinearity", "rate_too_large", "CustomConvNet-no_convolutions"}
"""Faults that no output shows, only the accuracy after training."""


@pytest.fixture(scope="module")
def solved() -> dict[Language, lab.Namespace]:
    """The reference's namespace in each language."""
    return {language: lab.run(reference_notebook(language)) for language in LANGUAGES}


@pytest.fixture(scope="module")
def right(solved: dict[Language, lab.Namespace]) -> dict[Language, dict[str, lab.Outcome]]:
    """What the reference computes, by language and task."""
    return {
        language: {task: lab.outcome(task, solved[language], language) for task in CELLS}
        for language in LANGUAGES
    }


def reference_notebook(language: str) -> Notebook:
    notebook = read_handout(HANDOUTS[language])
    for cell_id, source in lab.reference_cells(language).items():
        find_cell(notebook, cell_id)["source"] = source
    return notebook


# ----------------------------------------------------------------------- the handouts


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_handout_is_a_clean_notebook(language: str) -> None:
    """A handout is valid nbformat 4.5 with readable cell ids, no outputs, and ten TODO regions."""
    notebook = nbformat.read(HANDOUTS[language], as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]+", cell.id) for cell in notebook.cells)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    source = "".join(cell.source for cell in code)
    assert len(START.findall(source)) == len(END.findall(source)) == 10


def test_both_handouts_hold_the_same_program() -> None:
    """The Russian and the English handout have the same cells and differ in words only."""
    ru, en = (read_handout(HANDOUTS[language])["cells"] for language in LANGUAGES)
    assert [(c["id"], c["cell_type"]) for c in ru] == [(c["id"], c["cell_type"]) for c in en]
    for one, other in zip(ru, en, strict=True):
        if one["cell_type"] == "code":
            assert program(one["source"]) == program(other["source"]), one["id"]


def program(source: str) -> str:
    """The code without its texts: every string that has a letter outside ASCII or a space."""
    tree = ast.parse(source.replace("%matplotlib inline", ""))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = node.value if re.fullmatch(r"[\w/:.]*", node.value, re.ASCII) else ""
    return ast.dump(tree)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_blank_handout_answers_nothing(language: Language) -> None:
    """Unfilled, the functions return None, and the open task's call does not know its scores."""
    blank = lab.run(read_handout(HANDOUTS[language]))
    assert blank["three_layer_convnet"](None, [None] * 6) is None
    assert blank["three_layer_convnet_init"]() is None
    assert blank["ThreeLayerConvNet"](1, 2, 3).call(None) is None
    assert blank["handed"][:2] == [(None, None), (None, None)]
    with pytest.raises(NameError, match="scores"):
        blank["CustomConvNet"]().call(None)


# ---------------------------------------------------------------- reference and cases


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reference_solves_every_task(
    language: Language, solved: dict[Language, lab.Namespace], right: Any
) -> None:
    """The reference raises nothing, has the asked shapes and scales, and returns probabilities."""
    assert solved[language]["raised"] == []
    kernel, bias = (True, (5, 5, 3, 32), 0), (True, (32,), None)
    assert right[language]["three_layer_convnet_init"][:2] == [kernel, bias]
    assert right[language]["CustomConvNet"] == [(8, 10), True]
    outputs = [v for task, values in right[language].items() if "init" not in task for v in values]
    assert not [value for value in outputs if isinstance(value, str) or value is None]


def test_the_network_is_what_numpy_says(right: Any) -> None:
    """The reference network agrees with a convolution written out in NumPy, on every case."""
    drawn = lab.drawn(cases.three_layer_convnet, "ru")
    outputs = iter(right["ru"]["three_layer_convnet"])
    for case, output in zip(drawn, outputs, strict=False):
        x, w1, b1, w2, b2, w3, b3 = [case.args[0].array, *(leaf.array for leaf in case.args[1])]
        h = np.maximum(convolve(np.maximum(convolve(x, w1) + b1, 0), w2) + b2, 0)
        np.testing.assert_allclose(output, h.reshape(len(x), -1) @ w3 + b3, atol=1e-4)


def convolve(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Stride 1, zeros around, height and width kept; in float64."""
    size, (_, height, width, _) = w.shape[0], x.shape
    p = size // 2
    padded = np.pad(x.astype(float), [(0, 0), (p, p), (p, p), (0, 0)])
    return sum(
        padded[:, i : i + height, j : j + width] @ w[i, j] for i in range(size) for j in range(size)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_cases_are_repeatable_and_distinct(language: Language) -> None:
    """One seed draws the same cases twice, ids are unique, and no case has two equal shapes."""
    for name in ("three_layer_class", "part3_model", "part4_model", "custom_model"):
        once, again = (lab.drawn(getattr(cases, name), language) for _ in range(2))
        assert len({case.id for case in once}) == len(once)
        for case, same in zip(once, again, strict=True):
            assert np.array_equal(case.input, same.input)
            assert len({weight.shape for weight in case.weights}) == len(case.weights)
    calls = lab.drawn(cases.three_layer_convnet, language)
    assert all(isinstance(leaf, Leaf) and leaf.kind == "variable" for leaf in calls[0].args[1])
    assert len({case.id for case in calls}) == len(calls)


# --------------------------------------------------------------------- misconceptions


@pytest.mark.parametrize("entry", MISCONCEPTIONS, ids=lambda e: f"{e['task']}-{e['id']}")
def test_a_misconception_changes_what_its_task_computes(
    entry: Any, solved: dict[Language, lab.Namespace], right: Any
) -> None:
    """Each edit fits the reference exactly once, and the edited cell computes something else."""
    languages = [entry["language"]] if "language" in entry else LANGUAGES
    cell = CELLS[entry["task"]]
    for source, language in {lab.reference_cells(lang)[cell]: lang for lang in languages}.items():
        namespace = {**solved[language], "handed": [], "raised": []}
        lab.run_cell(
            edited(source, *((edit["old"], edit["new"]) for edit in entry["edits"])), namespace
        )
        assert namespace["raised"] == []
        wrong = lab.outcome(entry["task"], namespace, language)
        alike = lab.agree(wrong, right[language][entry["task"]])
        assert alike == (entry["id"] in SHOWN_BY_TRAINING)


def test_misconceptions_are_complete() -> None:
    """Every coding task has at least seven named wrong answers, the open one at least three."""
    names = [(entry["task"], entry["id"], entry.get("language")) for entry in MISCONCEPTIONS]
    assert len(set(names)) == len(names)
    for task in CELLS:
        assert sum(name[0] == task for name in names) >= (3 if task == "CustomConvNet" else 7), task
    for entry in MISCONCEPTIONS:
        assert entry["message"].keys() == {"ru", "en"}
        assert re.search("[а-я]", entry["message"]["ru"]), entry["id"]


# ------------------------------------------------------------------------ submissions


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("style", styles())
def test_every_style_computes_what_the_reference_does(
    style: str, language: Language, right: Any
) -> None:
    """A right submission in any style computes in every task what the reference computes."""
    notebook = submission(HANDOUTS[language], styles(language)[style])
    namespace = lab.run(notebook)
    assert namespace["raised"] == []
    assert wrong_tasks(namespace, language, right) == set()


@pytest.mark.parametrize("name", faults())
def test_a_fault_shows_in_its_task_alone(name: str, right: Any) -> None:
    """A single fault changes its own task, and no other but the model made of a faulty class."""
    variant = faults()[name]
    namespace = lab.run(submission(HANDOUTS["ru"], variant))
    follows = {"part3_model"} if variant.fails == "ThreeLayerConvNet" else set()
    # The other cells are those of the plainest right style, which has a test of its own.
    tasks = {task for task in CELLS if CELLS[task] == CELLS[variant.fails]} | follows
    wrong = wrong_tasks(namespace, "ru", right, tasks)
    assert wrong - follows == (set() if name in SHOWN_BY_TRAINING else {variant.fails})


def test_the_sample_has_two_faults_and_a_text(right: Any) -> None:
    """The sample submission is wrong in one function and one optimizer, and says what was tried."""
    notebook = read_handout(SAMPLE)
    wrong = wrong_tasks(lab.run(notebook), "ru", right)
    assert wrong == {"three_layer_convnet", "part4_optimizer"}
    assert "ЗАДАНИЕ" not in find_cell(notebook, "experiments")["source"]


def test_a_written_submission_is_a_notebook(tmp_path: Path) -> None:
    """A submission is a valid notebook file that reads back as what was written."""
    made = submission(HANDOUTS["en"], styles("en")["helper_functions"])
    path = write(made, tmp_path / "made.ipynb")
    nbformat.validate(nbformat.read(path, as_version=4))
    assert read_handout(path) == made
    assert language_of(made) == "en"


def wrong_tasks(
    namespace: lab.Namespace, language: Language, right: Any, tasks: Iterable[str] = tuple(CELLS)
) -> set[str]:
    """Those of ``tasks`` that compute something else than the reference."""
    got = {task: lab.outcome(task, namespace, language) for task in tasks}
    return {task for task in got if not lab.agree(got[task], right[language][task])}
