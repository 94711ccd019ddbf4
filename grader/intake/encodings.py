"""Names and tables whose encoding nobody wrote down: UTF-8, else the likeliest Russian one.

General detectors guess badly from one short file name, so the candidates are few (what Russian
Windows and DOS programs write) and are told apart by how often Russian uses each letter.
"""

from __future__ import annotations

import codecs
import unicodedata

_BY_FREQUENCY = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
_WEIGHT = {letter: 3 - 2.5 * place / 32 for place, letter in enumerate(_BY_FREQUENCY)}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def file_name(raw: bytes) -> str:
    """A name from an archive or a disk that does not say its encoding, in NFC."""
    return unicodedata.normalize("NFC", _decoded(raw, ("cp866", "cp1251", "cp437")))


def table_text(raw: bytes) -> str:
    """The text of a table: by its byte order mark, UTF-8, or the encodings of Russian Windows.

    Raises:
        UnicodeDecodeError: it has the mark of UTF-16 and breaks off inside a character.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding)
    return _decoded(raw, ("cp1251", "cp866"))


def _decoded(raw: bytes, candidates: tuple[str, ...]) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return max((raw.decode(name, "replace") for name in candidates), key=_russianness)


def _russianness(text: str) -> float:
    """How much like Russian the characters beyond ASCII look, each between its neighbours."""
    return sum(
        _likelihood(before, here, after)
        for before, here, after in zip(f" {text}", text, f"{text[1:]} ", strict=False)
        if not here.isascii()
    )


def _likelihood(before: str, here: str, after: str) -> float:
    weight = _WEIGHT.get(here.lower())
    if weight is None:
        return 0.5 if here.isalpha() else -4
    beside_latin = any(near.isascii() and near.isalpha() for near in (before, after))
    turns_upper = here.isupper() and before.islower()
    return weight - 4 * (beside_latin or turns_upper)
