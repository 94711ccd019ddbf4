"""Live progress: a line that changes in a terminal, plain lines elsewhere, nothing interpreted."""

from __future__ import annotations

import re

import pytest

from grader.progress import Event, silent
from grader.report.live import Live, line

HOSTILE = "[bold]net[/bold] [/] :smile: [link=http://x]y"
EVENTS = [
    Event("data", 0, 1, "Reading cifar-10.tar.gz"),
    Event("start", 0, 1),
    Event("cell", 0, 3, "1"),
    Event("cell", 1, 3, "4"),
    Event("cell", 2, 3, "7"),
    Event("probe", 0, 2, "three_layer_convnet"),
    Event("probe", 1, 2, "part3_model"),
    Event("train", 0, 766, "part3_model", 0.0, 0.1, 0),
    Event("train", 128, 766, "part3_model", 0.167, 0.402, 0),
    Event("train", 0, 766, "part4_model", 0.0, 0.1, 0),
    Event("compare", 0, 9, "softmax_twice"),
    Event("report", 0, 1),
]


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


def shown(capsys: pytest.CaptureFixture[str], *events: Event, verbose: bool = False) -> str:
    with Live(verbose=verbose) as live:
        for event in events:
            live.show(event)
    out, err = capsys.readouterr()
    assert out == ""
    return err


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Event("data", 0, 1, "Reading x.npz"), "data Reading x.npz"),
        (Event("start", 0, 1), "starting a kernel"),
        (Event("cell", 2, 30, "12"), "running cell 12 (3 of 30)"),
        (Event("train", 128, 766, "part3_model", 0.167, 0.4021, 0),
         "training part3_model, seed 0, epoch 0.17, accuracy 40.2 %"),
        (Event("train", 0, 766, "part3_model", 0.0, 0.0, 3),
         "training part3_model, seed 3, epoch 0.00, accuracy 0.0 %"),
        (Event("compare", 3, 9, "softmax_twice"), "comparing with known mistakes softmax_twice"),
    ],
)  # fmt: skip
def test_an_event_in_words(event: Event, words: str) -> None:
    """A line says what is done, on what, how far, and for a training its seed and accuracy."""
    assert line(event) == words


def test_elsewhere_than_in_a_terminal_there_are_plain_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In a log each step is one line, and each training another, on stderr and without codes."""
    assert shown(capsys, *EVENTS).splitlines() == [
        "data Reading cifar-10.tar.gz",
        "starting a kernel",
        "running cell 1 (1 of 3)",
        "probing three_layer_convnet",
        "training part3_model, seed 0, epoch 0.00, accuracy 10.0 %",
        "training part4_model, seed 0, epoch 0.00, accuracy 10.0 %",
        "comparing with known mistakes softmax_twice",
        "writing",
    ]


def test_verbose_shows_every_event(capsys: pytest.CaptureFixture[str]) -> None:
    """With -v every event is a line of its own."""
    assert shown(capsys, *EVENTS, verbose=True).splitlines() == [line(e) for e in EVENTS]


def test_verbose_lines_stay_lines_in_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With -v nothing moves, in a terminal neither."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert shown(capsys, *EVENTS, verbose=True).splitlines() == [line(e) for e in EVENTS]


def test_long_lines_are_not_broken(capsys: pytest.CaptureFixture[str]) -> None:
    """A line of a log stays one line however long it is, so that it can be searched for."""
    detail = "Reading " + "/a/long/folder" * 20
    assert shown(capsys, Event("data", 0, 1, detail)) == f"data {detail}\n"


def test_two_that_train_at_once_are_two_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a log each is said once, however their events alternate; in a terminal each has a line of
    its own until it ends, and the other line is away meanwhile."""
    both = [Event("train", done, 9, name, done / 9, 0.5, 1) for done in (1, 2) for name in "ab"]
    assert len(shown(capsys, *both).splitlines()) == 2
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    with Live() as live:
        for event in (Event("probe", 0, 1, "f"), *both):
            live.show(event)
        lines = [task.description for task in live._progress.tasks if task.visible]
        assert lines == [line(both[2]), line(both[3])]
        live.show(Event("train", 1, 1, "a"))
        assert [task.description for task in live._progress.tasks if task.visible] == lines[1:]
        live.show(Event("train", 1, 1, "b"))
        live.show(Event("report", 0, 1))
        assert [task.description for task in live._progress.tasks] == ["writing"]


@pytest.mark.parametrize("verbose", [False, True])
def test_markup_is_not_interpreted_in_lines(
    capsys: pytest.CaptureFixture[str], verbose: bool
) -> None:
    """A detail with Rich's markup or the name of an emoji is printed to the letter."""
    err = shown(capsys, Event("probe", 0, 1, HOSTILE), verbose=verbose)
    assert err == f"probing {HOSTILE}\n"


def test_markup_is_not_interpreted_in_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moving line shows such a detail to the letter too, and is gone at the end."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERM", "xterm")
    with Live() as live:
        live.show(Event("probe", 0, 2, HOSTILE))
        live.show(Event("train", 1, 2, HOSTILE, 0.5, 0.25, 1))
        live.show(Event("train", 2, 2, HOSTILE, 1.0, 0.5, 1))
        live._progress.refresh()
    err = capsys.readouterr().err
    visible = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", err)
    assert f"training {HOSTILE}, seed 1, epoch 1.00, accuracy 50.0 %" in visible
    assert err.endswith("\x1b[2K")


def test_an_error_inside_ends_the_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception leaves the terminal as it was: the cursor is shown again."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")

    def interrupted() -> None:
        with Live() as live:
            live.show(EVENTS[0])
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()
    assert "\x1b[?25h" in capsys.readouterr().err


def test_silence_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """The default watcher says nothing anywhere."""
    silent(EVENTS[0])
    assert capsys.readouterr() == ("", "")
