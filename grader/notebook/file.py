"""From a notebook's file to its JSON: missing files, encodings, and what broken files look like."""

from __future__ import annotations

import difflib
import json
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.errors import UnreadableNotebook
from grader.model import Text

# --------------------------------------------------------------------- the file


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """The file's bytes, at most ``max_bytes``. Raises ``UnreadableNotebook``."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise UnreadableNotebook(_about_folder(path))
        if not stat.S_ISREG(mode):
            raise UnreadableNotebook(
                f"{path}: not a regular file. Give the path of an .ipynb file."
            )
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except FileNotFoundError as error:
        raise UnreadableNotebook(_about_missing(path)) from error
    except (OSError, ValueError) as error:
        raise UnreadableNotebook(
            f"{path}: cannot be opened ({error}). Check the path and your right to read it."
        ) from error
    if len(data) > max_bytes:
        raise UnreadableNotebook(
            f"{path}: larger than {max_bytes / 2**20:.0f} MB, the most that is read. "
            "Recorded outputs make a notebook large: clear all outputs, save, and try again."
        )
    if not data.strip(b"\0 \t\r\n"):
        raise UnreadableNotebook(
            f"{path}: the file is empty ({len(data)} bytes), so there is nothing to grade. "
            "An upload was probably interrupted: save the notebook and hand it in again."
        )
    return data


def _about_folder(path: Path) -> str:
    names = sorted(file.name for file in path.glob("*.ipynb"))
    if not names:
        return f"{path}: a folder without notebooks. Give the path of an .ipynb file."
    count = "one notebook" if len(names) == 1 else f"{len(names)} notebooks"
    return (
        f"{path}: a folder with {count}: {_listed(names)}. "
        f"Give the path of one of them, or grade them all with `grade class {path}`."
    )


def _about_missing(path: Path) -> str:
    if path.is_symlink():
        return f"{path}: a link to a file that does not exist ({path.readlink()}). Mend the link."
    if not path.parent.is_dir():
        return f"{path}: no such file, for there is no folder {path.parent}. Check the path."
    names = sorted(file.name for file in path.parent.iterdir() if file.is_file())
    near = difflib.get_close_matches(path.name, names, n=3, cutoff=0.5)
    near = near or [name for name in names if name.endswith(".ipynb")]
    if not near:
        return f"{path}: no such file, and no notebook is in its folder. Check the path."
    return f"{path}: no such file. Did you mean {_listed(near)}?"


def _listed(names: Sequence[str], limit: int = 5) -> str:
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(repr(name)[1:-1] for name in names[:limit]) + more


# --------------------------------------------------------------- bytes to text


def decode(data: bytes, path: Path) -> tuple[str, list[Text]]:
    """The file's text, and a note when it is not plain UTF-8. Raises ``UnreadableNotebook``."""
    encoding = json.detect_encoding(data)
    if encoding.startswith("utf-8"):
        return _decode_utf8(data.removeprefix(b"\xef\xbb\xbf"))
    try:
        return data.decode(encoding), [
            Text(
                ru=f"Файл записан в кодировке {encoding.upper()}, а не UTF-8; прочитан как есть.",
                en=f"The file is encoded as {encoding.upper()}, not UTF-8; it was read as such.",
            )
        ]
    except UnicodeDecodeError as error:
        raise UnreadableNotebook(
            f"{path}: the file starts like {encoding.upper()} text but breaks at byte "
            f"{error.start}: it is damaged, or no notebook at all. Save the notebook as UTF-8."
        ) from error


def _decode_utf8(data: bytes) -> tuple[str, list[Text]]:
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        text = data.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    sound = sum(character > "\x7f" for character in text) - bad
    if sound >= bad:
        return text, [
            Text(
                ru=f"В файле есть байты, которые не являются текстом UTF-8; мест: {bad}, "
                "они заменены на «\ufffd».",
                en=f"The file holds bytes that are not UTF-8 text, in {bad} places; "
                "they were replaced by '\ufffd'.",
            )
        ]
    return data.decode("cp1251", errors="replace"), [
        Text(
            ru="Файл записан не в UTF-8; прочитан в кодировке Windows-1251.",
            en="The file is not UTF-8; it was read as Windows-1251.",
        )
    ]


# ---------------------------------------------------------------- text to JSON


def parse(text: str, path: Path) -> Any:
    """The JSON value in ``text``; raises ``UnreadableNotebook`` with line and column."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableNotebook(_about_json(text, path, error)) from error
    except RecursionError as error:
        raise UnreadableNotebook(
            f"{path}: its JSON is nested too deeply to be a notebook. "
            "Export it afresh from Jupyter."
        ) from error
    except ValueError as error:
        raise UnreadableNotebook(
            f"{path}: its JSON holds a value that cannot be read ({error}). "
            "Clear all outputs, save, and try again."
        ) from error


_LOOKS_LIKE: tuple[tuple[str, str], ...] = (
    ("PK\x03\x04", "It is a zip archive: unpack it and give the .ipynb file inside."),
    ("<<<<<<<", "Git left its merge conflict in the file: resolve it and save the notebook."),
    ("%PDF", "It is a PDF file: hand in the notebook itself, not a print of it."),
    ("<", "It is a web page, not the notebook: download the raw .ipynb file."),
)


def _about_json(text: str, path: Path, error: json.JSONDecodeError) -> str:
    where = f"{path}, line {error.lineno}, column {error.colno}"
    start = text.lstrip()
    for beginning, advice in _LOOKS_LIKE:
        if start.startswith(beginning) or text[error.pos :].startswith(beginning):
            return f"{where}: not a notebook's JSON ({error.msg}). {advice}"
    if not start.startswith(("{", "[")):
        return (
            f"{where}: the file is not JSON, so it is no notebook ({error.msg}). "
            "Hand in the .ipynb file that Jupyter or Colab saves."
        )
    if error.msg.startswith("Extra data"):
        return (
            f"{where}: the notebook ends here, but {len(text) - error.pos} more characters follow. "
            "Two files were probably joined, or a save was interrupted: save it again from Jupyter."
        )
    if error.msg.startswith("Unterminated string") or error.pos >= len(text.rstrip()):
        return (
            f"{where}: the file breaks off in the middle ({error.msg}), so part of the notebook is "
            "missing. An upload or a save was interrupted: save it and hand it in again."
        )
    return (
        f"{where}: broken JSON ({error.msg}). The file was edited by hand or damaged: "
        "open it in Jupyter, save it, and hand it in again."
    )
