"""Which data sets a job gets: what the notebook loads, and what each accuracy rule is tried on."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from . import data, given
from .choosing import Chosen, chosen
from .course import Lab
from .data import DataSet
from .data.derived import Cut
from .data.folders import FolderSet, stamp
from .data.places import candidates, entry_of
from .data.wanted import cut, find_folder, locate
from .errors import UsageError
from .model import Fault, FaultKind, Submission, Text
from .rubric import Accuracy, ChosenSet, Rubric, Task

PICTURES = "pictures"
"""What the kernel calls the folder of pictures that a student chose."""


@dataclass(frozen=True)
class Supplies:
    """Data for one job.

    ``images`` is what the notebook loads by its name. ``sets`` are what tasks are trained on where
    that is something else, by task id; ``refused`` says what is wrong with a task's data by the
    student's own fault. ``chosen`` is the student's own set, as it lies in the course.
    """

    images: DataSet | None = None
    chosen: DataSet | None = None
    choice: ChosenSet | None = None
    sets: Mapping[str, DataSet] = field(default_factory=dict)
    refused: Mapping[str, Fault] = field(default_factory=dict)


def supply(
    submission: Submission, lab: Lab, data_dir: Path | None, progress: Callable[[str], None]
) -> Supplies:
    """Find, read and cut whatever the lab's trainings need for this notebook.

    Raises:
        UsageError: ``data_dir`` holds nothing that is wanted.
        DataUnavailable: a data set is there and broken.
    """
    rubric = lab.rubric
    places = data.search_folders(data_dir, lab.root)
    alone = data_dir if rubric.choice is None else _if_there(rubric.data, data_dir)
    images = None
    if rubric.data is not None:
        images = data.find(rubric.data, folders=places, data_dir=alone, progress=progress)
    if rubric.choice is None:
        return Supplies(images, sets=_lab_sets(rubric, images))
    picked = chosen(submission, lab.handout, rubric.choice)
    own = None if picked.set is None else _found(picked.set, places, data_dir, progress)
    supplies = Supplies(images, own, picked.set, _lab_sets(rubric, images))
    return _with_chosen(supplies, rubric, picked)


def visible(rubric: Rubric, supplies: Supplies) -> dict[str, Path]:
    """What the kernel may read, by name: open arrays; standardised ones where they are served."""
    folders: dict[str, Path] = {}
    for each in (supplies.images, supplies.chosen, *supplies.sets.values()):
        if each is not None:
            folders[each.name] = each.folder
    if supplies.images is not None and rubric.given:
        folders[f"{supplies.images.name}-standardised"] = given.standardised(supplies.images)
    if supplies.chosen is not None and supplies.choice is not None and supplies.choice.folder:
        folders[PICTURES] = supplies.chosen.folder
    return folders


def ruled(lab: Lab, supplies: Supplies) -> Lab:
    """The lab with the rules that hold for the data at hand; ``lab`` itself where none changes."""
    tasks = tuple(_ruled_task(task, supplies) for task in lab.rubric.tasks)
    if tasks == lab.rubric.tasks:
        return lab
    return replace(lab, rubric=lab.rubric.model_copy(update={"tasks": tasks}))


def provisional(rubric: Rubric, supplies: Supplies) -> tuple[Text, ...]:
    """Why the grade may change: generated images stood in for a data set."""
    missing: dict[str, Text] = {}
    if supplies.images is not None and supplies.images.stand_in and rubric.data:
        missing[rubric.data] = entry_of(rubric.data).title
    if supplies.chosen is not None and supplies.chosen.stand_in and supplies.choice is not None:
        missing[supplies.choice.id] = supplies.choice.title.text
    return tuple(
        Text(
            f"Данные {title.ru} не найдены: обучали на сгенерированных картинках.",
            f"{title.en} was not found: the trainings used generated images.",
        )
        for title in missing.values()
    )


def told(supplies: Supplies) -> str:
    """The data sets in a line, for the grade's record."""
    listed = {
        each.name: f"{each.name} {each.digest[:12]}" + (" (stand-in)" if each.stand_in else "")
        for each in (supplies.images, supplies.chosen, *supplies.sets.values())
        if each is not None
    }
    return ", ".join(listed.values())


def whereabouts(rubric: Rubric, data_dir: Path | None, root: Path) -> dict[str, str]:
    """Where each set to choose lies on this machine, by id, with its state; reads no picture.

    Empty where generated images would stand in.
    """
    places = data.search_folders(data_dir, root)
    found = {}
    for each in rubric.choice.sets if rubric.choice else ():
        if each.data is not None:
            there = [place.where for place in data.survey(each.data, folders=places) if place.found]
            found[each.id] = there[0] if there else ""
        else:
            folder = locate(_folder_set(each), places, data_dir)
            found[each.id] = f"{folder} {stamp(folder)[:12]}" if folder else ""
    return found


def _folder_set(wanted: ChosenSet) -> FolderSet:
    assert wanted.size is not None
    return FolderSet(wanted.id, wanted.title.text, wanted.folder, (wanted.size, wanted.size))


def _if_there(name: str | None, data_dir: Path | None) -> Path | None:
    """``data_dir`` where it holds the lab's own data; else it is the student's choice's."""
    if name is None or data_dir is None:
        return None
    return data_dir if any(candidates(entry_of(name), (data_dir,))) else None


def _found(
    wanted: ChosenSet,
    places: tuple[Path, ...],
    data_dir: Path | None,
    progress: Callable[[str], None],
) -> DataSet:
    if wanted.data is not None:
        alone = _if_there(wanted.data, data_dir)
        return data.find(wanted.data, folders=places, data_dir=alone, progress=progress)
    folder = _folder_set(wanted)
    return find_folder(folder, places=places, data_dir=data_dir, progress=progress)


def _lab_sets(rubric: Rubric, images: DataSet | None) -> dict[str, DataSet]:
    """The lab's own data, in another size where a rule asks for one."""
    if images is None:
        return {}
    return {
        task.id: cut(images, Cut(size=(check.size, check.size)))
        for task, check in _rules(rubric)
        if check.data == "lab" and check.size is not None
    }


def _with_chosen(supplies: Supplies, rubric: Rubric, picked: Chosen) -> Supplies:
    """The student's own data for each task that is trained on it, or why there is none."""
    tasks = [task.id for task, check in _rules(rubric) if check.data == "chosen"]
    fault, own = picked.fault, supplies.chosen
    if fault is None and own is not None and picked.set is not None:
        size = None if picked.set.size is None else (picked.set.size, picked.set.size)
        try:
            own = cut(own, Cut(size, picked.classes))
        except UsageError as error:  # a class that there is not
            fault = Fault(FaultKind.UNUSABLE, str(error)[:300])
    if fault is not None or own is None:
        wrong = fault or Fault(FaultKind.MISSING, rubric.choice.variable if rubric.choice else "")
        return replace(supplies, refused=dict.fromkeys(tasks, wrong))
    return replace(supplies, sets={**supplies.sets, **dict.fromkeys(tasks, own)})


def _ruled_task(task: Task, supplies: Supplies) -> Task:
    checks = tuple(
        _ruled_check(task, check, supplies) if isinstance(check, Accuracy) else check
        for check in task.checks
    )
    return task if checks == task.checks else task.model_copy(update={"checks": checks})


def _ruled_check(task: Task, check: Accuracy, supplies: Supplies) -> Accuracy:
    """The epochs and the rule for this data set; a rule that nobody measured decides nothing."""
    images = supplies.sets.get(task.id, supplies.images)
    if images is None:
        return check
    epochs = check.epochs
    if check.steps is not None:
        count = len(np.load(images.folder / "train_y.npy", mmap_mode="r"))
        epochs = max(epochs, math.ceil(check.steps / math.ceil(count / check.batch_size)))
    changed: dict[str, Any] = {} if epochs == check.epochs else {"epochs": epochs}
    if check.data == "chosen" and supplies.choice is not None and not images.stand_in:
        rule = check.rules.get(supplies.choice.id)
        changed |= {"measured": False} if rule is None else {"measured": True, "rule": rule}
    return check.model_copy(update=changed) if changed else check


def _rules(rubric: Rubric) -> list[tuple[Task, Accuracy]]:
    return [
        (task, check)
        for task in rubric.tasks
        for check in task.checks
        if isinstance(check, Accuracy)
    ]
