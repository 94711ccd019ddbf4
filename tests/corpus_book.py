"""A filled-in notebook of the convnets lab that can be changed as students and editors do."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from convnets_submissions import Notebook, read_handout, styles, submission

ROOT = Path(__file__).parents[1]
CALL = "train_part34(model_init_fn, optimizer_init_fn)"


class Book:
    """Changes are made in place and can be chained; a change that changes nothing is a mistake."""

    def __init__(self, language: str = "en", style: str = "same_padding") -> None:
        handout = ROOT / f"assignments/convnets/handout.{language}.ipynb"
        self._blank = {cell["id"]: cell for cell in read_handout(handout)["cells"]}
        self.notebook: Notebook = submission(handout, styles(language)[style])

    @property
    def cells(self) -> list[dict[str, Any]]:
        cells: list[dict[str, Any]] = self.notebook["cells"]
        return cells

    def place(self, cell_id: str) -> int:
        return next(i for i, cell in enumerate(self.cells) if cell["id"] == cell_id)

    def source(self, cell_id: str) -> str:
        return str(self.cells[self.place(cell_id)]["source"])

    def put(self, cell_id: str, source: str) -> Self:
        self.cells[self.place(cell_id)]["source"] = source.strip("\n")
        return self

    def swap(self, cell_id: str, old: str, new: str) -> Self:
        before = self.source(cell_id)
        assert old in before, f"{cell_id}: {old!r}"
        return self.put(cell_id, before.replace(old, new))

    def everywhere(self, pattern: str, new: str) -> Self:
        count = 0
        for cell in self.cells:
            if cell["cell_type"] == "code":
                cell["source"], n = re.subn(pattern, new, cell["source"], flags=re.MULTILINE)
                count += n
        assert count, pattern
        return self

    def blank(self, cell_id: str) -> Self:
        return self.put(cell_id, str(self._blank[cell_id]["source"]))

    def drop(self, *cell_ids: str) -> Self:
        for cell_id in cell_ids:
            del self.cells[self.place(cell_id)]
        return self

    def before(self, cell_id: str, source: str) -> Self:
        self.cells.insert(self.place(cell_id), _code(source, f"new-{len(self.cells)}"))
        return self

    def after(self, cell_id: str, source: str) -> Self:
        self.cells.insert(self.place(cell_id) + 1, _code(source, f"new-{len(self.cells)}"))
        return self

    def move(self, cell_id: str, before: str) -> Self:
        cell = self.cells.pop(self.place(cell_id))
        self.cells.insert(self.place(before), cell)
        return self

    def shuffled(self, *cell_ids: str, seed: int = 0) -> Self:
        """The cells of these ids change places with each other."""
        places = [self.place(cell_id) for cell_id in cell_ids]
        mixed = random.Random(seed).sample(cell_ids, len(cell_ids))
        assert list(mixed) != list(cell_ids)
        cells = [self.cells[self.place(cell_id)] for cell_id in mixed]
        for place, cell in zip(places, cells, strict=True):
            self.cells[place] = cell
        return self

    def without_ids(self) -> Self:
        for cell in self.cells:
            cell.pop("id")
        return self

    def printed(self, cell_id: str, text: str) -> Self:
        output = {"output_type": "stream", "name": "stdout", "text": text}
        self.cells[self.place(cell_id)]["outputs"] = [output]
        return self

    def changed(self, change: Callable[[Notebook], Notebook]) -> Self:
        self.notebook = change(self.notebook)
        return self


@dataclass(frozen=True)
class Entry:
    """A notebook of the corpus with what must come of it.

    ``wrong`` are the statuses of tasks that must not pass, ``says`` is in the grade file, and
    ``runtime`` is the TensorFlow that it is run on. ``suffix`` is how the file comes.
    """

    book: Book
    wrong: Mapping[str, str] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    runtime: str = "keras3"
    suffix: str = ".ipynb"


def _code(source: str, cell_id: str) -> dict[str, Any]:
    return copy.deepcopy(
        {
            "cell_type": "code",
            "execution_count": None,
            "id": cell_id,
            "metadata": {},
            "outputs": [],
            "source": source.strip("\n"),
        }
    )
