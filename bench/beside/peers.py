"""otter-grader and nbgrader, headless and without Docker, as their documentation calls them."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from grader.data import DataSet

from . import notebooks
from .call import Call, Timing
from .environments import python_of
from .notebooks import Cells

Kind = Literal["trivial", "untrained", "full"]
KINDS: dict[Kind, str] = {
    "trivial": "a trivial notebook",
    "untrained": "`convnets` without its trainings",
    "full": "`convnets`",
}
CLASS = 20
CELL_SECONDS = 7200


@dataclass(frozen=True)
class Bench:
    """Where things are: ``kept`` outlives this run, ``work`` does not."""

    kept: Path
    work: Path

    def environ(self, python: Path) -> dict[str, str]:
        """A home of their own, so that nobody's settings count, whose caches stay warm."""
        home = self.kept / "home"
        home.mkdir(parents=True, exist_ok=True)
        path = f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        return {"HOME": str(home), "PATH": path, "PYTHONPATH": "", "TF_CPP_MIN_LOG_LEVEL": "3"}

    def run(self, python: Path, module: str, arguments: Sequence[str], folder: Path) -> None:
        """A step that is not measured."""
        subprocess.run(  # noqa: S603  our own commands
            [python, "-m", module, *arguments],
            cwd=folder,
            env={**os.environ, **self.environ(python)},
            check=True,
            capture_output=True,
        )


def timings(bench: Bench, images: DataSet) -> list[Timing]:
    """What is measured of both."""
    arrays = bench.kept / "cifar10"
    _spread(images, arrays)
    found = []
    makers: dict[str, Callable[[Bench, Path, Kind, int, Path], Call]]
    makers = {"otter": _otter, "nbgrader": _nbgrader}
    for who, maker in makers.items():
        python = python_of(who, bench.kept)
        for kind, title in KINDS.items():
            found.append(
                Timing(
                    f"{who}-{kind}",
                    who,
                    title,
                    lambda folder, m=maker, k=kind, p=python: m(bench, p, k, 1, folder),
                    long=kind == "full",
                )
            )
        found.append(
            Timing(
                f"{who}-class",
                who,
                f"{CLASS} × {KINDS['untrained']}",
                lambda folder, m=maker, p=python: m(bench, p, "untrained", CLASS, folder),
                count=CLASS,
                long=True,
            )
        )
    return found


def _otter(bench: Bench, python: Path, kind: Kind, count: int, folder: Path) -> Call:
    """``otter run`` of each; of a class as many at a time as there are cores (it has no way of its
    own without Docker)."""
    homes, tests = _tests(kind)
    for name, source in tests.items():
        body = f"{source}\nfrom otter.test_files import test_case\n\nOK_FORMAT = False\n"
        body += f"name = {name!r}\npoints = 1\n\n\n@test_case()\ndef test_it(env):\n"
        body += f"    {_asserted(kind, name, 'env')}\n"
        (folder / "tests").mkdir(parents=True, exist_ok=True)
        (folder / "tests" / f"{name}.py").write_text(body, encoding="utf-8")
    otter = [str(python), "-m", "otter"]
    bench.run(python, "otter", ["generate", "-t", "tests", "-o", "autograder.zip"], folder)
    for student in range(count):
        cells = notebooks.for_otter(_cells(bench, kind, student), homes)
        notebooks.save(cells, folder / f"{student:03d}.ipynb")
    one = f"{shlex.join(otter)} run {{}}.ipynb -a autograder.zip -o out/{{}} --no-logo"
    names = [f"{student:03d}" for student in range(count)]
    for name in names:
        (folder / "out" / name).mkdir(parents=True)
    command = ["sh", "-c", one.replace("{}", names[0])]
    if count > 1:
        (folder / "names").write_text("\n".join(names), encoding="utf-8")
        command = ["sh", "-c", f'xargs -P "$(nproc)" -I "{{}}" {one} < names']
    return Call(
        command, folder, lambda: _otter_wrong(folder, names, len(tests)), bench.environ(python)
    )


def _otter_wrong(folder: Path, names: list[str], count: int) -> str | None:
    for name in names:
        told = json.loads((folder / "out" / name / "results.json").read_text(encoding="utf-8"))
        got = [(t["name"], t.get("score")) for t in told["tests"] if t.get("max_score")]
        if len(got) != count or any(score != 1 for _, score in got):
            return f"otter: {name}: {json.dumps(told)[:3000]}"
    return None


def _nbgrader(bench: Bench, python: Path, kind: Kind, count: int, folder: Path) -> Call:
    """``nbgrader autograde`` of the assignment: one submission after another."""
    homes, tests = _tests(kind)
    source, told = "", {}
    for name, text in tests.items():
        call = _asserted(kind, name, "globals()")
        told[name] = f"{text}\n{call}" if text != source else call
        source = text
    master = notebooks.for_nbgrader(_cells(bench, kind, 0), homes, told)
    notebooks.save(master, folder / "source/ps1/lab.ipynb")
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'bench'\n", encoding="utf-8"
    )
    nbgrader = [str(python), "-m", "nbgrader"]
    bench.run(python, "nbgrader", ["generate_assignment", "ps1"], folder)
    for student in range(count):
        cells = notebooks.for_nbgrader(_cells(bench, kind, student), homes, told)
        notebooks.save(cells, folder / f"submitted/{student:03d}/ps1/lab.ipynb")
    # TensorFlow's words on stderr would score 0, and a training takes longer than 30 s.
    options = ["--IgnorePattern.enabled=True", "--IgnorePattern.pattern=.*"]
    options += [f"--Execute.timeout={CELL_SECONDS}"]
    command = [*nbgrader, "autograde", "ps1", "--force", *options]
    return Call(
        command, folder, lambda: _nbgrader_wrong(folder, count * len(tests)), bench.environ(python)
    )


def _nbgrader_wrong(folder: Path, count: int) -> str | None:
    db = sqlite3.connect(f"file:{folder / 'gradebook.db'}?mode=ro", uri=True)
    with contextlib.closing(db):
        scores = [row[0] for row in db.execute("SELECT auto_score FROM grade")]
    return None if scores == [1.0] * count else f"nbgrader: scores {scores}"


def _cells(bench: Bench, kind: Kind, student: int) -> Cells:
    if kind == "trivial":
        return [notebooks.code("double", notebooks.TRIVIAL)]
    cells = notebooks.solved(student)
    trained = kind == "full"
    folder = bench.kept / "cifar10"
    return notebooks.with_data(
        cells if trained else notebooks.untrained(cells), folder, trained=trained
    )


def _tests(kind: Kind) -> tuple[dict[str, str], dict[str, str]]:
    """The cell behind which each test stands, and the code that it needs."""
    if kind == "trivial":
        return {"double": "double"}, {"double": ""}
    return notebooks.TASKS, dict.fromkeys(notebooks.TASKS, notebooks.ASSERTED)


def _asserted(kind: Kind, name: str, env: str) -> str:
    return notebooks.TRIVIAL_TEST.format(env=env) if kind == "trivial" else f"check_{name}({env})"


def _spread(images: DataSet, folder: Path) -> None:
    """The data set as Keras hands it out, as npy files in ``folder``."""
    if (folder / images.digest).exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    open_ = {
        name: np.load(images.folder / f"{name}.npy") for name in ("train_x", "train_y", "val_x")
    }
    np.save(folder / "x.npy", np.concatenate([open_["train_x"], open_["val_x"]]))
    labels = np.concatenate([open_["train_y"], images.val_y])
    np.save(folder / "y.npy", labels.astype(np.uint8)[:, None])
    np.save(folder / "xt.npy", np.load(images.folder / "test_x.npy"))
    np.save(folder / "yt.npy", images.test_y.astype(np.uint8)[:, None])
    (folder / images.digest).touch()
