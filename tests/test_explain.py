"""A student's error, told in words."""

from __future__ import annotations

import pytest

from grader.checks.explain import explain
from grader.model import Fault, FaultKind
from grader.sandbox.room import Limits


def test_the_insides_of_tensorflow_are_left_out_of_its_messages() -> None:
    """A student reads what did not fit, not on which device of which job it was computed."""
    node = "{{function_node __wrapped____MklMatMul_device_/job:localhost/task:0/device:CPU:0}} "
    said = "Matrix size-incompatible: In[0]: [4,256], In[1]: [64,10] [Op:MatMul] name: "
    fault = Fault(
        FaultKind.EXCEPTION, node + said, "InvalidArgumentError", 24, 28, "scores = h @ fc_w"
    )
    assert explain(fault).en == (
        "Error in cell 25, line 28 (`scores = h @ fc_w`): InvalidArgumentError: "
        "Matrix size-incompatible: In[0]: [4,256], In[1]: [64,10] [Op:MatMul]"
    )


def test_a_long_message_is_cut_short() -> None:
    """Whatever a student's exception says, the sentence about it stays a sentence."""
    assert len(explain(Fault(FaultKind.EXCEPTION, "x" * 10_000, "E")).ru) < 400


@pytest.mark.parametrize(
    ("which", "ru", "en"),
    [
        ("output", "напечатано больше 4194304 символов", "more than 4194304 characters printed"),
        ("files", "в файлах больше 1073741824 байт", "more than 1073741824 bytes in files"),
        ("processes", "процессов и потоков больше 256", "more than 256 processes"),
        ("memory", "8.0 ГиБ", "8.0 GiB"),
    ],
)
def test_the_graders_own_reasons_are_told_in_russian_too(which: str, ru: str, en: str) -> None:
    """What limit was exceeded is said in the reader's language."""
    told = explain(Limits().exceeded(which))
    assert ru in told.ru
    assert en in told.en


def test_refused_replies_are_told_in_russian_too() -> None:
    """What is too much to be read says how much may come back."""
    told = explain(Fault(FaultKind.UNUSABLE, "more than 200000 values in one answer"))
    assert "в одном ответе больше 200000 значений" in told.ru


def test_what_a_student_prints_is_not_translated() -> None:
    """Only the grader's own reasons are: an exception's text stays what it is."""
    said = "no answer in more than 5 processes"
    assert said in explain(Fault(FaultKind.EXCEPTION, said, "E")).ru
