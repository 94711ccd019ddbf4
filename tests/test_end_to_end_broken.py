"""Broken notebooks through the whole program: what is wrong costs its own task and is told, and
every other task is graded."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from convnets_answers import PLAIN_CLASS
from convnets_filling import find_cell
from convnets_styles import right
from convnets_submissions import submission
from graded import QUICK, ROOT, SCORED, Graded, Grader, filled, handout

pytestmark = pytest.mark.skipif(
    shutil.which("bwrap") is None, reason="bubblewrap is not installed: nothing to run notebooks in"
)


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Grader:
    """Grades each notebook once for all tests of this file."""
    return Grader(tmp_path_factory.mktemp("graded"))


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our course with shorter limits, so that endless loops end sooner."""
    course = tmp_path_factory.mktemp("course")
    for folder in ("assignments", "reference", "rubrics"):
        shutil.copytree(ROOT / folder, course / folder)
    rubric = course / "rubrics/convnets.yaml"
    text = rubric.read_text(encoding="utf-8")
    assert "cell_seconds: 60, probe_seconds: 60" in text
    text = text.replace(
        "cell_seconds: 60, probe_seconds: 60", "cell_seconds: 20, probe_seconds: 25"
    )
    rubric.write_text(text, encoding="utf-8")
    return course


@pytest.fixture(scope="module")
def broken(grader: Grader) -> Graded:
    """One notebook with a missing and a renamed function, a syntax error, cells that raise."""
    renamed = "def three_layer_convnet_initial():\n    return []\n"
    given = handout("ru")
    answers = right(
        "ru",
        {
            "three-layer-convnet-init": renamed,
            "three-layer-class": "class ThreeLayerConvNet(tf.keras.Model):\n    def call(self\n",
            "part3-training": "1 / 0\n" + find_cell(filled("ru"), "part3-training")["source"],
        },
        extra=(("part4-training", "raise RuntimeError('не работает')"),),
    )
    notebook = submission(given, answers)
    net = find_cell(given, "three-layer-convnet")["id"]
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != net]
    return grader(notebook)


def test_a_missing_function_is_named(broken: Graded) -> None:
    """A cell that was deleted costs its own task, and the message says what is not there."""
    task = broken.task("three_layer_convnet")
    assert task["status"] in ("failed", "not_attempted")
    assert task["points"] == 0
    assert "three_layer_convnet" in task["message"]


def test_a_renamed_function_is_named_with_the_nearest_name(broken: Graded) -> None:
    """Whoever renamed a function reads both names."""
    task = broken.task("three_layer_convnet_init")
    assert task["status"] == "failed"
    assert "«three_layer_convnet_init»" in task["message"]
    assert "«three_layer_convnet_initial»" in task["message"]


def test_a_syntax_error_is_shown_with_its_place(broken: Graded) -> None:
    """The cell that cannot be compiled loses its own task; the message has the student's line."""
    task = broken.task("ThreeLayerConvNet")
    assert task["status"] == "failed"
    assert "SyntaxError" in task["message"]
    assert "строка 2" in task["message"]


def test_other_tasks_are_graded_all_the_same(broken: Graded) -> None:
    """Errors above a definition, in its own cell or in another, do not keep it from passing."""
    wrong = {"three_layer_convnet", "three_layer_convnet_init", "ThreeLayerConvNet"}
    assert broken.not_passed == wrong
    assert broken.task("part3_model")["follows_from"] in (None, "ThreeLayerConvNet")


def test_values_of_wrong_types_fail_and_say_so(grader: Grader) -> None:
    """Strings, numbers, lists and None in the place of models and tensors are wrong answers."""
    graded = grader(
        submission(
            handout("ru"),
            right(
                "ru",
                {
                    "three-layer-convnet": ("scores = 'scores'",),
                    "three-layer-convnet-init": ("params = {'conv_w1': 1}",),
                    "three-layer-class": (PLAIN_CLASS[0], "scores = [1, 2, 3]"),
                    "part3-training": ("model = None", "optimizer = 'sgd'"),
                    "part4-training": ("model = [tf.keras.layers.Flatten()]", "optimizer = 5e-4"),
                    "custom": (
                        "self.fc = None",
                        "scores = {'scores': input_tensor}",
                    ),
                },
            ),
        )
    )
    assert {graded.verdicts[task] for task in SCORED} == {"failed"}
    assert all(graded.task(task)["message"] for task in SCORED)
    assert graded.whole["points"] == 0


@pytest.mark.labs  # it waits for the limits, for a minute
def test_endless_loops_cost_their_own_task(grader: Grader, impatient: Path) -> None:
    """A loop without end, in a cell and in a function, is stopped; other tasks are graded."""
    loop = "while True:\n    pass"
    answers = right("ru", {"three-layer-convnet": (loop,)}, extra=(("three-layer-class", loop),))
    graded = grader(submission(handout("ru"), answers), replace(QUICK, course=impatient))
    assert graded.not_passed == {"three_layer_convnet"}
    assert "Превышен предел времени" in graded.task("three_layer_convnet")["message"]
    # Two cells: that one, and the handout's own that calls the function.
    assert [cell["fault"]["kind"] for cell in graded.whole["cells"]] == ["time_limit"] * 2


@pytest.mark.labs  # it waits for the limits, for a minute
def test_a_dead_kernel_costs_its_own_task(grader: Grader) -> None:
    """Code that ends the process, in a function and below an answer, leaves right answers alone."""
    death = "import os\nos._exit(0)"
    part4 = find_cell(filled("ru"), "part4-training")["source"]
    answers = right("ru", {"three-layer-convnet": (death,), "part4-training": f"{part4}\n{death}"})
    graded = grader(submission(handout("ru"), answers))
    assert graded.not_passed == {"three_layer_convnet"}
    assert "Ядро Python аварийно завершилось" in graded.task("three_layer_convnet")["message"]
    # Two cells: that of part IV, and the handout's own that calls the function.
    assert [cell["fault"]["kind"] for cell in graded.whole["cells"]] == ["kernel_died"] * 2


@pytest.mark.labs  # it waits for the limits, for a minute
def test_a_memory_hog_costs_its_own_task(grader: Grader) -> None:
    """A function that fills the memory is stopped at the limit, and the other tasks are graded."""
    hog = "hoard = [b'x' * 2**28 for _ in range(64)]\nscores = len(hoard)"
    answers = right("ru", {"three-layer-convnet": (hog,)})
    graded = grader(submission(handout("ru"), answers), replace(QUICK, memory_limit=3.0))
    assert graded.not_passed == {"three_layer_convnet"}
    assert "Превышен предел памяти" in graded.task("three_layer_convnet")["message"]
    assert graded.whole["limits"]["memory"] == "3 GiB"
