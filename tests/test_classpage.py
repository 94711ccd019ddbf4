"""The page of a class, read as text: whole, safe, in both languages."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from class_files import row, standing
from class_samples import HOSTILE, WHEN, group

from grader.model import LANGUAGES, Language
from grader.overview import ClassOverview, overview
from grader.report.classpage import MAX_CLUSTERS, page
from grader.report.classwords import CLASS_WORDS, OUTCOME, ClassPhrases

VOID = {"meta", "link", "input", "br", "wbr"}
SAMPLES = {
    "usual": group(40),
    "hostile": group(60, hostile=True),
    "small": group(3),
    "empty": overview([], [], when=WHEN),
    "nobody": overview(
        [standing(row("a", None, status="missing"))],
        [row("a", None, status="missing")],
        when=WHEN,
    ),
}


class Outline(HTMLParser):
    """Tags, attributes and text of a page; fails on tags that do not nest."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.script = ""
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
        if "script" in self.open:
            self.script += data
        elif "style" not in self.open:
            self.text.append(data)

    def all(self, tag: str, key: str) -> list[str]:
        return [found[key] or "" for name, found in self.tags if name == tag and key in found]

    def words(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.text))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SAMPLES)
def test_the_page_is_whole_and_the_same_twice(name: str, language: Language) -> None:
    """Tags nest, ids are unique, references lead somewhere, and the bytes are always the same."""
    source = page(SAMPLES[name], language)

    assert source == page(SAMPLES[name], language)
    tags = Outline(source).tags
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in tags:
        assert set((attrs.get("aria-labelledby") or "").split()) <= set(ids)
        if (attrs.get("href") or "").startswith("#"):
            assert (attrs["href"] or "")[1:] in ids


@pytest.mark.parametrize("name", SAMPLES)
def test_the_page_fetches_nothing_and_runs_its_own_script_alone(name: str) -> None:
    """One script, named by its hash in the policy; no handler, and links to students alone."""
    source = page(SAMPLES[name], "ru")
    outline = Outline(source)

    digest = base64.b64encode(hashlib.sha256(outline.script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in source
    assert "default-src 'none'" in source
    assert [tag for tag, _ in outline.tags].count("script") == 1
    for tag, attrs in outline.tags:
        assert tag not in {"iframe", "object", "img", "form", "base"}
        assert not any(key.startswith("on") or key == "src" for key in attrs)
        href = attrs.get("href") or "#"
        assert href.startswith(("#", "data:,", "students/"))


def test_what_students_write_is_text() -> None:
    """Tags, templates, escapes and direction overrides in names are shown, or are gone."""
    source = page(SAMPLES["hostile"], "en")

    words = Outline(source).words()
    assert HOSTILE[0] in words
    assert "{{ 7 * 7 }}{% raw %}" in words
    assert "⟨U+202E⟩" in words
    assert "\x1b" not in source
    assert "\x00" not in source


def test_a_link_leads_to_the_student_s_page() -> None:
    """Links name the student's folder, whatever its characters, and the attempt that counts."""
    shown = SAMPLES["hostile"]
    students = {one.student: one for one in shown.students}

    links = {link for link in Outline(page(shown, "ru")).all("a", "href") if link[0] != "#"}

    found = set()
    for link in links:
        folder, key, rest = link.split("#")[0].split("/")
        number, _, ending = rest.partition(".")
        assert (folder, ending) == ("students", "staff.html")
        assert students[unquote(key)].number == int(number)
        found.add(unquote(key))
    assert found == {key for key, one in students.items() if one.graded}


def test_a_link_from_a_cluster_leads_to_its_task() -> None:
    """Who stands in a cluster is linked to that task on the student's own page."""
    links = Outline(page(group(40), "ru")).all("a", "href")

    assert any(re.fullmatch(r"students/student-\d+/\d\.staff\.html#task-[1-9]", a) for a in links)


def test_the_table_is_complete_without_the_script() -> None:
    """Every student and task stands in the page itself; what needs the script is hidden."""
    shown = group(40)
    outline = Outline(page(shown, "ru"))

    rows = [attrs["data-is"] for tag, attrs in outline.tags if tag == "tr" and "data-is" in attrs]
    assert len(rows) == 40
    assert {words.split()[0] for words in rows if words} == {  # type: ignore[union-attr]
        one.outcome for one in shown.students
    }
    marks = outline.all("td", "data-s")
    assert len(marks) == sum(m is not None for one in shown.students for m in one.marks)
    controls = [attrs for tag, attrs in outline.tags if attrs.get("id") == "controls"]
    assert "hidden" in controls[0]


def test_markers_are_words() -> None:
    """Late, by hand and provisional are said in words, with what a late hand-in cost."""
    shown = group(60)
    words = Outline(page(shown, "ru")).words()

    assert "Поздно: 1 д 7 ч, засчитано 90 %" in words.replace("\xa0", " ")
    assert "Вручную: Устно: <b>всё</b> верно" in words
    assert "Предварительно" in words
    assert "Взята приманка" not in words
    suspected = tuple(replace(one, suspected=True) for one in shown.students)
    words = Outline(page(replace(shown, students=suspected), "ru")).words()
    assert "Взята приманка" in words


def test_who_has_no_grade_is_told_first() -> None:
    """Ungraded and unreadable submissions stand at the top with their reasons."""
    words = Outline(page(group(60), "ru")).words()

    assert words.index("ядро не запустилось") < words.index("Медиана")
    assert "это не JSON" in words


def test_the_histogram_is_told_in_words() -> None:
    """The drawing has a title and a description with the median and the pass mark."""
    source = page(group(40), "en")

    description = re.search(r"<desc[^>]*>([^<]*)</desc>", source)
    assert description is not None
    assert "Median:" in description[1]
    assert "Pass mark: 60." in description[1]
    assert "var(--plot-rule)" in source
    assert "#0a0" not in source


def test_further_clusters_lie_closed() -> None:
    """A class with many clusters shows the largest; the others are there when they are opened."""
    shown = group(300)
    assert len(shown.clusters) > MAX_CLUSTERS

    outline = Outline(page(shown, "en"))

    clusters = [
        a for t, a in outline.tags if t == "details" and "cluster" in (a.get("class") or "")
    ]
    assert len(clusters) == len(shown.clusters)
    assert f"{len(shown.clusters) - MAX_CLUSTERS} more groups" in outline.words()


def test_without_similarity_nothing_is_claimed_of_it() -> None:
    """Where likeness was not looked for, the page has no such section and no link to it."""
    source = page(replace(group(40), similarity=None), "en")

    assert 'href="#similar"' not in source
    assert "Similar code" not in source


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_spoken_throughout(language: Language) -> None:
    """A page has no word of the fixed texts of the other language."""
    other: Language = "en" if language == "ru" else "ru"
    anonymous: ClassOverview = replace(group(40, language=language), clusters=())
    words = Outline(page(anonymous, language)).words()

    for text in (*CLASS_WORDS.values(), *OUTCOME.values()):
        if len(text[other]) > 8 and text[other] not in text[language]:
            assert text[other] not in words


@pytest.mark.parametrize(
    ("language", "late", "kept", "said"),
    [
        ("ru", timedelta(days=2, hours=3, minutes=4), 0.8, "2 д 3 ч, засчитано 80 %"),
        ("en", timedelta(minutes=5), 1.0, "5 min"),
        ("en", timedelta(seconds=5), 0.5, "< 1 min, keeps 50%"),
    ],
)
def test_lateness_in_words(language: Language, late: timedelta, kept: float, said: str) -> None:
    """How late, in the two largest units, and what is kept of the points if it is not all."""
    assert ClassPhrases(language).lateness(late, kept).replace("\xa0", " ") == said


@pytest.mark.parametrize(
    ("language", "seconds", "said"),
    [
        ("ru", 8.46, "8,5 с"),
        ("ru", 119.6, "120 с"),
        ("en", 200, "3 min 20 s"),
        ("en", 60.2, "60 s"),
    ],
)
def test_durations_in_words(language: Language, seconds: float, said: str) -> None:
    """Seconds up to two minutes, then minutes and seconds."""
    assert ClassPhrases(language).duration(seconds).replace("\xa0", " ") == said
