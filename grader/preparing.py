"""Before anything runs: which lab, which data, which limits. Parse at the edge, once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import course, given, gone, notebook, runtimes, store
from .course import Lab
from .desk import Setting
from .errors import UnknownLab, UsageError
from .judge import Circumstances
from .machine import abreast, gpu
from .model import Language, Runtime, Submission, Text
from .observe import Order
from .progress import Event, OnEvent
from .rubric import Rubric
from .sandbox.choose import choose
from .sandbox.room import Limits
from .secret import fingerprint, secret
from .supplies import Supplies, provisional, ruled, supply, told, visible

THREADS = 2
"""Threads of one kernel's arithmetic, however many cores there are and whatever else runs: sums
round by how they are divided, so a curve is the same alone and in a class only where this is."""
LoadLab = Callable[[Path, str, Language], Lab]


@dataclass(frozen=True)
class Options:
    """What a caller may choose; ``None`` leaves it to the rubric or the machine."""

    course: Path | None = None
    lab: str | None = None
    tasks: Sequence[str] = ()
    device: str = "auto"
    data_dir: Path | None = None
    language: Language | None = None
    seed: int = 0
    time_limit: float | None = None
    """Minutes for the whole submission, its trainings included."""
    memory_limit: float | None = None
    """GiB of resident memory."""
    quick: bool = False
    as_submitted: bool = False
    sandbox: str = "auto"
    runtime: Runtime | None = None
    """The TensorFlow to run notebooks on, whatever they were written for."""
    fresh: bool = False
    """Run the notebook again even where an unchanged one was observed before."""
    ahead: bool = False
    """Others of the same labs follow: what this one needs of the reference is made for all."""
    secret: bytes | None = field(default=None, repr=False)
    """What trials after a training are drawn from; ``None``: the installation's own."""
    beside: bool = False
    """Others are graded at the same time, and use the machine's other cores and memory."""


@dataclass(frozen=True)
class Job:
    """One submission with all that is needed to grade it."""

    submission: Submission
    lab: Lab
    order: Order
    circumstances: Circumstances
    language: Language
    fresh: bool
    ahead: bool = False


def prepare(path: Path, options: Options, on_event: OnEvent, load: LoadLab = course.load) -> Job:
    """Read the notebook at ``path`` and decide how it is graded; ``load`` reads a lab.

    Raises:
        UsageError: the input or an option cannot be used (see its subclasses).
        GradingFailed: something that grading needs is not there.
    """
    submission = notebook.read(path, beside=True)
    root = course.find(options.course, path.parent, Path.cwd())
    lab = load(root, options.lab or _recognised(root, submission), submission.language)
    return plan(submission, lab, options, on_event)


def plan(submission: Submission, lab: Lab, options: Options, on_event: OnEvent) -> Job:
    """How ``submission`` is graded as an answer to ``lab``.

    Raises:
        UsageError: an option cannot be used, or there is no code where the lab asks for some.
        GradingFailed: something that grading needs is not there.
    """
    if any(task.object is not None for task in lab.rubric.tasks):
        notebook.require_code(submission)
    tasks = _chosen(options.tasks, lab.rubric)
    runtime = runtimes.decide(lab.rubric, submission, options.runtime)
    if runtime.note is not None:
        submission = replace(submission, notes=(*submission.notes, runtime.note))
    absent = _absent(submission, lab.rubric)
    if absent:
        submission = replace(submission, notes=(*submission.notes, gone.note(absent)))
    sandbox = choose(options.sandbox)
    device = gpu(options.device)
    supplies = supply(submission, lab, options.data_dir, _told_to(on_event))
    images, lab = supplies.images, ruled(lab, supplies)
    limits = _limits(lab.rubric, options)
    known = options.secret or (b"" if options.quick else secret(store.folder()))
    order = Order(
        setting=Setting(
            sandbox=sandbox,
            drivers=lab.rubric.drivers,
            given=given.unchanged(submission, lab.handout, lab.rubric) if images else (),
            data=visible(lab.rubric, supplies),
            limits=limits,
            seed=options.seed,
            threads=THREADS,
            gpu=device is not None,
            environment={"CUDA_VISIBLE_DEVICES": "-1" if device is None else device},
            as_submitted=options.as_submitted,
            runtime=runtime.runtime,
            files={**dict(submission.modules), **lab.files},
            recorded=(
                *(module.for_kernel() for module in lab.rubric.recorded_modules),
                *({"name": name, "callables": []} for name in absent),
            ),
        ),
        seed=options.seed,
        data=images,
        sets=supplies.sets,
        refused=supplies.refused,
        train=not options.quick,
        secret=known,
        tasks=tasks,
        abreast=1 if options.beside or device is not None else abreast(limits.memory),
    )
    circumstances = Circumstances(
        seed=options.seed,
        limits=_shown(limits, options, sandbox.name, supplies, known),
        provisional=(*provisional(lab.rubric, supplies), *_provisional(options)),
        tasks=tasks,
    )
    language = options.language or submission.language
    return Job(submission, lab, order, circumstances, language, options.fresh, options.ahead)


def _recognised(root: Path, submission: Submission) -> str:
    """The lab of a notebook; where none is like it, no code at all is the better reason."""
    try:
        return course.recognise(root, submission)
    except UnknownLab:
        notebook.require_code(submission)
        raise


def _absent(submission: Submission, rubric: Rubric) -> tuple[str, ...]:
    """Modules that are not there, but for those whose use the lab itself looks at."""
    own = {module.name for module in rubric.recorded_modules}
    return tuple(name for name in gone.missing(submission) if name not in own)


def _chosen(tasks: Sequence[str], rubric: Rubric) -> frozenset[str]:
    known = [task.id for task in rubric.tasks]
    for task in tasks:
        if task not in known:
            raise UsageError(f"--task {task}: the lab has no such task; it has: {', '.join(known)}")
    return frozenset(tasks)


def _told_to(on_event: OnEvent) -> Callable[[str], None]:
    return lambda line: on_event(Event("data", 0, 1, detail=line))


def _limits(rubric: Rubric, options: Options) -> Limits:
    given = rubric.limits
    whole = options.time_limit * 60 if options.time_limit else given.submission_seconds
    memory = options.memory_limit or given.memory_gib
    cell = whole if options.as_submitted else given.cell_seconds
    return Limits(
        cell_seconds=min(cell, whole),
        probe_seconds=min(given.probe_seconds, whole),
        train_seconds=min(given.train_seconds, whole),
        submission_seconds=whole,
        memory=int(memory * 2**30),
    )


def _provisional(options: Options) -> tuple[Text, ...]:
    reasons = []
    if options.quick:
        reasons.append(
            Text(
                "Быстрая проверка: обучение пропущено, правила точности не проверены.",
                "Quick check: no training was done, the accuracy rules were not tried.",
            )
        )
    if options.tasks:
        reasons.append(
            Text(
                f"Проверены только задания: {', '.join(options.tasks)}.",
                f"Only these tasks were graded: {', '.join(options.tasks)}.",
            )
        )
    return tuple(reasons)


def _shown(
    limits: Limits, options: Options, sandbox: str, supplies: Supplies, secret: bytes
) -> dict[str, str]:
    shown = {
        "cell": f"{limits.cell_seconds:g} s",
        "probe": f"{limits.probe_seconds:g} s",
        "training": f"{limits.train_seconds:g} s",
        "submission": f"{limits.submission_seconds:g} s",
        "memory": f"{limits.memory / 2**30:g} GiB",
        "threads": f"{THREADS}",
        "sandbox": sandbox,
        "mode": "quick" if options.quick else "as submitted" if options.as_submitted else "full",
    }
    if not options.quick:
        shown["trial"] = fingerprint(secret)
    if known := told(supplies):
        shown["data"] = known
    return shown
