"""What is left of a cell that killed its kernel."""

from __future__ import annotations

from grader.desk import salvaged

CELL = """%matplotlib inline
from math import *
rate, sizes = 3e-3, [16, 32]
images = load()

@tf.function
def model_init_fn():
    return build(sizes)

for step in range(3):
    train()
train_part34(model_init_fn, lambda: SGD(rate))
class Net(Model):
    pass
Net().fit(images)"""


def test_definitions_values_and_driver_calls_are_left() -> None:
    """What defines something runs again, what computes something does not; lines stay in place."""
    left = salvaged(CELL, ["train_part34"]).split("\n")
    assert [n for n, line in enumerate(left, start=1) if line.strip() not in ("", "pass")] == [
        2, 3, 6, 7, 8, 12, 13
    ]  # fmt: skip
    assert left[11] == "train_part34(model_init_fn, lambda: SGD(rate))"
    assert len(left) == len(CELL.split("\n"))


def test_a_driver_that_the_lab_does_not_know_is_not_called() -> None:
    """Only drivers are recorded and cost nothing: any other call might be the deadly one."""
    assert "train_part34" not in salvaged(CELL, [])


def test_of_what_is_no_python_nothing_is_left() -> None:
    """A shell cell, or one with broken syntax, is left out whole."""
    assert salvaged("%%bash\nkill -9 $PPID", []).strip() == ""
    assert salvaged("def f(:\n    pass", []) == ""
