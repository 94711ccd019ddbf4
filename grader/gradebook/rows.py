"""What is read from a gradebook, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """The newest attempt at one submission."""

    student: str
    name: str
    source: str
    number: int
    handed_in: str | None
    status: str
    reason: str
    points: float | None
    max_points: float | None
    grade: Any
    """The grade file's tree, or ``None``."""
    seconds: float


@dataclass(frozen=True)
class Material:
    """What a graded submission is judged again from: the file, how it was graded, and the grade."""

    student: str
    name: str
    source: str
    number: int
    sha256: str
    notebook: bytes
    options: Mapping[str, Any]
    grade: Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """How a submission stands without being graded again."""

    status: str
    reason: str
