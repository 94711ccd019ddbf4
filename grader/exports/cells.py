"""Text of students made harmless for tables and folders, and numbers as other systems read them."""

from __future__ import annotations

import re
import unicodedata

from grader.report.tame import clean

NAME_BYTES = 200
"""Bytes of a folder's name: file systems take 255, some encrypted ones less."""

_FORMULA = tuple("=+-@\t\r＝＋－＠")
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def line(text: str) -> str:
    """``text`` in one line without control characters."""
    return " ".join(clean(text).split())


def cell(text: str) -> str:
    """``text`` as a spreadsheet's cell that is never taken for a formula; lines stay.

    The apostrophe before what would start a formula is what OWASP recommends ("CSV injection").
    Looked for in the text as given too: cleaning may remove what stood before the sign.
    """
    tidy = clean(text).strip()
    return f"'{tidy}" if tidy.startswith(_FORMULA) or text.startswith(_FORMULA) else tidy


def number(value: float | None, mark: str = ".") -> str:
    """At most two decimals, without thousands separators: ``7.5``; empty where there is none."""
    if value is None:
        return ""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text).replace(".", mark)


def read_number(text: str) -> float | None:
    """A number as Moodle and Canvas write it, with either decimal mark; None if it is none."""
    try:
        value = float(re.sub(r"\s", "", text).replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None  # NaN is not smaller either


def folder_name(text: str) -> str:
    """``text`` as one part of a path, on any system: no separators, no ``..``, not too long."""
    name = _UNSAFE.sub(" ", unicodedata.normalize("NFC", line(text)))
    name = " ".join(name.split()).strip(". ")
    while len(name.encode()) > NAME_BYTES:
        name = name[:-1].rstrip(". ")
    return f"_{name}" if _RESERVED.fullmatch(name) or not name else name
