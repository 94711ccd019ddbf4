"""What students get: the handout in each language, what goes with it, and a file for self-checks.

Nothing that is released may hold a line of a solution, a hidden case or its answer: the finished
files are searched for them, and a release that holds one is refused.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from . import bundle, course, notebook
from .asked import probes_of
from .checks.agreement.pairs import arrays
from .checks.compare import Array
from .course import Lab
from .errors import CourseError
from .kernel.wire import Leaf
from .matching.lines import regions
from .model import LANGUAGES, Language, Observations
from .observe import reference
from .preparing import Options, plan
from .progress import OnEvent, silent

SEED = 20_000
"""Of the cases in a bundle: another than any that grading uses by default."""
SHORT = 12
"""Characters below which a line of a solution may stand anywhere by chance."""
FEW_BYTES = 32
"""Arrays shorter than that are found in any file."""


def release(
    name: str, out: Path, options: Options, seed: int = SEED, on_event: OnEvent = silent
) -> tuple[Path, ...]:
    """Write the student's files of the lab ``name`` to ``out``, a folder that is made if need be.

    Raises:
        CourseError: one of them would hold what students may not see; nothing is written.
        UsageError: there is no such lab.
        GradingFailed: the reference does not run.
    """
    root = course.find(options.course, Path.cwd())
    labs = {lab.language: lab for lab in (course.load(root, name, one) for one in LANGUAGES)}
    with tempfile.TemporaryDirectory(prefix="grade-release-") as draft:
        folder = Path(draft)
        for language, lab in labs.items():
            expected = _expected(lab, replace(options, seed=seed, quick=True), on_event)
            bundled = bundle.make(lab, expected, seed) if bundle.offers(lab, seed) else None
            _write(lab, language, folder, bundled)
            _refuse(lab, seed, expected, folder)
        out.mkdir(parents=True, exist_ok=True)
        written = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        shutil.copytree(folder, out, dirs_exist_ok=True)
    return tuple(out / path for path in written)


def leaks(lab: Lab, seed: int, expected: Observations, folder: Path) -> tuple[str, ...]:
    """What of the reference or of hidden cases is in the files of ``folder``, and where."""
    files = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    found = [*_lines(lab, files), *_hidden(lab, seed, expected, files), *_messages(lab, files)]
    return tuple(dict.fromkeys(found))


def _expected(lab: Lab, options: Options, on_event: OnEvent) -> Observations:
    job = plan(lab.solved(), lab, options, on_event)
    return asyncio.run(reference(lab, job.order, on_event))


def _write(lab: Lab, language: Language, folder: Path, bundled: bytes | None) -> None:
    """Cells only: outputs and metadata of the master stay behind."""
    notebook.write(lab.handout, folder / f"{lab.name}.{language}.ipynb")
    if bundled is not None:
        (folder / f"{lab.name}.{language}{bundle.SUFFIX}").write_bytes(bundled)
    for path, content in lab.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def _refuse(lab: Lab, seed: int, expected: Observations, folder: Path) -> None:
    found = leaks(lab, seed, expected, folder)
    if found:
        raise CourseError("\n".join(["this would give away answers; nothing was written:", *found]))


def _lines(lab: Lab, files: Mapping[Path, bytes]) -> Iterator[str]:
    """Lines of a solution: in a blank of a notebook, or anywhere in another file."""
    texts = {path: _searched(path, content) for path, content in files.items()}
    given = "\n".join(_given(cell.source) for cell in lab.handout.cells)
    for cell in lab.handout.cells:
        for line in _own(lab.solution.get(cell.id, ""), cell.source):
            for path, text in texts.items():
                public = path.suffix != ".ipynb" and _bare(line) in given
                if _bare(line) in text and not public:
                    yield f"{path.name}: a line of the solution of {cell.id}: {line.strip()}"


def _own(solution: str, handout: str) -> list[str]:
    """The lines of a solution that the handout's cell does not give outside of its blanks."""
    given = set(_given(handout).split("\n"))
    lines = [line for line in solution.split("\n") if not line.strip().startswith(("#", '"'))]
    return [line for line in lines if len(_bare(line)) >= SHORT and _bare(line) not in given]


def _given(handout: str) -> str:
    """A handout cell without its blanks, and each line without its spaces."""
    blank = {n for first, last in regions(handout) for n in range(first, last + 1)}
    lines = enumerate(handout.split("\n"), 1)
    return "\n".join(_bare(line) for n, line in lines if n not in blank)


def _searched(path: Path, content: bytes) -> str:
    """A file's text, of a notebook what stands in its blanks, without any space."""
    if path.suffix != ".ipynb":
        return _bare(content.decode(errors="ignore"))
    parts = []
    for cell in notebook.read(path).cells:
        lines = cell.source.split("\n")
        parts += ["\n".join(lines[first - 1 : last]) for first, last in regions(cell.source)]
    return _bare("\n".join(parts))


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _hidden(
    lab: Lab, seed: int, expected: Observations, files: Mapping[Path, bytes]
) -> Iterator[str]:
    """Arrays of hidden cases, with this seed and with the grader's own, and their answers."""
    public = {array.tobytes() for array in _arrays(lab, seed, expected, public=True)}
    for one in (seed, 0):
        for array in _arrays(lab, one, expected if one == seed else None, public=False):
            content = array.tobytes()
            shown = any(content in given for given in public)  # labels, say, are all alike
            if len(content) < FEW_BYTES or shown or not array.any():
                continue
            for path, data in files.items():
                if content in data:
                    yield f"{path.name}: an array {array.shape} of a hidden case"


def _arrays(lab: Lab, seed: int, expected: Observations | None, *, public: bool) -> Iterator[Array]:
    for probe in probes_of(lab, seed).values():
        for case in probe.cases:
            if getattr(case, "public", True) is not public:
                continue
            values = [getattr(case, name, None) for name in ("args", "input", "weights")]
            answer = expected.probes[probe.key].answer(case.id) if expected else None
            told = answer.value if answer is not None and isinstance(answer.value, dict) else {}
            for _, array in arrays([*values, *_leaves(told)]):
                yield np.ascontiguousarray(array)


def _leaves(tree: object) -> Iterator[Leaf]:
    if isinstance(tree, Leaf):
        yield tree
    elif isinstance(tree, dict):
        for value in tree.values():
            yield from _leaves(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from _leaves(value)


def _messages(lab: Lab, files: Mapping[Path, bytes]) -> Iterator[str]:
    """What the misconceptions say."""
    for mistake in lab.misconceptions:
        for path, content in files.items():
            if mistake.message.en.encode() in content or mistake.message.ru.encode() in content:
                yield f"{path.name}: the message of the misconception {mistake.id}"
