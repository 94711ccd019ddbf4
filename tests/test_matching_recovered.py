"""What matching makes of other names, and of blanks that are not quite the handout's."""

from __future__ import annotations

import dataclasses

import notebooks as nb
import pytest

from grader.matching import match, untouched

BLANK_CLASS = """class CustomConvNet(tf.keras.Model):
    def __init__(self):
        super(CustomConvNet, self).__init__()

    def call(self, input_tensor, training=False):
        {last}
"""


def renamed(name: str) -> nb.Pieces:
    """The filled-in notebook, its three-layer network defined under another name."""
    return [
        dataclasses.replace(p, source=p.source.replace("three_layer_convnet(x", f"{name}(x"))
        for p in nb.filled()
    ]


def test_a_renamed_function_is_graded_and_that_is_said() -> None:
    """What stands in a function's place with its parameters is taken for it, in words."""
    found = nb.matched(renamed("conv_net"))
    assert found.parts["three-layer-convnet"].renamed == {"three_layer_convnet": "conv_net"}
    assert any("conv_net" in note.en and "in its place" in note.en for note in found.notes)


def test_a_second_function_is_no_new_name() -> None:
    """Where the right name is there, nothing else is taken for it."""
    both = renamed("conv_net") + nb.filled()[-1:]
    both[-1] = dataclasses.replace(
        both[-1], kind="code", source="def three_layer_convnet(x, params):\n    return x"
    )
    assert nb.matched(both).parts["three-layer-convnet"].renamed == {}


@pytest.mark.parametrize(
    ("last", "blank"),
    [("return x", True), ("pass", True), ("return net(input_tensor)", False)],
)
def test_a_class_that_hands_back_a_global_is_blank(last: str, blank: bool) -> None:
    """A method that only returns a name says nothing, whatever the notebook calls so."""
    pieces = nb.replaced(nb.filled(), "custom", BLANK_CLASS.format(last=last))
    made, handout = nb.submission(pieces), nb.handout()
    found = match(made, handout)
    assert untouched(made, handout, found, "custom", "CustomConvNet") is blank
    assert ("CustomConvNet" in found.parts["custom"].blank) is blank
