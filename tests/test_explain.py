"""A student's error, told in words."""

from __future__ import annotations

from grader.checks.explain import explain
from grader.model import Fault, FaultKind


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
