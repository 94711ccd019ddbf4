"""Notebooks as they really come: a corpus of them, each with the verdicts that it must get."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import corpus_graphs
import corpus_loops
import corpus_models
import corpus_shapes
import corpus_years
import jupytext
import nbformat
import pytest
from conftest import Grade
from convnets_submissions import write
from corpus_book import Entry

PARTS = (corpus_years, corpus_shapes, corpus_models, corpus_loops, corpus_graphs)
CORPUS = {name: entry for part in PARTS for name, entry in part.entries().items()}

pytestmark = pytest.mark.corpus


def save(name: str, entry: Entry, folder: Path) -> Path:
    """The notebook in the kind of file in which it comes."""
    folder.mkdir(parents=True, exist_ok=True)
    path = write(entry.book.notebook, folder / f"{name}.ipynb")
    if entry.suffix == ".py":
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        text = jupytext.writes(notebook, fmt="py:percent")
        path.unlink()
        path = folder / f"{name}.py"
        path.write_text(text, encoding="utf-8")
    elif entry.suffix == ".zip":
        with zipfile.ZipFile(folder / f"{name}.zip", "w") as made:
            made.write(path, f"work/{path.name}")
        path.unlink()
        path = folder / f"{name}.zip"
    return path


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, grade: Grade) -> dict[str, dict[str, Any]]:
    """The grade files of the whole corpus: notebooks as a class, other files one by one."""
    base = tmp_path_factory.mktemp("corpus")
    out, single = base / "out", base / "single"
    for name, entry in CORPUS.items():
        save(name, entry, base / "class" / name if entry.suffix == ".ipynb" else single)
    done = grade("class", base / "class", "--quick", "--out", out, timeout=2400)
    assert done.returncode == 0, done.stdout + done.stderr
    found = {path.parent.name: path for path in (out / "students").rglob("1.grade.json")}
    for path in sorted(single.glob("*")):
        ended = grade("run", path, "--quick", "--out", base / "single-out")
        assert ended.returncode in (0, 1), ended.stderr
        found[path.stem] = base / "single-out" / f"{path.stem}.grade.json"
    return {name: json.loads(path.read_text(encoding="utf-8")) for name, path in found.items()}


def test_the_corpus_is_large_enough() -> None:
    """There are at least forty notebooks, of all three kinds, in both languages."""
    assert len(CORPUS) >= 40
    assert {entry.suffix for entry in CORPUS.values()} == {".ipynb", ".py", ".zip"}
    assert {entry.runtime for entry in CORPUS.values()} == {"keras3", "keras2", "tf1"}


@pytest.mark.parametrize("name", CORPUS)
def test_each_gets_its_verdicts(graded: dict[str, dict[str, Any]], name: str) -> None:
    """What is right passes and what is wrong does not, whatever the notebook looks like."""
    entry, whole = CORPUS[name], graded[name]
    statuses = {task["id"]: task["status"] for task in whole["tasks"]}
    expected = dict.fromkeys(statuses, "passed") | dict(entry.wrong)
    unlike = {
        task: status for task, status in statuses.items() if status not in expected[task].split("|")
    }
    assert unlike == {}
    assert whole["environment"]["runtime"] == entry.runtime
    text = json.dumps(whole, ensure_ascii=False)
    assert [word for word in entry.says if word not in text] == []
