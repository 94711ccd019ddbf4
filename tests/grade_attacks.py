"""A grade in which every text that can come from a student is an attack."""

from __future__ import annotations

import math
from dataclasses import replace

from grade_parts import both, run, task
from grade_samples import full

from grader.model import (
    CellRun,
    CheckGrade,
    CheckStatus,
    Comparison,
    Curve,
    CurvePoint,
    Excerpt,
    Fault,
    FaultKind,
    Grade,
    Language,
    Status,
)

SCRIPT = "<script>window.hacked = 1; document.title = 'hacked'</script>"
HOSTILE = (
    f'{SCRIPT}<img src=x onerror="window.hacked = 2">]]></style></title>{{{{ 7 * 7 }}}}'
    "\x1b[31mred\x1b[0m\x1b]8;;http://evil.example\x07link\x1b]8;;\x07\x9b2J\x00\x08"
    "\u202eesrever\u202c 👩‍🔬🧪 [red]markup[/red] [link=http://evil.example]x[/link] \ud800 \\[/]"
)


def hostile(language: Language = "en") -> Grade:
    """A grade in which every text that can come from a student is an attack."""
    text = both(HOSTILE)
    fault = Fault(FaultKind.EXCEPTION, HOSTILE, HOSTILE, cell=2, line=2, source=HOSTILE)
    broken = replace(run(0, 0.4), stopped="diverged", fault=fault)
    lost = replace(
        broken, points=(CurvePoint(1, 0.1, math.nan, math.inf), CurvePoint(2, math.inf, 0.1))
    )
    compared = Comparison(
        case=HOSTILE,
        title=text,
        passed=False,
        expected_shape="(2,)",
        got_shape=HOSTILE,
        expected="[0, 0]",
        got=HOSTILE,
        error=math.inf,
        where=HOSTILE,
        tolerance="0",
        note=text,
    )
    check = CheckGrade(
        id="values",
        kind="values",
        title=text,
        status=CheckStatus.FAILED,
        points=0,
        max_points=1,
        message=text,
        expected={"a": 1, "deep": [[[[[[[[1]]]]]]]]},
        got={HOSTILE: HOSTILE, "nan": math.nan, "huge": 10**5000, "odd": object(), "set": {1}},
        comparisons=(compared, replace(compared, error=math.nan)),
        curves=(
            Curve(text, 0.5, True, (broken,), 1),
            Curve(text, 0.5, True, (lost,), 1),
            Curve(text, 0.5, True, (), 1),
        ),
        faults=(fault,),
    )
    attacked = task(
        "values",
        Status.FAILED,
        0,
        1,
        title=text,
        message=text,
        checks=(check,),
        hint=text,
        follows_from=HOSTILE,
        misconception=HOSTILE,
        code=(Excerpt(2, 1, f"x = '''\n{HOSTILE}\n'''\n" + "((((" * 500),),
        text=HOSTILE + "é" * 1_000_000,
        printed=HOSTILE,
        notes=(text,),
    )
    return replace(
        full(language),
        submission=HOSTILE,
        tasks=(attacked, *full(language).tasks[1:3]),
        environment={HOSTILE: HOSTILE},
        limits={HOSTILE: HOSTILE},
        notes=(text,),
        provisional=(text,),
        cells=tuple(CellRun(i, 0.1, HOSTILE, fault) for i in range(80)),
    )
