"""The page, read as text: its words, its evidence, its safety."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from grade_parts import ACCURACY, CASES, FAULT, VALUES, both, task
from grade_samples import full, right
from grades import GRADES

from grader.model import Excerpt, Language, Status
from grader.report import words
from grader.report.html import page
from grader.report.listing import listing
from grader.report.phrases import Phrases
from grader.report.plots import svg

TEMPLATES = Path(words.__file__).parent / "templates"
VOID = {"meta", "link", "input", "br", "img"}


class Outline(HTMLParser):
    """Tags, attributes and text of a page; fails on tags that do not nest."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)

    def words(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.text))


@pytest.mark.parametrize("name", GRADES)
def test_the_page_is_whole_and_the_same_twice(name: str) -> None:
    """Tags nest, ids are unique, and one grade always gives the same bytes."""
    source = page(GRADES[name])
    assert source == page(GRADES[name])
    ids = [attrs["id"] for _, attrs in Outline(source).tags if "id" in attrs]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", GRADES)
def test_the_page_fetches_nothing_and_runs_nothing(name: str) -> None:
    """No script, no address to load from, and a policy that forbids both."""
    for tag, attrs in Outline(page(GRADES[name])).tags:
        assert tag not in {"script", "iframe", "object", "img", "form", "base", "style:script"}
        assert not any(key.startswith("on") for key in attrs)
        assert (attrs.get("src"), attrs.get("action")) == (None, None)
        assert (attrs.get("href") or "#").startswith(("#", "data:"))
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert f'content="{policy}; base-uri' in page(GRADES[name])


def test_no_template_lets_text_through_unescaped() -> None:
    """Autoescaping is never switched off in a template."""
    for template in TEMPLATES.glob("*.j2"):
        source = template.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe|autoescape|Markup", source)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_hostile_text_is_shown_as_text(language: str) -> None:
    """A student's markup and braces are on the page to be read; their escapes and overrides not."""
    source = page(GRADES[f"hostile_{language}"])
    text = Outline(source).words()
    assert "<script>window.hacked = 1" in text
    assert "{{ 7 * 7 }}" in text
    assert "⟨U+202E⟩esrever⟨U+202C⟩" in text
    assert "👩‍🔬" in text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", source)
    assert len(source) < 400_000


@pytest.mark.parametrize(("language", "other"), [("ru", "en"), ("en", "ru")])
def test_the_page_speaks_the_language_of_the_grade(language: Language, other: Language) -> None:
    """Every text of the grade is there in its language, and the document says which it is."""
    grade = full(language)
    outline = Outline(page(grade))
    assert ("html", {"lang": language}) in outline.tags
    shown = outline.words()
    for one in grade.tasks:
        assert one.title[language] in shown
        assert one.message[language] in shown
        assert one.title[other] not in shown
    assert grade.provisional[0][language] in shown
    assert words.WORDS["provisional"][language] in shown


def test_no_english_word_of_ours_is_left_in_a_russian_page() -> None:
    """Apart from names and the student's code, the words of a Russian page are Russian."""
    shown = Outline(page(full("ru"))).words()
    for catalogue in (words.WORDS, words.STATUS, words.CHECK, words.FAULT, words.STOPPED):
        for text in catalogue.values():
            if len(text.en) > 8:
                assert text.en not in shown


def test_the_evidence_stands_on_the_page() -> None:
    """Expected beside got, the largest error and its place, the fault's cell and line, the code."""
    source = page(full("en"))
    shown = Outline(source).words().replace("\xa0", " ")
    assert "[[ 0.4127, -1.2034" in shown
    assert "[[ 0.3980, -1.1817" in shown
    assert "Largest error 0.138 at [1, 0]; tolerance 1e-04 + 1e-04·|x|" in shown
    assert "Exception · cell 32, line 8" in shown
    assert "Matrix size-incompatible" in shown
    assert "learning_rate</code></th><td><code>0.003</code></td><td><code>0.01</code>" in source
    assert "def three_layer_convnet(x, params):" in shown
    assert "two zeros on each side" in shown
    assert "What helped most:" in shown
    assert "No points taken: the cause is in another task: three_layer_convnet" in shown


def test_what_is_provisional_is_said_and_what_is_final_is_not_doubted() -> None:
    """The banner is there exactly when the grade may still change."""
    assert 'class="banner"' in page(full())
    assert 'class="banner"' not in page(right())


def test_an_empty_answer_is_flagged() -> None:
    """A text task without a text says so."""
    essay = full("en").tasks[-1]
    assert "There is no text." in page(replace(right(), tasks=(replace(essay, text=""),)))
    assert "There is no text." not in page(replace(right(), tasks=(essay,)))


def test_the_faulty_line_is_marked_in_the_listing() -> None:
    """A listing numbers its lines as the cell does and marks the line that raised."""
    shown = listing(Excerpt(31, 7, "a = 1\nb = '<b>'\n"), frozenset({8}), "here")
    assert '<mark class="ln" data-n="8" title="here">' in shown
    assert '<span class="ln" data-n="7">' in shown
    assert "<b>" not in shown
    assert page(full()).count('<mark class="ln" data-n="8"') == 1


def test_the_curve_has_a_name_words_and_no_colour_of_its_own() -> None:
    """A curve is an image with a title and a description, in the page's own colours."""
    phrases = Phrases("ru")
    drawing = svg(ACCURACY.curves[0], phrases, "curve-9")
    root = ET.fromstring(drawing)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "curve-9-title curve-9-desc"
    for expected in ("эпоха", "точность на проверочной выборке", "нужно больше 43\xa0%", "зерно 2"):
        assert expected in drawing
    assert not re.search(r"#[0-9a-f]{6}|metadata|<style|font-family", drawing)
    assert {f"var(--seed-{n})" for n in (1, 2, 3)} <= set(re.findall(r"var\([\w-]+\)", drawing))
    assert drawing == svg(ACCURACY.curves[0], phrases, "curve-9")


def test_a_curve_without_points_is_said_in_words() -> None:
    """A training that gave nothing draws nothing, and the page says so."""
    empty = replace(ACCURACY.curves[0], runs=())
    assert svg(empty, Phrases("en"), "c") == ""
    one = replace(right().tasks[0], checks=(replace(ACCURACY, curves=(empty,)),))
    grade = replace(right(), tasks=(one,))
    assert "The training gave no point." in page(grade)


def test_matplotlib_is_loaded_only_for_a_curve() -> None:
    """A report without curves does not pay for matplotlib."""
    code = (
        "import sys; from dataclasses import replace; from grade_samples import full;"
        "from grader.report.html import page; from grader.report.gradefile import to_json;"
        "g = full('en'); g = replace(g, tasks=g.tasks[:1]); page(g); to_json(g);"
        "assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})


def test_many_failed_cells_are_counted_not_listed() -> None:
    """A notebook with hundreds of broken cells does not bury its report under them."""
    cells = tuple(replace(full().cells[1], index=i) for i in range(171))
    shown = Outline(page(replace(full("ru"), cells=cells))).words()
    assert shown.count(FAULT.message) < 60
    assert "и ещё 121 ячейка" in shown


def test_a_check_shows_its_values_once() -> None:
    """Where cases or curves already show them, expected and got are not repeated in a table."""
    check = replace(ACCURACY, expected=0.43, got=0.418)
    bare = replace(check, curves=())
    shown, alone = (
        page(replace(right(), tasks=(task("a", Status.PASSED, 6, 6, checks=(one,)),)))
        for one in (check, bare)
    )
    assert "<code>0.43</code>" not in shown
    assert "<td><code>0.43</code></td><td><code>0.418</code></td>" in alone


def test_a_case_that_brought_nothing_says_so() -> None:
    """Beside an expected value stands either what came back or the word for nothing."""
    case = replace(CASES[1], got="", got_shape="", error=None, tolerance="")
    check = replace(VALUES, comparisons=(case,))
    one = task("a", Status.FAILED, 0, 8, checks=(check,))
    assert "<code>nothing</code>" in page(replace(right(), tasks=(one,)))
    note = replace(case, expected="", expected_shape="", note=both("It raised."))
    one = replace(one, checks=(replace(check, comparisons=(note,)),))
    source = page(replace(right(), tasks=(one,)))
    assert "<code>nothing</code>" not in source
    assert "It raised." in source
