"""The documents tell the truth: commands run, examples parse, links lead somewhere.

A fenced block of ``sh`` or ``console`` is run by bash in a copy of the course, with the virtual
environment active; of a console block, what it shows is compared too, an ellipsis standing for
anything. HTML comments before a block, which a reader does not see, say what else to know::

    <!-- skip: reason -->     cannot run in a test
    <!-- exit: 1 -->          ends with this exit code
    <!-- file: lab.yaml -->   the block is this file's content: it is written, for later blocks
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from conftest import ROOT, command
from grade_samples import full
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from grader.report import gradefile
from grader.rubric import AnyCheck, Rubric, Task

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"((?:<!-- \w+: .*? -->\n)*)^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)|(?:src|href)=\"(?!https?:)([^\"#]+)\"")
COURSE = ("assignments", "examples", "reference", "rubrics")


@dataclass(frozen=True)
class Block:
    """A fenced block, with what the comments before it say."""

    document: str
    line: int
    language: str
    text: str
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def runs(self) -> bool:
        return self.language in {"sh", "console"} and "file" not in self.notes

    def script(self) -> str:
        if self.language == "sh":
            return self.text
        return "".join(f"{command}\n" for command in re.findall(r"^\$ (.*)$", self.text, re.M))

    def shown(self) -> str:
        """What a console block says that its commands print."""
        if self.language == "sh":
            return ""
        return "".join(line for line in self.text.splitlines(True) if not line.startswith("$ "))


def blocks(*languages: str) -> list[Block]:
    found = []
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        for match in FENCE.finditer(text):
            notes = dict(re.findall(r"<!-- (\w+): (.*?) -->", match[1]))
            line = text.count("\n", 0, match.start(2)) + 1
            found.append(Block(path.name, line, match[2], match[3], notes))
    return [block for block in found if not languages or block.language in languages]


def named(block: Block) -> str:
    return f"{block.document}:{block.line}"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course, with what the documents call files in it."""
    folder = tmp_path_factory.mktemp("docs")
    for name in COURSE:
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / ".venv").symlink_to(sys.prefix)
    for block in blocks():
        if "file" in block.notes:
            path = folder / block.notes["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "block", [b for b in blocks() if b.runs and "skip" not in b.notes], ids=named
)
def test_commands(block: Block, workspace: Path) -> None:
    """Each command that a document names runs, ends as it says, and prints what it shows."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

    done = command(["bash", "-euc", block.script()], cwd=workspace, environment={"PATH": path})

    assert done.returncode == int(block.notes.get("exit", 0)), done.stdout + done.stderr
    assert shows(block.shown(), done.stdout), f"{done.stdout}\nis not\n{block.shown()}"


def shows(expected: str, got: str) -> bool:
    """Whether ``got`` is ``expected``, spaces and what an ellipsis stands for aside."""
    if not expected.strip():
        return True
    parts = [re.escape(" ".join(part.split())) for part in expected.split("…")]
    pattern = r"\s*.*?\s*".join(part.replace(r"\ ", r"\s+") for part in parts)
    return re.fullmatch(pattern, " ".join(got.split()), re.DOTALL) is not None


def test_every_skip_has_a_reason() -> None:
    """Few commands are left out, and each of them says why it cannot run in a test."""
    skipped = [block for block in blocks() if "skip" in block.notes]

    assert all(len(block.notes["skip"].split()) >= 3 for block in skipped)
    assert len(skipped) < len([block for block in blocks() if block.runs]) / 2


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links(path: Path) -> None:
    """Every relative link and picture of a document leads to a file of the repository."""
    targets = [a or b for a, b in LINK.findall(path.read_text(encoding="utf-8"))]

    missing = [target for target in targets if not (path.parent / target).exists()]

    assert missing == []


def examples() -> Iterator[Any]:
    for block in blocks("yaml"):
        if "file" not in block.notes:
            yield YAML(typ="safe", pure=True).load(block.text)


def test_rubric_examples() -> None:
    """teachers.md shows every kind of check, and every example is one that a rubric may hold."""
    kinds: set[str] = set()
    for example in examples():
        if isinstance(example, dict) and example.keys() <= Rubric.model_fields.keys():
            for name, value in example.items():
                TypeAdapter(Rubric.model_fields[name].annotation).validate_python(value)
            continue
        for task in example if isinstance(example, list) else [example]:
            if "id" not in task:  # a setting of the whole rubric
                assert set(task) <= set(Rubric.model_fields)
                continue
            read = TypeAdapter(Task | AnyCheck).validate_python(task)
            kinds |= {c.kind for c in read.checks} if isinstance(read, Task) else {read.kind}

    listed = get_args(get_args(AnyCheck)[0])
    assert kinds == {get_args(check.model_fields["kind"].annotation)[0] for check in listed}


def test_grade_file_example(root: Path) -> None:
    """The grade file that grade-file.md shows obeys the published schema."""
    schema = json.loads((root / "docs/grade.schema.json").read_text(encoding="utf-8"))
    (example,) = [block for block in blocks("json") if block.document == "grade-file.md"]

    jsonschema.validate(json.loads(example.text), schema)


def test_grade_file_example_is_whole() -> None:
    """It leaves no field out, and has none that a grade file has not."""
    (example,) = [block for block in blocks("json") if block.document == "grade-file.md"]
    shown, made = json.loads(example.text), json.loads(gradefile.to_json(full("en")))

    assert shown.keys() == made.keys()
    assert shown["seconds"].keys() == made["seconds"].keys()
    ((task,), others) = shown["tasks"], made["tasks"]
    assert task.keys() == others[0].keys()
    assert task["checks"][0].keys() == others[0]["checks"][0].keys()


@pytest.mark.parametrize("path", sorted((ROOT / "docs/images").glob("*.png")), ids=lambda p: p.name)
def test_pictures_are_small(path: Path) -> None:
    """A picture of the documents is below 300 kB."""
    assert path.stat().st_size < 300_000
