"""The page as a browser shows it: phone, dark, print, keyboard, names for a screen reader."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from grades import GRADES
from playwright.sync_api import Browser, Page, sync_playwright

from grader.report.html import page

CHROMIUM = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
        if (found := shutil.which(name))
    ),
    None,
)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium on this machine"
)

OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"

OVERFLOW = """() => {
  const wide = [...document.querySelectorAll('body *')].filter(
    one => one.getBoundingClientRect().right > innerWidth + 1
      && !one.closest('.box, .visually-hidden, svg'));
  return [document.scrollingElement.scrollWidth - innerWidth,
    wide.slice(0, 5).map(one => one.outerHTML.slice(0, 80))];
}"""

# WCAG 2.2, 1.4.3: the contrast ratio of every text with what is painted behind it.
LOW_CONTRAST = """() => {
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = rgb => { const [r, g, b] = rgb.slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = one => { for (let at = one; at; at = at.parentElement) {
    const rgb = parse(getComputedStyle(at).backgroundColor);
    if (rgb.length === 3 || rgb[3] === 1) return rgb; } throw new Error('no background'); };
  const low = []; let seen = 0;
  for (const one of document.querySelectorAll('body *')) {
    if (![...one.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
    if (!one.getClientRects().length || one.closest('title, desc')) continue;
    const style = getComputedStyle(one);
    const text = light(parse(one.closest('svg') ? style.fill : style.color));
    const back = light(behind(one));
    const ratio = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
    seen += 1;
    if (ratio < 4.5) low.push([ratio.toFixed(2), one.outerHTML.slice(0, 80)]);
  }
  return [seen, low.slice(0, 10)];
}"""

HEADINGS = "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(one => Number(one.tagName[1]))"

UNNAMED = """() => [...document.querySelectorAll('svg')].filter(one => {
  if (one.getAttribute('aria-hidden') === 'true') return false;
  const names = (one.getAttribute('aria-labelledby') || '').split(' ');
  return one.getAttribute('role') !== 'img'
    || !names.every(name => document.getElementById(name)?.textContent.trim());
}).length"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"] if root else []
        )
        yield running
        running.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    for name, grade in GRADES.items():
        (folder / f"{name}.html").write_text(page(grade), encoding="utf-8")
    return folder


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A fresh tab in which any error, warning, refusal or request of the page is a failure."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    tab = context.new_page()
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda request: said.append(request.url) if is_foreign(request.url) else None)
    tab.on("dialog", lambda dialog: said.append(dialog.message))
    yield tab
    assert said == []
    context.close()


def is_foreign(url: str) -> bool:
    return not url.startswith(("file:", "data:"))


def show(tab: Page, pages: Path, name: str) -> None:
    tab.goto((pages / f"{name}.html").as_uri())


@pytest.mark.parametrize("name", GRADES)
@pytest.mark.parametrize("width", [1280, 360])
def test_the_page_never_scrolls_sideways(tab: Page, pages: Path, name: str, width: int) -> None:
    """On a desktop and on a phone, closed and wholly open, only boxes scroll sideways."""
    tab.set_viewport_size({"width": width, "height": 800})
    show(tab, pages, name)
    assert tab.evaluate(OVERFLOW) == [0, []]
    tab.evaluate(OPEN_ALL)
    assert tab.evaluate(OVERFLOW) == [0, []]


@pytest.mark.parametrize("name", ["hostile_ru", "hostile_en"])
def test_nothing_of_a_student_runs_in_the_browser(tab: Page, pages: Path, name: str) -> None:
    """Script, image handlers, closing tags and template braces in a grade stay inert text."""
    show(tab, pages, name)
    tab.evaluate(OPEN_ALL)
    assert tab.evaluate("window.hacked") is None
    assert tab.title() != "hacked"
    assert (
        tab.evaluate("document.querySelectorAll('script, img, iframe, a[href^=http]').length") == 0
    )
    assert tab.get_by_text("window.hacked = 1").first.is_visible()


@pytest.mark.parametrize("name", ["full_ru", "full_en"])
def test_the_tasks_can_be_filtered_by_status(tab: Page, pages: Path, name: str) -> None:
    """Choosing a status leaves only its tasks, without a script; choosing all brings them back."""
    show(tab, pages, name)
    visible = tab.locator(".task:visible")
    assert visible.count() == 7
    for status, count in [("failed", 2), ("passed", 2), ("partial", 1), ("ungraded", 1)]:
        tab.locator(f"#show-{status}").check()
        assert visible.count() == count
        assert {one.get_attribute("data-status") for one in visible.all()} == {status}
    tab.locator("#show-ungraded").press("ArrowLeft")
    assert {one.get_attribute("data-status") for one in visible.all()} == {"not_attempted"}
    tab.locator("#show-all").check()
    assert visible.count() == 7


def test_the_page_works_from_the_keyboard(tab: Page, pages: Path) -> None:
    """A task opens with Enter and closes with Space, and a link to it opens it."""
    show(tab, pages, "full_en")
    assert tab.locator(".task[open]").count() == 3
    task = tab.locator(".task:has(#task-6)")
    task.locator("summary").first.focus()
    tab.keyboard.press("Enter")
    assert task.get_attribute("open") is not None
    tab.keyboard.press("Space")
    assert task.get_attribute("open") is None
    tab.locator("nav a[href='#task-6']").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_function("document.querySelector('.task:has(#task-6)').open")


def test_everything_can_be_reached_with_tab(tab: Page, pages: Path) -> None:
    """The focus walks through links, the filter and the summaries, and is always to be seen."""
    show(tab, pages, "full_en")
    reached = set()
    for _ in range(60):
        tab.keyboard.press("Tab")
        found = tab.evaluate(
            "(() => { const one = document.activeElement, shown = one.matches('input')"
            " ? one.nextElementSibling : one; return [one.tagName,"
            " getComputedStyle(shown).outlineStyle]; })()"
        )
        if found[0] == "BODY":
            break
        assert found[1] == "solid" or found[1] == "auto"
        reached.add(found[0])
    assert {"A", "INPUT", "SUMMARY", "PRE"} <= reached


def test_dark_mode_changes_the_page_and_its_plots(tab: Page, pages: Path) -> None:
    """Background and curve take the dark colours when the reader's system asks for them."""
    show(tab, pages, "full_ru")
    tab.evaluate(OPEN_ALL)
    look = (
        "[getComputedStyle(document.documentElement).backgroundColor,"
        " getComputedStyle(document.querySelector('.plot text')).fill]"
    )
    bright = tab.evaluate(look)
    tab.emulate_media(color_scheme="dark")
    dark = tab.evaluate(look)
    assert all(before != after for before, after in zip(bright, dark, strict=True))
    tab.emulate_media(color_scheme="dark", media="print")
    assert tab.evaluate(look)[1] == bright[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["full_en", "right_ru", "hostile_en"])
def test_every_text_has_enough_contrast(tab: Page, pages: Path, name: str, scheme: str) -> None:
    """All text, the listings' colours and the plots' labels too, has a contrast of 4.5 at least."""
    tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    show(tab, pages, name)
    tab.evaluate(OPEN_ALL)
    seen, low = tab.evaluate(LOW_CONTRAST)
    assert seen > 30
    assert low == []


def test_print_shows_what_lies_closed(tab: Page, pages: Path) -> None:
    """On paper every task, check and case lies open, whatever was closed or filtered out."""
    show(tab, pages, "full_ru")
    tab.locator("#show-passed").check()
    inner = ".task:has(#task-6) .check-body .plot"
    assert not tab.locator(inner).is_visible()
    tab.emulate_media(media="print")
    assert tab.locator(".task:visible").count() == 7
    heights = tab.evaluate(
        "[...document.querySelectorAll('.task-body, .check-body, .sides, .plot')]"
        ".map(one => one.checkVisibility({contentVisibilityAuto: true})"
        " ? one.getBoundingClientRect().height : 0)"
    )
    assert len(heights) > 15
    assert min(heights) > 0
    assert not tab.locator(".filter").is_visible()


@pytest.mark.parametrize("name", GRADES)
def test_a_screen_reader_finds_its_way(tab: Page, pages: Path, name: str) -> None:
    """Landmarks are there once, headings descend in order, and every drawing has a name."""
    show(tab, pages, name)
    for landmark in ("banner", "main", "contentinfo"):
        assert tab.get_by_role(landmark).count() == 1  # type: ignore[arg-type]
    levels = tab.evaluate(HEADINGS)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert tab.evaluate(UNNAMED) == 0
    assert tab.evaluate("document.documentElement.lang") == GRADES[name].language
