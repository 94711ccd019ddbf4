"""From the gradebook to what counts for each student, the class's page, and the exports."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from . import course, excerpts, late, marks, notebook
from .course import Lab
from .errors import UsageError
from .gradebook import Gradebook, Row
from .model import Language, Submission
from .overview import overview
from .report import classpage
from .report.deliver import whole
from .similarity import Similarity, similar
from .standing import Policy, Standing, standings, without_effect

BOOK = "grades.sqlite"


@dataclass(frozen=True)
class Settled:
    """What counts for each student of a class, and what it was settled from."""

    lab: Lab
    rows: tuple[Row, ...]
    standings: tuple[Standing, ...]
    without_effect: tuple[marks.Mark, ...]


def settle(out: Path, root: Path, *, policy: Policy, given: Path | None) -> Settled:
    """Apply attempts policy, late policy and hand-given marks to the gradebook in ``out``.

    ``given`` is the file of marks; ``None`` where nobody gave any by hand.

    Raises:
        UsageError: there is no gradebook, nothing in it is graded, or the marks are wrong.
    """
    if not (out / BOOK).exists():
        raise UsageError(f"{out}: no {BOOK} there; grade the class first: grade CLASS/")
    book = Gradebook(out / BOOK)
    try:
        rows = tuple(book.rows())
    finally:
        book.close()
    lab = _lab(rows, root, out)
    names = {row.student: row.name for row in rows}
    hand = marks.load(given, lab.rubric, names) if given is not None else marks.Marks()
    counted = standings(
        rows,
        rubric=lab.rubric,
        marks=hand,
        late=late.policy_of(lab.rubric),
        policy=policy,
        roster={row.student: row.name for row in rows if row.status == "missing"},
        page_of=lambda student, number: _page(out, student, number),
        language=lab.language,
    )
    return Settled(lab, rows, counted, without_effect(hand, counted))


def write_index(settled: Settled, out: Path, language: Language | None = None) -> Path:
    """``index.html``: the class at a glance."""
    likeness = _likeness(settled, out)
    seen = overview(
        settled.standings,
        settled.rows,
        when=datetime.now(UTC).astimezone(),
        title=settled.lab.rubric.title.text,
        similarity=likeness,
    )
    path = out / "index.html"
    whole(path, classpage.page(seen, language or settled.lab.language))
    return path


def _lab(rows: Sequence[Row], root: Path, out: Path) -> Lab:
    """The lab that most of the class handed in, in the language of most."""
    seen = Counter(
        (row.grade["lab"], row.grade["language"]) for row in rows if row.grade is not None
    )
    if not seen:
        raise UsageError(f"{out}: nobody in the gradebook is graded, so there is nothing to settle")
    (name, language), _ = seen.most_common(1)[0]
    return course.load(root, name, "ru" if language == "ru" else "en")


def _page(out: Path, student: str, number: int) -> Path | None:
    path = out / "students" / student / f"{number}.report.html"
    return path if path.exists() else None


def _likeness(settled: Settled, out: Path) -> Similarity:
    """Likeness of the answers, net of the handout."""
    codes: dict[str, Mapping[str, str]] = {}
    for student, data in _notebooks(settled, out):
        codes[student] = excerpts.answers(data, settled.lab)
    return similar(codes, excerpts.given(settled.lab))


def _notebooks(settled: Settled, out: Path) -> Iterator[tuple[str, Submission]]:
    book = Gradebook(out / BOOK)
    counted = {(s.student, s.number) for s in settled.standings}
    try:
        with tempfile.TemporaryDirectory(prefix="grade-settle-") as folder:
            for material in book.material():
                if (material.student, material.number) in counted:
                    path = Path(folder) / "submission.ipynb"
                    path.write_bytes(material.notebook)
                    yield material.student, notebook.read(path)
    finally:
        book.close()
