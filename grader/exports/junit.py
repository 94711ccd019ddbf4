"""JUnit XML: a suite a student, a case a check, for dashboards of tests.

Valid against Jenkins' ``junit-10.xsd``. There are no times: nothing says when it was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from grader.model import CheckStatus
from grader.report.phrases import Phrases
from grader.report.tame import clean
from grader.standing import CheckStanding, Standing, TaskStanding

from . import words
from .cells import line, number

_VERDICT = {
    CheckStatus.FAILED: "failure",
    CheckStatus.NOT_ATTEMPTED: "failure",
    CheckStatus.SKIPPED: "skipped",
    CheckStatus.UNGRADED: "error",
}
_NO_MARK = {"missing": "skipped", "unreadable": "failure", "ungraded": "error"}
"""Nothing handed in is nobody's failure; no verdict of the grader is the grader's error."""


def export(standings: Sequence[Standing]) -> bytes:
    """The whole class as one document in UTF-8."""
    root = ET.Element("testsuites")
    for standing in standings:
        root.append(_suite(standing))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _suite(standing: Standing) -> ET.Element:
    name = f"{line(standing.name)} ({line(standing.student)})"
    suite = ET.Element("testsuite", name=name, id=line(standing.student))
    _properties(suite, standing)
    if standing.tasks:
        for task in standing.tasks:
            _task(suite, task, Phrases(standing.language))
    else:
        _submission(suite, standing)
    suite.set("tests", str(len(suite.findall("testcase"))))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(len(suite.findall(f"testcase/{tag}"))))
    if told := words.summary(standing):
        ET.SubElement(suite, "system-out").text = "\n".join(clean(text) for text in told)
    return suite


def _properties(suite: ET.Element, standing: Standing) -> None:
    values = {
        "status": standing.status,
        "points": number(standing.points),
        "max_points": number(standing.max_points),
        "passed": "" if standing.passed is None else str(standing.passed).lower(),
        "provisional": str(standing.provisional).lower(),
        "kept_percent": number(100 * standing.kept),
        "by_hand": str(standing.by_hand).lower(),
        "source": line(standing.source),
    }
    properties = ET.SubElement(suite, "properties")
    for name, value in values.items():
        ET.SubElement(properties, "property", name=name, value=value)


def _submission(suite: ET.Element, standing: Standing) -> None:
    """The one case of a submission that has no tasks: why, or what a person gave it."""
    case = ET.SubElement(suite, "testcase", classname="submission", name=standing.status)
    if standing.by_hand:
        _verdict(case, None if standing.passed else "failure", "by_hand", standing.why)
    else:
        _verdict(case, _NO_MARK.get(standing.status), standing.status, standing.reason)


def _task(suite: ET.Element, task: TaskStanding, phrases: Phrases) -> None:
    if not task.by_hand:
        for check in task.checks:
            _check(suite, task, check)
        return
    case = ET.SubElement(suite, "testcase", classname=line(task.id), name="by hand")
    lost = "failure" if task.points < task.max_points else None
    _verdict(case, lost, "by_hand", words.about_task(task, phrases))


def _check(suite: ET.Element, task: TaskStanding, check: CheckStanding) -> None:
    name = f"{line(check.id)}: {line(check.title)}"
    case = ET.SubElement(suite, "testcase", classname=line(task.id), name=name)
    _verdict(case, _VERDICT.get(CheckStatus(check.status)), check.status, check.message)


def _verdict(case: ET.Element, tag: str | None, kind: str, message: str) -> None:
    """A case that passed has at most its message, as output."""
    text = clean(message)
    if tag is None:
        if text:
            ET.SubElement(case, "system-out").text = text
        return
    ET.SubElement(case, tag, type=kind, message=line(message)).text = text
