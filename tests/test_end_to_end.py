"""Whole notebooks through the whole program, without the trainings: files in, grade files out.

Each test is a submission that a student might hand in; the verdicts come out of a real kernel in
the real sandbox. ``test_end_to_end_slow.py`` has all styles and faults, and the trainings.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from convnets_answers import PLAIN_CLASS
from convnets_changes import encoded, merged, split, version_3, without_markers
from convnets_filling import find_cell
from convnets_styles import right
from convnets_submissions import Notebook, faults, language_of, styles, submission
from graded import HANDOUTS, QUICK, ROOT, SCORED, Graded, Grader, handout

pytestmark = pytest.mark.skipif(
    shutil.which("bwrap") is None, reason="bubblewrap is not installed: nothing to run notebooks in"
)

needs_course = pytest.mark.skipif(
    not HANDOUTS["course"].exists(), reason="the course's own notebook is not on this machine"
)
every_handout = pytest.mark.parametrize(
    "which", ["ru", "en", pytest.param("course", marks=needs_course)]
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


def filled(which: str, style: str = "explicit_padding") -> Notebook:
    """A right submission to one of the handouts."""
    given = handout(which)
    return submission(given, styles(language_of(given))[style])


# ------------------------------------------------------------------- blank, right


@every_handout
def test_an_untouched_handout_has_no_points_and_no_task_attempted(
    grader: Grader, which: str
) -> None:
    """A handout given back as it was handed out scores 0, and each task is "not attempted"."""
    graded = grader(handout(which))
    assert {task: graded.verdicts[task] for task in SCORED} == dict.fromkeys(
        SCORED, "not_attempted"
    )
    assert graded.verdicts["experiments"] == "not_attempted"
    assert graded.whole["points"] == 0
    assert not graded.whole["passed"]


@pytest.mark.parametrize(
    ("which", "style"),
    [
        ("ru", "same_padding"),
        ("en", "functional"),
        pytest.param("course", "helper_functions", marks=needs_course),
    ],
)
def test_right_answers_pass_in_whatever_style(grader: Grader, which: str, style: str) -> None:
    """Explicit layers, functional models, helpers in other cells: each is right in every task."""
    graded = grader(filled(which, style))
    assert graded.not_passed == set()
    assert graded.whole["points"] == graded.whole["max_points"] > 0
    assert graded.whole["passed"]


def test_a_quick_grade_is_provisional(grader: Grader) -> None:
    """Without trainings the grade says that it may change, and no accuracy rule has a verdict."""
    graded = grader(filled("ru", "same_padding"))
    assert graded.whole["provisional"]
    rules = [c for t in graded.whole["tasks"] for c in t["checks"] if c["kind"] == "accuracy"]
    assert len(rules) == 4
    assert {rule["status"] for rule in rules} == {"skipped"}


# --------------------------------------------------------------------- one fault


@pytest.mark.parametrize(
    ("which", "fault", "misconception"),
    [
        ("ru", "three_layer_convnet-no_first_relu", "first_relu_missing"),
        ("en", "three_layer_convnet_init-swapped", "filters_swapped"),
        ("ru", "ThreeLayerConvNet-softmax_twice", "softmax_twice"),
        ("en", "part3_model-swapped", "filters_swapped"),
        ("ru", "part3_optimizer-no_nesterov", "nesterov_missing"),
        ("en", "part4_model-other_filters", "filters_swapped"),
        ("ru", "part4_optimizer-other_rate", "rate_ten_times"),
        ("en", "CustomConvNet-logits", None),
    ],
)
def test_one_fault_fails_its_own_task_and_no_other(
    grader: Grader, which: str, fault: str, misconception: str | None
) -> None:
    """One wrong line costs points in one task; where the mistake is known, it is named."""
    graded = grader(submission(handout(which), faults(which)[fault]))
    task_id = fault.split("-")[0]
    assert graded.not_passed == {task_id}
    task = graded.task(task_id)
    assert task["status"] in ("failed", "partial")
    assert task["points"] < task["max_points"]
    assert task["message"]
    assert task["misconception"] == misconception


# -------------------------------------------------------------- broken notebooks


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


def test_endless_loops_cost_their_own_task(grader: Grader, impatient: Path) -> None:
    """A loop without end, in a cell and in a function, is stopped; other tasks are graded."""
    loop = "while True:\n    pass"
    answers = right("ru", {"three-layer-convnet": (loop,)}, extra=(("three-layer-class", loop),))
    graded = grader(submission(handout("ru"), answers), replace(QUICK, course=impatient))
    assert graded.not_passed == {"three_layer_convnet"}
    assert "Превышен предел времени" in graded.task("three_layer_convnet")["message"]
    # Two cells: that one, and the handout's own that calls the function.
    assert [cell["fault"]["kind"] for cell in graded.whole["cells"]] == ["time_limit"] * 2


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


def test_a_memory_hog_costs_its_own_task(grader: Grader) -> None:
    """A function that fills the memory is stopped at the limit, and the other tasks are graded."""
    hog = "hoard = [b'x' * 2**28 for _ in range(64)]\nscores = len(hoard)"
    answers = right("ru", {"three-layer-convnet": (hog,)})
    graded = grader(submission(handout("ru"), answers), replace(QUICK, memory_limit=3.0))
    assert graded.not_passed == {"three_layer_convnet"}
    assert "Превышен предел памяти" in graded.task("three_layer_convnet")["message"]
    assert graded.whole["limits"]["memory"] == "3 GiB"


# --------------------------------------------------------------- files and layouts


def test_an_old_notebook_in_utf_8_with_a_mark_under_a_russian_name(grader: Grader) -> None:
    """Format 3, a byte-order mark, and a name with spaces and Cyrillic letters are no obstacle."""
    data = encoded(version_3(filled("ru")), "utf-8-sig")
    graded = grader(data, name="Лабораторная 1 (Иванов И.)")
    assert graded.not_passed == set()
    assert graded.whole["submission"]["name"] == "Лабораторная 1 (Иванов И.)"
    assert any("старого формата" in note for note in graded.whole["notes"])


def test_a_notebook_in_utf_16_without_markers(grader: Grader) -> None:
    """Another encoding, and no line left that says where an answer begins, are no obstacle."""
    graded = grader(encoded(without_markers(filled("ru")), "utf-16"))
    assert graded.not_passed == set()
    assert any("UTF-16" in note for note in graded.whole["notes"])


def test_cells_may_be_merged(grader: Grader) -> None:
    """Neighbouring code cells put into one hold the same answers."""
    assert grader(merged(filled("ru"))).not_passed == set()


def test_cells_may_be_split(grader: Grader) -> None:
    """Each statement in a cell of its own: the same answers."""
    assert grader(split(filled("ru"))).not_passed == set()


# -------------------------------------------------------------------- determinism


def test_the_same_notebook_and_seed_give_the_same_bytes(grader: Grader) -> None:
    """Two runs write the same grade file, times aside."""
    notebook = submission(handout("ru"), faults("ru")["three_layer_convnet-no_first_relu"])
    first = grader(notebook)
    second = grader(notebook, replace(QUICK, fresh=True), again=1)
    assert first.repeatable() == second.repeatable()


def test_another_seed_gives_the_same_verdicts(grader: Grader) -> None:
    """The cases are drawn afresh, the verdicts are not."""
    notebook = submission(handout("ru"), faults("ru")["three_layer_convnet-no_first_relu"])
    first, other = grader(notebook), grader(notebook, replace(QUICK, seed=7))
    assert first.verdicts == other.verdicts
    assert first.whole["points"] == other.whole["points"]
    assert other.whole["seed"] == 7
