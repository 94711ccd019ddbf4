"""Grades made by hand for the tests of what is shown: every status, curves, hostile text."""

from __future__ import annotations

from dataclasses import replace

from grade_attacks import hostile
from grade_questions import questions
from grade_samples import full, right

GRADES = {
    "full_ru": full("ru"),
    "full_en": full("en"),
    "right_en": right("en"),
    "right_ru": right("ru"),
    "hostile_en": hostile("en"),
    "hostile_ru": hostile("ru"),
    "questions_ru": questions("ru"),
    "questions_en": questions("en"),
    "empty": replace(full("en"), tasks=(), points=0, max_points=0, pass_mark=0),
}
