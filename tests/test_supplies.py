"""Which data a job gets: the lab's own, another size of it, and what the student chose."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from ruamel.yaml import YAML
from test_image_folders import folder_of

from grader import course
from grader.checks import accuracy
from grader.checks.evidence import Evidence
from grader.course import Lab
from grader.model import CheckStatus, CurvePoint, FaultKind, Observed, Run
from grader.rubric import Accuracy, Rubric
from grader.supplies import Supplies, provisional, ruled, supply, told, visible, whereabouts

LAB = course.load(ROOT, "cifar_classifier", "en")


@pytest.fixture
def lab() -> Lab:
    """Without the lab's own data set, which no test here needs."""
    checks = {"data": None}
    return replace(LAB, rubric=LAB.rubric.model_copy(update=checks))


def supplied(lab: Lab, said: str, data_dir: Path | None = None) -> Supplies:
    return supply(lab.solved({"variant": said}), lab, data_dir, lambda _: None)


def rule_of(lab: Lab) -> Accuracy:
    (check,) = (c for c in lab.rubric.task("classifier").checks if isinstance(c, Accuracy))
    return check


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    return tmp_path


def test_a_folder_of_pictures(lab: Lab, cache: Path) -> None:
    """The chosen folder is found below --data-dir, sized as the rubric says, and the kernel sees it
    under its own name and as the one folder of pictures."""
    folder_of(cache / "data" / "Linnaeus 5 32X32", count=40)
    got = supplied(lab, "variant = 'linnaeus5'", cache / "data")
    images = got.sets["classifier"]
    assert (images.name, images.shape, images.class_count) == ("linnaeus5", (48, 48, 3), 3)
    assert visible(lab.rubric, got) == {"linnaeus5": images.folder, "pictures": images.folder}
    assert provisional(lab.rubric, got) == ()
    assert "linnaeus5" in told(got)


def test_no_pass_mark_for_a_folder_that_nobody_measured(lab: Lab, cache: Path) -> None:
    """Small data gets as many epochs as make up the steps; without a measured mark the training is
    shown and nothing is decided."""
    folder_of(cache / "data" / "linnaeus5", count=40)
    made = ruled(lab, supplied(lab, "variant = 3", cache / "data"))
    check = rule_of(made)
    assert check.epochs == 300
    assert not check.measured
    key = "classifier/train"
    runs = (Run(0, (CurvePoint(600, 300.0, 0.9),), "budget", 9.0),)
    evidence = Evidence(made.rubric.task("classifier"), {key: Observed(runs=runs)}, {}, {})
    grade = accuracy.judge(check, evidence)
    assert grade.status is CheckStatus.UNGRADED
    assert "90.0 %" in grade.message.en
    assert grade.curves


def test_a_folder_that_is_not_there(lab: Lab, cache: Path) -> None:
    """Generated pictures stand in, under the rule that was measured on them, and the grade says
    that it is provisional."""
    got = supplied(lab, "variant = 'cityscapes'", cache)
    assert got.sets["classifier"].stand_in
    check = rule_of(ruled(lab, got))
    assert check.measured
    assert check.rule == rule_of(lab).rule
    assert "Cityscapes was not found" in provisional(lab.rubric, got)[0].en


def test_what_the_student_got_wrong_is_told(lab: Lab, cache: Path) -> None:
    """No set, an unknown one, or too many classes: a fault of that task, and no error of ours."""
    assert supplied(lab, "pass").refused["classifier"].kind is FaultKind.MISSING
    assert "99" in supplied(lab, "variant = 99").refused["classifier"].message
    got = supplied(lab, "variant = 'cifar100'\nchosen_classes = [1]", None)
    assert "2…10" in got.refused["classifier"].message


def test_where_chosen_data_lies(cache: Path) -> None:
    """Each set to choose has its place, or none: what a class was graded on follows from that."""
    folder_of(cache / "data" / "hasyv2", count=12)
    before = whereabouts(LAB.rubric, cache / "data", ROOT)
    assert before["cityscapes"] == ""
    assert "hasyv2" in before["hasyv2"]
    (cache / "data" / "hasyv2" / "ёж" / "0.png").unlink()
    after = whereabouts(LAB.rubric, cache / "data", ROOT)
    assert after["hasyv2"] != before["hasyv2"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"choice": None}, "no `choice` of data sets"),
        ({"choice": "smaller"}, "no data set 'fashion_mnist' to choose"),
    ],
)
def test_a_rubric_that_speaks_of_data_nobody_can_choose(
    changes: dict[str, object], said: str
) -> None:
    """A rule for a set that is not in the list, or for no list at all, is refused by name."""
    whole = LAB.rubric.model_dump(exclude_unset=True)
    if changes["choice"] == "smaller":
        changes = {"choice": {**whole["choice"], "sets": whole["choice"]["sets"][-1:]}}
    with pytest.raises(ValueError, match=said):
        Rubric.model_validate({**whole, **changes})


def test_the_marks_are_those_that_were_measured() -> None:
    """Each rule is the mark of its runs, that for stand-ins not above any of theirs."""
    entries = measured()
    for entry in entries:
        assert len(entry["runs"]) >= 5
        assert entry["mark"] < min(entry["runs"])
    rule = rule_of(LAB)
    for name, its in rule.rules.items():
        (entry,) = (e for e in entries if e["set"] == name and not e["stand_in"])
        assert its.threshold == entry["mark"], name
    if rule.measured:
        stand_ins = [e["mark"] for e in entries if e["stand_in"] and e["task"] == "classifier"]
        assert rule.rule.threshold <= min(stand_ins)
    (check,) = (c for c in LAB.rubric.task("network").checks if isinstance(c, Accuracy))
    if check.measured:
        marks = [e["mark"] for e in entries if e["task"] == "network"]
        assert check.rule.threshold <= min(marks)


def measured() -> list[dict[str, Any]]:
    path = ROOT / "reference/cifar_classifier/calibration.yaml"
    entries: list[dict[str, Any]] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return entries
