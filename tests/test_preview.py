"""A rubric as students may read it."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_course
from conftest import ROOT, Grade
from playwright.sync_api import Browser
from test_report_in_chromium import CHROMIUM, LOW_CONTRAST, OVERFLOW, browser

from grader import course
from grader.model import Language
from grader.preview import preview
from grader.report.preview import page

__all__ = ["browser"]

LATE = """\
pass_mark: 50
deadline: "2025-03-01T23:59+03:00"
late: [{hours: 24, keep: 80}]
keep_after: 50
tasks:
"""


@pytest.mark.parametrize("language", ["ru", "en"])
def test_tasks_points_and_thresholds_are_on_the_page(language: Language) -> None:
    """Every task with its points, each public check, and what a training has to reach."""
    rubric = course.load(ROOT, "convnets", language).rubric
    shown = page(preview(rubric), language)
    for task in rubric.tasks:
        assert task.title.text[language] in shown
        for check in task.checks:
            assert check.title.text[language].replace("'", "&#39;") in shown
    assert ("&gt; 43 % wanted after 1 epoch" if language == "en" else "нужно &gt; 43 %") in shown
    assert "<script" not in shown


def test_hidden_checks_have_points_and_no_title(tmp_path: Path) -> None:
    """Of a hidden check the page says that it is there and what it is worth; deadlines are said."""
    rubric = tiny_course.RUBRIC.replace("points: 2", "points: 2\n        public: false")
    root = tiny_course.write(tmp_path, rubric=rubric.replace("tasks:\n", LATE))
    shown = page(preview(course.load(root, "tiny", "en").rubric), "en")
    assert "A hidden check" in shown
    assert "Values" not in shown
    for words in ("2025-03-01 23:59 +0300", "up to 24 h after that", "80 % of the points are kept",
                  "later still", "50 % of the points are kept"):  # fmt: skip
        assert words in shown, words


def test_the_command_writes_one_file(grade: Grade, tmp_path: Path) -> None:
    """``grade preview`` writes the page and says where it is."""
    root = tiny_course.write(tmp_path / "course")
    done = grade("preview", "tiny", "--course", root, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "out/tiny.rubric.html")
    assert "Double" in (tmp_path / "out/tiny.rubric.html").read_text(encoding="utf-8")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_the_page_fits_a_phone_and_can_be_read(browser: Browser) -> None:
    """On a phone, light and dark, nothing sticks out and every text has contrast enough."""
    rubric = course.load(ROOT, "convnets", "ru").rubric
    for scheme in ("light", "dark"):
        tab = browser.new_page(viewport={"width": 360, "height": 800}, color_scheme=scheme)
        tab.set_content(page(preview(rubric), "ru"))
        assert tab.evaluate(OVERFLOW) == [0, []]
        seen, low = tab.evaluate(LOW_CONTRAST)
        assert (seen > 40, low) == (True, [])
        tab.close()
