"""A formula as people write one (plain, Python's, TeX's), by its values at a few points."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Sequence

POINTS = ((3, 5, 7), (5, 2, 11), (2, 13, 3), (7, 3, 4))
"""Values of the variables, in their order; more variables take further primes."""
MORE = (17, 19, 23, 29)
LONGEST = 200
_TEX = {
    r"\times": "*", r"\cdot": "*", r"\ast": "*", r"\*": "*", r"\_": "_",
    r"\left": "", r"\right": "", r"\(": " ", r"\)": " ", r"\[": " ", r"\]": " ",
    r"\displaystyle": " ", r"\quad": " ", r"\,": " ", r"\;": " ", r"\:": " ", r"\!": "", "\\ ": " ",
    "×": "*", "·": "*", "⋅": "*", "∙": "*", "•": "*", "−": "-", "–": "-",
    "²": "^2", "³": "^3", "[": "(", "]": ")", "{": "(", "}": ")", "^": "**", "$": " ", "`": " ",
}  # fmt: skip
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_DEEPEST = 4
"""Fractions in fractions."""
_ALIKE = str.maketrans("АВЕКМНОРСТХаеорсух", "ABEKMHOPCTXaeopcyx")
"""Cyrillic letters that look like Latin ones."""
_WORD = re.compile(r"\\(?:mathrm|text|mathit|operatorname)\s*")
_TOKEN = re.compile(r"\*\*|[-+*/()]|\d+(?:\.\d+)?|[A-Za-z_]\w*")
_TIMES = re.compile(r"\b[xX]\b")
"""As in K x K, where no variable is called so."""
_VALUE, _BEGINS = re.compile(r"\w|\)"), re.compile(r"\w|\(")
_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


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


def _parsed(formula: str, variables: Sequence[str]) -> ast.expr | None:
    text = _WORD.sub("", formula[:LONGEST])
    if not any(name.translate(_ALIKE) != name for name in variables):
        text = text.translate(_ALIKE)
    for _ in range(_DEEPEST):
        text = _FRACTION.sub(r"((\1)/(\2))", text)
    for old, new in _TEX.items():
        text = text.replace(old, new)
    if _TOKEN.sub("", text).strip():
        return None
    names = dict(zip(variables, _names(variables), strict=True))
    small = {name.casefold(): name for name in variables}
    tokens: list[str] = []
    for token in _TOKEN.findall(text if small.get("x") else _TIMES.sub("*", text)):
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
