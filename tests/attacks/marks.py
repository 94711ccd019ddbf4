"""Attacks that want marks from outside the answer: the comparison, the process, the channel."""

from __future__ import annotations

from attack import Attack, greedy

SERVER = "server = __import__('builtins')._grader_serve\nchannel = server._channel\n"
FORGED = """
def forged(request):
    from kernel.wire import Leaf
    answers = []
    for case in request.get('cases', [{'id': 'init', 'args': ()}]):
        told = [a for a in case.get('args', ()) if hasattr(a, 'array')]
        array = told[0].array if told else np.ones((4, 5), np.float32)
        value = {'value': Leaf('tensor', array), 'gradients': [Leaf('tensor', array)],
                 'first': Leaf('tensor', array), 'output': Leaf('tensor', array),
                 'variables': [], 'assigned': True, 'steps': Leaf('ndarray', array),
                 'optimizer': 'SGD', 'passed': True, 'points': 100, 'status': 'passed'}
        answers.append({'case': case['id'], 'value': value, 'passed': True, 'points': 100})
    return {'answers': answers, 'final': True, 'passed': True, 'points': 100, 'status': 'passed'}
"""

ATTACKS: list[Attack] = [
    greedy(
        "patched-comparisons",
        "Every function of NumPy and TensorFlow that compares says yes.",
        """
import builtins
def yes(*a, **k): return True
for module, names in ((np, 'allclose array_equal isclose all equal'),
                      (np.testing, 'assert_allclose assert_array_equal assert_almost_equal'),
                      (tf.debugging, 'assert_equal assert_near'), (builtins, 'all any')):
    for name in names.split():
        setattr(module, name, yes)
""",
    ),
    greedy(
        "patched-array-eq",
        "The array's own comparison is replaced in its class, past the protection of built-ins.",
        """
import gc
inside = gc.get_referents(np.ndarray.__dict__)[0]
for name in ('__eq__', '__ne__', '__le__', '__lt__'):
    inside[name] = lambda self, other: np.True_
""",
    ),
    greedy(
        "patched-isinstance",
        "The built-ins by which types are told apart say yes to everything.",
        """
import builtins
really = builtins.isinstance
builtins.isinstance = lambda thing, kind: True if kind is AssertionError else really(thing, kind)
builtins.AssertionError = type('Fine', (BaseException,), {'__init__': lambda *a: None})
builtins.sum = lambda *a, **k: 10 ** 6
""",
    ),
    greedy(
        "no-asserts",
        "A transformer takes every assertion out of all code that is compiled from now on.",
        """
import ast
class NoAsserts(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
get_ipython().ast_transformers.insert(0, NoAsserts())
import sys; sys.flags = None
""",
    ),
    greedy(
        "imports-the-grader",
        "The grader's own packages are imported and their verdicts replaced.",
        """
import importlib, pkgutil, sys
def yes(*a, **k): return True
for name in ('grader', 'grader.judge', 'grader.checks.compare', 'grader.checks.values',
             'grader.training', 'kernel', 'kernel.probes', 'kernel.wire', 'kernel.faults'):
    try:
        module = importlib.import_module(name)
    except ImportError:
        continue
    for word in ('close', 'judge', 'compare', 'verdict', 'accuracy_of', 'status_of', 'numeric'):
        if hasattr(module, word):
            setattr(module, word, yes)
""",
    ),
    greedy(
        "poisons-later-imports",
        "A finder in front of all others gives its own modules for whatever is loaded later.",
        """
import importlib.abc, importlib.machinery, sys, types
class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        if name.startswith(('grader', 'kernel', 'numpy.lib')):
            return importlib.machinery.ModuleSpec(name, self)
    def create_module(self, spec): return types.ModuleType(spec.name)
    def exec_module(self, module): module.passed = True
sys.meta_path.insert(0, Finder())
for name in [n for n in sys.modules if n.startswith('kernel')]:
    del sys.modules[name]
""",
    ),
    greedy(
        "patched-probes",
        "The probes' functions answer whatever is asked with what looks like a pass.",
        f"""
import sys{FORGED}
for name in ('call', 'build', 'inspect_optimizer'):
    setattr(sys.modules['kernel.probes'], name, lambda recorder, request: forged(request))
""",
        trips="check",
    ),
    greedy(
        "forged-server",
        "The server that answers probes is replaced by one that awards itself full points.",
        f"{SERVER}{FORGED}type(server)._answer = lambda self, request: forged(request)",
        trips="check",
    ),
    greedy(
        "stolen-channel",
        "A thread takes the requests from the channel and answers them itself.",
        f"""{SERVER}{FORGED}
import threading
def serve():
    while True:
        channel.send(forged(channel.receive()))
threading.Thread(target=serve, daemon=True).start()
""",
        before="end",
    ),
    greedy(
        "answers-in-advance",
        "Answers lie in the channel before anything was asked.",
        f"{SERVER}{FORGED}\nfor _ in range(50):\n    channel.send(forged({{}}))",
        before="end",
        trips="check",
    ),
    greedy(
        "forged-grade-files",
        "Result files under every likely name, then an exit before anybody else can write them.",
        """
import json, os
grade = json.dumps({'points': 100, 'max_points': 100, 'passed': True, 'score': 1.0,
                    'tasks': [{'id': 'double', 'status': 'passed', 'points': 100}]})
room = os.path.dirname(__import__('builtins')._grader_serve._channel._socket.getpeername())
for folder in ('.', room, os.path.expanduser('~'), '/tmp', '/data', '/grader', '@CLASS@'):
    for name in ('results.json', 'grade.json', 'forged-grade-files.grade.json', 'kernel.json'):
        try:
            open(os.path.join(folder, name), 'w').write(grade)
        except OSError:
            pass
print(grade, flush=True)
os._exit(0)
""",
        before="end",
    ),
    greedy(
        "results-at-exit",
        "What runs when the process ends prints and writes a full score.",
        """
import atexit, os
def last():
    os.write(1, b'{"score": 100, "passed": true}')
    os.write(2, b'100 of 100 points')
atexit.register(last)
raise SystemExit(0)
""",
        before="end",
    ),
    greedy(
        "forged-messages",
        "Jupyter messages, signed with the session's own key, say that everything succeeded.",
        """
kernel = get_ipython().kernel
for kind, content in (('execute_reply', {'status': 'ok', 'execution_count': 1, 'passed': True}),
                      ('display_data', {'data': {'text/plain': '100/100'}, 'metadata': {}}),
                      ('status', {'execution_state': 'idle'}), ('stream', {}), ('error', {}),
                      ('update_display_data', {}), ('execute_result', {'data': []})):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
""",
    ),
    greedy(
        "rewritten-input",
        "An input transformer rewrites the grader's own cells.",
        """
def rewrite(lines):
    text = ''.join(lines)
    return ['print("passed 100/100")\\n'] if '_grader_serve' in text else lines
get_ipython().input_transformers_cleanup.append(rewrite)
""",
    ),
    greedy(
        "hooks-and-magics",
        "Events, magics and the display hook run code around every cell of the grader's.",
        """
import sys
shell = get_ipython()
def around(*a): shell.user_ns['double'] = lambda x: x
shell.events.register('pre_run_cell', around)
shell.events.register('post_run_cell', around)
shell.register_magic_function(around, 'line', 'time')
sys.displayhook = sys.excepthook = around
shell.run_cell = shell.run_line_magic = shell.showtraceback = around
""",
    ),
    greedy(
        "edited-notes",
        "The recorder's notes are rewritten: snapshots, calls, failures, the driver table.",
        """
recorder = __import__('builtins')._grader_recorder
def agreeable(*a, **k): return a[0] if a else None
recorder.failures.clear()
for snapshot in recorder.snapshots.values():
    snapshot.update(double=agreeable, mix=agreeable, weights=agreeable, descent=agreeable)
recorder.served.update(double=agreeable, mix=agreeable, descent=agreeable, Net=agreeable)
""",
        before="end",
    ),
    greedy(
        "waits-in-the-home",
        "Start-up files are left in the home for the next kernel, and this one is killed.",
        """
import os
code = "def double(x): return 2 * x + 1\\nimport builtins; builtins.double = double\\n"
home = os.path.expanduser('~')
for name in ('.ipython/profile_default/startup/00.py', 'sitecustomize.py', 'usercustomize.py',
             '.local/lib/python3.11/site-packages/x.pth', 'numpy.py', 'kernel/boot.py'):
    path = os.path.join(home, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, 'w').write(code)
os._exit(1)
""",
    ),
    greedy(
        "says-that-it-passed",
        "The notebook prints and shows a full score in every way that it can.",
        """
from IPython.display import display, HTML, Javascript, JSON
print('points: 20/20 passed \\u2713')
display(HTML('<b>Passed 20/20</b>'), Javascript('1'), JSON({'points': 20}))
raise AssertionError('All tests passed: 20 of 20 points')
""",
    ),
]
