"""Whose code is alike: names do not matter, the handout and what everybody writes do not count."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from grader import excerpts
from grader.course import load
from grader.similarity import COMMON, Similarity, similar

HANDOUT = '''
def check_accuracy(sess, dset, x, scores, is_training=None):
    """Check the accuracy of a model on a data set, batch by batch, without training it."""
    num_correct, num_samples = 0, 0
    for x_batch, y_batch in dset:
        feed_dict = {x: x_batch, is_training: 0}
        scores_np = sess.run(scores, feed_dict=feed_dict)
        y_pred = scores_np.argmax(axis=1)
        num_samples += x_batch.shape[0]
        num_correct += (y_pred == y_batch).sum()
    acc = float(num_correct) / num_samples
'''
NET = """
def network(x, params):
    w1, b1, w2, b2, fc, bias = params
    x = tf.pad(x, [[0, 0], [2, 2], [2, 2], [0, 0]])
    h = tf.nn.relu(tf.nn.conv2d(x, w1, strides=1, padding="VALID") + b1)
    h = tf.pad(h, [[0, 0], [1, 1], [1, 1], [0, 0]])
    h = tf.nn.relu(tf.nn.conv2d(h, w2, strides=1, padding="VALID") + b2)
    rows = tf.shape(h)[0]
    return tf.matmul(tf.reshape(h, [rows, -1]), fc) + bias
"""
OTHER = """
def network(images, weights):
    layers = [(weights[0], weights[1]), (weights[2], weights[3])]
    out = images
    for kernel, shift in layers:
        out = tf.nn.bias_add(tf.nn.conv2d(out, kernel, [1, 1, 1, 1], "SAME"), shift)
        out = tf.maximum(out, 0.0)
    size = out.shape[1] * out.shape[2] * out.shape[3]
    flat = tf.reshape(out, (tf.shape(out)[0], size))
    return flat @ weights[4] + weights[5]
"""
RENAMED = re.sub(r"\bh\b", "hidden", NET.replace("w1", "first").replace("params", "weights"))
COMMENTED = NET.replace("    rows", "    # rows of the batch\n\n    rows").replace(
    '"VALID"', "'VALID'"
)
CHANGED = NET.replace("    rows = tf.shape(h)[0]\n", "").replace("[rows, -1]", "[h.shape[0], -1]")


def compare(*codes: str, threshold: float = 0.8) -> Similarity:
    return similar({f"s{i}": {"net": c} for i, c in enumerate(codes)}, [HANDOUT], threshold)


@pytest.mark.parametrize("copy", [NET, RENAMED, COMMENTED], ids=["same", "renamed", "commented"])
def test_a_copy_is_found_whatever_its_names(copy: str) -> None:
    """Code with other names, comments and layout is the same code."""
    result = compare(NET, OTHER, copy)

    (only,) = result.likenesses
    assert (only.first, only.second, only.score) == (("s0", "s2"), (), 1.0)
    assert only.tasks == ("net",)
    assert only.shared > 150


def test_a_changed_copy_is_a_pair_with_its_score() -> None:
    """Code that was copied and touched up is a pair, with the share that both have."""
    (only,) = compare(NET, OTHER, CHANGED).likenesses

    assert (only.first, only.second) == (("s0",), ("s2",))
    assert 0.8 <= only.score < 1.0


def test_independent_answers_are_not_alike() -> None:
    """Two students' own ways to the same function share next to nothing."""
    assert compare(NET, OTHER, threshold=0.3).likenesses == ()


def test_the_handout_is_no_likeness() -> None:
    """What everybody was given is taken out before anything is compared."""
    result = compare(HANDOUT + NET, HANDOUT + OTHER, threshold=0.3)

    assert result.likenesses == ()
    assert result.compared == 2


def test_too_little_code_proves_nothing() -> None:
    """A short answer is like every other short answer, so it is counted and not compared."""
    result = compare("opt = SGD(0.1)", "opt = SGD(0.1)", HANDOUT)

    assert result.likenesses == ()
    assert (result.compared, result.short) == (0, 3)


def test_what_many_write_is_no_likeness() -> None:
    """Fragments that many different codes hold are common: only what is left can be alike."""
    own = [f"y{i} = tf.reduce_{'abcdefghijklmnop'[i]}(x)[{i}:{i + 7}]\n" for i in range(COMMON + 3)]
    codes = [NET + line for line in own]

    result = compare(*codes)

    assert result.likenesses == ()
    assert result.common == len(codes)


def test_a_whole_copy_is_told_however_common_its_parts_are() -> None:
    """Two who share every token are listed even where most of the class wrote much the same."""
    codes = [NET + f"a{i} = {i}{i}.5 * x[{i}:, :{i}, {i}] + tf.sin({i} * x)\n" for i in range(14)]

    result = compare(*codes, codes[3])

    assert [(one.first, one.second) for one in result.likenesses] == [(("s3", "s14"), ())]


def test_tasks_are_compared_with_themselves_only() -> None:
    """The same code in two different tasks is no likeness of the two students."""
    codes = {"a": {"one": NET, "two": OTHER}, "b": {"one": OTHER, "two": NET}}

    assert similar(codes, [HANDOUT], 0.3).likenesses == ()


def test_the_tasks_of_a_pair_are_named() -> None:
    """A pair says in which tasks it is alike, those with most in common first."""
    codes = {"a": {"one": NET, "two": OTHER}, "b": {"one": CHANGED, "two": OTHER + "x = 1\n"}}

    (only,) = similar(codes, [HANDOUT]).likenesses
    assert set(only.tasks) == {"one", "two"}


def test_nobody_and_nothing_can_be_compared() -> None:
    """No students, no code and code that is no Python are results, not errors."""
    assert similar({}, []).compared == 0
    assert similar({"a": {}, "b": {"net": ""}}, []).short == 2
    assert similar({"a": {"net": "def ((( 'x\x00 ünï"}}, ["%%bash\nls"]).short == 1


def test_the_answers_of_a_notebook(root: Path) -> None:
    """An answer is a task's code; a blank and a free text are none."""
    lab = load(root, "convnets", "ru")
    assert excerpts.answers(lab.handout, lab) == {}

    answers = excerpts.answers(lab.solved(), lab)
    assert set(answers) == {task.id for task in lab.rubric.tasks if task.object is not None}
    assert "conv2d" in answers["three_layer_convnet"]
    assert any("def check_accuracy" in source for source in excerpts.given(lab))


def test_blank_lines_take_no_time() -> None:
    """A page of blank lines, or of what trails behind code, is no reason to wait."""
    started = time.monotonic()
    code = "def f(x):" + "\n " * 50_000 + "\n    return x" + " " * 50_000
    similar({"a": {"t": code}, "b": {"t": code}}, [])
    assert time.monotonic() - started < 5
