"""Grades notebooks as the command line does, each one once, and reads the grade file back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from convnets_submissions import Notebook, language_of, read_handout, styles, submission

from grader.grading import Options, grade
from grader.report import deliver

ROOT = Path(__file__).resolve().parent.parent
HANDOUTS = {
    "ru": ROOT / "assignments/convnets/handout.ru.ipynb",
    "en": ROOT / "assignments/convnets/handout.en.ipynb",
    "course": ROOT.parent / "shared/handouts/lab_tf2_ru.ipynb",
}
"""Ours in both languages, and the notebook that the course itself hands out, where it is there."""

QUICK = Options(course=ROOT, quick=True)
SCORED = (
    "three_layer_convnet",
    "three_layer_convnet_init",
    "ThreeLayerConvNet",
    "part3_model",
    "part3_optimizer",
    "part4_model",
    "part4_optimizer",
    "CustomConvNet",
)


@dataclass(frozen=True)
class Graded:
    """A grade file, and its text."""

    text: str

    @property
    def whole(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.text)
        return read

    @property
    def verdicts(self) -> dict[str, str]:
        """The status of each task, by its id."""
        return {task["id"]: task["status"] for task in self.whole["tasks"]}

    @property
    def not_passed(self) -> set[str]:
        return {task for task, status in self.verdicts.items() if status != "passed"}

    def task(self, task_id: str) -> dict[str, Any]:
        (found,) = [task for task in self.whole["tasks"] if task["id"] == task_id]
        return dict(found)

    def repeatable(self) -> str:
        """The file without the times, the one part that may differ between two runs."""
        return json.dumps({k: v for k, v in self.whole.items() if k != "seconds"}, sort_keys=True)


@dataclass
class Grader:
    """``grader(notebook, options)`` grades in ``folder``; the same question is answered once."""

    folder: Path
    _known: dict[tuple[bytes, str, Options], Graded] = field(default_factory=dict)

    def __call__(
        self,
        notebook: Notebook | bytes,
        options: Options = QUICK,
        *,
        name: str = "submission",
        again: int = 0,
    ) -> Graded:
        """Grade ``notebook`` (or the bytes of its file); another ``again`` is another run."""
        data = notebook if isinstance(notebook, bytes) else as_file(notebook)
        key = (data, f"{name} {again}", options)
        if key not in self._known:
            place = self.folder / str(len(self._known))
            place.mkdir()
            path = place / f"{name}.ipynb"
            path.write_bytes(data)
            _, record = deliver.write(grade(path, options), place, name)
            self._known[key] = Graded(record.read_text(encoding="utf-8"))
        return self._known[key]


def as_file(notebook: Notebook) -> bytes:
    """The notebook as Jupyter writes it."""
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()


def handout(which: str) -> Notebook:
    """The handout called ``"ru"``, ``"en"`` or ``"course"``; the last is not everywhere."""
    return read_handout(HANDOUTS[which])


def filled(which: str, style: str = "explicit_padding") -> Notebook:
    """A right submission to one of the handouts."""
    given = handout(which)
    return submission(given, styles(language_of(given))[style])
