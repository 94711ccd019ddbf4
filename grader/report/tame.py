"""Untrusted text made harmless before anything is rendered from it.

Nearly every string of a grade may have passed through a student's process: messages quote
exceptions, names are file names, values are what their code returned. So a renderer first takes
``tame(grade)``, where every string, in every field, is free of terminal escapes, control
characters and bidirectional overrides, and no longer than its field's limit. Escaping for the
output format stays with the renderer, at the last moment.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import math
import re
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

import numpy as np

from grader.kernel.wire import Leaf
from grader.model import Grade, Language, Text
from grader.report.phrases import Phrases

LIMIT = 2_000
LIMITS = {"text": 20_000, "source": 20_000, "printed": 4_000, "submission": 200, "name": 200}
"""Characters kept of a string, by the name of its field; ``LIMIT`` where the name is not here."""

LOOKED_AT = 8
"""As many times a string's limit are cleaned; what lies behind is counted alone."""

VERBATIM = frozenset({"text", "source", "sha256"})
"""Fields shown to the letter: elsewhere, memory addresses are blotted out, as they differ between
two runs of one notebook."""

Value = TypeVar("Value")
Finite = float | Literal["nan", "inf", "-inf"]

MAX_ITEMS, MAX_DEPTH, MAX_BITS = 64, 6, 53

_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,16}[@-~]"  # CSI: colours, cursor
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])"  # OSC …: up to their end, or the next one's start
    r"[^\x07\x1b\x9c\x9d\x90\x98\x9e\x9f]{0,4096}+(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]{0,16}[0-~]?"  # the short ones, and a stray ESC
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\ufff9-\ufffb\ufeff]")
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_NEWLINE = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_NOT_TEXT = re.compile(r"[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")


def tame(grade: Grade) -> Grade:
    """The same grade with every string in it safe to hand to a renderer (not yet escaped)."""
    return tamed(grade, grade.language)


def tamed(value: Value, language: Language) -> Value:
    """A tree of dataclasses with every string in it safe to hand to a renderer (see ``tame``)."""
    walked: Value = _walk(value, "", language)
    return walked


def clean(text: str) -> str:
    """``text`` without escapes and control characters (newlines and tabs stay), in linear time.

    Direction overrides are shown by their number, so that code reads in the order in which it
    runs; what no UTF-8 file can hold becomes U+FFFD.
    """
    text = _ESCAPE.sub("", text)
    text = _NEWLINE.sub("\n", text)
    text = _CONTROL.sub("", text)
    text = _BIDI.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)
    return _NOT_TEXT.sub("\ufffd", text)


def plain(value: Any, language: Language = "en") -> Any:
    """A bounded tree of ``None``, ``bool``, ``int``, finite ``float``, strings, lists and dicts.

    Arrays become their shape, dtype and first values; a number that JSON cannot hold becomes a
    string; any other object is named by its type alone, as its ``__repr__`` is not to be trusted.
    """
    return _plain(value, Phrases(language), 0)


def finite(value: float) -> Finite:
    """``value``, or its name where JSON has no number for it: ``nan``, ``inf``, ``-inf``."""
    if math.isfinite(value):
        return float(value)
    if math.isnan(value):
        return "nan"
    return "inf" if value > 0 else "-inf"


def _walk(value: Any, name: str, language: Language) -> Any:
    if isinstance(value, enum.Enum):
        return value
    if name in ("expected", "got") and not isinstance(value, str):
        return plain(value, language)
    if isinstance(value, str):
        return _string(value, name, language)
    if isinstance(value, Text):
        return Text(_string(value.ru, name, "ru"), _string(value.en, name, "en"))
    fields = _fields(value.__class__)
    if fields:
        return type(value)(*[_walk(getattr(value, field), field, language) for field in fields])
    if isinstance(value, tuple):
        return tuple(_walk(item, name, language) for item in value)
    if isinstance(value, Mapping):
        return {clean(str(k))[:200]: _walk(v, name, language) for k, v in value.items()}
    return value


@functools.cache
def _fields(kind: type[Any]) -> tuple[str, ...]:
    """Names of a dataclass's fields; of any other class, none."""
    found = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
    return tuple(field.name for field in found)


def _string(text: str, name: str, language: Language) -> str:
    return _short(text, name, language) if len(text) < 300 else _tamed(text, name, language)


@functools.lru_cache(maxsize=2**13)
def _short(text: str, name: str, language: Language) -> str:
    """Titles, messages, dtypes: a class's grades say the same over and over."""
    return _tamed(text, name, language)


def _tamed(text: str, name: str, language: Language) -> str:
    limit = LIMITS.get(name, LIMIT)
    cut = max(len(text) - LOOKED_AT * limit, 0)
    text = clean(text[: LOOKED_AT * limit])
    if name not in VERBATIM:
        text = _ADDRESS.sub("0x…", text)
    if len(text) <= limit and not cut:
        return text
    more = max(len(text) - limit, 0) + cut
    return f"{text[:limit]}… [{Phrases(language).more_characters(more)}]"


def _plain(value: Any, phrases: Phrases, depth: int) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, enum.Enum):
        return _plain(value.value, phrases, depth)
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return finite(float(value))
    if isinstance(value, str):
        return _string(value, "", phrases.language)
    if depth >= MAX_DEPTH:
        return "…"
    return _container(value, phrases, depth + 1)


def _container(value: Any, phrases: Phrases, depth: int) -> Any:
    if isinstance(value, Leaf):
        value = value.array
    if isinstance(value, np.ndarray):
        return _array(value, phrases, depth)
    if isinstance(value, Text):
        return _string(value[phrases.language], "", phrases.language)
    if isinstance(value, Mapping):
        pairs = list(value.items())[:MAX_ITEMS]
        kept = {clean(str(k))[:200]: _plain(v, phrases, depth) for k, v in pairs}
        return kept | ({"…": len(value) - MAX_ITEMS} if len(value) > MAX_ITEMS else {})
    if isinstance(value, list | tuple):
        items = [_plain(item, phrases, depth) for item in value[:MAX_ITEMS]]
        return items + (["…"] if len(value) > MAX_ITEMS else [])
    return f"<{clean(type(value).__name__)[:100]}>"


def _array(array: np.ndarray[Any, Any], phrases: Phrases, depth: int) -> dict[str, Any]:
    values = array.reshape(-1)[:MAX_ITEMS].tolist()
    return {
        "shape": list(array.shape),
        "dtype": str(array.dtype)[:100],
        "values": [_plain(item, phrases, depth) for item in values],
    }


def _integer(value: int) -> int | str:
    """Wider integers go as text: most JSON readers keep 53 bits, and Python prints 4300 digits."""
    if value.bit_length() <= MAX_BITS:
        return int(value)
    return str(int(value)) if value.bit_length() <= 512 else f"<int, {value.bit_length()} bits>"
