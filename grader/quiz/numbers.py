"""Numbers as people write them: ``200600``, ``200,600``, ``200 600``, ``2.006e5``, ``0,5``."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000\t ]+")
_DRESS = re.compile(r"^[\s*_`$~≈=]++|(?<![\s*_`$])[\s*_`$]++$")
_POWER = r"(?:\s?[eеE]\s?[+-]?\d{1,3}|\s?[·*×⋅]\s?10\s?(?:\^|\*\*)\s?\{?\(?[+-]?\d{1,3}\)?\}?)"
_GROUPED = r"\d{1,3}(?P<by>[ ,'_.])\d{3}(?:(?P=by)\d{3})*(?!\d)(?:[.,]\d+)?"
_NUMBER = re.compile(
    rf"^(?P<body>[+-]?(?:(?P<grouped>{_GROUPED})|\d+(?:[.,]\d+)?|[.,]\d+))(?P<power>{_POWER})?",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eе][+-]?\d{1,3})?", re.IGNORECASE)
_BRACKETS = re.compile(r"(?P<by>['\"(\[«])(?P<inside>[^'\"()\[\]«»]*)['\")\]»]")
_CALCULATING = frozenset("0123456789 .,+-*/^()·×⋅−")
_COUNTERS = ("шт", "piece", "pcs")
_OR = re.compile(r"(?<!\s)\s++(?:или|or|=)\s++", re.IGNORECASE)
_DASH = re.compile(r"(?<=[\d%])\s*-\s*(?=[+-]?[\d.])")


def numbers(text: str, units: Sequence[str] = ()) -> tuple[float, ...]:
    """What the text may mean as one number; nothing where it is none.

    A comma before three digits may part thousands or decimals, so both readings are given. Behind
    the number there may be words, one of which begins like one of ``units``, and a remark in
    brackets. Of one number written in two ways (``200600 or 200,600``), what both may mean counts;
    of a calculation (``784 * 256 = 200704``), what comes out.
    """
    parts = _OR.split(text)
    parts = [part for part in parts if not _is_sum(part)] or parts  # how it came about
    readings = [_one(part, units) for part in parts]
    return tuple(value for value in readings[0] if all(value in other for other in readings[1:]))


def _one(text: str, units: Sequence[str]) -> tuple[float, ...]:
    text = _clean(text)
    match = _NUMBER.match(text)
    if match is None or not _is_unit(text[match.end() :], units):
        return ()
    power = _exponent(match["power"]) if match["power"] else 0
    found = [float(f"{spelled}e{power}") for spelled in _spellings(match)]
    return tuple(value for value in found if math.isfinite(value))


def bounds(text: str) -> tuple[float, ...]:
    """The two bounds of an interval in the text, or the one number in it, or nothing."""
    text = _DASH.sub(" ; ", _clean(text))
    found = [_value(spelled.replace(",", ".")) for spelled in _PLAIN.findall(text)]
    return tuple(found) if len(found) in (1, 2) and all(map(math.isfinite, found)) else ()


def _clean(text: str) -> str:
    text = _SPACES.sub(" ", text.replace("\u2212", "-").replace("–", "-").replace("—", "-"))
    text = _DRESS.sub("", text.replace("{,}", ",").replace("\\,", " "))
    around = _BRACKETS.fullmatch(text.strip(" .;,"))
    return around["inside"].strip() if around else text


def _is_sum(text: str) -> bool:
    return set(text) <= _CALCULATING and any(sign in text for sign in "+*/^·×⋅")


def _is_unit(rest: str, units: Sequence[str]) -> bool:
    rest = rest.strip(" .;,)*_`$\\").casefold()
    if not rest or rest.startswith("(") or any(rest.startswith(unit.casefold()) for unit in units):
        return True
    words = rest.partition("(")[0].split()
    known = (*_COUNTERS, *(unit.casefold() for unit in units))
    return all(word.strip(".,;").isalpha() for word in words) and any(
        word.startswith(known) for word in words
    )


def _exponent(power: str) -> int:
    digits = re.search(r"[+-]?\d+\D*$", power)
    assert digits is not None
    return int(digits[0].rstrip(")}"))


def _spellings(match: re.Match[str]) -> list[str]:
    """As Python writes it, in each way that it may be meant."""
    body, by = match["body"], match["by"]
    if not match["grouped"]:
        return [body.replace(",", ".")]
    groups = len(re.findall(rf"{re.escape(by)}\d{{3}}", body))
    decimal = body.replace(",", ".")
    if by == "." and groups == 1:
        return [decimal] if decimal.count(".") == 1 else []
    whole = body.replace(by, "").replace(",", ".")
    may_be_decimal = by == "," and decimal.count(".") == 1
    if may_be_decimal and (match["power"] or body.lstrip("+-").startswith("0")):
        return [decimal]
    return [whole, decimal] if may_be_decimal else [whole]


def _value(spelled: str) -> float:
    return float(spelled.replace("е", "e").replace("Е", "e"))
