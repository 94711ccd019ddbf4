"""What students get holds what is public, and nothing of the rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tiny_course
from conftest import ROOT, Grade
from released import SEED, answered, lab, released

from grader import bundle, course, notebook
from grader.errors import UsageError
from grader.model import CallCase, Observations
from grader.release import leaks


def test_a_bundle_holds_public_cases_with_their_answers(tmp_path: Path) -> None:
    """Read again, a bundle is a lab of the public cases alone, and counts the hidden checks."""
    folder = released(lab(tmp_path / "course"), tmp_path / "out")
    handed = bundle.load(folder / "tiny.en.check")
    (case,) = handed.lab.draw("numbers", handed.seed)
    (probe,) = handed.expected.values()
    assert isinstance(case, CallCase)
    assert case.id == "open"
    (answer,) = probe.answers
    assert np.array_equal(answer.value["value"].array, 2 * case.args[0].array)
    assert [check.id for check in handed.lab.rubric.tasks[0].checks] == ["values"]
    assert handed.hidden == {"double": 1}
    assert (handed.lab.solution, handed.lab.misconceptions) == ({}, ())


def test_a_release_gives_nothing_away(tmp_path: Path) -> None:
    """Neither a line of the solution, nor an array of a hidden case, nor a message is in it."""
    made = lab(tmp_path / "course")
    folder = released(made, tmp_path / "out")
    assert leaks(made, SEED, answered(made), folder) == ()
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    for secret in (b"twice_as_much", b"Tripled", b"closed", b"more numbers", b"Secret"):
        assert secret not in everything, secret


def test_what_gives_something_away_is_found(tmp_path: Path) -> None:
    """A solved blank, a hidden input, its answer, and a misconception are each found by file."""
    made = lab(tmp_path / "course")
    folder = released(made, tmp_path / "out")
    hidden = made.draw("numbers", 0)[1]
    asked = made.draw("numbers", SEED)[1]
    assert isinstance(hidden, CallCase)
    assert isinstance(asked, CallCase)
    (folder / "input.bin").write_bytes(b"x" + hidden.args[0].array.tobytes())
    (folder / "answer.bin").write_bytes((2 * asked.args[0].array).tobytes())
    (folder / "words.txt").write_text("Tripled.", encoding="utf-8")
    blank = tiny_course.BLANK.replace(
        "    pass", "    twice_as_much  =  2*x\n    return twice_as_much"
    )
    (folder / "solved.ipynb").write_text(tiny_course.notebook(double=blank), encoding="utf-8")

    found = leaks(made, SEED, answered(made), folder)

    assert {line.split(":")[0] for line in found} == {
        "input.bin", "answer.bin", "words.txt", "solved.ipynb",
    }  # fmt: skip


def test_a_file_that_is_no_bundle_is_refused(tmp_path: Path) -> None:
    """Whatever else is called so, the message says that it is no bundle."""
    path = tmp_path / "lab.en.check"
    path.write_bytes(b"nothing")
    with pytest.raises(UsageError, match="no bundle for self-checks"):
        bundle.load(path)
    with pytest.raises(UsageError, match="no bundle for self-checks"):
        bundle.load(tmp_path / "missing.check")


def test_a_lab_without_anything_public_has_no_bundle(tmp_path: Path) -> None:
    """Where no check or case is public, there is nothing to hand out, and that is said."""
    root = tiny_course.write(tmp_path)
    with pytest.raises(UsageError, match="no check of it is public"):
        bundle.make(course.load(root, "tiny", "en"), Observations((), {}, {}, 0), SEED)


@pytest.mark.labs
@pytest.mark.timeout(300)
def test_convnets_is_released_and_checked_with_what_was_released(
    grade: Grade, tmp_path: Path
) -> None:
    """Both languages are written, hold no line of a solution, and tell right from wrong."""
    out = tmp_path / "out"
    done = grade("release", "convnets", "--out", out)
    assert done.returncode == 0, done.stderr
    names = {path.name for path in out.iterdir()}
    assert names == {f"convnets.{one}.{end}" for one in ("ru", "en") for end in ("check", "ipynb")}
    everything = b"".join(path.read_bytes() for path in out.iterdir())
    solved = course.load(ROOT, "convnets", "en")
    for secret in (
        'h1 = tf.nn.relu(tf.nn.conv2d(x, conv_w1, strides=1, padding="SAME") + conv_b1)',
        "class ConvBlock(tf.keras.layers.Layer):",
        "channel_1, 5, padding=",
        *(mistake.message.ru for mistake in solved.misconceptions),
    ):
        assert secret.encode() not in everything, secret
    right, wrong = out / "right.ipynb", out / "wrong.ipynb"
    notebook.write(solved.solved(), right)
    mistake = next(m for m in solved.misconceptions if m.id.endswith("/first_relu_missing"))
    notebook.write(solved.solved(solved.mistaken(mistake)), wrong)
    checked = grade("check", right, cwd=out)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    told = grade("check", wrong, "--task", mistake.task, cwd=out)
    assert told.returncode == 1, told.stdout + told.stderr
    assert "largest error" in told.stdout
