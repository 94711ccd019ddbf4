"""Read a notebook file as it really comes, and hand cells to the kernel client.

The only module that knows ``nbformat``, which is imported where it is needed: ``grade --help``
must not wait for it. What can be repaired is repaired and said in the submission's notes; what
cannot is an :class:`~grader.errors.UnreadableNotebook` that says what, where, why and what to do.
"""

from __future__ import annotations

import hashlib
import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal

from grader.errors import UnreadableNotebook
from grader.model import Cell, Language, Submission, Text
from grader.notebook.beside import modules_of
from grader.notebook.bounds import require_few, require_flat, require_moderate
from grader.notebook.cells import mended
from grader.notebook.file import decode, parse, read_bytes
from grader.notebook.packed import Packed, is_zip, unpack
from grader.notebook.scripts import NOTE, cells_of, is_script

if TYPE_CHECKING:
    from nbformat import NotebookNode

MAX_BYTES = 64 * 2**20
"""Of a notebook's file."""
PRINTED_LIMIT = 20_000
"""How many characters of a cell's recorded output are kept."""

_CYRILLIC_SHARE = 0.2
_CYRILLIC_LETTERS = 20
_COMMENT = re.compile(r"#(.*)")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)


def read(path: Path, *, max_bytes: int = MAX_BYTES, beside: bool = False) -> Submission:
    """The notebook at ``path``, with everything that had to be mended or assumed in its notes.

    ``beside``: with those of the modules in its folder that it imports.

    Raises :class:`~grader.errors.UnreadableNotebook` for anything that is no notebook with code or
    text in it.
    """
    path = Path(path)
    data = read_bytes(path, max_bytes)
    packed = unpack(data, path, max_bytes) if is_zip(data) else Packed(PurePosixPath(path), data)
    whole, found, notes = _content(packed, path)
    if beside and packed.data is data:
        modules, about = modules_of(path, data.decode("utf-8", "replace"))
        packed, notes = replace(packed, modules=modules), [*notes, *about]
    require_few(found, path)
    raw, repairs = mended(found)
    cells = tuple(_cell(index, cell) for index, cell in enumerate(raw))
    _require_text(cells, path)
    require_moderate(cells, path)
    return Submission(
        path=path,
        name=path.stem,
        sha256=hashlib.sha256(data).hexdigest(),
        cells=cells,
        language=_language(cells),
        notes=(*packed.notes, *notes, *repairs),
        modules=tuple(sorted(packed.modules.items())),
        student=_student(whole),
        python=_python(whole),
    )


def require_code(submission: Submission) -> None:
    """Raises :class:`~grader.errors.UnreadableNotebook` where no cell has code."""
    if not any(cell.source.strip() for cell in submission.code_cells()):
        raise UnreadableNotebook(_about_no_code(submission.cells, submission.path))


def write(submission: Submission, path: Path) -> None:
    """Save the submission's cells, and for whom it was made, as a notebook of format 4.5."""
    from nbformat.v4 import nbjson

    writer: Any = nbjson
    node = to_nbformat(submission.cells)
    if submission.student:
        node.metadata["grader"] = {"student": submission.student}
    text: str = writer.writes(node)
    path.write_text(text + "\n", encoding="utf-8")


def to_nbformat(cells: Sequence[Cell]) -> NotebookNode:
    """A valid notebook of format 4.5 with these cells, to run through nbclient.

    Every cell gets an id that is valid and occurs once: its own where it has one.
    """
    import nbformat

    v4: Any = nbformat.v4
    make = {
        "code": v4.new_code_cell,
        "markdown": v4.new_markdown_cell,
        "raw": v4.new_raw_cell,
    }
    taken = {cell.id for cell in cells if cell.id}
    nodes = [
        make[cell.kind](source=cell.source, id=cell.id or _free_id(cell.index, taken))
        for cell in cells
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook: NotebookNode = v4.new_notebook(cells=nodes, metadata={"kernelspec": kernel})
    return notebook


def _free_id(index: int, taken: set[str]) -> str:
    name = f"cell-{index}"
    while name in taken:
        name += "x"
    taken.add(name)
    return name


# ------------------------------------------------------------------ the formats


def _content(packed: Packed, path: Path) -> tuple[Any, list[Any], list[Text]]:
    """What the file holds, the cells in it, and what was assumed to read them."""
    text, notes = decode(packed.data, path)
    require_flat(text, path)
    if is_script(text, Path(packed.name)):
        return {}, cells_of(text, path), [*notes, NOTE]
    whole = parse(text, path)
    found, upgrades = _found_cells(whole, path)
    return whole, found, [*notes, *upgrades]


def _found_cells(notebook: Any, path: Path) -> tuple[list[Any], list[Text]]:
    """The file's cells as format 4 has them, with whatever types the file gave them."""
    if not isinstance(notebook, dict):
        kinds = {list: "a list", str: "a string", bool: "a truth value", type(None): "null"}
        found = kinds.get(type(notebook), "a number")
        raise UnreadableNotebook(_about_no_notebook(path, found))
    version = notebook.get("nbformat", 4)
    has_cells = isinstance(notebook.get("cells"), list)
    if has_cells and not (isinstance(version, int) and version < 3):
        return notebook["cells"], []
    sheets = notebook.get("worksheets")
    if not has_cells and not (
        isinstance(sheets, list) and all(isinstance(s, dict) for s in sheets)
    ):
        keys = ", ".join(repr(key)[:40] for key in list(notebook)[:5]) or "nothing"
        raise UnreadableNotebook(_about_no_notebook(path, f"an object with {keys}"))
    note = Text(
        ru="Блокнот старого формата (до версии 4); он преобразован при чтении.",
        en="The notebook has an old format (before version 4); it was converted.",
    )
    return _upgraded(notebook, path), [note]


def _student(notebook: Any) -> str:
    """Whose notebook it was made for: ``metadata.grader.student``."""
    found: Any = notebook
    for step in ("metadata", "grader", "student"):
        found = found.get(step) if isinstance(found, dict) else None
    return found[:200] if isinstance(found, str) else ""


def _about_no_notebook(path: Path, found: str) -> str:
    return (
        f"{path}: valid JSON but no notebook: it holds {found} where a notebook has 'cells'. "
        "Give the .ipynb file that Jupyter or Colab saves."
    )


def _upgraded(notebook: dict[str, Any], path: Path) -> list[Any]:
    """The cells of a notebook of format 1 to 3, without the random ids that nbformat gives them."""
    import nbformat

    formats: Any = nbformat
    version = notebook.get("nbformat")
    old = version if isinstance(version, int) and version < 3 else 3
    logger = logging.getLogger("traitlets")
    was_disabled = logger.disabled
    try:
        # nbformat validates on the way and complains to Python's warnings and to this log; on a
        # damaged file its converters raise whatever comes, so whatever comes is translated.
        logger.disabled = True
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            node = formats.from_dict(
                {"metadata": {}, "nbformat_minor": 0, **notebook, "nbformat": old}
            )
            for cell in (cell for sheet in node.get("worksheets", []) for cell in sheet["cells"]):
                cell.setdefault("outputs", [])
            cells = [{**cell, "id": ""} for cell in formats.convert(node, 4)["cells"]]
    except Exception as error:
        raise UnreadableNotebook(
            f"{path}: a notebook of an old format ({version}) that cannot be converted "
            f"({type(error).__name__}: {str(error)[:200]}). Open it in Jupyter and save it."
        ) from error
    finally:
        logger.disabled = was_disabled
    return cells


# -------------------------------------------------------------------- the cells


def _cell(index: int, raw: dict[str, Any]) -> Cell:
    kind: Literal["code", "markdown", "raw"] = raw["cell_type"]
    printed = "".join(_printed(raw["outputs"])) if kind == "code" else ""
    return Cell(index, kind, raw["source"], raw["id"], printed[:PRINTED_LIMIT])


def _printed(outputs: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The texts of a cell's outputs, up to a little more than is kept."""
    length = 0
    for output in outputs:
        text = _text_of(output)
        length += len(text)
        yield text
        if length > PRINTED_LIMIT:
            return


def _text_of(output: dict[str, Any]) -> str:
    kind = output.get("output_type")
    if kind == "stream":
        return _joined(output.get("text"))
    if kind == "error":
        return f"{_joined(output.get('ename'))}: {_joined(output.get('evalue'))}\n"
    data = output.get("data")
    text = _joined(data.get("text/plain")) if isinstance(data, dict) else ""
    return text + "\n" if text and not text.endswith("\n") else text


def _python(content: Any) -> str:
    """What the metadata say of the language's version, whatever types they have."""
    found = content
    for key in ("metadata", "language_info", "version"):
        found = found.get(key) if isinstance(found, dict) else None
    return found[:20] if isinstance(found, str) else ""


def _joined(text: object) -> str:
    if isinstance(text, list):
        return "".join(part for part in text if isinstance(part, str))
    return text if isinstance(text, str) else ""


def _require_text(cells: Sequence[Cell], path: Path) -> None:
    if not any(cell.kind != "raw" and cell.source.strip() for cell in cells):
        raise UnreadableNotebook(_about_no_code(cells, path))


def _about_no_code(cells: Sequence[Cell], path: Path) -> str:
    found = f"{len(cells)} cells, none of them with code" if cells else "no cells"
    return (
        f"{path}: the notebook has {found}, so there is nothing to grade. "
        "Check that this is the notebook you worked in, and that it was saved."
    )


def _language(cells: Sequence[Cell]) -> Language:
    """'ru' when a good share of the letters in prose and comments is Cyrillic, else 'en'."""
    prose = "\n".join(
        "\n".join(_COMMENT.findall(cell.source)) if cell.kind == "code" else cell.source
        for cell in cells
    )
    cyrillic = len(_CYRILLIC.findall(prose))
    letters = cyrillic + len(_LATIN.findall(prose))
    return "ru" if cyrillic >= max(_CYRILLIC_LETTERS, _CYRILLIC_SHARE * letters) else "en"
