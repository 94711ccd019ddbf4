"""What a file for self-checks may hold: it is used on a student's machine, outside of a sandbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from released import RUBRIC, SEED, lab, released
from released import answered as answered_by

from grader import bundle
from grader.bundle import answers, cases
from grader.bundle.fields import Refused
from grader.errors import UsageError
from grader.kernel.wire import Leaf, decode, encode
from grader.model import Answer, CallCase, GraphCase, ModelCase, Observed, Text
from grader.rubric import AnyCheck, Distribution, Layers, Optimizer, Rubric, Values, Variables

TITLE = Text("числа", "numbers")
NUMBERS = Leaf("ndarray", np.arange(3.0))
CALL = CallCase("one", TITLE, (NUMBERS,), public=True)


def altered(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """A bundle after somebody's ``change``."""
    path = released(lab(folder / "course"), folder / "out") / "tiny.en.check"
    tree = decode(path.read_bytes())
    change(tree)
    path.write_bytes(encode(tree))
    return path


def in_case(**more: Any) -> Callable[[dict[str, Any]], object]:
    return lambda tree: tree["cases"]["numbers"][0].update(more)


def in_rubric(old: str, new: str) -> Callable[[dict[str, Any]], object]:
    def change(tree: dict[str, Any]) -> None:
        assert old in tree["rubric"]
        tree["rubric"] = tree["rubric"].replace(old, new)

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (in_case(setup="import os"), "`setup`"),
        (in_case(files={"/tmp/x": NUMBERS}), "`files`"),
        (in_case(graph="import os"), "`graph` of the case 'open' is no bool"),
        (in_case(kind="graph"), "a case is of the kind 'graph'"),
        (in_case(args=("../../.bashrc",)), "only single words"),
        (in_case(args=([{"path": "/etc/passwd"}],)), "only single words"),
        (in_case(args=(Leaf("ndarray", np.array(["rm -r x"])),)), "no array of numbers"),
        (in_case(cotangent="x"), "`cotangent` of the case 'open' is no array of numbers"),
        (in_case(title="x"), "no pair of texts"),
        (lambda tree: tree.update(files={}), "`files`"),
        (lambda tree: tree["expected"]["double/call/numbers"]["open"].update(settings={}),
         "`settings`"),
        (in_rubric('"kind":"values"', '"kind":"python","function":"f"'), "the kind 'python'"),
        (in_rubric('"schema_version":1', '"schema_version":1,"data":"/etc"'), "`data`"),
        (in_rubric('"id":"double",', '"id":"double","helpers":["double"],'), "`helpers`"),
    ],
)  # fmt: skip
def test_a_file_with_anything_else_is_refused(
    change: Callable[[dict[str, Any]], object], said: str, tmp_path: Path
) -> None:
    """Code, files, paths, texts in the place of truth values, other kinds of checks and settings of
    the grader's machine are refused, and the message says which it was and why."""
    with pytest.raises(UsageError, match="not taken, since") as refused:
        bundle.load(altered(tmp_path, change))
    assert said in str(refused.value)
    assert "done on your machine" in str(refused.value)


@pytest.mark.parametrize(
    "case",
    [
        replace(CALL, setup="x = 1"),
        replace(CALL, files={"a.txt": b"a"}),
        replace(CALL, args=("a/b",)),
        replace(CALL, args=(np.float32,)),
        replace(CALL, cotangent=np.array(["a"])),
        GraphCase("graph", TITLE, (NUMBERS,), public=True),
    ],
)
def test_a_case_that_needs_more_has_no_place(case: cases.Case) -> None:
    """Code to run first, files, paths, types and graphs keep a case out of the file."""
    assert not cases.fits(case)
    with pytest.raises(Refused):
        cases.packed(case)


@pytest.mark.parametrize(
    "case",
    [
        replace(CALL, args=(NUMBERS, [1, 2.5, None], {"mode": "SAME"}, True), graph=True),
        replace(CALL, cotangent=np.ones(3)),
        ModelCase("m", TITLE, np.ones((2, 4)), (3,), (np.ones((4, 3)),), public=True),
    ],
)
def test_numbers_and_words_survive(case: cases.Case) -> None:
    """A case of arrays, numbers, lists and single words comes out as it went in."""
    again = cases.unpacked(decode(encode(cases.packed(case))))
    assert repr(again) == repr(case)


def test_a_release_leaves_out_what_it_may_not_hold(tmp_path: Path) -> None:
    """Where every public case needs a file, there is nothing to hand out; hidden ones stay so."""
    made = lab(tmp_path / "course")
    with_file = replace(made.draw("numbers", SEED)[0], files={"a.txt": b"a"})  # type: ignore[call-arg]
    assert bundle.offers(made, SEED)
    assert not bundle.offers(
        replace(made, generators={"numbers": lambda rng, language: [with_file]}), SEED
    )


WORDS = {"ru": "Да", "en": "Yes"}
BUILT = {
    "model": "Model",
    "first": Leaf("tensor", np.full((2, 3), 0.3)),
    "shaken": NUMBERS,
    "assigned": True,
    "output": Leaf("tensor", np.full((2, 3), 0.7)),
    "variables": [{"name": "kernel", "shape": [4, 3], "dtype": "float32", "value": NUMBERS}],
}


def check(kind: type[Any], **more: Any) -> AnyCheck:
    word = {Values: "values", Variables: "variables", Layers: "layers", Optimizer: "optimizer",
            Distribution: "distribution"}[kind]  # fmt: skip
    made: AnyCheck = kind.model_validate({"id": "it", "title": WORDS, "kind": word, **more})
    return made


def kept(value: dict[str, Any], *checks: AnyCheck) -> dict[str, Any]:
    observed = Observed((Answer("one", value), Answer("hidden", value)))
    told = answers.packed(observed, checks, ["one"])
    assert told.keys() == {"one"}
    return told["one"]


def test_an_optimizers_settings_are_not_written_down() -> None:
    """Of an optimizer's answer the steps are kept, which is all that its check reads."""
    steps = Leaf("ndarray", np.ones((6, 5)))
    told = {"optimizer": "SGD", "steps": steps, "settings": {"learning_rate": 0.003}}
    assert kept(told, check(Optimizer, compare="learning_rate")) == {"steps": steps}


def test_a_models_answer_is_kept_as_far_as_it_is_read() -> None:
    """Outputs with given weights, or shapes of variables; of its start nothing but the shape."""
    outputs = kept(BUILT, check(Layers, cases="x", compare="outputs"))
    assert outputs.keys() == {"first", "output"}
    assert np.array_equal(outputs["output"].array, BUILT["output"].array)  # type: ignore[attr-defined]
    assert np.array_equal(outputs["first"].array, np.zeros((2, 3)))
    shapes = kept(BUILT, check(Layers, cases="x", compare="variables"))
    assert shapes["variables"] == [{"shape": [4, 3]}]
    assert kept(BUILT, check(Layers, cases="x", compare="scale")).keys() == {"first"}


def test_numbers_of_which_only_the_shape_is_read_are_zeros() -> None:
    """A shape, or the variables of an initialiser, is told without a number; a value with all."""
    told = {"value": NUMBERS, "gradients": [NUMBERS]}
    shape, value = (check(Values, cases="x", compare=what) for what in ("shape", "value"))
    assert not kept(told, shape)["value"].array.any()
    assert np.array_equal(kept(told, value, shape)["value"].array, NUMBERS.array)
    assert kept(told, value).keys() == {"value"}
    gradients = kept(told, check(Values, cases="x", compare="gradients"))
    assert gradients == {"gradients": [NUMBERS]}
    assert not kept({"value": [NUMBERS]}, check(Variables, cases="x"))["value"][0].array.any()


def test_nothing_is_kept_for_checks_that_read_no_answer() -> None:
    """Whether random values are spread as they should be needs none of the reference's."""
    spread = check(Distribution, cases="x", expect=[{"measure": "lowest", "within": [0, 1]}])
    assert kept({"values": NUMBERS, "traced": True}, spread) == {}


def test_the_rubric_of_a_bundle_has_public_checks_and_little_else(tmp_path: Path) -> None:
    """Deadlines, pass marks and data sets stay behind, and so do a task's points by hand."""
    made = lab(tmp_path / "course")
    more = made.rubric.model_copy(update={"pass_mark": 17.0, "data": "cifar10"})
    tree = decode(bundle.make(replace(made, rubric=more), answered_by(made), SEED))
    rubric = Rubric.model_validate_json(tree["rubric"])
    assert rubric.model_fields_set == {"schema_version", "lab", "title", "tasks"}
    assert "secret" in RUBRIC
    assert [one.id for one in rubric.tasks[0].checks] == ["values"]
