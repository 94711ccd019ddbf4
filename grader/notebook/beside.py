"""Python modules that lie beside a notebook: those of them that it imports, and that are its own.

Whose a module is, is told by where it lies, never by what is in it: in a folder with the work of
several people a name that two of them may use is nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from grader.model import Text

MAX_MODULES = 50
MAX_MODULE_BYTES = 2**20
MAX_LOOKED_AT = 1000
"""Files of a folder."""
# What may not be matched from several starts, which would take a square of the text's length, is
# possessive or begins where a word does.
_IMPORT = re.compile(r"\b(?:import|from)[ \t]+([\w., \t]*+)")
_FIRST = re.compile(r"(?:^|,|\b(?:import|from)\b)[ \t]*+(\w++)")
"""In what follows ``import``: the names at its start and after commas."""
_FILE = re.compile(r"(?<![\w-])[\w-]++(?=\.py\b)")
_PLAIN = re.compile(r"[\w-]+\.py")
_WORD = re.compile(r"[^\W\d_]{2,}")
_COPY = {"copy", "of", "копия", "checkpoint"}


def imported(text: str, modules: Mapping[str, str]) -> list[str]:
    """Those of ``modules`` (texts by file name, ``helpers.py``) that ``text``, a notebook's file or
    Python, imports or runs, and what these import: :data:`MAX_MODULES` at most."""
    found: set[str] = set()
    todo = [text]
    while todo and len(found) < MAX_MODULES:
        fresh = sorted(mentioned(todo.pop(), modules) - found)[: MAX_MODULES - len(found)]
        found.update(fresh)
        todo.extend(modules[name] for name in fresh)
    return sorted(found)


def mentioned(text: str, modules: Collection[str]) -> set[str]:
    """Those of ``modules`` (file names) that ``text`` itself imports, or whose file it names.

    It takes as long as the text is, however many modules there are. Of file names that have more
    than letters, digits, dashes and underscores in them, the first :data:`MAX_MODULES` are seen.
    """
    names = {
        f"{match[1]}.py" for run in _IMPORT.finditer(text) for match in _FIRST.finditer(run[1])
    }
    names |= {f"{match[0]}.py" for match in _FILE.finditer(text)}
    odd = sorted(module for module in modules if not _PLAIN.fullmatch(module))[:MAX_MODULES]
    return names.intersection(modules) | {module for module in odd if module in text}


def modules_of(path: Path, text: str) -> tuple[dict[str, bytes], tuple[Text, ...]]:
    """What the notebook at ``path`` imports of the files beside it, and what is to be said of it.

    In a folder with other notebooks only modules count whose name has a word of this one's own in
    it (``ivanov_helpers.py`` beside ``ivanov.ipynb``).
    """
    found = _files(path)
    texts = {name: data.decode("utf-8", "replace") for name, data in found.items()}
    wanted = imported(text, texts)
    if not wanted:
        return {}, ()
    others = [p.stem for p in path.parent.glob("*.ipynb") if p.name != path.name][:MAX_LOOKED_AT]
    own = [name for name in wanted if named_as(name, path.stem, others)]
    notes = [_taken(own)] if own else []
    left = [name for name in wanted if name not in own]
    if left:
        notes.append(_left(left))
    return {name: found[name] for name in own}, tuple(notes)


def named_as(module: str, notebook: str, others: list[str]) -> bool:
    """Whether a module is this notebook's by its name, or as there is nobody else's work.

    ``others`` are the names of the other notebooks; copies of this one are no others.
    """
    mine = _words(notebook)
    foreign = [words for other in others if (words := _words(other)) != mine]
    if not foreign:
        return True
    return bool((mine - set().union(*foreign)) & _words(module.removesuffix(".py")))


def _words(name: str) -> set[str]:
    return set(_WORD.findall(name.casefold())) - _COPY


def _files(path: Path) -> dict[str, bytes]:
    """The Python files beside ``path`` that are no links and not too large."""
    try:
        near = sorted(path.parent.glob("*.py"))[:MAX_LOOKED_AT]
        return {
            each.name: each.read_bytes()
            for each in near
            if each.name != path.name
            and each.stem != path.stem
            and each.is_file()
            and not each.is_symlink()
            and each.stat().st_size <= MAX_MODULE_BYTES
        }
    except OSError:  # a folder that may not be listed has nothing beside the notebook
        return {}


def _taken(names: list[str]) -> Text:
    listed = ", ".join(names)[:300]
    return Text(
        ru=f"Рядом с блокнотом взяты модули, которые он импортирует: {listed}.",
        en=f"Modules that the notebook imports were taken from its folder: {listed}.",
    )


def _left(names: list[str]) -> Text:
    listed = ", ".join(names)[:300]
    return Text(
        ru=f"Модули, которые импортирует блокнот, не взяты: {listed}. В папке несколько блокнотов, "
        "и чьи это файлы, неизвестно; положите работу в отдельную папку или в архив zip.",
        en=f"Modules that the notebook imports were not taken: {listed}. Several notebooks lie in "
        "its folder, and nobody knows whose these are; put the work into a folder of its own, or "
        "into a zip archive.",
    )
