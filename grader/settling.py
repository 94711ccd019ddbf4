"""From the gradebook to what counts for each student, the class's page, and the exports."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from . import course, environment, excerpts, late, marks, notebook, similarity, store
from .course import Lab
from .errors import UnreadableNotebook, UsageError
from .gradebook import Reader, Row
from .model import LANGUAGES, Language, Submission
from .overview import overview
from .preparing import LoadLab
from .report import classpage
from .report.deliver import whole
from .similarity import Similarity, similar
from .standing import Policy, Standing, standings, without_effect
from .tidying import used

BOOK = "grades.sqlite"


@dataclass(frozen=True)
class Settled:
    """What counts for each student of a class, and what it was settled from."""

    lab: Lab
    """That of most, in the language of most."""
    labs: Mapping[Language, Lab]
    """The same for each language that notebooks may be in."""
    rows: tuple[Row, ...]
    standings: tuple[Standing, ...]
    without_effect: tuple[marks.Mark, ...]


def settle(
    out: Path,
    root: Path,
    *,
    policy: Policy,
    given: Path | None,
    load: LoadLab = course.load,
) -> Settled:
    """Apply attempts policy, late policy and hand-given marks to the gradebook in ``out``.

    ``given`` is the file of marks; ``None`` where nobody gave any by hand. ``load`` reads a lab.

    Raises:
        UsageError: there is no gradebook, nothing in it is graded, or the marks are wrong.
    """
    if not (out / BOOK).exists():
        raise UsageError(f"{out}: no {BOOK} there; grade the class first: grade CLASS/")
    with closing(Reader(out / BOOK)) as book:
        rows = tuple(book.rows())
    lab = _lab(rows, root, out, load)
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
    labs = {
        language: lab if language == lab.language else load(root, lab.name, language)
        for language in LANGUAGES
    }
    return Settled(lab, labs, rows, counted, without_effect(hand, counted))


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


def _lab(rows: Sequence[Row], root: Path, out: Path, load: LoadLab) -> Lab:
    """The lab that most of the class handed in, in the language of most."""
    seen = Counter(
        (row.grade["lab"], row.grade["language"]) for row in rows if row.grade is not None
    )
    if not seen:
        raise UsageError(f"{out}: nobody in the gradebook is graded, so there is nothing to settle")
    (name, language), _ = seen.most_common(1)[0]
    return load(root, name, "ru" if language == "ru" else "en")


def _page(out: Path, student: str, number: int) -> Path | None:
    path = out / "students" / student / f"{number}.report.html"
    return path if path.exists() else None


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """While the results in ``out`` are written: two at once would grade everybody twice, or judge
    what the other is replacing.

    Raises:
        UsageError: somebody else is at work on them.
    """
    with store.claim(store.key("class", str(out.resolve()))) as ours:
        if not ours:
            raise UsageError(
                f"{out}: another `grade` is at work on these results; wait for its end, or stop "
                "it: the same command then goes on where it was"
            )
        yield


def _likeness(settled: Settled, out: Path) -> Similarity:
    """Likeness of the answers, net of the handout; sought anew where a notebook has changed."""
    with closing(Reader(out / BOOK)) as book:
        files = book.files()
    counted = {s.student: files.get((s.student, s.number), "") for s in settled.standings}
    handout = [cell.source for lab in settled.labs.values() for cell in lab.handout.cells]
    name = store.key("similarity", counted, handout, _code(), environment.versions())
    kept = store.folder() / "similarity" / f"{name}.json"
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        found = similarity.from_json(kept.read_text(encoding="utf-8"))
        used(kept)
        return found
    codes: dict[str, Mapping[str, str]] = {}
    for student, data in _notebooks(settled, out):
        codes[student] = excerpts.answers(data, settled.labs.get(data.language, settled.lab))
    found = similar(codes, [cell for lab in settled.labs.values() for cell in excerpts.given(lab)])
    with contextlib.suppress(OSError):  # a cache that cannot be written costs time, no more
        kept.parent.mkdir(parents=True, exist_ok=True)
        whole(kept, similarity.to_json(found))
    return found


@functools.cache
def _code() -> str:
    """Of the modules that say what is alike."""
    here = Path(__file__).parent
    files = [
        here / "similarity.py",
        here / "excerpts.py",
        *sorted((here / "matching").glob("*.py")),
    ]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _notebooks(settled: Settled, out: Path) -> Iterator[tuple[str, Submission]]:
    with (
        closing(Reader(out / BOOK)) as book,
        tempfile.TemporaryDirectory(prefix="grade-settle-") as folder,
    ):
        of_this_lab = {
            (row.student, row.number)
            for row in settled.rows
            if row.grade is not None and row.grade["lab"] == settled.lab.name
        }
        for one in settled.standings:
            if (one.student, one.number) in of_this_lab:
                path = Path(folder) / "submission.ipynb"
                path.write_bytes(book.material(one.student, one.number).notebook)
                with contextlib.suppress(UnreadableNotebook):  # written by a kinder version
                    yield one.student, notebook.read(path)
