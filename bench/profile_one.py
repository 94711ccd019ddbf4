"""Where the time of one grading goes: kernel start, cells, probes, tracing, trainings, the rest.

Usage::

    python bench/profile_one.py            # without trainings, then with them: three minutes
    python bench/profile_one.py --quick

Grades the lab's reference, filled into the handout, in this process, with a clock around each step;
the reference itself was observed before. CPU time of a step that a kernel does is that of the
kernel's process tree, of the others this process's. Kernels boot side by side, so the wall times of
``kernel start`` overlap. Medians of ``--repeats`` gradings.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from measuring import machine, measure, say, today

STARTED = time.process_time()

from grader import course, grading, notebook, preparing  # noqa: E402  they are a step of their own
from grader.observe import trainer  # noqa: E402
from grader.report import deliver  # noqa: E402
from grader.sandbox.kernel import Kernel  # noqa: E402

IMPORTED = time.process_time() - STARTED
ROOT = Path(__file__).resolve().parent.parent
IMPORT = "import tensorflow as tf; tf.keras.utils.set_random_seed(0)"
TRACING = {"export": "tracing: networks become graphs"}
"""What kernels are asked, by name; all else is probes."""


class Clock:
    """Wall and CPU seconds of each step, added up."""

    def __init__(self) -> None:
        self.steps: dict[str, list[float]] = {}

    @contextmanager
    def step(self, name: str, cpu: Callable[[], float] = time.process_time) -> Iterator[None]:
        wall, used = time.perf_counter(), cpu()
        try:
            yield
        finally:
            self.add(name, time.perf_counter() - wall, cpu() - used)

    def add(self, name: str, wall: float, cpu: float) -> None:
        total = self.steps.setdefault(name, [0.0, 0.0])
        total[0] += wall
        total[1] += cpu


def main(arguments: Sequence[str] | None = None) -> int:
    """Profile, and print a Markdown table for each way of grading."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="only the grading without trainings")
    parser.add_argument("--repeats", type=int, default=3, help="gradings without trainings (3)")
    parser.add_argument("--data-dir", type=Path, help="where CIFAR-10 is (as for `grade`)")
    asked = parser.parse_args(arguments)
    clocks = [Clock()]
    _watch(lambda: clocks[-1])
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "lab.ipynb"
        _solved(path)
        print(f"{today()}, {machine()}.\n")
        for quick, repeats in ((True, asked.repeats), (False, 0 if asked.quick else 1)):
            options = grading.Options(
                course=ROOT, data_dir=asked.data_dir, quick=quick, fresh=True, language="en"
            )
            if repeats:
                graded(path, options, clocks[-1])  # not counted: it makes the caches
            found = []
            for _ in range(repeats):
                clocks.append(Clock())
                graded(path, options, clocks[-1])
                found.append(clocks[-1])
                say(f"{'quick' if quick else 'full'}: done")
            if found:
                print(table("`--quick`" if quick else "with all trainings", found), end="\n\n")
    return 0


def graded(path: Path, options: grading.Options, clock: Clock) -> None:
    """One grading, its page and its grade file."""
    clock.add("Python and our own imports", 0.0, IMPORTED)
    clock.add("for comparison: a bare Python that imports TensorFlow and Keras", *_import())
    with clock.step("reading, matching, rubric, data"):
        job = preparing.prepare(path, options, lambda event: None)
    grade = asyncio.run(grading.grade_job(job))
    with clock.step("rendering the page and the grade file"):
        deliver.write(grade, path.parent, path.stem, None)
    assert not [t for t in grade.tasks if str(t.status) == "failed"], "the reference fails"


def table(title: str, clocks: Sequence[Clock]) -> str:
    """Each step's medians, in the order in which they first came."""
    lines = [f"| {title} | wall, s | CPU, s |", "| --- | ---: | ---: |"]
    for name in clocks[-1].steps:
        wall, cpu = (
            statistics.median(clock.steps[name][kind] for clock in clocks) for kind in (0, 1)
        )
        lines.append(f"| {name} | {wall:.2f} | {cpu:.2f} |")
    return "\n".join(lines)


def _watch(now: Callable[[], Clock]) -> None:
    """Put a clock around what kernels are asked, and around judging."""
    start, run, ask, train, judge = (
        Kernel.start.__func__,  # type: ignore[attr-defined]
        Kernel.run,
        Kernel.ask,
        trainer.train,
        grading.judge,
    )
    current = ["training"]

    async def started(cls: Any, *arguments: Any, **options: Any) -> Any:
        begun = time.perf_counter()
        kernel = await start(cls, *arguments, **options)
        now().add("kernel start", time.perf_counter() - begun, _used(kernel))
        return kernel

    async def ran(kernel: Any, *arguments: Any) -> Any:
        with now().step("the notebook's cells", lambda: _used(kernel)):
            return await run(kernel, *arguments)

    async def asked(kernel: Any, request: Any, *arguments: Any) -> Any:
        kind = request["probe"]
        name = current[0] if kind == "train" else TRACING.get(kind, "probes")
        with now().step(name, lambda: _used(kernel)):
            return await ask(kernel, request, *arguments)

    async def trained(desk: Any, training: Any, *arguments: Any) -> Any:
        current[0] = f"training: `{training.task.id}`"
        return await train(desk, training, *arguments)

    @functools.wraps(judge)
    def judged(*arguments: Any) -> Any:
        with now().step("judging"):
            return judge(*arguments)

    Kernel.start = classmethod(started)  # type: ignore[assignment]
    Kernel.run, Kernel.ask = ran, asked  # type: ignore[assignment]
    trainer.train, grading.judge = trained, judged  # type: ignore[assignment]


def _used(kernel: Any) -> float:
    """CPU seconds of a kernel's process tree so far."""
    total = 0.0
    try:
        root = psutil.Process(kernel._client.pid)
        for process in (root, *root.children(recursive=True)):
            times = process.cpu_times()
            total += times.user + times.system
    except psutil.Error:
        return total
    return total


@functools.cache
def _import() -> tuple[float, float]:
    """A bare Python that imports TensorFlow and Keras."""
    measure([sys.executable, "-c", IMPORT])
    found = measure([sys.executable, "-c", IMPORT])
    return found.wall, found.cpu


def _solved(path: Path) -> None:
    notebook.write(course.load(ROOT, "convnets", "en").solved(), path)


if __name__ == "__main__":
    sys.exit(main())
