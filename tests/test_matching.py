"""Which cell answers which, whatever a student did to the notebook."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

import notebooks as nb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notebooks import ANSWERS, Change, Piece, Pieces

from grader.matching import (
    definitions,
    excerpt,
    fingerprint,
    likeness,
    match,
    nearest,
    untouched,
)
from grader.model import Cell

NAMES = {
    "three-layer-convnet": ["three_layer_convnet"],
    "three-layer-convnet-init": ["three_layer_convnet_init"],
    "three-layer-class": ["ThreeLayerConvNet"],
    "part3-training": ["model_init_fn", "optimizer_init_fn"],
    "part4-training": ["model_init_fn", "optimizer_init_fn"],
    "custom": ["CustomConvNet"],
}
CHANGES = (
    nb.functional,
    nb.split,
    nb.reworded,
    nb.without_markers,
    nb.without_drivers,
    nb.without_text,
    nb.without_given,
    nb.with_extras,
)


def assert_found(pieces: Pieces, language: str = "ru") -> None:
    """Every answer that is there is found, whole, and nothing else is taken for it."""
    parts = nb.matched(pieces, language).parts
    for answer in ANSWERS:
        truth = nb.where(pieces, answer)
        defining = {i for i in truth if pieces[i].source.lstrip().startswith(("def ", "class "))}
        assert set(parts[answer].cells) <= set(truth), answer
        assert defining <= set(parts[answer].cells), answer
        assert bool(parts[answer].cells) == bool(truth), answer


# ------------------------------------------------------------- finding answers


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("make", [nb.blank, nb.filled])
def test_the_handout_itself(language: str, make: Callable[[], Pieces]) -> None:
    """Every cell of the handout, blank or answered, is found at its own place."""
    pieces = make()
    parts = nb.matched(pieces, language).parts
    assert {name: part.cells for name, part in parts.items()} == {
        name: nb.where(pieces, name) for name in parts
    }


@settings(max_examples=25, deadline=None)
@given(st.sets(st.sampled_from(CHANGES)), st.sampled_from(["ru", "en"]))
def test_any_changes_together(chosen: set[Change], language: str) -> None:
    """Answers are found without prose, markers, examples, trainings; in pieces, among others."""
    pieces = nb.filled()
    for change in CHANGES:
        pieces = change(pieces) if change in chosen else pieces
    assert_found(pieces, language)


@settings(max_examples=25, deadline=None)
@given(st.sets(st.sampled_from(ANSWERS), min_size=1), st.booleans(), st.booleans())
def test_deleted_answers(gone: set[str], text: bool, examples: bool) -> None:
    """No other cell is taken for an answer that is not there."""
    pieces = [piece for piece in nb.filled() if piece.id not in gone]
    pieces = pieces if text else nb.without_text(pieces)
    assert_found(pieces if examples else nb.without_given(pieces))


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(ANSWERS),
    st.sampled_from(["imports", "kaiming-normal", "part3-training", "functional", "custom"]),
    st.booleans(),
)
def test_moved_answers(answer: str, before: str, text: bool) -> None:
    """An answer is found wherever it was moved, and so are those that it was moved among."""
    if answer != before:
        pieces = nb.filled() if text else nb.without_text(nb.filled())
        assert_found(nb.moved(pieces, answer, before))


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_shuffled_cells(random: st.random.Random) -> None:
    """Functions whose name occurs once are found in any order of the cells."""
    pieces = nb.filled()
    random.shuffle(pieces)
    parts = nb.matched(pieces).parts
    for answer in ("three-layer-convnet", "three-layer-convnet-init", "three-layer-class"):
        assert parts[answer].cells == nb.where(pieces, answer)


def test_untrue_cell_ids_do_no_harm() -> None:
    """The ids of cells are evidence, no more: exchanged ones do not exchange the answers."""
    pieces = nb.filled()
    ids = {"part3-training": "part4-training", "part4-training": "part3-training"}
    made = nb.submission(pieces)
    cells = tuple(
        dataclasses.replace(cell, id=ids.get(piece.id, piece.id))
        for cell, piece in zip(made.cells, pieces, strict=True)
    )
    parts = match(dataclasses.replace(made, cells=cells), nb.handout()).parts
    assert all(parts[answer].cells == nb.where(pieces, answer) for answer in ANSWERS)


def test_merged_cells() -> None:
    """A cell into which two answers were merged is the answer to both."""
    pieces = nb.filled()
    first, second = (pieces[nb.where(pieces, name)[0]] for name in ANSWERS[2:4])
    both = Piece("part3-training", "code", f"{first.source}\n\n{second.source}")
    pieces = [both if p is second else p for p in pieces if p is not first]
    parts = nb.matched(pieces).parts
    here = nb.where(pieces, "part3-training")
    assert parts["three-layer-class"].cells == parts["part3-training"].cells == here
    assert parts["part4-training"].cells == nb.where(pieces, "part4-training")


@pytest.mark.parametrize("change", [nb.without_text, nb.without_given, nb.reworded])
def test_the_last_of_several_versions_counts(change: Change) -> None:
    """Of two answers in one part the later one counts, and a note says so."""
    pieces = nb.filled()
    first = nb.where(pieces, "part3-training")[0]
    pieces = nb.inserted(pieces, "part3-training", Piece("part3-training", "code", nb.FUNCTIONAL))
    pieces[first] = dataclasses.replace(pieces[first], id="")
    pieces = change(pieces)
    matching = nb.matched(pieces)
    assert matching.parts["part3-training"].cells == nb.where(pieces, "part3-training")
    assert matching.parts["part4-training"].cells == nb.where(pieces, "part4-training")
    assert any("model_init_fn" in note.en and "counts" in note.en for note in matching.notes)


def test_a_blank_after_an_answer_does_not_count() -> None:
    """The handout's blank, left below the student's own cell, does not hide the answer."""
    pieces = nb.blank()
    index = nb.where(pieces, "part3-training")[0]
    pieces[index] = dataclasses.replace(pieces[index], id="")
    pieces.insert(index, Piece("part3-training", "code", nb.FUNCTIONAL))
    made, handout = nb.submission(pieces), nb.handout()
    matching = match(made, handout)
    assert matching.parts["part3-training"].cells == (index,)
    assert not untouched(made, handout, matching, "part3-training", "model_init_fn")


def test_experiments_in_the_open_task() -> None:
    """The open task's answer is the last training with what it uses, in however many cells."""
    train = "train_part34(model_init_fn, optimizer_init_fn, 5, True)"
    run = f"def model_init_fn():\n    return {{}}()\n\n{train}"
    net = "class {}(tf.keras.Model):\n    def call(self, x):\n        return self.fc(x)"
    pieces = nb.inserted(
        nb.filled(),
        "custom",
        Piece("custom", "code", run.format("CustomConvNet")),
        Piece("custom", "code", net.format("ResNet")),
        Piece("custom", "code", "plt.plot(history)"),
        Piece("custom", "code", run.format("ResNet")),
    )
    first = nb.where(pieces, "custom")[0]
    part = nb.matched(pieces).parts["custom"]
    assert part.cells == (first, first + 2, first + 4)
    assert set(nb.where(pieces, "custom")) <= set(range(*part.section))
    assert nb.found(pieces, "part4-training") == nb.where(pieces, "part4-training")


def test_renamed_class_in_a_cell_of_its_own() -> None:
    """A class of another name is part of the answer when the part's own training uses it."""
    pieces = nb.split(nb.filled())
    pieces = [
        dataclasses.replace(piece, source=piece.source.replace("CustomConvNet", "DeepNet"))
        for piece in pieces
    ]
    truth = nb.where(pieces, "custom")
    defining = {i for i in truth if pieces[i].source.startswith(("def", "class"))}
    assert defining <= set(nb.found(pieces, "custom")) <= set(truth)


def test_renamed_function_of_the_right_signature() -> None:
    """A function of another name but the handout's parameters, in its place, is the answer."""
    pieces = [
        dataclasses.replace(
            piece, source=piece.source.replace("three_layer_convnet(x", "conv_net(x")
        )
        for piece in nb.filled()
    ]
    assert nb.found(pieces, "three-layer-convnet") == nb.where(pieces, "three-layer-convnet")


@pytest.mark.parametrize(
    ("answer", "source"),
    [
        ("part4-training", "model_init_fn = lambda: net()\noptimizer_init_fn = lambda: sgd()"),
        ("part4-training", "def make():\n    return net()\n\ntrain_part34(make, lambda: sgd())"),
        (
            "custom",
            "model = tf.keras.Model(inputs, outputs)\nmodel.fit(X_train, y_train, epochs=9)",
        ),
        ("custom", "def model_init_fn():\n    return net()\n\ntrain_part34(model_init_fn, sgd)"),
    ],
)
@pytest.mark.parametrize("change", [list, nb.without_text])
def test_answers_in_other_forms(answer: str, source: str, change: Change) -> None:
    """Lambdas, other names, ``fit`` and a custom network without a class are answers."""
    pieces = change(nb.replaced(nb.filled(), answer, source))
    made, handout = nb.submission(pieces), nb.handout()
    matching = match(made, handout)
    assert all(matching.parts[name].cells == nb.where(pieces, name) for name in ANSWERS)
    assert not any(untouched(made, handout, matching, answer, name) for name in NAMES[answer])


@pytest.mark.parametrize("change", [list, nb.without_text, nb.without_given])
def test_a_second_version_is_no_answer_to_the_next_task(change: Change) -> None:
    """Two answers to one task and a blank in the next: the next stays without an answer."""
    blank = next(piece for piece in nb.blank() if piece.id == "part4-training")
    pieces = nb.replaced(nb.filled(), "part4-training", blank.source)
    second = Piece("second", "code", nb.FUNCTIONAL)
    pieces = change(nb.inserted(pieces, "part3-training", second))
    made, handout = nb.submission(pieces), nb.handout()
    matching = match(made, handout)
    assert matching.parts["part3-training"].cells == nb.where(pieces, "second")
    assert matching.parts["part4-training"].cells == nb.where(pieces, "part4-training")
    assert untouched(made, handout, matching, "part4-training", "model_init_fn")


def test_syntax_error_loses_no_other_answer() -> None:
    """A cell that does not parse is matched by its first lines, and so is everything else."""
    pieces = nb.filled()
    broken = pieces[nb.where(pieces, "part3-training")[0]].source.replace(
        "return model", "return (model"
    )
    assert_found(nb.replaced(pieces, "part3-training", broken))


def test_sections_hold_what_belongs_to_their_part() -> None:
    """A part's section goes from the text that introduces it to the next cell of another part."""
    pieces = nb.inserted(
        nb.filled(), "part3-training-text", Piece("helper", "code", "def pad(x): pass")
    )
    pieces = nb.inserted(pieces, "part3-training", Piece("more", "code", "def later(): pass"))
    start, end = nb.matched(pieces).parts["part3-training"].section
    assert [piece.id for piece in pieces[start:end]] == [
        "part3-training-text",
        "helper",
        "part3-training",
        "more",
    ]


def test_notes_say_what_was_assumed() -> None:
    """Lost markers, split cells, missing tasks and commented calls are said in words."""
    pieces = nb.without_drivers(nb.without_markers(nb.split(nb.filled())))
    pieces = [piece for piece in pieces if piece.id != "three-layer-class"]
    notes = "\n".join(note.en for note in nb.matched(pieces).notes)
    assert "its markers are gone" in notes
    assert "put together from cells" in notes
    assert "was not found (`ThreeLayerConvNet`)" in notes
    assert nb.matched(nb.filled()).notes == ()
    commented = "\n".join(note.en for note in nb.matched(nb.without_drivers(nb.filled())).notes)
    assert "The call of `train_part34`" in commented


def test_large_notebooks_are_matched_in_time() -> None:
    """A usual notebook takes a fraction of a second, three thousand cells some seconds."""
    pieces = nb.with_extras(nb.split(nb.filled()))
    started = time.process_time()
    nb.matched(pieces)
    assert time.process_time() - started < 1.0
    many = nb.filled() + [Piece("", "code", nb.FUNCTIONAL + f"\n{i}") for i in range(3_000)]
    started = time.process_time()
    matching = nb.matched(many)
    assert time.process_time() - started < 60.0
    assert matching.parts["three-layer-convnet"].cells == nb.where(many, "three-layer-convnet")


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.builds(
            Piece,
            st.just(""),
            st.sampled_from(["code", "markdown", "raw"]),
            st.text(alphabet="def model_init_fn():=\n #`%!()'\"\\Часть I5", max_size=60)
            | st.text(),
        ),
        max_size=8,
    )
)
def test_any_notebook_can_be_matched(pieces: Pieces) -> None:
    """Whatever the cells hold, matching answers, and what it answers is inside the notebook."""
    made, handout = nb.submission(pieces), nb.handout()
    matching = match(made, handout)
    for cell_id, part in matching.parts.items():
        assert 0 <= part.section[0] <= part.section[1] <= len(pieces)
        assert all(0 <= cell < len(pieces) for cell in part.cells)
        assert 0 <= part.sure <= 1
        untouched(made, handout, matching, cell_id, None)
        excerpt(made, matching, cell_id, "model_init_fn")


# -------------------------------------------------------------- blank or not


@pytest.mark.parametrize("change", [list, nb.reworded, nb.without_markers, nb.without_text])
def test_blank_handout_is_untouched(change: Change) -> None:
    """In the blank handout of any edition nothing was written for any task."""
    made, handout = nb.submission(change(nb.blank())), nb.handout()
    matching = match(made, handout)
    for answer, names in NAMES.items():
        assert all(untouched(made, handout, matching, answer, name) for name in [*names, None])
    assert untouched(made, handout, matching, "experiments", None)


@pytest.mark.parametrize("change", [list, nb.without_markers, nb.split, nb.reworded])
def test_answers_are_touched(change: Change) -> None:
    """Every answer is told from a blank, with and without markers, whole and in pieces."""
    made, handout = nb.submission(change(nb.filled())), nb.handout()
    matching = match(made, handout)
    for answer, names in NAMES.items():
        assert not any(untouched(made, handout, matching, answer, name) for name in [*names, None])
    assert not untouched(made, handout, matching, "experiments", None)


@pytest.mark.parametrize("answer", ANSWERS)
def test_one_answer_touches_no_other(answer: str) -> None:
    """Where only one task was answered, every other task is untouched."""
    full = {piece.id: piece for piece in nb.filled()}
    pieces = [full[answer] if piece.id == answer else piece for piece in nb.blank()]
    made, handout = nb.submission(pieces), nb.handout()
    matching = match(made, handout)
    touched = [a for a in ANSWERS if not untouched(made, handout, matching, a, None)]
    assert touched == [answer]


@pytest.mark.parametrize(
    ("body", "blank"),
    [
        ("    pass", True),
        ("    # model = Sequential()", True),
        ("    'Моя модель'", True),
        ("    raise NotImplementedError()", True),
        ("    model = None\n    return model", True),
        ("    return model", False),
        ("    return tf.keras.Sequential()", False),
        ("    model = None\n    model = build()\n    return model", False),
        ("    return (", False),
    ],
)
def test_what_counts_as_written(body: str, blank: bool) -> None:
    """Nothing, None and NotImplementedError are blanks; any other statement is an answer."""
    source = f"def model_init_fn():\n{body}\n"
    source = source if "#" not in body else source + "    pass\n"
    pieces = nb.replaced(nb.filled(), "part4-training", source)
    made, handout = nb.submission(pieces), nb.handout()
    matching = match(made, handout)
    assert untouched(made, handout, matching, "part4-training", "model_init_fn") is blank


def test_a_deleted_answer_is_untouched_and_a_renamed_one_is_not() -> None:
    """Where the name is gone, other definitions in its place count as something written."""
    gone = [piece for piece in nb.filled() if piece.id != "part4-training"]
    other = nb.replaced(nb.filled(), "part4-training", "def my_model():\n    return build()")
    for pieces, expected in ((gone, True), (other, False)):
        made, handout = nb.submission(pieces), nb.handout()
        matching = match(made, handout)
        assert untouched(made, handout, matching, "part4-training", "model_init_fn") is expected


# ------------------------------------------------------------------- free text


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ("ЗАДАНИЕ: опишите, что вы делали", True),
        ("ЗАДАНИЕ: Расскажите о ваших опытах", True),
        ("TODO: Tell us what you did", True),
        ("**TODO:** Tell us what you did.", True),
        ("", True),
        ("  \n", True),
        ("ЗАДАНИЕ: опишите, что вы делали\n\nЯ взял ResNet.", False),
        ("TODO: Tell us what you did. I added dropout.", False),
        ("Я взял ResNet.", False),
        ("## Опыты\n\n- dropout 0.5: 71 %", False),
    ],
)
def test_free_text(text: str, blank: bool) -> None:
    """A prompt of any edition is not an answer; a word of the student's own is."""
    made, handout = nb.submission(nb.replaced(nb.filled(), "experiments", text)), nb.handout()
    matching = match(made, handout)
    assert untouched(made, handout, matching, "experiments", None) is blank


@pytest.mark.parametrize("change", [list, nb.reworded, nb.without_given])
def test_text_added_below_the_prompt(change: Change) -> None:
    """Cells that follow the prompt belong to the answer, up to the end of the notebook."""
    pieces = nb.inserted(
        nb.replaced(change(nb.filled()), "experiments", "ЗАДАНИЕ: опишите, что вы делали"),
        "experiments",
        Piece("more", "markdown", "Dropout помог."),
        Piece("plot", "code", "plt.plot([0.5, 0.7])"),
        Piece("more", "markdown", "Итог: 73 %."),
    )
    made = nb.submission(pieces)
    matching = match(made, nb.handout())
    assert matching.parts["experiments"].cells == nb.where(pieces, "more")
    assert [e.source for e in excerpt(made, matching, "experiments", None)] == [
        "Dropout помог.",
        "Итог: 73 %.",
    ]


def test_text_without_heading_or_prompt() -> None:
    """With the notebook's texts deleted, what stands below the last training is the answer."""
    pieces = [*nb.without_text(nb.filled()), Piece("mine", "markdown", nb.REPORT)]
    assert nb.found(pieces, "experiments") == (len(pieces) - 1,)
    assert nb.found(nb.without_text(nb.filled()), "experiments") == ()


# ---------------------------------------------------------------------- excerpts


def test_excerpt_is_the_definition() -> None:
    """The report shows the definition that was judged, from the line where it starts."""
    pieces = nb.filled()
    made = nb.submission(pieces)
    (found,) = excerpt(made, match(made, nb.handout()), "part4-training", "optimizer_init_fn")
    assert found.cell == nb.where(pieces, "part4-training")[0]
    assert found.source.startswith("def optimizer_init_fn():")
    assert made.cells[found.cell].source.split("\n")[found.line - 1] == "def optimizer_init_fn():"
    assert "return optimizer" in found.source
    assert "train_part34" not in found.source


def test_excerpt_of_a_task_is_between_the_markers() -> None:
    """Without a name, the report shows what stands between the markers, else the whole cell."""
    made = nb.submission(nb.filled())
    found = excerpt(made, match(made, nb.handout()), "three-layer-class", None)
    assert [piece.source.split("\n")[0] for piece in found] == [
        "init = tf.initializers.VarianceScaling(scale=2.0)",
        "scores = self.fc(self.flat(self.c2(self.c1(x))))",
    ]
    bare = nb.submission(nb.without_markers(nb.filled()))
    (whole,) = excerpt(bare, match(bare, nb.handout()), "three-layer-class", None)
    assert whole.source == bare.cells[whole.cell].source


# ------------------------------------------------------------------------ names


@pytest.mark.parametrize(
    ("name", "defined", "expected"),
    [
        ("three_layer_convnet", ["ThreeLayerConvnet", "two_layer_fc"], "ThreeLayerConvnet"),
        ("model_init_fn", ["optimizer_init_fn", "model_init"], "model_init"),
        ("CustomConvNet", ["CustomNet", "TwoLayerFC"], "CustomNet"),
        ("CustomConvNet", ["flatten", "x"], None),
        ("CustomConvNet", [], None),
    ],
)
def test_nearest_name(name: str, defined: list[str], expected: str | None) -> None:
    """The nearest name is found across spellings, and none where none is near."""
    assert nearest(name, defined) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = b = 1\nc, (d, *e) = x\nf.g = 2\nh: int = 3", ("a", "b", "c", "d", "e", "h")),
        ("%matplotlib inline\n!pip install x\ny = !ls\ndef f(): pass", ("y", "f")),
        ("%%time\ndef f(): pass", ("f",)),
        ("%%writefile net.py\ndef f(): pass", ()),
        ("%%bash\nf=1", ()),
        ("help?\n?help\nclass A: pass", ("A",)),
        ("@tf.function\ndef f(x):\n    return x", ("f",)),
        ("if gpu:\n    device = 1\nelse:\n    device = 2", ("device",)),
        ("def f(:\n    return 1\n\nlr = 3\nclass B(A):\n    x = 1", ("f", "lr", "B")),
        ("print 'old'\ndef g(x):\n    return x", ("g",)),
        ("x = 1\x00", ("x",)),
        ("s = '\\d'", ("s",)),
        ("(" * 1000, ()),
        ("", ()),
    ],
)
def test_definitions(source: str, expected: tuple[str, ...]) -> None:
    """Top-level names are read from any source, with magics, of old Python, or broken."""
    assert definitions(source) == expected


# --------------------------------------------------------------------- likeness


def test_likeness_tells_labs_apart() -> None:
    """A notebook is most like the lab that it is of, even when most of it is changed or gone."""
    handout = nb.handout()
    other = nb.submission(
        [
            Piece("", "code", "def get_sample(path):\n    return cv2.imread(path)"),
            Piece("", "code", "def triplet_loss(f, a, b, delta):\n    return tf.maximum(f, a)"),
            Piece(
                "", "markdown", "# Триплеты лиц\nРеализуйте функцию потерь и сеть на TensorFlow."
            ),
        ]
    )
    assert likeness(handout, handout) == 1.0
    assert (
        likeness(nb.submission(nb.reworded(nb.without_given(nb.split(nb.filled())))), handout) > 0.6
    )
    assert likeness(nb.submission(nb.without_text(nb.blank())), nb.handout("en")) > 0.9
    only = [Piece("", "code", nb.FUNCTIONAL)]
    assert likeness(nb.submission(only), handout) > likeness(other, handout)
    assert likeness(other, handout) < 0.1
    assert likeness(nb.submission([]), handout) == 0.0


def test_likeness_of_a_notebook_of_questions() -> None:
    """A lab without functions of its own is recognised by its cells' ids or its texts."""
    texts = ["Сколько параметров у слоя Dense?", "Что вычисляет softmax?", "answers = {}"]
    cells = tuple(Cell(i, "markdown", text, id=f"q{i}") for i, text in enumerate(texts))
    handout = dataclasses.replace(nb.submission([]), cells=cells)
    plain = dataclasses.replace(handout, cells=tuple(dataclasses.replace(c, id="") for c in cells))
    assert likeness(handout, handout) == 1.0
    assert likeness(plain, handout) > 0.5


def test_code_that_python_cannot_print_has_a_fingerprint() -> None:
    """A no-break space inside an f-string, which Python 3.11 parses and does not print, makes a
    function neither unreadable nor equal to another one."""
    odd, other = (f"def f(v):\n    return f'{{\"{space}\".join(v)}}'" for space in "\u00a0\u2003")
    prints = [fingerprint(code) for code in (odd, odd, other)]
    assert prints[0] == prints[1] != prints[2]
