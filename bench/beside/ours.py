"""Our own commands, as a teacher or a student types them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader import store

from . import notebooks
from .call import Call, Timing
from .notebooks import ROOT
from .peers import CLASS, KINDS, Bench

COMMAND = (sys.executable, "-c", "from grader.cli import main; main()")
LARGE = 100
LAB = KINDS["full"]
IMPORT = "import tensorflow as tf; tf.keras.utils.set_random_seed(0)"


def timings(bench: Bench, data_dir: Path | None) -> list[Timing]:
    """What is measured of ours. Where nothing is cold, the reference was observed before."""
    ours = _Ours(bench, ("--data-dir", str(data_dir)) if data_dir else ())
    again = "judged again after a changed point value (`grade rejudge`)"
    return [
        Timing("cold", "grade", f"{LAB}, `--quick`, the reference not yet observed", ours.cold),
        Timing("quick", "grade", f"{LAB}, `--quick`", ours.quick),
        Timing("full", "grade", f"{LAB}, all trainings", ours.full, long=True),
        Timing("class", "grade", f"{CLASS} × {LAB}, `--quick`", lambda f: ours.whole(f, CLASS),
               count=CLASS, long=True),
        Timing("class-large", "grade", f"{LARGE} × {LAB}, `--quick`",
               lambda f: ours.whole(f, LARGE), count=LARGE, long=True, optional=True),
        Timing("rejudge", "grade", f"{CLASS} × {LAB}, {again}", lambda f: ours.again(f, CLASS),
               count=CLASS),
        Timing("rejudge-large", "grade", f"{LARGE} × {LAB}, {again}",
               lambda f: ours.again(f, LARGE), count=LARGE, optional=True),
        Timing("check", "grade", "self-check of one function (`grade check --task`)", ours.check),
        Timing("help", "grade", "`grade --help`", ours.help),
        Timing("import", "grade", "`import tensorflow` with Keras, nothing else", ours.load),
    ]  # fmt: skip


@dataclass(frozen=True)
class _Ours:
    bench: Bench
    data: Sequence[str]

    def cold(self, folder: Path) -> Call:
        return self._one(folder, _cache(folder / "cache"), "--quick")

    def quick(self, folder: Path) -> Call:
        return self._one(folder, self._warm(), "--quick")

    def full(self, folder: Path) -> Call:
        return self._one(folder, self._warm())

    def whole(self, folder: Path, count: int) -> Call:
        """A class in a cache where nothing but the data set is known."""
        for student in range(count):
            notebooks.save(notebooks.solved(student), folder / f"class/student{student:03d}.ipynb")
        command = [*COMMAND, "class", str(folder / "class"), "--course", str(ROOT), "--quick"]
        environ = {"GRADER_CACHE": str(_cache(folder / "cache"))}
        return Call([*command, *self.data], folder, lambda: _some_lost(folder, count), environ)

    def again(self, folder: Path, count: int) -> Call:
        """After one point more for one check, everybody's grade changes."""
        graded = self._graded(count)
        shutil.copytree(graded / "class", folder / "class")
        for part in ("assignments", "reference", "rubrics"):
            shutil.copytree(ROOT / part, folder / "course" / part)
        rubric = folder / "course/rubrics/convnets.yaml"
        text = rubric.read_text(encoding="utf-8")
        rubric.write_text(text.replace("points: 3", "points: 4", 1), encoding="utf-8")
        command = [*COMMAND, "rejudge", str(folder / "class"), "--course", str(folder / "course")]
        environ = {"GRADER_CACHE": str(graded / "cache")}
        return Call(command, folder, lambda: _some_lost(folder, count), environ)

    def check(self, folder: Path) -> Call:
        """In the student's own process, with the bundle that ``grade release`` made."""
        released = self.bench.work / "released"
        if not released.exists():
            _run([*COMMAND, "release", "convnets", "--out", str(released), "--course", str(ROOT)])
        shutil.copytree(released, folder / "handed")
        cells = notebooks.with_data(notebooks.solved(), self.bench.kept / "cifar10", trained=False)
        path = notebooks.save(cells, folder / "handed/lab.ipynb")
        command = [*COMMAND, "check", str(path), "--task", "three_layer_convnet"]
        return Call(command, folder, lambda: None)

    def help(self, folder: Path) -> Call:
        return Call([*COMMAND, "--help"], folder, lambda: None)

    def load(self, folder: Path) -> Call:
        return Call([sys.executable, "-c", IMPORT], folder, lambda: None)

    def _one(self, folder: Path, cache: Path, *options: str) -> Call:
        path = notebooks.save(notebooks.solved(), folder / "lab.ipynb")
        command = [*COMMAND, "run", str(path), "--course", str(ROOT), "--fresh", *self.data]
        grade = folder / "lab.grade.json"
        environ = {"GRADER_CACHE": str(cache)}
        return Call([*command, *options], folder, lambda: _not_full(grade), environ)

    def _warm(self) -> Path:
        """A cache in which a grade has been made before."""
        folder = self.bench.work / "warm"
        if not folder.exists():
            call = self._one(folder, _cache(folder / "cache"), "--quick")
            _run(call.command, call.environ["GRADER_CACHE"])
        return folder / "cache"

    def _graded(self, count: int) -> Path:
        """A class that was graded, not measured, once for all repetitions."""
        folder = self.bench.work / f"graded-{count}"
        if not folder.exists():
            call = self.whole(folder, count)
            _run(call.command, call.environ["GRADER_CACHE"])
        return folder


def _cache(folder: Path) -> Path:
    """An empty cache but for the data sets, which are decoded once before the clock starts."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "data").symlink_to(store.folder() / "data")
    return folder


def _run(command: Sequence[str], cache: str = "") -> None:
    """A step that is not measured."""
    environ = {**os.environ, **({"GRADER_CACHE": cache} if cache else {})}
    subprocess.run(command, env=environ, check=True, capture_output=True)  # noqa: S603  our own


def _not_full(path: Path) -> str | None:
    """A right notebook earns every point that was to be had."""
    grade = json.loads(path.read_text(encoding="utf-8"))
    wrong = [
        f"{task['id']}/{check['id']}: {check['status']}"
        for task in grade["tasks"]
        for check in task["checks"]
        if check["status"] in ("failed", "ungraded")
    ]
    return f"grade: {', '.join(wrong)}" if wrong else None


def _some_lost(folder: Path, count: int) -> str | None:
    """Everybody handed in the same right answers."""
    db = sqlite3.connect(f"file:{folder / 'class/_grades/grades.sqlite'}?mode=ro", uri=True)
    with contextlib.closing(db):
        rows = db.execute("SELECT status, points = max_points, count(*) FROM latest GROUP BY 1, 2")
        found = rows.fetchall()
    return None if found == [("graded", 1, count)] else f"grade: {found}"
