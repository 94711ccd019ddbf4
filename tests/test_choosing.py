"""Which data set a notebook is about: what it says, or else what it loads."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT
from kernels import cells_of

from grader import course
from grader.choosing import Chosen, chosen
from grader.model import Fault, FaultKind, Submission
from grader.rubric import Choice

LAB = course.load(ROOT, "cifar_classifier", "ru")


def choice() -> Choice:
    assert LAB.rubric.choice is not None
    return LAB.rubric.choice


def notebook(*sources: str) -> Submission:
    cells = cells_of({str(number): source for number, source in enumerate(sources)})
    return Submission(Path("n.ipynb"), "n", "0", tuple(cells.values()), "ru")


def choose(*sources: str) -> Chosen:
    return chosen(notebook(*sources), LAB.handout, choice())


def named(*sources: str) -> str | None:
    found = choose(*sources)
    return found.set.id if found.set else None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("'fashion_mnist'", "fashion_mnist"),
        ("'Fashion-MNIST'", "fashion_mnist"),
        ("'  CORe50 '", "core50"),
        ("'Linnaeus 5'", "linnaeus5"),
        ("'101_ObjectCategories'", "caltech101"),
        ("9", "mnist"),
        ("'4'", "caltech256"),
    ],
)
def test_a_set_is_named_as_people_name_it(said: str, meant: str) -> None:
    """Its id, its title, its folder or its number in the list name a set."""
    assert named(f"variant = {said}") == meant
    assert named(f"%matplotlib inline\nif True:\n    variant: str = {said}") == meant


def test_the_last_word_counts() -> None:
    """Of several values the last counts, None is none, and a broken cell is skipped."""
    assert (
        named("variant = None", "variant = 'mnist'\nvariant = 'hasyv2'", "variant = (", "x = 1")
        == "hasyv2"
    )
    assert named("variant = 'mnist'", "variant = None") == "mnist"


@pytest.mark.parametrize(
    "said",
    [
        "'cifar'",
        "0",
        "10",
        "True",
        "['mnist']",
        "3.5",
        "'²'",
        f"'{'1' * 5000}'",
        "'0001'",
        "9" * 4000,
    ],
)
def test_a_set_that_there_is_not(said: str) -> None:
    """An unknown name is told back with the known ones, and nothing is guessed from it."""
    found = choose(f"variant = {said}", "from keras.datasets import mnist")
    assert found.set is None
    assert found.fault is not None
    assert "fashion_mnist" in found.fault.message


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("(x, y), _ = tf.keras.datasets.fashion_mnist.load_data()", "fashion_mnist"),
        ("from tensorflow.keras.datasets import mnist", "mnist"),
        ("from keras.datasets.mnist import load_data", "mnist"),
        ("from keras import datasets\ndatasets.mnist.load_data()", "mnist"),
        ("d = load('data/Linnaeus 5 32X32/train')", "linnaeus5"),
        ("d = load(r'C:\\data\\256_ObjectCategories')", "caltech256"),
        ("print('mnist')", None),
        ("from keras.datasets import mnist, fashion_mnist", None),
        ("x = keras.datasets.cifar10.load_data()", None),
    ],
)
def test_what_is_loaded_says_it_otherwise(code: str, meant: str | None) -> None:
    """Without a word, the one set that the notebook loads is meant; two are one too many."""
    assert named("variant = None", code) == meant


def test_the_handout_itself_chooses_nothing() -> None:
    """The given cells mention several sets, and say nothing about the student's."""
    found = chosen(LAB.handout, LAB.handout, choice())
    assert found.set is None
    assert found.fault is not None
    assert (found.fault.kind, found.fault.message) == (FaultKind.MISSING, "variant")


def test_classes_that_the_student_picked() -> None:
    """Two to ten classes of CIFAR-100, by number or by name."""
    found = choose("variant = 'cifar100'\nchosen_classes = [3, 'apple']")
    assert (found.classes, found.fault) == ((3, "apple"), None)
    assert choose("variant = 1\nchosen_classes = list(range(2, 6, 2))").classes == (2, 4)
    assert choose("variant = 'mnist'\nchosen_classes = [1]").classes == ()


@pytest.mark.parametrize(
    "said",
    [
        "None",
        "[]",
        "[1]",
        "[1, 1]",
        "list(range(20))",
        "range(n)",
        "[1, 2.5]",
        str(list(range(11))),
    ],
)
def test_too_few_or_too_many_classes(said: str) -> None:
    """Fewer than two classes, more than ten, or none that can be read: the report says how many."""
    fault = choose(f"variant = 'cifar100'\nchosen_classes = {said}").fault
    assert fault is not None
    assert "2…10" in fault.message


def test_a_choice_that_cannot_be_read_is_none() -> None:
    """A number too long to print, or an impossible sum, is as if nothing had been chosen."""
    for said in (f"[0x{'f' * 5000}]", f"{'9' * 400} + 1j"):
        assert choose(f"variant = {said}").fault == Fault(FaultKind.MISSING, "variant")
