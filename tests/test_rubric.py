"""Rubrics: what is right loads, and what is wrong is told all at once, each with its line."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from grader import rubric
from grader.errors import CourseError
from grader.rubric import Accuracy, Optimizer

ROOT = Path(__file__).parents[1]
GOOD = """\
    schema_version: 1
    lab: tiny
    title: {ru: Лаба, en: Lab}
    drivers: [fit_all]
    tasks:
      - id: first
        title: {ru: Первое, en: First}
        object: {name: f, cell: one, driver: fit_all, argument: model}
        checks: &checks
          - id: values
            kind: values
            cases: f
            points: 2
            title: {ru: Значения, en: Values}
          - id: style
            kind: values
            cases: f
            remark: true
            title: {ru: Стиль, en: Style}
      - id: second
        title: {ru: Второе, en: Second}
        object: {name: g, cell: two}
        checks: *checks
    """


def load(tmp_path: Path, text: str) -> rubric.Rubric:
    path = tmp_path / "tiny.yaml"
    path.write_text(dedent(text), encoding="utf-8")
    return rubric.load(path)


def problems(tmp_path: Path, *changes: tuple[str, str]) -> list[str]:
    """The lines of the error that the good rubric gives with ``changes``, without the path."""
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    with pytest.raises(CourseError) as caught:
        load(tmp_path, text)
    return str(caught.value).replace(f"{tmp_path / 'tiny.yaml'}:", "").splitlines()


def test_the_shipped_rubric_loads() -> None:
    """The convnets rubric has its nine tasks, in the order of the notebook, and 100 points."""
    loaded = rubric.load(ROOT / "rubrics/convnets.yaml")
    assert [task.id for task in loaded.tasks] == [
        "three_layer_convnet",
        "three_layer_convnet_init",
        "ThreeLayerConvNet",
        "part3_model",
        "part3_optimizer",
        "part4_model",
        "part4_optimizer",
        "CustomConvNet",
        "experiments",
    ]
    assert sum(task.points for task in loaded.tasks) == 100


def test_the_shipped_rubric_has_the_labs_accuracy_rules() -> None:
    """The rules of convnets are: more than 43, 50 and 45 % after an epoch, 70 % within ten."""
    loaded = rubric.load(ROOT / "rubrics/convnets.yaml")
    rules = {
        task.id: (check.rule.threshold, check.rule.strict, check.rule.when, check.epochs)
        for task in loaded.tasks
        for check in task.checks
        if isinstance(check, Accuracy)
    }
    assert rules == {
        "three_layer_convnet_init": (0.43, True, "end", 1),
        "part3_model": (0.5, True, "end", 1),
        "part4_model": (0.45, True, "end", 1),
        "CustomConvNet": (0.7, False, "within", 10),
    }


def test_an_anchor_means_what_it_names() -> None:
    """Both optimizers of convnets have the same checks, which are written once."""
    loaded = rubric.load(ROOT / "rubrics/convnets.yaml")
    third, fourth = (loaded.task(f"part{n}_optimizer").checks for n in (3, 4))
    assert third == fourth
    assert [c.compare for c in third if isinstance(c, Optimizer)] == [
        "learning_rate",
        "momentum",
        "nesterov",
    ]


def test_a_good_rubric_has_the_points_of_its_checks(tmp_path: Path) -> None:
    """A task's points are the sum of its checks'; a remark adds none."""
    assert [task.points for task in load(tmp_path, GOOD).tasks] == [2, 2]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """Problems in several places make one error with a line for each, in the file's order."""
    told = problems(
        tmp_path,
        ("lab: tiny", "lab: Tiny!"),
        ("title: {ru: Первое, en: First}", "title: {ru: Первое}"),
        ("points: 2", "points: -2"),
        ("cell: two", "cel: two"),
    )
    assert told[0] == "the rubric has 6 problems:"
    assert [int(line.split(":")[0]) for line in told[1:]] == [2, 7, 13, 22, 22, 13]
    assert "lab: String should match pattern" in told[1]
    assert "title.en: Field required" in told[2]
    assert "points: Input should be greater than or equal to 0" in told[3]
    assert "object.cell: Field required" in told[4]
    assert "object.cel: Extra inputs are not permitted" in told[5]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("lab: tiny", "lab: tiny\n    nonsense: 1", 3, "nonsense: Extra inputs"),
        ("kind: values\n            cases: f\n            points: 2", "kind: vlues", 10, "vlues"),
        ("    cases: f\n            points: 2", "    points: 2", 10, "cases: Field required"),
        ("points: 2", "points: .nan", 13, "finite number"),
        ("points: 2", "points: many", 13, "valid number"),
        ("remark: true", "remark: true\n            points: 1", 15, "a remark has no points"),
        ("object: {name: g, cell: two}", "cell: two", 10, "needs an `object` to probe"),
        ("object: {name: g, cell: two}", "object: {name: g, cell: two}\n        cell: x", 20,
         "either `object` or `cell`"),
        ("driver: fit_all, argument: model", "driver: fit_all", 8, "go together"),
        ("id: style", "id: values", 15, "two checks are called values"),
        ("id: second", "id: first", 20, "two tasks are called first"),
        ("drivers: [fit_all]", "drivers: []", 8, "'fit_all' is not among `drivers`"),
        ("object: {name: g, cell: two}",
         "object: {name: g, cell: two}\n        stand_in: {task: third, name: X, parameters: []}",
         23, "there is no task 'third'"),
        ("schema_version: 1", "schema_version: 2", 1, "schema_version"),
        ("schema_version: 1", "", 1, "schema_version: Field required"),
    ],
)  # fmt: skip
def test_a_problem_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, says: str
) -> None:
    """A wrong key, kind, number or name is told with the line on which it stands."""
    told = problems(tmp_path, (old, new))
    assert any(text.startswith(f"{line}: ") and says in text for text in told[1:]), told


def test_names_of_an_accuracy_rule_must_exist(tmp_path: Path) -> None:
    """A partner that is no task and an unknown driver are told with their lines."""
    rule = """- id: accuracy
            kind: accuracy
            style: keras
            rule: {above: 0.5}
            partner: nobody
            own_optimizer: {name: o, cell: one, driver: nothing, argument: o}
            title: {ru: Точность, en: Accuracy}
          - id: style"""
    told = problems(tmp_path, ("- id: style", rule))
    assert "19: tasks.0.checks.1.partner: there is no task 'nobody'" in told
    assert "20: tasks.0.checks.1.own_optimizer.driver: 'nothing' is not among `drivers`" in told


@pytest.mark.parametrize("rule", ["{}", "{above: 0.5, at_least: 0.5}", "{above: 50}"])
def test_a_rule_has_one_threshold(tmp_path: Path, rule: str) -> None:
    """An accuracy rule has either `above` or `at_least`, as a fraction between 0 and 1."""
    check = f"kind: accuracy\n            style: keras\n            rule: {rule}"
    told = problems(tmp_path, ("kind: values\n            cases: f\n            points: 2", check))
    assert any(line.startswith("13: ") for line in told)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("lab: [", "not YAML"),
        ("lab: tiny\nlab: twice\n", "tiny.yaml:2: not YAML: found duplicate key"),
        ("a: 1\n b: 2\n", "tiny.yaml:2: not YAML"),
        ("a: *nowhere\n", "tiny.yaml:1: not YAML: found undefined alias"),
        ("a: !!python/object/apply:os.getcwd []\n", "tiny.yaml:1: not YAML"),
        ("a: !mine 1\n", "tiny.yaml:1: not YAML"),
        ("a: \x07\n", "not YAML"),
        ("a: 1\n---\nb: 2\n", "not YAML"),
        ("[" * 500, "not YAML"),
        ("a: 2020-99-99\n", "not YAML"),
        ("", "the rubric has 1 problem:"),
        ("just words", "the rubric has 1 problem:"),
        ("- a\n- list\n", "the rubric has 1 problem:"),
    ],
)  # fmt: skip
def test_what_is_no_yaml_is_told(tmp_path: Path, text: str, says: str) -> None:
    """Broken YAML, foreign tags and files that are no mapping are course errors, never others."""
    with pytest.raises(CourseError, match=r"tiny\.yaml") as caught:
        load(tmp_path, text)
    assert says in str(caught.value)


def test_a_missing_or_unreadable_rubric_is_told(tmp_path: Path) -> None:
    """A rubric that is not there, or not UTF-8, is a course error that names the file."""
    with pytest.raises(CourseError, match=r"none\.yaml: cannot be read"):
        rubric.load(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("title: Тест".encode("cp1251"))
    with pytest.raises(CourseError, match=r"latin\.yaml: not YAML"):
        rubric.load(tmp_path / "latin.yaml")


def test_the_schema_knows_every_kind_of_check() -> None:
    """The published JSON Schema describes each of the six kinds."""
    text = str(rubric.schema())
    for kind in ("values", "variables", "layers", "optimizer", "accuracy", "text"):
        assert f"'const': '{kind}'" in text


@pytest.mark.parametrize(
    ("rule", "accuracy", "met"),
    [("above", 0.5, False), ("above", 0.501, True), ("at_least", 0.5, True)],
)
def test_more_than_and_at_least_differ(rule: str, accuracy: float, met: bool) -> None:
    """`above` asks for more than the threshold, `at_least` for the threshold or more."""
    assert rubric.Rule.model_validate({rule: 0.5}).met_by(accuracy) is met
