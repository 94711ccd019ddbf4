"""Names and tables whose encoding nobody wrote down: UTF-8, else the likeliest Russian one.

General detectors guess badly from one short file name, so the candidates are few (what Russian
Windows and DOS programs write) and are told apart by how often Russian uses each letter.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

_BY_FREQUENCY = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
_WEIGHT = {letter: 3 - 2.5 * place / 32 for place, letter in enumerate(_BY_FREQUENCY)}
_OF_NAMES = ("cp866", "cp1251", "cp437")
"""The last is what zip files are in by default."""
_OF_TABLES = ("cp1251", "cp866")
_TELLING = 2**16
"""So many bytes tell."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def file_names(raws: Iterable[bytes]) -> Iterator[str]:
    """Names that do not say their encoding, in NFC: those that are not UTF-8 share one."""
    raws = list(raws)
    likely = _likeliest(b"\n".join(raw for raw in raws if not _is_utf8(raw)), _OF_NAMES)
    for raw in raws:
        text = raw.decode("utf-8" if _is_utf8(raw) else likely, "replace")
        yield unicodedata.normalize("NFC", text)


def file_name(raw: bytes) -> str:
    """One such name."""
    return next(file_names([raw]))


def table_text(raw: bytes) -> str:
    """The text of a table: by its byte order mark, UTF-8, or the encodings of Russian Windows.

    Raises:
        UnicodeDecodeError: it has the mark of UTF-16 and breaks off inside a character.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding)
    return raw.decode("utf-8" if _is_utf8(raw) else _likeliest(raw, _OF_TABLES), "replace")


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _likeliest(raw: bytes, candidates: Sequence[str]) -> str:
    start = raw[:_TELLING]
    return max(candidates, key=lambda encoding: _russianness(start.decode(encoding, "replace")))


def _russianness(text: str) -> float:
    """How much like Russian the characters beyond ASCII look, each between its neighbours."""
    return sum(
        _likelihood(before, here, after)
        for before, here, after in zip(f" {text}", text, f"{text[1:]} ", strict=False)
        if not here.isascii()
    )


def _likelihood(before: str, here: str, after: str) -> float:
    weight = _WEIGHT.get(here.lower())
    if not here.isalpha():
        return -4
    if weight is None and not "\u0400" <= here <= "\u04ff":
        return 0.5
    weight = 0.2 if weight is None else weight
    beside_latin = any(near.isascii() and near.isalpha() for near in (before, after))
    turns_upper = here.isupper() and before.islower()
    return weight - 4 * (beside_latin or turns_upper)
