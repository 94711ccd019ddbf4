"""The wall, one protection at a time: where it stands, and which attacks it is there to stop.

``scripts/mutate_wall`` removes each in turn and runs these attacks.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Protection:
    """``old`` stands once in ``file``; with ``new`` in its place the protection is gone."""

    name: str
    file: str
    old: str
    new: str
    attacks: str
    """Words of the attacks' names, for pytest's ``-k``."""


WALL = (
    Protection(
        "network namespace",
        "grader/sandbox/bubblewrap.py",
        '            "--unshare-all",\n',
        '            "--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-uts",\n',
        "calls-the-host or as_it_was[reach]",
    ),
    Protection(
        "process namespace",
        "grader/sandbox/bubblewrap.py",
        '            "--unshare-all",\n',
        '            "--unshare-user", "--unshare-ipc", "--unshare-net", "--unshare-uts",\n',
        "looks-at-processes or as_it_was[reach]",
    ),
    Protection(
        "files are hidden",
        "grader/sandbox/bubblewrap.py",
        '"--size", str(HOME_SIZE), "--tmpfs", "/tmp",',
        '"--ro-bind", "/tmp", "/tmp",',
        "reads-the-home or answers-on-disk or as_it_was[reach]",
    ),
    Protection(
        "files are read-only",
        "grader/sandbox/bubblewrap.py",
        '"--size", str(HOME_SIZE), "--tmpfs", "/tmp",',
        '"--bind", "/tmp", "/tmp",',
        "writes-everywhere or as_it_was[reach]",
    ),
    Protection(
        "the kernel's code is read-only",
        "grader/sandbox/bubblewrap.py",
        '"--ro-bind", str(room.code), CODE,',
        '"--bind", str(room.code), CODE,',
        "writes-everywhere or as_it_was[reach]",
    ),
    Protection(
        "size of the home",
        "grader/sandbox/bubblewrap.py",
        '"--size", str(HOME_SIZE), "--tmpfs", HOME,',
        '"--tmpfs", HOME,',
        "more-than-its-home or as_it_was[harm]",
    ),
    Protection(
        "limits on file size and core dumps",
        "grader/sandbox/bubblewrap.py",
        'limits = [f"--fsize={room.limits.file_size}", "--core=0", *_forks(room)]',
        'limits = ["--nofile=1024"]',
        "raises-its-limits or as_it_was[reach]",
    ),
    Protection(
        "filter of system calls",
        "grader/sandbox/syscalls.py",
        '    if library is None:\n        return b""',
        '    if True:\n        return b""',
        "memory-in-files or memory-without-owner or new-namespaces or as_it_was[system]",
    ),
    Protection(
        "memory of the whole tree",
        "grader/sandbox/watch.py",
        "sum(map(_share, tree)) > limits.memory",
        "False",
        "memory-in-many-processes or as_it_was[harm]",
    ),
    Protection(
        "number of threads",
        "grader/sandbox/watch.py",
        "if threads > limits.processes:",
        "if False:",
        "thread-bomb or as_it_was[harm]",
    ),
    Protection(
        "number of files",
        "grader/sandbox/watch.py",
        "if seen > MAX_FILES or depth > MAX_DEPTH:",
        "if False:",
        "a-million-files or as_it_was[harm]",
    ),
    Protection(
        "the room is removed",
        "grader/sandbox/kernel.py",
        "        remove(self._folder)",
        "        pass",
        "says-that-it-passed or as_it_was[marks]",
    ),
    Protection(
        "NaN agrees with nothing",
        "grader/checks/compare.py",
        "np.where(np.isfinite(errors), errors, np.inf)",
        "np.nan_to_num(errors)",
        "nan-everywhere or infinite-everywhere",
    ),
    Protection(
        "shapes are compared",
        "grader/checks/compare.py",
        "if expected.shape != got.shape or not numeric(got):",
        "if not numeric(got):",
        "broadcast or empty-array",
    ),
    Protection(
        "numbers only",
        "grader/checks/compare.py",
        "if expected.shape != got.shape or not numeric(got):",
        "if expected.shape != got.shape:",
        "complex-numbers or text-of-numbers",
    ),
    Protection(
        "weights are withheld",
        "grader/observe/probing.py",
        '{**tree, "weights": bool(tree["weights"])}',
        "tree",
        "shapes-in-the-frames",
    ),
    Protection(
        "an optimizer is its steps",
        "grader/checks/optimizer.py",
        "if not errors[best] <= FIT * float(np.abs(p).max()):",
        "if False:",
        "lying-optimizer or settings-without-steps",
    ),
    Protection(
        "given weights have to be used",
        "grader/checks/layers.py",
        "return compare(case, title, expected, mine, check.rtol)",
        "return compare(case, title, expected, expected, check.rtol)",
        "weights-for-show",
    ),
    Protection(
        "a training is tried",
        "grader/checks/honesty.py",
        "    if trial is None or not run.points:",
        "    if True:",
        "table-of-images or frozen-weights",
    ),
    Protection(
        "decoys are watched",
        "grader/sandbox/tripwire.py",
        "            return bool(os.read(self._events, _EVENTS))",
        "            return False",
        "opens-the-answer-key",
    ),
    Protection(
        "markup is escaped",
        "grader/report/html.py",
        "autoescape=True",
        "autoescape=False",
        "markup-in-a-reason or as_it_was[channel]",
    ),
    Protection(
        "terminal escapes are taken out",
        "grader/report/tame.py",
        '    text = _ESCAPE.sub("", text)',
        "    return text",
        "escapes-in-a-reason or as_it_was[channel]",
    ),
    Protection(
        "deep code is not walked",
        "grader/notebook/python.py",
        "return tree if _shallow(tree) and _printable(tree) else None",
        "return tree",
        "deep-code",
    ),
    Protection(
        "cells are counted",
        "grader/notebook/bounds.py",
        "if len(found) > MAX_CELLS:",
        "if False:",
        "a-hundred-thousand-cells",
    ),
    Protection(
        "lists are counted",
        "grader/notebook/bounds.py",
        'if text.count("[") + text.count("{") > MAX_BRACKETS:',
        "if False:",
        "million-lists",
    ),
)
