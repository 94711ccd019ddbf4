"""Whose answers are written alike, net of the handout and of what the whole class writes.

copydetect turns code into tokens (names, strings, comments and layout do not count) and finds the
stretches that two codes share. Fragments of the handout are left out, and, as MOSS does, fragments
that many write: the only way to say a thing is no sign of copying. A likeness is a reason to look,
no verdict.
"""

from __future__ import annotations

import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

FRAGMENT = 25
"""Characters of filtered code: the shortest stretch that counts (copydetect's own default)."""

COMMON, COMMON_SHARE = 10, 0.25
"""A fragment is common when more different codes than this have it (MOSS's default; Schleimer,
Wilkerson and Aiken, *Winnowing*, SIGMOD 2003), and more than this share of all of them."""

THRESHOLD = 0.8
LEAST = 120
"""Characters of filtered code (some eight lines) of their own that both must have: less proves
nothing."""

Codes = Mapping[str, str]
"""A student's code by task."""

Group = tuple[Codes, tuple[str, ...]]
"""Filtered code by task, and the students who wrote it."""

Prints = Mapping[str, Any]
"""copydetect's ``CodeFingerprint`` of each task."""


@dataclass(frozen=True)
class Likeness:
    """Students whose code is alike.

    ``first`` and ``second`` are each those with one and the same code but for names, strings,
    comments and layout; ``second`` is empty where ``first`` are like each other.
    ``score`` is the share, 0 to 1, of the two codes that both have; ``shared`` the number of
    characters of filtered code that they share, ``tasks`` where.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    score: float
    shared: int
    tasks: tuple[str, ...]


@dataclass(frozen=True)
class Similarity:
    """What was found among ``compared`` students.

    ``short`` wrote too little beside the handout; ``common`` wrote enough, but hardly anything that
    many others did not write too, so only a whole code like theirs could be told.
    """

    likenesses: tuple[Likeness, ...]
    compared: int
    short: int
    common: int
    threshold: float


def similar(
    codes: Mapping[str, Codes], handout: Iterable[str], threshold: float = THRESHOLD
) -> Similarity:
    """Groups with the same code, and pairs whose codes share at least ``threshold``.

    ``codes`` are the students' answers by task (see :func:`grader.excerpts.answers`), ``handout``
    the sources that everybody was given.
    """
    groups = _same(codes)
    texts = [text for text, _ in groups]
    given = {fragment for source in handout for fragment in _fingerprint(source).hashes}
    own = _without(texts, given)
    rare = _without(texts, given | _common(texts))
    found = _alike(groups, own)
    for i, j in _candidates(rare, threshold):
        score, shared, tasks = _compared(rare[i], rare[j])
        if score >= threshold:
            found.append(Likeness(groups[i][1], groups[j][1], score, shared, tasks))
    found.sort(key=lambda one: (-one.score, -one.shared, one.first))
    left = _writers(groups, own)
    compared = _writers(groups, rare)
    return Similarity(tuple(found), compared, len(codes) - left, left - compared, threshold)


def to_json(found: Similarity) -> str:
    """What was found, as text, to be kept."""
    return json.dumps(asdict(found), ensure_ascii=False)


def from_json(text: str) -> Similarity:
    """What :func:`to_json` wrote.

    Raises:
        ValueError, TypeError, KeyError: it wrote something else.
    """
    tree = json.loads(text)
    likenesses = tuple(
        Likeness(tuple(one["first"]), tuple(one["second"]), one["score"], one["shared"],
                 tuple(one["tasks"]))
        for one in tree["likenesses"]
    )  # fmt: skip
    return Similarity(**{**tree, "likenesses": likenesses})


def _fingerprint(code: str, *, filtered: bool = False, boilerplate: Sequence[int] = ()) -> Any:
    """copydetect's fingerprints of one piece of Python.

    A window of 1 keeps all of them: which ones a wider window keeps depends on Python's hash seed.
    """
    import numpy as np
    from copydetect import CodeFingerprint  # type: ignore[import-untyped]

    return CodeFingerprint(
        "answer.py",
        FRAGMENT,
        1,
        boilerplate=np.array(boilerplate, dtype=np.int64),
        filter=not filtered,
        language="python",
        fp=io.StringIO(code if filtered else _dense(code)),
    )


def _dense(code: str) -> str:
    """Without blank lines and what trails: Pygments takes minutes over a page of either."""
    return "\n".join(line.rstrip() for line in code.splitlines() if line.strip())


def _same(codes: Mapping[str, Codes]) -> list[Group]:
    """Filtered code by task, each once, with those who wrote it."""
    filtered: dict[str, str] = {}
    groups: dict[tuple[tuple[str, str], ...], list[str]] = defaultdict(list)
    for student, tasks in codes.items():
        for source in tasks.values():
            if source not in filtered:
                filtered[source] = _fingerprint(source).filtered_code
        groups[tuple((task, filtered[source]) for task, source in tasks.items())].append(student)
    return [(dict(text), tuple(students)) for text, students in groups.items()]


def _common(texts: Sequence[Codes]) -> set[int]:
    counts: Counter[int] = Counter()
    for text in texts:
        counts.update({hash(f) for filtered in text.values() for f in _fragments(filtered)})
    most = max(COMMON, COMMON_SHARE * len(texts))
    return {fragment for fragment, count in counts.items() if count > most}


def _fragments(filtered: str) -> Iterable[str]:
    return (filtered[i : i + FRAGMENT] for i in range(len(filtered) - FRAGMENT + 1))


def _without(texts: Sequence[Codes], dropped: set[int]) -> list[Prints]:
    boilerplate = sorted(dropped)
    made = {
        filtered: _fingerprint(filtered, filtered=True, boilerplate=boilerplate)
        for filtered in {filtered for text in texts for filtered in text.values()}
    }
    return [{task: made[filtered] for task, filtered in text.items()} for text in texts]


def _size(prints: Prints) -> int:
    return int(sum(one.token_coverage for one in prints.values()))


def _writers(groups: Sequence[Group], prints: Sequence[Prints]) -> int:
    """How many students have code enough to compare."""
    both = zip(groups, prints, strict=True)
    return sum(len(students) for (_, students), one in both if _size(one) >= LEAST)


def _alike(groups: Sequence[Group], own: Sequence[Prints]) -> list[Likeness]:
    """Those with the same code throughout: a likeness however common its fragments are."""
    return [
        Likeness(students, (), 1.0, _size(prints), _in_order(prints))
        for (_, students), prints in zip(groups, own, strict=True)
        if len(students) > 1 and _size(prints) >= LEAST
    ]


def _in_order(prints: Prints) -> tuple[str, ...]:
    sizes = {task: one.token_coverage for task, one in prints.items() if one.token_coverage}
    return tuple(sorted(sizes, key=lambda task: (-sizes[task], task)))


def _candidates(prints: Sequence[Prints], threshold: float) -> list[tuple[int, int]]:
    """Pairs that may share ``threshold``: a fragment covers ``FRAGMENT`` characters at most."""
    import numpy as np

    sizes = np.array([_size(one) for one in prints], dtype=float)
    kept = [i for i, size in enumerate(sizes) if size >= LEAST]
    shared = np.zeros((len(prints), len(prints)))
    for found in _holders(prints, kept):
        holders = np.array(list(found))
        shared[np.ix_(holders, holders)] += np.maximum.outer(*[np.array(list(found.values()))] * 2)
    enough = 2 * FRAGMENT * shared >= threshold * np.add.outer(sizes, sizes)
    return [(int(i), int(j)) for i, j in np.argwhere(np.triu(enough, 1)) if shared[i, j]]


def _holders(prints: Sequence[Prints], kept: Iterable[int]) -> Iterable[dict[int, int]]:
    """For each fragment of a task that several have: who, and how many times."""
    found: dict[tuple[str, int], dict[int, int]] = defaultdict(dict)
    for i in kept:
        for task, one in prints[i].items():
            for fragment, places in one.hash_idx.items():
                found[task, fragment][i] = len(places)
    return (holders for holders in found.values() if len(holders) > 1)


def _compared(mine: Prints, other: Prints) -> tuple[float, int, tuple[str, ...]]:
    """Score, shared characters, and the tasks they are in, those with most of them first."""
    from copydetect import compare_files

    shared: dict[str, float] = {}
    both = 0.0
    for task in mine.keys() & other.keys():
        _, shares, _ = compare_files(mine[task], other[task])
        sides = (
            shares[0] * mine[task].token_coverage,
            shares[1] * other[task].token_coverage,
        )
        both += sum(sides)
        shared[task] = min(sides)
    tasks = sorted((task for task in shared if shared[task]), key=lambda t: (-shared[t], t))
    return both / (_size(mine) + _size(other)), round(sum(shared.values())), tuple(tasks)
