"""``formula``: a formula that a student wrote into a text cell, by its values at a few points."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Sequence

from grader.errors import ReferenceFailed
from grader.model import CheckGrade, Text
from grader.rubric import Formula

from .evidence import Evidence, verdict

POINTS = ((3, 5, 7), (5, 2, 11), (2, 13, 3), (7, 3, 4))
"""Values of the variables, in their order; more variables take further primes."""
MORE = (17, 19, 23, 29)
LONGEST = 200
_ANSWER = re.compile(r"(?:^|\W)(?:(?:ответ|answer)\b[\s*_:.`—–-]*+)++(?P<said>[^\n]*)", re.I | re.M)
"""The word may come twice: a blank that the handout left, and the student's own below it."""
_TEX = {
    r"\times": "*", r"\cdot": "*", r"\left": "", r"\right": "", r"\(": " ", r"\)": " ",
    "×": "*", "·": "*", "⋅": "*", "∙": "*", "•": "*", "−": "-", "–": "-",
    "²": "^2", "[": "(", "]": ")", "{": "(", "}": ")", "^": "**", "$": " ", "`": " ",
}  # fmt: skip
_ALIKE = str.maketrans("АВЕКМНОРСТХаеорсух", "ABEKMHOPCTXaeopcyx")
"""Cyrillic letters that look like Latin ones."""
_REMARK = re.compile(r"(?:,\s*|\(\s*)(?:[^\W\d_]+\b[\s,]*)++\)?$")
"""Words behind a formula: “(with biases)”, “, where K is the kernel”."""
_WORD = re.compile(r"\\(?:mathrm|text|mathit|operatorname)\s*")
_TOKEN = re.compile(r"\*\*|[-+*/()]|\d+(?:\.\d+)?|[A-Za-z_]\w*")
_VALUE, _BEGINS = re.compile(r"\w|\)"), re.compile(r"\w|\(")
_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def judge(check: Formula, evidence: Evidence) -> CheckGrade:
    """Passed when the formula that stands behind “answer” has the right one's values.

    Raises:
        ReferenceFailed: the rubric's own formula cannot be read.
    """
    wanted = values(check.formula, check.variables)
    if wanted is None:
        raise ReferenceFailed(f"check {check.id}: {check.formula!r} is no formula; mend the rubric")
    said, got = _said(evidence.texts.get(check.cell, ""), check.variables)
    if got is None:
        return verdict(check, check.kind, False, _NONE, expected=check.formula)
    if _equal(got, wanted):
        return verdict(check, check.kind, True, _RIGHT, expected=check.formula, got=said)
    known = (m for m in check.mistakes if _equal(got, values(m.formula, check.variables) or ()))
    mistake = next(known, None)
    message = mistake.message.text if mistake else _wrong(said, check.variables, got, wanted)
    return verdict(check, check.kind, False, message, expected=check.formula, got=said)


def catches(check: Formula) -> bool:
    """Whether it has wrong formulas, and each of them can be read and fails it."""
    right = values(check.formula, check.variables)
    wrong = [values(mistake.formula, check.variables) for mistake in check.mistakes]
    return right is not None and bool(wrong) and None not in wrong and right not in wrong


def values(formula: str, variables: Sequence[str]) -> tuple[float, ...] | None:
    """The formula's values at fixed points, or ``None`` where it is none or has none: no real,
    finite number."""
    tree = _parsed(formula, variables)
    if tree is None:
        return None
    try:
        points = [(*point, *MORE)[: len(variables)] for point in POINTS]
        found = [_value(tree, dict(zip(_names(variables), point, strict=True))) for point in points]
    except (ValueError, ArithmeticError):
        return None
    return tuple(found) if all(map(math.isfinite, found)) else None


def _said(text: str, variables: Sequence[str]) -> tuple[str, tuple[float, ...] | None]:
    """The first answer in ``text`` that is a formula in these variables."""
    for match in _ANSWER.finditer(text):
        said = match["said"].strip().rstrip(".;,")
        said = said.rsplit("=", 1)[-1][:LONGEST]
        found = values(said, variables) or values(_REMARK.sub("", said), variables)
        if found is not None and len(set(found)) > 1:
            return said.strip().strip("$").strip()[:LONGEST], found
    return "", None


def _parsed(formula: str, variables: Sequence[str]) -> ast.expr | None:
    text = _WORD.sub("", formula[:LONGEST])
    if not any(name.translate(_ALIKE) != name for name in variables):
        text = text.translate(_ALIKE)
    for old, new in _TEX.items():
        text = text.replace(old, new)
    if _TOKEN.sub("", text).strip():
        return None
    names = dict(zip(variables, _names(variables), strict=True))
    small = {name.casefold(): name for name in variables}
    tokens: list[str] = []
    for token in _TOKEN.findall(text):
        if token not in names and len(small) == len(names):
            token = small.get(token.casefold(), token)
        if (token[0].isalpha() or token[0] == "_") and token not in names:
            return None
        if tokens and _VALUE.match(tokens[-1][-1]) and _BEGINS.match(token[0]):
            tokens.append("*")  # as mathematicians multiply
        tokens.append(names.get(token, token))
    try:
        return ast.parse(" ".join(tokens), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _names(variables: Sequence[str]) -> list[str]:
    """Names that are no keywords, as ``in`` is one."""
    return [f"v{number}" for number in range(len(variables))]


def _value(node: ast.expr, at: dict[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.Name(id=name):
            return at[name]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner, at)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            power = _value(right, at)
            if not 0 <= power <= 8:
                raise ValueError(power)
            raised = _value(left, at) ** power
            if isinstance(raised, complex):  # a root of a negative number
                raise ValueError(raised)
            return float(raised)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left, at), _value(right, at))
    raise ValueError(ast.dump(node))


def _equal(a: Sequence[float], b: Sequence[float]) -> bool:
    return len(a) == len(b) and all(
        abs(x - y) <= 1e-9 * max(1.0, abs(y)) for x, y in zip(a, b, strict=True)
    )


def _wrong(
    said: str, variables: Sequence[str], got: Sequence[float], wanted: Sequence[float]
) -> Text:
    point = ", ".join(f"{n} = {v}" for n, v in zip(variables, (*POINTS[0], *MORE), strict=False))
    return Text(
        f"Формула «{said}» неверна: при {point} она даёт {got[0]:g}, а должно быть {wanted[0]:g}.",
        f"The formula “{said}” is wrong: for {point} it gives {got[0]:g}, not {wanted[0]:g}.",
    )


_RIGHT = Text("Формула верна.", "The formula is right.")
_NONE = Text(
    "Формулы, которую можно вычислить, нет: напишите её в одну строку после слова «Ответ».",
    "There is no formula that can be computed: write it on one line behind the word “Answer”.",
)
