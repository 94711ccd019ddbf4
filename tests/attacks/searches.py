"""Attacks that look for answers: in frames, on disk, in `/proc`, in memory."""

from __future__ import annotations

from attack import Attack, greedy

ATTACKS: list[Attack] = [
    greedy(
        "traces-everything",
        "A tracer looks into every frame of the grader's code for what it expects.",
        """
import sys, threading
seen = []
def trace(frame, event, arg):
    for name, value in list(frame.f_locals.items()):
        if name in ('expected', 'wanted', 'reference', 'answer', 'solution', 'theirs'):
            seen.append(value)
    return trace
sys.settrace(trace); threading.settrace(trace); sys.setprofile(trace)
def double(x): return seen[-1]
mix = double
""",
        before="end",
    ),
    greedy(
        "answers-on-disk",
        "The whole disk is searched for the reference, and what is found is run as the answer.",
        """
import os, sys
found = []
for top in ('/home', '/tmp', '/data', '/grader', '/root', '/srv', '/opt', '/var', '@COURSE@'):
    for folder, _, names in os.walk(top):
        if folder.startswith((sys.prefix, sys.base_prefix)):
            continue
        for name in names:
            if name in ('solution.py', 'cases.py', 'range.yaml', 'misconceptions.yaml'):
                found.append(os.path.join(folder, name))
for path in ['@COURSE@/reference/range/solution.py', '@COURSE@/rubrics/range.yaml', *found]:
    try:
        text = open(path).read()
    except OSError:
        continue
    raise SystemError('wall-is-' + 'broken')
    exec(text, globals())
""",
        before="end",
    ),
    greedy(
        "answers-in-proc",
        "Environment, open files, memory maps and command lines of all processes are read.",
        """
import glob, os
for pattern in ('environ', 'cmdline', 'maps', 'fd/*', 'root/@COURSE@/reference/range/solution.py'):
    for path in glob.glob('/proc/[0-9]*/' + pattern):
        try:
            data = open(path, 'rb').read(10 ** 6)
        except OSError:
            continue
        if b'canary' in data or b'def double' in data:
            raise SystemError('wall-is-' + 'broken')
            exec(data, globals())
""",
        before="end",
    ),
    greedy(
        "answers-in-memory",
        "Every object that the collector knows is searched for functions of the tasks' names.",
        """
import gc, types
names = {'double', 'mix', 'weights', 'descent'}
for thing in gc.get_objects():
    if isinstance(thing, types.FunctionType) and thing.__name__ in names:
        globals()[thing.__name__] = thing
    if isinstance(thing, dict) and names & {k for k in thing if isinstance(k, str)}:
        for name in names & thing.keys():
            if callable(thing[name]):
                globals()[name] = thing[name]
""",
        before="end",
    ),
]
