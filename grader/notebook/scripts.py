"""A notebook that was saved as a Python script: jupytext's and VS Code's percent format, what
``nbconvert --to script`` writes, what Colab downloads as ``.py``, and plain scripts."""

from __future__ import annotations

import ast
import re
import warnings
from pathlib import Path
from typing import Any

from grader.errors import UnreadableNotebook
from grader.model import Text
from grader.notebook.python import parsed

NOTE = Text(
    ru="Это скрипт .py, а не блокнот: ячейки восстановлены по его разметке.",
    en="This is a .py script, not a notebook: its cells were recovered from its layout.",
)
MAX_LINES = 40_000
"""Of a script: jupytext takes time with the square of its cells."""
FORMATS = ("percent", "light", "hydrogen", "sphinx", "spyder", "nomarker")
"""jupytext's own, which are text and nothing else."""
_HEADER = re.compile(
    r"\A(?:#!.*\n)?(?:[ \t\f]*#.*?coding[:=].*\n)?(?:# ?---\s*\n(?:#.*\n)*?# ?---\s*\n)?"
)
_FORMAT = re.compile(r"^#\s+format_name: *(\w+)", re.MULTILINE)
_LIKE_A_SCRIPT = re.compile(r"^\s*(?:#|\"\"\"|'''|import |from |def |class |@|\w+\s*=)")


def is_script(text: str, path: Path) -> bool:
    """True for a ``.py`` file; one that holds a notebook's JSON under that name is none."""
    return path.suffix.lower() == ".py" and not text.lstrip().startswith("{")


def cells_of(text: str, path: Path) -> list[Any]:
    """The cells of a script, as a notebook's file has them.

    Raises:
        UnreadableNotebook: it is no Python text at all.
    """
    import jupytext

    text = text.replace("\r\n", "\n")
    if text.count("\n") > MAX_LINES:
        raise UnreadableNotebook(
            f"{path}: a script of more than {MAX_LINES} lines. Hand in the notebook (.ipynb)."
        )
    if not _LIKE_A_SCRIPT.search(text):
        raise UnreadableNotebook(
            f"{path}: a .py file that does not look like Python. Hand in the notebook (.ipynb)."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # jupytext warns where it guesses, and it may guess
            found = jupytext.reads(*_plain(text))
    except Exception as error:  # its parsers raise whatever comes on a damaged file
        raise UnreadableNotebook(
            f"{path}: the script cannot be taken apart ({type(error).__name__}: "
            f"{str(error)[:200]}). Hand in the notebook (.ipynb) itself."
        ) from error
    first, *others = found.cells
    own = found.cells if first.source.strip() else others  # less the empty line of _plain
    return [_as_text(dict(cell)) for cell in own]


def _plain(text: str) -> tuple[str, dict[str, str]]:
    """The script without its header, and its format. jupytext is to read neither: a header is YAML
    that may swell beyond measure, and for some formats it would start programs of this machine.

    A header begins in the first line or nowhere, and so an empty one keeps others from being read.
    """
    from jupytext.formats import guess_format

    header = _HEADER.match(text)
    assert header is not None  # it may be empty
    told = _FORMAT.search(header[0])
    name = told[1] if told else guess_format(text, ".py")[0]
    plain = name if name in FORMATS else "light"
    return "\n" + text[header.end() :], {"extension": ".py", "format_name": plain}


def _as_text(cell: dict[str, Any]) -> dict[str, Any]:
    """The cell; one of nothing but a string or comments is a text that lost its kind."""
    cell.pop("id", None)  # jupytext draws them at random
    if cell.get("cell_type") != "code":
        return cell
    prose = _prose(str(cell.get("source", "")))
    if prose is None:
        return cell
    return {"cell_type": "markdown", "metadata": {}, "source": prose}


def _prose(source: str) -> str | None:
    """What a cell says if it does nothing: its lone string, or its comments."""
    lines = [line.strip() for line in source.strip().split("\n")]
    if all(line.startswith("#") or not line for line in lines):
        if any(re.match(r"#\s*\*{3}|#\s*(?:TODO|YOUR CODE)", line) for line in lines):
            return None  # a marker, which belongs to the code around it
        return "\n".join(re.sub(r"^# ?", "", line) for line in lines)
    tree = parsed(source)
    match tree.body if tree is not None else []:
        case [ast.Expr(value=ast.Constant(value=str(said)))]:
            return said
    return None
