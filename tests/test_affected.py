"""What a misconception's cell can reach: only those answers are asked for again."""

from __future__ import annotations

from conftest import ROOT

from grader import course
from grader.observe.affected import affected, dependents, independent


def test_names_tell_what_a_cell_reaches() -> None:
    """A change of the convolution reaches the networks made of it, and not the NumPy functions."""
    lab = course.load(ROOT, "cnn_lecture", "en")
    reached = affected(lab, "conv-layer")
    assert {"conv_layer", "conv_block", "le_net", "ResNet18"} <= reached
    assert not {"conv2d_one_filter", "max_pooling", "dense", "augmentation"} & reached
    assert "resnet-block" in dependents(lab, "conv-layer")
    assert "dense" not in dependents(lab, "conv-layer")


def test_names_inside_functions_reach_nothing() -> None:
    """Two functions that both call something of their own ``image`` have nothing in common."""
    lab = course.load(ROOT, "triplet", "en")
    assert affected(lab, "get-sample") & {t.id for t in lab.rubric.tasks} == {"get_sample"}


def test_stand_ins_cut_the_way() -> None:
    """A block depends on the convolution through a function for which another can stand in; what
    a network does itself depends on no stand-in."""
    lab = course.load(ROOT, "cnn_lecture", "en")
    assert independent(lab, lab.rubric.task("resnet_block"), "conv-layer")
    assert not independent(lab, lab.rubric.task("resnet_block"), "resnet-block")
    assert not independent(lab, lab.rubric.task("max_pooling"), "conv-layer")
