"""Files that keep their reader busy: too large, too deep, too many, or no notebook at all."""

from __future__ import annotations

import json
from typing import Any

import range_course
from attack import Attack, beside


def _file(name: str, story: str, data: bytes, says: str) -> Attack:
    return Attack(name, story, data, says=says, unreadable=True)


def _cells(count: int, **fields: Any) -> bytes:
    cells = [range_course.code_cell(f"c{n}", f"x = {n}") for n in range(count)]
    return json.dumps({**range_course.filled(), "cells": cells, **fields}).encode()


def _with_output(size: int) -> bytes:
    lab = range_course.filled()
    text = {"output_type": "stream", "name": "stdout", "text": "x" * size}
    lab["cells"][0]["outputs"] = [text]
    return json.dumps(lab).encode()


ATTACKS: list[Attack] = [
    _file(
        "two-hundred-megabytes",
        "A notebook of 200 MB, nearly all of it output.",
        _with_output(200 * 2**20),
        "larger than",
    ),
    _file(
        "a-hundred-thousand-cells",
        "A notebook of a hundred thousand cells.",
        _cells(100_000),
        "100000 cells",
    ),
    _file(
        "deep-json",
        "A notebook whose JSON is nested a hundred thousand times.",
        b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "nested too deeply",
    ),
    _file(
        "million-lists",
        "A file of five million empty lists, each of which takes a hundred bytes of memory.",
        b'{"cells": [' + b"[]," * 5_000_000 + b"[]]}",
        "lists and objects",
    ),
    _file(
        "huge-number",
        "A number of a million digits, which takes quadratic time to read.",
        b'{"nbformat": ' + b"9" * 1_000_000 + b', "cells": []}',
        "cannot be read",
    ),
    _file("not-a-notebook", "A program with a notebook's name.", b"\x7fELF" + bytes(1000), ""),
    _file("pickle", "A pickle with a notebook's name.", b"\x80\x04\x8c\x05posix\x94.", ""),
    _file("empty", "A file of nothing.", b"", "empty"),
    _file("zeros", "A file of a million zero bytes.", bytes(10**6), "empty"),
    beside(
        "deep-code",
        "A chain of a thousand branches, which exhausts whoever walks along its tree.",
        "if 0: pass\n" + "elif 0: pass\n" * 900,
    ),
    beside("deep-sum", "A sum of a thousand terms.", "x = " + "+".join("1" * 900)),
    beside(
        "endless-comment",
        "A comment of two million signs, in which a pattern looks for a heading.",
        "#" * 2_000_000,
    ),
    beside(
        "endless-spaces",
        "A line of spaces, in which a pattern looks for a name.",
        " " * 90_000 + "x = 1",
    ),
    beside(
        "endless-markers",
        "Markers of regions that begin and never end.",
        "# *****START OF YOUR CODE*****\n" * 3000,
    ),
    beside(
        "a-thousand-definitions",
        "A task's function is defined again and again, wrongly, before it is defined right.",
        "def double(x): pass\n" * 3000,
    ),
    beside(
        "codes-of-a-megabyte",
        "Data is written into code: labels, weights, a table of answers.",
        "table = '" + "A" * 10**6 + "'",
    ),
]
