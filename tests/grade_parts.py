"""Pieces of hand-made grades: checks, comparisons, curves, faults."""

from __future__ import annotations

import math
from dataclasses import replace

from grader.model import (
    CheckGrade,
    CheckStatus,
    Comparison,
    Curve,
    CurvePoint,
    Fault,
    FaultKind,
    Run,
    Status,
    TaskGrade,
    Text,
)

NETWORK = '''def three_layer_convnet(x, params):
    """Scores of a network of two convolutions, ``(N, C)``."""
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    # свёртка 5×5: по два нуля с каждой стороны
    x = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]])
    h1 = tf.nn.relu(tf.nn.conv2d(x, conv_w1, strides=1, padding="VALID") + conv_b1)
    h2 = tf.nn.relu(tf.nn.conv2d(h1, conv_w2, strides=1, padding="SAME") + conv_b2)
    return tf.matmul(flatten(h2), fc_w) + fc_b  # a remark that is too long
'''


def both(text: str) -> Text:
    return Text(ru=text, en=text)


def run(seed: int, top: float, epochs: int = 1, stopped: str = "budget", points: int = 10) -> Run:
    """A training whose accuracy rises towards ``top``."""
    steps = [i * epochs / points for i in range(1, points + 1)]
    curve = tuple(
        CurvePoint(
            step=round(766 * e),
            epoch=e,
            accuracy=top - (top - 0.1) * math.exp(-4 * e / epochs),
            loss=2.3 * math.exp(-e),
        )
        for e in steps
    )
    return Run(seed=seed, points=curve, stopped=stopped, seconds=11.5)  # type: ignore[arg-type]


def comparison(case: str, title: Text, passed: bool) -> Comparison:
    values = "[[ 0.4127, -1.2034,  0.0071, …],\n [ 1.0093,  0.2210, -0.5512, …]]"
    wrong = "[[ 0.3980, -1.1817,  0.0455, …],\n [ 0.8710,  0.2210, -0.4009, …]]"
    return Comparison(
        case=case,
        title=title,
        passed=passed,
        expected_shape="(2, 10)",
        got_shape="(2, 10)",
        expected=values,
        got=values if passed else wrong,
        error=2.4e-7 if passed else 0.1383,
        where="[1, 0]",
        tolerance="1e-04 + 1e-04·|x|",
    )


CASES = (
    comparison("zeros", Text(ru="Нули, 32×32", en="Zeros, 32×32"), True),
    comparison("random", Text(ru="Случайные числа, 32×32", en="Random numbers, 32×32"), False),
    comparison("wide", Text(ru="Не квадрат, 20×28", en="Not a square, 20×28"), False),
)

VALUES = CheckGrade(
    id="values",
    kind="values",
    title=Text(ru="Значения на выходе", en="Output values"),
    status=CheckStatus.FAILED,
    points=0,
    max_points=8,
    message=Text(
        ru="Совпали 1 из 3 случаев. Первое расхождение: случайные числа, 32×32.",
        en="1 of 3 cases agrees. The first that differs: random numbers, 32×32.",
    ),
    comparisons=CASES,
)

GRADIENTS = CheckGrade(
    id="gradients",
    kind="gradients",
    title=Text(
        ru="Градиенты доходят до всех шести параметров", en="Gradients reach all six params"
    ),
    status=CheckStatus.PASSED,
    points=4,
    max_points=4,
    message=Text(ru="Доходят до каждого.", en="They reach each one."),
    comparisons=(comparison("grad", Text(ru="Все параметры", en="All params"), True),),
)

SETTINGS = CheckGrade(
    id="settings",
    kind="optimizer",
    title=Text(ru="Настройки оптимизатора", en="Optimizer settings"),
    status=CheckStatus.FAILED,
    points=0,
    max_points=2.5,
    message=Text(
        ru="Скорость обучения 0,01, а нужна 0,003.", en="Learning rate 0.01, asked for: 0.003."
    ),
    expected={"class": "SGD", "learning_rate": 0.003, "momentum": 0.9, "nesterov": True},
    got={"class": "SGD", "learning_rate": 0.01, "momentum": 0.9, "nesterov": True, "decay": None},
)

ACCURACY = CheckGrade(
    id="accuracy",
    kind="accuracy",
    title=Text(ru="Точность после одной эпохи", en="Accuracy after one epoch"),
    status=CheckStatus.FOLLOWS,
    points=6,
    max_points=6,
    message=Text(
        ru="41,8 % вместо 43 %: следует из задания three_layer_convnet.",
        en="41.8% where 43% is needed: follows from three_layer_convnet.",
    ),
    curves=(
        Curve(
            title=Text(ru="Ваша сеть и ваши параметры", en="Your network and your params"),
            rule=0.43,
            strict=True,
            runs=(run(0, 0.418), run(1, 0.424), run(2, 0.437)),
            epochs=1,
            interval=(0.396, 0.459),
        ),
    ),
)

OPEN = CheckGrade(
    id="accuracy",
    kind="accuracy",
    title=Text(ru="Точность за десять эпох", en="Accuracy within ten epochs"),
    status=CheckStatus.PASSED,
    points=21,
    max_points=21,
    message=Text(ru="70,6 % уже после третьей эпохи.", en="70.6% after the third epoch already."),
    curves=(
        Curve(
            title=Text(ru="Ваша сеть", en="Your network"),
            rule=0.7,
            strict=False,
            runs=(run(0, 0.72, epochs=3, stopped="rule_met", points=6),),
            epochs=10,
        ),
    ),
)

FAULT = Fault(
    kind=FaultKind.EXCEPTION,
    type="InvalidArgumentError",
    message="Matrix size-incompatible: In[0]: [64,12544], In[1]: [16384,10] [Op:MatMul]",
    cell=31,
    line=8,
    source="    return tf.matmul(flatten(h2), fc_w) + fc_b",
)


def task(id: str, status: Status, points: float, max_points: float, **more: object) -> TaskGrade:
    made = TaskGrade(
        id=id,
        title=both(id),
        status=status,
        points=points,
        max_points=max_points,
        message=both(""),
        checks=(),
    )
    return replace(made, **more)  # type: ignore[arg-type]
