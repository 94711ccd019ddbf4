"""Wrong answers to all labs, one fault each, written before any list of misconceptions was read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stranger:
    """An answer with one ``fault``: a cell of its own, or the reference's with one edit."""

    lab: str
    task: str
    fault: str
    source: str = ""
    old: str = ""
    new: str = ""
