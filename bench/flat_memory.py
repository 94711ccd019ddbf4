"""Does the judging process stay as small as it is? Many submissions read, judged and rendered.

Usage::

    python bench/flat_memory.py                    # 500 submissions: two minutes
    python bench/flat_memory.py --submissions 50

One process reads each notebook (the lab's reference in the handout, every task's cell different
every time), matches it, judges it by what one real grading observed, and renders its page and grade
file. What parts of code mean is remembered, up to so many parts, so memory grows at first. Exits
with 1 where more is resident at the end than halfway, but for 5 %.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
from beside import notebooks
from measuring import machine, say, today

from grader import grading, remembered
from grader.observe import reference
from grader.progress import silent
from grader.report import gradefile, html

GROWTH = 1.05


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge, and print one line. Returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--submissions", type=int, default=500)
    parser.add_argument("--data-dir", type=Path, help="where CIFAR-10 is (as for `grade`)")
    asked = parser.parse_args(arguments)
    options = grading.Options(course=notebooks.ROOT, data_dir=asked.data_dir, quick=True)
    cells, seen = notebooks.solved(), []
    with tempfile.TemporaryDirectory() as name:
        path = notebooks.save(cells, Path(name) / "lab.ipynb")
        grading.grade(path, options)
        first = grading.prepare(path, options, silent)
        observations = remembered.recall(first)
        expected = asyncio.run(reference(first.lab, first.order, silent))
        assert observations is not None, "nothing was observed"
        for number in range(asked.submissions):
            changed = [_by_student(cell, number) for cell in cells]
            job = grading.prepare(notebooks.save(changed, path), options, silent)
            grade = grading.verdict(job, observations, expected, {})
            assert html.page(grade)
            assert gradefile.to_json(grade)
            if (number + 1) % max(1, asked.submissions // 10) == 0:
                gc.collect()
                seen.append(psutil.Process().memory_info().rss / 2**20)
                say(f"{number + 1}: {seen[-1]:.0f} MiB")
    print(
        f"{today()}, {machine()}: {asked.submissions} submissions judged in one process, "
        f"MiB resident after each tenth of them: {', '.join(f'{each:.0f}' for each in seen)}."
    )
    return int(seen[-1] > GROWTH * seen[len(seen) // 2])


def _by_student(cell: dict[str, Any], number: int) -> dict[str, Any]:
    """A task's cell as this student wrote it; the cells that are given are the same for all."""
    if cell["id"] not in notebooks.TASKS.values():
        return cell
    return {**cell, "source": f"# {number}\n{cell['source']}\nof_student = {number}\n"}


if __name__ == "__main__":
    sys.exit(main())
