"""``variables``: what an initialiser returns: kinds and shapes, or the scale of the weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.course import Lab
from grader.errors import ReferenceFailed
from grader.kernel.wire import Leaf
from grader.model import CheckGrade, Comparison, Fault, FaultKind, Observed, Text
from grader.rubric import Task, Variables

from .cases import of_rows
from .compare import describe, lined_up
from .evidence import Evidence, Probe, verdict
from .explain import explain
from .replies import called
from .scale import scale_rows, spread


def plan(check: Variables, task: Task, lab: Lab, seed: int) -> tuple[Probe, ...]:
    """The initialiser, called once."""
    assert task.object is not None
    return (Probe(_key(check, task), "call", task.object, lab.draw(check.cases, seed)),)


def judge(check: Variables, evidence: Evidence) -> CheckGrade:
    """``shapes``: as many variables as the reference's, in its order and shapes; ``scale``: He's.

    Raises:
        ReferenceFailed: the reference itself returns no list of variables.
    """
    made = _leaves(check, evidence.task, evidence.observed)
    if isinstance(made, Fault):
        return verdict(check, check.kind, False, explain(made), faults=(made,))
    wanted = _leaves(check, evidence.task, evidence.expected)
    if isinstance(wanted, Fault) or not wanted:
        raise ReferenceFailed(f"{evidence.task.id}: the reference returns no list of variables")
    leaves = biases_lined_up(made, wanted)
    if check.compare == "scale":
        return of_rows(
            check, scale_rows([leaf.array for leaf in leaves], check.scale, check.tolerance)
        )
    return of_rows(check, _shapes(wanted, leaves))


def same(check: Variables, evidence: Evidence, other: Evidence) -> bool:
    """The same kinds and shapes, standard deviations within the tolerance of each other, and for
    matrices means that spread does not explain: all ones are not all zeros."""
    mine = _leaves(check, evidence.task, evidence.observed)
    theirs = _leaves(check, other.task, other.observed)
    if isinstance(mine, Fault) or isinstance(theirs, Fault) or len(mine) != len(theirs):
        return False
    return all(
        a.kind == b.kind
        and a.array.shape == b.array.shape
        and _near(spread(a.array)[1], spread(b.array)[1], check.tolerance / 2)
        and (a.array.ndim < 2 or _centred_alike(spread(a.array), spread(b.array)))
        for a, b in zip(mine, theirs, strict=True)
    )


def _centred_alike(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) <= max(one[1], other[1]) / 2


def initial(observed: Observed) -> list[Leaf] | None:
    """The arrays that an initialiser made, for a training under another network."""
    value = _value(observed)
    if isinstance(value, list) and value:
        return value
    return None


def biases_lined_up(made: Sequence[Leaf], wanted: Sequence[Leaf]) -> list[Leaf]:
    """``made``, where a bias of shape (1, n) is one of shape (n,): both are added alike."""
    lined = [
        Leaf(leaf.kind, lined_up(leaf.array, model.array.shape)) if model.array.ndim == 1 else leaf
        for leaf, model in zip(made, wanted, strict=False)
    ]
    return [*lined, *made[len(lined) :]]


def key_of(task: Task) -> str | None:
    """The key of the task's initialiser probe, where it has one."""
    return next((_key(c, task) for c in task.checks if isinstance(c, Variables)), None)


def _leaves(check: Variables, task: Task, where: Mapping[str, Observed]) -> list[Leaf] | Fault:
    return _value(where[_key(check, task)])


def _value(observed: Observed) -> list[Leaf] | Fault:
    """The list of arrays that came back, or why there is none."""
    if observed.fault is not None:
        return observed.fault
    if not observed.answers:
        return Fault(FaultKind.UNUSABLE, "no answer")
    answer = observed.answers[0]
    if answer.fault is not None:
        return answer.fault
    value = called(answer).value
    if isinstance(value, Leaf) or not isinstance(value, list | tuple):
        return Fault(FaultKind.UNUSABLE, f"{describe(value)}, list expected")
    odd = [item for item in value if not isinstance(item, Leaf)]
    if odd:
        return Fault(FaultKind.UNUSABLE, f"list with {describe(odd[0])} in it")
    return list(value)


def _shapes(wanted: list[Leaf], got: list[Leaf]) -> list[Comparison]:
    return [
        _shape(
            i + 1,
            wanted[i] if i < len(wanted) else None,
            got[i] if i < len(got) else None,
        )
        for i in range(max(len(wanted), len(got)))
    ]


def _shape(number: int, wanted: Leaf | None, got: Leaf | None) -> Comparison:
    expected, shape = (str(leaf.array.shape) if leaf else "—" for leaf in (wanted, got))
    note = None
    if expected == shape and got is not None and got.kind != "variable":
        note = Text(
            f"это {got.kind}, а не tf.Variable: обучить его нельзя",
            f"this is a {got.kind}, no tf.Variable: it cannot be trained",
        )
    title = Text(f"параметр {number}", f"parameter {number}")
    passed = expected == shape and note is None
    return Comparison(f"parameter {number}", title, passed, expected, shape, note=note)


def _near(a: float, b: float, tolerance: float) -> bool:
    return abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-12)


def _key(check: Variables, task: Task) -> str:
    return f"{task.id}/call/{check.cases}"
