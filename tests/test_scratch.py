"""Scratch folders do not outlive their process for long."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

from grader.scratch import scratch

HOLDER = """\
    import sys, time
    from grader.scratch import scratch

    with scratch("grade-test-") as folder:
        (folder / "file").write_text("of a class")
        print(folder, flush=True)
        time.sleep(600)
"""


def test_it_is_removed_at_the_end_and_what_was_killed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder whose process lives stays; once that is killed, the next one removes it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    holder = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLDER)],
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "TMPDIR": str(tmp_path),
            "PYTHONPATH": str(Path(__file__).parent.parent),
        },
    )
    assert holder.stdout is not None
    theirs = Path(holder.stdout.readline().strip())
    try:
        os.utime(theirs, (0, 0))
        with scratch("grade-test-") as mine:
            assert mine != theirs
            assert (theirs / "file").exists()
        assert not mine.exists()
    finally:
        holder.kill()
        holder.communicate()
    assert theirs.exists()
    with scratch("grade-test-"):
        assert not theirs.exists()
    assert list(tmp_path.iterdir()) == []
