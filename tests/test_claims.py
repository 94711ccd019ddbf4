"""What a class shares is observed by one grading, while the others wait or do something else."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import tiny_course

from grader import store
from grader.observe import reference, variants
from grader.preparing import Job, Options, prepare
from grader.progress import Event, silent

HOLDER = """\
    import time
    from grader import store

    with store.claim("a name") as ours:
        print(ours, flush=True)
        time.sleep(600)
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def job(tmp_path: Path) -> Job:
    mistakes = tiny_course.MISCONCEPTIONS
    more = mistakes.replace("triples", "quarters").replace("3 * x", "x / 4")
    course = tiny_course.write(tmp_path / "course", misconceptions=mistakes + more)
    path = tmp_path / "lab.ipynb"
    path.write_text(tiny_course.notebook(given=tiny_course.GIVEN, double="def double(x): ..."))
    return prepare(path, Options(course=course, sandbox="process"), silent)


def test_one_claims_a_name_until_it_lets_go(cache: Path) -> None:
    """A second one is refused, another name is free, and nothing stays on disk."""
    with store.claim("a name") as first, store.claim("a name") as second:
        assert (first, second) == (True, False)
        with store.claim("another") as other:
            assert other
    with store.claim("a name") as again:
        assert again
    assert list((cache / "claims").iterdir()) == []


def test_a_claim_ends_with_its_process(cache: Path) -> None:
    """Who is killed holds nothing: the next one does the work."""
    root = str(Path(__file__).parent.parent)
    holder = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLDER)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    with store.claim("a name") as ours:
        assert not ours
    holder.kill()
    holder.communicate()
    with store.claim("a name") as ours:
        assert ours


def test_a_cache_that_cannot_be_written_keeps_nobody_from_working(cache: Path) -> None:
    """Where no claim can be noted, everybody does the work."""
    cache.write_text("a file in its place")
    with store.claim("a name") as first, store.claim("a name") as second:
        assert (first, second) == (True, True)


def test_the_reference_is_observed_once_for_all_who_ask(job: Job) -> None:
    """Two gradings that miss it at the same moment start one kernel, and see the same answers."""
    started: list[Event] = []

    async def both() -> None:
        asking = [reference(job.lab, job.order, started.append) for _ in range(2)]
        first, second = await asyncio.gather(*asking)
        assert first.probes.keys() == second.probes.keys() != set()

    asyncio.run(both())
    assert sum(event.step == "start" for event in started) == 1


def test_known_mistakes_are_divided_among_those_who_miss_them(job: Job) -> None:
    """Two gradings that miss the same ones both have them in the end, from two kernels at most."""
    seen: list[dict[str, object]] = []
    made: list[Event] = []

    async def both() -> None:
        await reference(job.lab, job.order, silent)
        asking = [variants(job.lab, job.order, ["double"], made.append) for _ in range(2)]
        seen.extend(await asyncio.gather(*asking))

    asyncio.run(both())
    assert seen[0].keys() == seen[1].keys() == {"double/triples", "double/quarters"}
    assert sum(event.step == "start" for event in made) <= 2
