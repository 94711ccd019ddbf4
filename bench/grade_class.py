"""A class on two cores: how busy they are, how flat memory is, what kills and re-judging cost.

Usage::

    python bench/grade_class.py                     # 100 submissions: the better part of an hour
    python bench/grade_class.py --submissions 6 --kills 2 --alone 2

Builds a class from the lab's test submissions (right ones in several styles, single faults, files
that are no notebooks, hostile code), grades it with ``--quick``, compares a sample with grading
each alone, kills the same batch with SIGKILL at random points and resumes it, compares the
gradebooks but for times, and judges the class again after a changed point value. CPU use is that of
the whole machine while the batch works, so nothing else should run. Exits with 1 where an aim is
missed. Each part of it begins with an empty cache but for the decoded data set.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from convnets_submissions import faults, read_handout, styles, submission, write  # noqa: E402

COMMAND = (sys.executable, "-c", "from grader.cli import main; main()")
SAMPLING_SECONDS = 0.5
BUSY, REJUDGE_SECONDS, GROWTH = 0.9, 5.0, 1.25
"""The aims: share of both cores' time, seconds, and main memory late in the batch over early."""
HOSTILE = (
    "import os\nos._exit(0)",
    "while True:\n    pass",
    "hog = []\nwhile True:\n    hog.append(bytearray(2**26))",
    "import sys\nsys.exit(1)",
    "print('x' * 10**8)",
)
UNREADABLE = (b"", b'{"cells": [', b"%PDF-1.4 not a notebook", b'{"cells": []}')


@dataclass
class Watched:
    """What was seen of one command. Shares of all cores' time, bytes, seconds."""

    wall: float
    code: int
    busy: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """One row of the table."""

    what: str
    got: str
    aim: str = "—"
    met: bool = True


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print a Markdown table. Returns the exit code."""
    asked = parse(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-class-") as name:
        bench = Bench(Path(name), asked)
        lines: list[Line] = []
        for part in (bench.whole, bench.rejudged, bench.alone, bench.killed):
            for line in part():
                say(f"{line.what}: {line.got} (aim: {line.aim})")
                lines.append(line)
    print(table(lines, asked))
    return int(not all(line.met for line in lines))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line: ``submissions``, ``alone``, ``kills``, ``seed``, ``data_dir``."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--submissions", type=int, default=100)
    parser.add_argument("--alone", type=int, default=5, help="how many to grade alone too")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="of the class and of the kills")
    parser.add_argument("--data-dir", type=Path, help="where CIFAR-10 is (as for `grade`)")
    return parser.parse_args(arguments)


def build(folder: Path, count: int, seed: int) -> None:
    """A class of ``count`` files: of each ten, one is hostile and one is no notebook."""
    handouts = {
        language: read_handout(ROOT / f"assignments/convnets/handout.{language}.ipynb")
        for language in ("ru", "en")
    }
    good = [
        (language, variant)
        for language in handouts
        for variant in (*styles(language).values(), *faults(language).values())
    ]
    chance = random.Random(seed)  # noqa: S311  a class, no secret
    folder.mkdir(parents=True)
    for number in range(count):
        path = folder / f"student{number:03d}.ipynb"
        if number % 10 == 4:
            path.write_bytes(UNREADABLE[number // 10 % len(UNREADABLE)])
            continue
        language, variant = chance.choice(good)
        notebook = submission(handouts[language], variant)
        if number % 10 == 2:
            cell = next(c for c in notebook["cells"] if c["id"] == "three-layer-convnet")
            cell["source"] += "\n" + HOSTILE[number // 10 % len(HOSTILE)]
        write(notebook, path)


class Bench:
    """The class in a folder, and everything that is done with it."""

    def __init__(self, folder: Path, asked: argparse.Namespace) -> None:
        self.folder, self.asked = folder, asked
        self.students = folder / "class"
        self.course = folder / "course"
        for part in ("assignments", "reference", "rubrics"):
            shutil.copytree(ROOT / part, self.course / part)
        build(self.students, asked.submissions, asked.seed)
        self.first = self.cache("first")
        self.wall = 0.0
        """Seconds that the uninterrupted batch took."""

    def cache(self, name: str) -> Path:
        """An empty cache but for the data sets, which are decoded once before the clock starts."""
        from grader import data, store

        folder = self.folder / f"cache-{name}"
        folder.mkdir()
        places = data.search_folders(self.asked.data_dir, ROOT)
        data.find("cifar10", folders=places, progress=say)
        (folder / "data").symlink_to(store.folder() / "data")
        return folder

    def whole(self) -> list[Line]:
        """The batch, uninterrupted."""
        seen = self.run(self.grade("out"), self.first)
        self.wall = seen.wall
        say(f"the whole class: {seen.wall:.0f} s")
        # The first seconds read the class, the last ones draw its page.
        work = seen.busy[4:-4] or seen.busy
        share = sum(value >= BUSY for value in work) / len(work)
        half = len(seen.memory) // 2
        early, late = statistics.median(seen.memory[:half]), statistics.median(seen.memory[half:])
        statuses = ", ".join(f"{n} {status}" for status, n in counted(self.book("out")).items())
        return [
            Line("outcomes", statuses),
            Line("wall time, s", f"{seen.wall:.0f}"),
            Line("per submission, s", f"{seen.wall / self.asked.submissions:.1f}"),
            Line("mean use of all cores", f"{statistics.mean(work):.0%}"),
            Line(f"time with all cores over {BUSY:.0%} busy", f"{share:.0%}", "≥ 90%",
                 share >= 0.9),
            Line("main process, MiB early → late", f"{early / 2**20:.0f} → {late / 2**20:.0f}",
                 f"× < {GROWTH}", late < GROWTH * early),
            Line("main process, peak MiB", f"{max(seen.memory) / 2**20:.0f}"),
        ]  # fmt: skip

    def alone(self) -> list[Line]:
        """A sample graded one by one, each in a cache where only the reference is known."""
        graded = sorted((self.folder / "out/students").glob("*/1.grade.json"))
        chance = random.Random(self.asked.seed)  # noqa: S311
        sample = chance.sample(graded, min(self.asked.alone, len(graded)))
        different = []
        for path in sample:
            name = path.parent.name
            notebook = next(p for p in self.students.glob("*.ipynb") if slug(p.stem) == slug(name))
            out = self.folder / "alone"
            command = [*COMMAND, "run", str(notebook), *self.options(), "--fresh"]
            self.run([*command, "--out", str(out)], self.first)
            mine = json.loads((out / f"{notebook.stem}.grade.json").read_text(encoding="utf-8"))
            theirs = json.loads(path.read_text(encoding="utf-8"))
            keys = {key for key in mine if mine[key] != theirs[key]} - {"seconds"}
            if keys:
                different.append(f"{name} ({', '.join(sorted(keys))})")
            say(f"alone: {name}: {'differs in ' + ', '.join(sorted(keys)) if keys else 'the same'}")
        got = f"{len(sample) - len(different)} of {len(sample)} the same"
        return [Line("each alone", "; ".join([got, *different]), "all", not different)]

    def killed(self) -> list[Line]:
        """The same batch in a new cache, killed over and over, then left to end."""
        if not self.asked.kills:
            return []
        cache = self.cache("killed")
        chance = random.Random(self.asked.seed + 1)  # noqa: S311
        command, kills, left = self.grade("killed"), 0, 0
        share = self.wall / self.asked.kills  # so that the last kills come late in the batch
        for _ in range(self.asked.kills):
            child = self.start(command, cache)
            try:
                child.wait(chance.uniform(0.3, 1.5) * share)
                break  # it came to its end
            except subprocess.TimeoutExpired:
                tree = psutil.Process(child.pid).children(recursive=True)
                child.kill()
                child.wait()
                kills += 1
                _, alive = psutil.wait_procs(tree, timeout=10)
                left += len(alive)
            say(f"killed {kills}: {sum(counted(self.book('killed')).values())} kept")
        self.run(command, cache)
        same = rows(self.book("out")) == rows(self.book("killed"))
        return [
            Line("killed with SIGKILL", f"{kills} times, {left} processes left", "0 left",
                 not left),
            Line("gradebook as uninterrupted", "equal" if same else "different", "equal", same),
        ]  # fmt: skip

    def rejudged(self) -> list[Line]:
        """After one point more for one check, everybody's grade changes; judged is a copy."""
        course, out = self.folder / "course-again", self.folder / "again"
        shutil.copytree(self.course, course)
        shutil.copytree(self.folder / "out", out)
        rubric = course / "rubrics/convnets.yaml"
        text = rubric.read_text(encoding="utf-8")
        rubric.write_text(text.replace("points: 3", "points: 4", 1), encoding="utf-8")
        command = [*COMMAND, "rejudge", str(self.students), "--course", str(course)]
        command += ["--out", str(out)]
        seen = self.run(command, self.first)
        again = self.run(command, self.first)
        met = seen.wall < REJUDGE_SECONDS
        return [
            Line("re-judged, all changed, s", f"{seen.wall:.1f}", f"< {REJUDGE_SECONDS:g}", met),
            Line("re-judged, none changed, s", f"{again.wall:.1f}", f"< {REJUDGE_SECONDS:g}",
                 again.wall < REJUDGE_SECONDS),
        ]  # fmt: skip

    # -------------------------------------------------------------------- calls

    def options(self) -> list[str]:
        given = ["--data-dir", str(self.asked.data_dir)] if self.asked.data_dir else []
        return ["--quick", "--course", str(self.course), *given]

    def grade(self, out: str) -> list[str]:
        where = ["--out", str(self.folder / out)]
        return [*COMMAND, "class", str(self.students), *where, *self.options()]

    def book(self, out: str) -> Path:
        return self.folder / out / "grades.sqlite"

    def start(self, command: Sequence[str], cache: Path) -> subprocess.Popen[bytes]:
        environ = {**os.environ, "GRADER_CACHE": str(cache)}
        return subprocess.Popen(  # noqa: S603  our own command
            command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def run(self, command: Sequence[str], cache: Path) -> Watched:
        """Run it to its end, looking at the machine and at its main process."""
        started = time.perf_counter()
        child = self.start(command, cache)
        seen = Watched(0.0, 0)
        psutil.cpu_percent()
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                seen.code = child.wait(SAMPLING_SECONDS)
                break
            seen.busy.append(psutil.cpu_percent() / 100)
            with contextlib.suppress(psutil.Error):
                seen.memory.append(psutil.Process(child.pid).memory_info().rss)
        seen.wall = time.perf_counter() - started
        return seen


def rows(book: Path) -> list[tuple[Any, ...]]:
    """All that the newest attempts say, but for times."""
    db = sqlite3.connect(f"file:{book}?mode=ro", uri=True)
    with contextlib.closing(db):
        found = db.execute(
            "SELECT s.student, s.number, s.name, s.source, s.sha256, l.status, l.reason, l.points,"
            " l.max_points, l.passed, l.provisional, l.grade FROM latest l"
            " JOIN submissions s ON s.id = l.submission ORDER BY s.student, s.number"
        ).fetchall()
    return [(*row[:-1], timeless(row[-1])) for row in found]


def timeless(grade: str | None) -> Any:
    """A grade file without how long anything took."""
    if grade is None:
        return None
    tree: Mapping[str, Any] = json.loads(grade)
    cells = [{k: v for k, v in cell.items() if k != "seconds"} for cell in tree["cells"]]
    return {**tree, "seconds": None, "cells": cells}


def counted(book: Path) -> dict[str, int]:
    """How many submissions have each status."""
    if not book.exists():
        return {}
    db = sqlite3.connect(f"file:{book}?mode=ro", uri=True)
    with contextlib.closing(db), contextlib.suppress(sqlite3.Error):
        return dict(db.execute("SELECT status, count(*) FROM latest GROUP BY status"))
    return {}


def slug(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def table(lines: Sequence[Line], asked: argparse.Namespace) -> str:
    """The figures as Markdown, under a line that says where and when they were taken."""
    from grader import environment

    versions = environment.versions()
    named = ", ".join(f"{name} {versions[name]}" for name in ("python", "tensorflow", "keras"))
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    head = f"{day}, {os.cpu_count()} cores; {named}."
    title = f"a class of {asked.submissions}, `--quick`"
    body = [f"| {one.what} | {one.got} | {one.aim}{'' if one.met else ' (missed)'} |"
            for one in lines]  # fmt: skip
    return "\n".join([head, "", f"| {title} | got | aim |", "| --- | ---: | ---: |", *body])


def say(line: str) -> None:
    """Progress goes to stderr, so that the table can be sent to a file."""
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
