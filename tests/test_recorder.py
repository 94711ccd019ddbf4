"""The recorder, the stage and the search for a probe's object, in a shell of this process."""

from __future__ import annotations

import atexit
import builtins
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from kernels import tiny_data
from traitlets.config import Config

from grader.kernel import probes, stage
from grader.kernel.recorder import FIT, HOOK, Recorder
from grader.kernel.targets import Found, NotFound, resolve

SEED = 3
TRAIN = "def train(model_fn, optimizer_fn=None, *rest, **more):\n    raise RuntimeError('trained')"
PART = "rate = {0}\ndef make():\n    return rate\ntrain(make)"


class Notebook:
    """Cells run in a shell of their own, one after the other, with `train` as the driver."""

    def __init__(self, *cells: str, as_submitted: bool = False) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        module = types.ModuleType("notebook")
        self.shell = InteractiveShell(user_module=module, config=config)
        self.recorder = Recorder(self.shell, frozenset({"train"}), as_submitted)
        self.recorder.sources = list(enumerate(cells))
        self.recorder.install()
        self.cells = cells

    def run(self, *sources: str) -> Notebook:
        for source in sources or self.cells:
            self.shell.run_cell(source)
        return self

    def __getitem__(self, name: str) -> Any:
        return self.shell.user_ns[name]

    def fault(self, cell: int) -> dict[str, Any]:
        return self.recorder.failures[cell]

    def find(self, low: int, high: int, *, scoped: bool = False, **wanted: Any) -> Found:
        """What a probe about the cells from `low` to below `high` finds."""
        target = {"name": "make", "driver": None, "argument": None, "fit": None, **wanted}
        cells = list(range(low, high))
        return resolve(
            self.recorder, {**target, "scoped": scoped, "cells": cells, "section": [low, high]}
        )

    def made(self, found: Found) -> Any:
        """What the found function returns in the globals in which it counts."""
        with self.recorder.as_of(found.namespace):
            return found.thing()


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Notebook]]:
    """Makes notebooks; what a shell changes of this process is put back."""
    monkeypatch.setattr(builtins, HOOK, None, raising=False)
    modules, shown, raised = dict(sys.modules), sys.displayhook, sys.excepthook
    made: list[Notebook] = []

    def make(*cells: str, run: bool = True, as_submitted: bool = False) -> Notebook:
        made.append(Notebook(*cells, as_submitted=as_submitted))
        return made[-1].run() if run else made[-1]

    yield make
    for each in made:
        each.shell.atexit_operations()
        atexit.unregister(each.shell.atexit_operations)
    sys.modules["__main__"] = modules["__main__"]
    sys.displayhook, sys.excepthook = shown, raised


Make = Callable[..., Notebook]

# --------------------------------------------------------------- cells that fail


def test_definitions_below_a_failure(notebook: Make) -> None:
    """A definition below a failing statement is there, and the cell's first error is kept."""
    book = notebook("a = 1\n1 / 0\ndef make():\n    return a\nraise KeyError('second')")
    assert book.made(book.find(0, 1)) == 1
    told = {"cell": 0, "line": 2, "source": "1 / 0", "type": "ZeroDivisionError"}
    assert book.fault(0).items() >= told.items()


def test_last_expression(notebook: Make, capsys: pytest.CaptureFixture[str]) -> None:
    """The value of a cell's last expression is shown, and its error is kept like any other."""
    book = notebook("6 * 7", "x = 1\nx / 0", "x + 1")
    assert "42" in capsys.readouterr().out
    assert book.fault(1)["line"] == 2
    assert list(book.recorder.failures) == [1]


def test_syntax_error(notebook: Make) -> None:
    """A cell that is no Python is a syntax error at its own line, and the next cell runs."""
    book = notebook("x = 1", "y = 2\ndef broken(:\n    pass", "z = 3")
    told = {"kind": "syntax_error", "cell": 1, "line": 2, "source": "def broken(:"}
    assert book.fault(1).items() >= told.items()
    assert book["z"] == 3


@pytest.mark.parametrize("raised", ["SystemExit", "KeyboardInterrupt", "GeneratorExit"])
def test_leaving(notebook: Make, raised: str) -> None:
    """A statement that wants to leave the notebook is one that failed."""
    book = notebook(f"raise {raised}\nafter = 1", "more = 2")
    assert (book["after"], book["more"]) == (1, 2)
    assert book.fault(0)["type"] == raised


def test_future(notebook: Make) -> None:
    """An import from the future stays where Python wants it."""
    book = notebook("from __future__ import annotations\ndef make(x: nowhere) -> nowhere: return x")
    assert book.recorder.failures == {}
    assert book["make"](4) == 4


def test_await(notebook: Make) -> None:
    """A cell may await at its top level, and goes on below an await that fails."""
    asleep = "import asyncio\nawait asyncio.sleep(0)\nx = await asyncio.sleep(0, 5)"
    book = notebook(f"{asleep}\nawait asyncio.wait_for(asyncio.sleep(9), 0)\ny = x + 1")
    assert book["y"] == 6
    assert book.fault(0)["type"] == "TimeoutError"


def test_fault_in_a_library(notebook: Make) -> None:
    """An error raised deep in a library is told at the student's line that led there."""
    book = notebook("import json\ndata = json.loads(\n    '[')")
    assert book.fault(0).items() >= {"cell": 0, "line": 2, "source": "data = json.loads("}.items()


def test_fault_through_another_cell(notebook: Make) -> None:
    """An error in a function is told in the cell that defines it, whoever called it."""
    book = notebook("x = 0\ndef inverse():\n    return 1 / x", "y = 1\ninverse()\nz = 1")
    assert list(book.recorder.failures) == [1]
    assert book.fault(1).items() >= {"cell": 0, "line": 3, "source": "return 1 / x"}.items()


def test_same_source_twice(notebook: Make) -> None:
    """Two cells of the same text are told apart by their order."""
    book = notebook(TRAIN, PART.format(1), "rate = 5", PART.format(1))
    assert [call.cell for call in book.recorder.calls] == [1, 3]


# -------------------------------------------------------------------- the drivers


DRIVERS = {
    "defined": TRAIN,
    "imported": "from driver_of_this_test import train",
    "assigned": "train = lambda model_fn: 1 / 0",
    "decorated": "import functools\ndef loud(function):\n    @functools.wraps(function)\n"
    "    def called(*args, **options):\n        return function(*args, **options)\n"
    f"    return called\n@loud\n{TRAIN}",
    "a class": "class train:\n    def __init__(self, model_fn):\n        raise RuntimeError",
    "a partial": "import functools\ntrain = functools.partial(lambda n, model_fn: 1 / 0, 5)",
}


@pytest.mark.parametrize("definition", DRIVERS.values(), ids=DRIVERS.keys())
def test_driver(notebook: Make, monkeypatch: pytest.MonkeyPatch, definition: str) -> None:
    """A driver is recorded and not run, however it came to its name."""
    module = types.ModuleType("driver_of_this_test")
    exec(TRAIN, vars(module))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    book = notebook(definition, "def make(): return 1\ntrain(make)")
    assert book.recorder.failures == {}
    assert book.find(1, 2, name="", driver="train", argument="model_fn").thing is book["make"]


def test_redefined_driver(notebook: Make) -> None:
    """A driver that is defined again, or wrapped, is recorded again, once a call."""
    again = "wrapped = train\ndef train(model_fn): return wrapped(model_fn)"
    book = notebook(TRAIN, f"{TRAIN}\n\ntrain(1)", "train(model_fn=2)", f"{again}\ntrain(3)")
    assert book.recorder.failures == {}
    assert [call.arguments["model_fn"] for call in book.recorder.calls] == [1, 2, 3]


def test_call_that_does_not_fit(notebook: Make) -> None:
    """A call with arguments that the driver does not take is kept by position."""
    book = notebook("def train(model_fn): pass", "train(1, 2, extra=3)")
    assert book.recorder.calls[0].arguments == {"0": 1, "1": 2, "extra": 3}


def test_globals_of_the_call(notebook: Make) -> None:
    """A factory called later sees the globals as its own driver call saw them."""
    book = notebook(TRAIN, PART.format(1), PART.format(2), "rate = 99")
    for cell, rate in ((1, 1), (2, 2)):
        found = book.find(cell, cell + 1, driver="train", argument="model_fn")
        assert (book.made(found), found.cell) == (rate, cell)
    assert book["rate"] == 99


def test_last_call_counts(notebook: Make) -> None:
    """Of several calls in one part, the last one is the answer."""
    book = notebook(TRAIN, PART.format(1), PART.format(2), PART.format(3))
    assert book.made(book.find(1, 3, driver="train", argument="model_fn")) == 2


def test_split_cells(notebook: Make) -> None:
    """A definition and the driver call may stand in cells of their own."""
    book = notebook(TRAIN, "rate = 1", "def make(): return rate", "train(make)", "rate = 2")
    found = book.find(1, 4, scoped=True, driver="train", argument="model_fn")
    assert (book.made(found), found.cell) == (1, 3)


def test_definition_without_call(notebook: Make) -> None:
    """Without a driver call a part's own definition counts, with the globals of its last cell."""
    book = notebook("rate = 1\ndef make(): return rate", "rate = 2", "rate = 3")
    assert book.made(book.find(0, 2, scoped=True)) == 2
    assert book.made(book.find(0, 2, scoped=False)) == 3


def test_leftovers(notebook: Make) -> None:
    """Another part's function answers no scoped task, neither by name nor in a driver call."""
    book = notebook(TRAIN, PART.format(1), "train(make)")
    for driver in (None, "train"):
        with pytest.raises(NotFound) as caught:
            book.find(2, 3, scoped=True, driver=driver, argument="model_fn")
        assert caught.value.fault["kind"] == "missing"
        assert {"make", "train"} <= set(caught.value.fault["defined"])
    assert book.made(book.find(2, 3, scoped=False)) == 1


def test_duplicates(notebook: Make) -> None:
    """Of several definitions the section's last one counts, and nothing above or below it."""
    cells = [f"def make(): return {number}" for number in range(5)]
    book = notebook(*cells)
    assert book.made(book.find(1, 4)) == 3
    assert book.find(1, 4).cell == 3


def test_reset(notebook: Make) -> None:
    """What `%reset -f` takes away was there before, and is found there."""
    book = notebook(TRAIN, PART.format(7), "%reset -f", TRAIN, PART.format(8))
    assert book.made(book.find(1, 2, scoped=True)) == 7
    assert [call.cell for call in book.recorder.calls] == [1, 4]


def test_rerun(notebook: Make) -> None:
    """A cell that is run again in another version counts as if it had been so from the start."""
    book = notebook("def make(): return 1", "seen = make()", "def make(): return 2", run=False)
    book.recorder.sources.append((0, "def make(): return 3"))
    book.run().run("def make(): return 3")
    assert book.made(book.find(0, 2)) == 3
    assert book.made(book.find(2, 3)) == 2
    book.run("def make(): return 1")
    assert book.made(book.find(0, 2)) == 1


def test_as_submitted(notebook: Make) -> None:
    """Run as submitted, a driver does its work, and what its factories returned is kept."""
    driver = "def train(model_fn, *rest, rounds=1):\n    return [model_fn() for _ in range(rounds)]"
    book = notebook(
        driver, "def make(): return [5]\nresult = train(make, 8, rounds=2)", as_submitted=True
    )
    assert book.recorder.failures == {}
    assert book["result"] == [[5], [5]]
    found = book.find(1, 2, driver="train", argument="model_fn")
    assert found.made is book["result"][1]


# ---------------------------------------------------------------------- the stage


@pytest.fixture
def tf(monkeypatch: pytest.MonkeyPatch) -> Any:
    """TensorFlow, with all that the stage replaces in it put back afterwards."""
    import tensorflow

    for owner, name in (
        (tensorflow.keras.Model, "fit"),
        (tensorflow.keras.Model, "evaluate"),
        (tensorflow.keras.datasets.cifar10, "load_data"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    return tensorflow


MODEL = """
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(1)])
model.compile('sgd', 'mse', metrics=['mae'])
data = tf.constant([[1., 2.]]), tf.constant([[3.]])
before = model.get_weights()[0].copy()
history = model.fit(*data, 1, 4, verbose=0)
x = [history.history[name] for name in ('loss', 'mae')]
loss, mae = model.evaluate(*data, verbose=0)
named = model.evaluate(*data, verbose=0, return_dict=True)
"""


def test_fit(notebook: Make, tf: Any) -> None:
    """`Model.fit` is noted and trains nothing, and what comes of it is not a number."""
    book = notebook(MODEL, run=False)
    stage.record_fit(tf, book.recorder)
    book.run()
    assert book.recorder.failures == {}
    (call,) = book.recorder.calls
    assert (call.driver, call.arguments["epochs"]) == (FIT, 4)
    assert call.arguments["model"] is book["model"]
    assert call.arguments["optimizer"] is book["model"].optimizer
    np.testing.assert_array_equal(book["before"], book["model"].get_weights()[0])
    assert np.isnan([book["loss"], book["mae"], *book["named"].values(), *book["x"][0]]).all()
    assert book.find(0, 1, fit="model").thing() is book["model"]


@pytest.mark.parametrize(("blank", "how"), [(False, "train(…, model)"), (True, FIT)])
def test_driver_before_fit(notebook: Make, tf: Any, blank: bool, how: str) -> None:
    """What a driver was given counts before what `Model.fit` tried out, unless that is a blank."""
    book = notebook(MODEL, "def train(model): pass\ntrain(lambda: model)", MODEL, run=False)
    stage.record_fit(tf, book.recorder)
    book.run()
    wanted = {"driver": "train", "argument": "model", "fit": "model", "blank": blank}
    assert book.find(0, 3, **wanted).how == how


def test_fit_as_submitted(notebook: Make, tf: Any) -> None:
    """Run as submitted, `Model.fit` trains, with the epochs that it was given by position."""
    book = notebook(MODEL, as_submitted=True, run=False)
    stage.record_fit(tf, book.recorder)
    book.run()
    assert len(book["history"].epoch) == 4
    assert np.any(book["before"] != book["model"].get_weights()[0])
    assert np.isfinite(book["loss"])
    assert book.find(0, 1, fit="model").made is book["model"]


def test_sealed_labels(tf: Any, tmp_path: Path) -> None:
    """The loader answers with the images, and with drawn labels where the real ones are sealed."""
    folder = tiny_data(tmp_path / "open")
    stage.serve_data(tf, "cifar10", folder, SEED)
    (x, y), (test_x, test_y) = tf.keras.datasets.cifar10.load_data()
    assert (x.shape, y.shape, test_x.shape, test_y.shape) == (
        (32, 8, 8, 3),
        (32, 1),
        (8, 8, 8, 3),
        (8, 1),
    )
    assert {x.dtype, y.dtype, test_x.dtype, test_y.dtype} == {np.dtype(np.uint8)}
    np.testing.assert_array_equal(y[:24, 0], np.load(folder / "train_y.npy"))
    np.testing.assert_array_equal(x[24:], np.load(folder / "val_x.npy"))
    drawn = np.random.default_rng(SEED).integers(0, int(y[:24].max()) + 1, (2, 8))
    np.testing.assert_array_equal([y[24:, 0], test_y[:, 0]], drawn)


def test_given_loader(notebook: Make, tf: Any, tmp_path: Path) -> None:
    """A loader answers from the room only where the grader named it as the handout's own."""
    standard = tiny_data(tmp_path / "standardised")
    images = tiny_data(tmp_path / "open")
    book = notebook("def load(): return 'own'\ndef other(): return 'own'", run=False)
    stage.serve_given(book.recorder, ["load"], standard, images, SEED)
    book.run()
    assert book["other"]() == "own"
    train_x, train_y, val_x, val_y, test_x, test_y = book["load"]()
    assert (len(train_x), len(val_x), len(test_x), len(val_y), len(test_y)) == (24, 8, 8, 8, 8)
    assert {train_y.dtype, val_y.dtype, test_y.dtype} == {np.dtype(np.int32)}
    train_x[0] = 0  # a student's own copy: the room's stays
    assert np.load(standard / "train_x.npy")[0].any()


def test_silence(notebook: Make, capsys: pytest.CaptureFixture[str]) -> None:
    """Shell commands, installations and `exit` cost nothing, and the cell goes on."""
    book = notebook("!false\n%pip install x\n%matplotlib inline\nexit()\nx = !ls", run=False)
    stage.silence_shell(book.shell)
    book.run()
    assert book.recorder.failures == {}
    assert book["x"] == []
    assert capsys.readouterr().out.count("[grader] skipped") == 4


# ---------------------------------------------------------------------- the probes


def test_probe_fault(notebook: Make, tf: Any) -> None:
    """An error in a probed function is told at the student's line, each case by itself."""
    book = notebook("def half(x):\n    return 1 / x\n", "def make(x):\n    return half(x)")
    target = {"name": "make", "driver": None, "scoped": False, "cells": [1], "section": [0, 2]}
    cases = [{"id": "zero", "args": [0]}, {"id": "two", "args": [2]}]
    reply = probes.call(book.recorder, {"target": target, "cases": cases, "seed": SEED})
    first, second = reply["answers"]
    assert first["fault"].items() >= {"cell": 0, "line": 2, "source": "return 1 / x"}.items()
    assert second["value"] == {"value": 0.5}
    assert (reply["found"], reply["cell"]) == ("make", 1)
