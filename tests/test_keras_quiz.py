"""The lab of questions: what each way to answer them is worth."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT, Grade
from quiz_files import DOCUMENT, LABS, edited, graded, replaced, task, with_cells

from grader import notebook, quiz
from grader.course import Misconception
from grader.model import LANGUAGES, Cell, Language, Status, Submission
from grader.quiz import options

BY_WORD = {"11.3", "11.4", "12.1", "12.3", "12.5"}
QUESTIONS = quiz.questions_of(LABS["ru"].rubric)


def in_code(language: Language, said: str) -> Submission:
    """The handout with nothing but its cell of answers filled in."""
    return replaced(LABS[language].handout, {"answers": f"answers = {said}"})


# ------------------------------------------------------------------- the lab as a whole


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_blank_handout_earns_nothing(language: Language, tmp_path: Path) -> None:
    """Nothing answered is 0 points and 26 tasks not attempted."""
    made = graded(tmp_path, LABS[language].handout)
    assert (made.points, len(made.tasks)) == (0, 26)
    assert {found.status for found in made.tasks} == {Status.NOT_ATTEMPTED}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reference_earns_everything(language: Language, tmp_path: Path) -> None:
    """The keys, written into the handout, are all of the points."""
    made = graded(tmp_path, LABS[language].solved())
    assert made.points == made.max_points == 36
    assert {found.status for found in made.tasks} == {Status.PASSED}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_documents_key_earns_everything(language: Language, tmp_path: Path) -> None:
    """The course's own key counts in full, and where it is not the whole truth the report says."""
    made = graded(tmp_path, in_code(language, repr(DOCUMENT)))
    assert made.points == made.max_points
    for found in made.tasks:
        accepted = found.id in ("4.3", "12.2")
        assert found.message.en.startswith("Accepted.") == accepted, found.id


def test_computed_keys_agree_with_the_document() -> None:
    """The reference computes the numbers that the course's document gives."""
    keys = LABS["ru"].keys
    assert keys["three_dense_layers"] == (DOCUMENT["3.1"],)
    assert keys["four_concatenated_layers"] == (DOCUMENT["3.2"],)
    assert keys["layer_after_flatten"] == (DOCUMENT["4.2"],)
    assert keys["triplet_loss_statements"] == (4, 5, 6)


@pytest.mark.labs
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mistake", LABS["ru"].misconceptions, ids=lambda m: m.id)
def test_a_typical_wrong_answer_is_named(
    mistake: Misconception, language: Language, tmp_path: Path
) -> None:
    """Each known mistake costs points in its own task alone, and the report names it."""
    lab = LABS[language]
    made = graded(tmp_path, lab.solved(lab.mistaken(mistake)))
    wrong = [found for found in made.tasks if found.status is not Status.PASSED]
    assert [found.id for found in wrong] == [mistake.task]
    assert wrong[0].misconception == mistake.name
    assert wrong[0].hint == mistake.message.text


def test_no_report_tells_the_key(tmp_path: Path) -> None:
    """Wrong answers everywhere: no number of the key is in any text of the grade."""
    wrong = {q: [1] if isinstance(v, list) else 1 for q, v in DOCUMENT.items()} | {"11.2": 7}
    made = graded(tmp_path, in_code("ru", repr(wrong)))
    said = repr(made.tasks)
    assert not re.search("200600|10004000|19660900|136298", re.sub(r"[\s,]", "", said))
    assert all(check.expected is None for found in made.tasks for check in found.checks)


def test_alone_in_a_second(grade: Grade, tmp_path: Path) -> None:
    """`grade quiz.ipynb` recognises the lab and boots no kernel."""
    path = tmp_path / "quiz.ipynb"
    notebook.write(LABS["ru"].solved(), path)
    done = grade(path, "--sandbox", "process", environment={"GRADER_COURSE": str(ROOT)})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "36 из 36 баллов" in done.stdout.replace("\u00a0", " ")
    started = time.process_time()
    made = graded(tmp_path, LABS["ru"].solved(), sandbox="process")
    assert time.process_time() - started < 2
    assert made.cells == ()


# --------------------------------------------------------------------- how people answer


def cyrillic(filled: Submission) -> Submission:
    return replaced(filled, {c.id: c.source.replace("[x]", "[х]") for c in filled.cells})


def signs(filled: Submission) -> Submission:
    made = {c.id: c.source.replace("[x]", "☒").replace("[ ]", "☐") for c in filled.cells}
    return replaced(filled, made)


def spaced(filled: Submission) -> Submission:
    return replaced(filled, {c.id: c.source.replace("[x]", "[ X ]") for c in filled.cells})


def reversed_options(filled: Submission) -> Submission:
    """Every list of boxes the other way round, as another shuffling of options gives it."""

    def turned(found: re.Match[str]) -> str:
        return "\n".join(reversed(found[0].split("\n")))

    made = {
        c.id: re.sub(r"(?:^- \[.\].*\n?)+$", turned, c.source, flags=re.M) for c in filled.cells
    }
    return replaced(filled, made)


def without_ids(filled: Submission) -> Submission:
    return with_cells(filled, (replace(cell, id="") for cell in filled.cells))


def without_marks(filled: Submission) -> Submission:
    """No ids, no comments and no headings: the questions' words are all that is left."""
    plain = without_ids(filled)
    return with_cells(
        plain,
        (
            replace(c, source=re.sub(r"^(?:## .*|<!--.*-->)\n", "", c.source, flags=re.M))
            for c in plain.cells
        ),
    )


def reworded(filled: Submission) -> Submission:
    """Other questions below the same numbers, and no ids."""
    return with_cells(
        filled,
        (
            replace(c, id="", source=re.sub(r"\n\n(?!- |\*\*).+", "\n\nО чём речь?", c.source))
            for c in filled.cells
        ),
    )


def in_one_cell(filled: Submission) -> Submission:
    texts = [cell.source for cell in filled.cells if cell.kind == "markdown"]
    return with_cells(filled, [Cell(0, "markdown", "\n\n".join(texts))])


def without_code(filled: Submission) -> Submission:
    return with_cells(filled, (cell for cell in filled.cells if cell.kind == "markdown"))


def answered_below(filled: Submission) -> Submission:
    """Each number in a cell of its own below its question."""
    cells: list[Cell] = []
    for cell in filled.cells:
        found = re.search(r"\*\*(?:Ответ|Answer):\*\* (.+)$", cell.source)
        if found is None:
            cells.append(cell)
            continue
        cells.append(replace(cell, source=cell.source[: found.start(1)]))
        cells.append(Cell(0, "markdown", f"Получилось вот так:\n\n{int(float(found[1])):_}"))
    return with_cells(filled, cells)


WAYS = [
    cyrillic,
    signs,
    spaced,
    reversed_options,
    without_ids,
    without_marks,
    reworded,
    in_one_cell,
    without_code,
    answered_below,
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_right_in_any_hand(
    way: Callable[[Submission], Submission], language: Language, tmp_path: Path
) -> None:
    """Right answers are right however they are written down and wherever they stand."""
    made = graded(tmp_path, way(LABS[language].solved()), lab="keras_quiz", language="en")
    assert [found.id for found in made.tasks if found.status is not Status.PASSED] == []


@pytest.mark.parametrize(
    ("said", "points"),
    [
        ("{'1.1': [1]}", 2),
        ("{'1.1': 'a'}", 2),
        ("{'1.1': 'а'}", 2),  # a Cyrillic letter
        ("{'1.1': [True, False, False]}", 2),
        ("{'1.1': 'Нейронная сеть — это граф вычислений'}", 2),
        ("{'1.1': [1, 2]}", 0.666667),
        ("{'1.1': [2, 3]}", 0),
        ("{'7.2': [1, 2, 3, 5]}", 1.2),
        ("{'7.2': '1, 2, 3'}", 0.4),
        ("{'12.2': [4, 5, 6]}", 2),
        ("{'12.2': [4, 6]}", 1.333333),
        ("{'4.1': [1, 2]}", 0),
        ("{'4.1': 7}", 0),
        ("{'3.1': '200,600'}", 2),
        ("{'3.1': 2.006e5}", 2),
        ("{'3.1': '200 600 весов'}", 2),
        ("{'3.1': [200600]}", 2),
        ("{'3.1': 200601}", 0),
        ("{'11.2': 0}", 2),
        ("{'11.2': None}", 0),
        ("{'11.3': True}", 1),
        ("{'11.3': False}", 0),
        ("{'11.3': 'да'}", 1),
    ],
)
def test_points_of_an_answer_in_code(said: str, points: float, tmp_path: Path) -> None:
    """Options by number, letter, truth or words; of several, each one counts on its own."""
    assert graded(tmp_path, in_code("ru", said)).points == pytest.approx(points)


def test_two_answers_that_differ(tmp_path: Path) -> None:
    """Where boxes and code disagree the code counts, and the report says so."""
    filled = edited(LABS["ru"].solved(), "answers", ("answers = {}", "answers = {'4.1': 1}"))
    found = task(graded(tmp_path, filled), "4.1")
    assert found.status is Status.FAILED
    assert "answers" in found.checks[0].message.ru


def test_shuffled_for_each_student(tmp_path: Path) -> None:
    """Options in a student's own order are graded right, by ticks and by their numbers."""
    lab = LABS["en"]
    for student in ("ivanov", "petrova", "сидоров"):
        mine = quiz.shuffled(lab.handout, QUESTIONS, student)
        assert mine.cells != lab.handout.cells
        spoken = dict(DOCUMENT)
        for question, cell in QUESTIONS.items():
            count = len(quiz.options_of(lab.handout, cell))
            if count > 1:
                seen = options.order(student, question, count)
                key = DOCUMENT[question]
                listed = key if isinstance(key, list) else [key]
                spoken[question] = [seen.index(number - 1) + 1 for number in listed]
        answered = replaced(mine, {"answers": f"answers = {spoken!r}"})
        assert graded(tmp_path, answered).points == 36
        bare = with_cells(answered, [cell for cell in answered.cells if cell.id == "answers"])
        assert graded(tmp_path, bare, lab="keras_quiz").points == 36
    assert notebook.read(tmp_path / "quiz.ipynb").student == "сидоров"


@pytest.mark.labs
def test_a_computed_answer_is_looked_up(tmp_path: Path) -> None:
    """An answer that the code computes is read from the notebook that ran, as data."""
    code = """
class Model:
    def count_params(self):
        return np.int64(300) * 401 + 200 * 301 + 100 * 201
answers = {"3.1": Model().count_params(), "4.1": 2, "4.2": tf.constant(19660900)}
for question in ("1.2",):
    answers[question] = [3, 4]
answer_3_2 = sum([2, 3])
1 / 0
"""
    found = graded(tmp_path, replaced(LABS["ru"].handout, {"answers": code}))
    points = {one.id: one.points for one in found.tasks if one.points}
    assert points == {"3.1": 2, "4.1": 1, "4.2": 2, "1.2": 2}
    assert task(found, "3.2").status is Status.FAILED


@pytest.mark.labs
def test_code_that_fails_says_why_there_is_no_answer(tmp_path: Path) -> None:
    """Where the code was to compute an answer and died, that is the reason, and not "no answer"."""
    code = "import os\nanswers = {'4.1': 2, '3.1': os._exit(3)}"
    found = graded(tmp_path, replaced(LABS["ru"].handout, {"answers": code}))
    assert task(found, "4.1").status is Status.PASSED
    assert task(found, "3.1").status is not Status.PASSED
