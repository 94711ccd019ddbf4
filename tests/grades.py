"""Grades made by hand for the tests of what is shown: every status, curves, hostile text."""

from __future__ import annotations

import math
from dataclasses import replace

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
    Run,
    Status,
    TaskGrade,
    Text,
)

SCRIPT = "<script>window.hacked = 1; document.title = 'hacked'</script>"
HOSTILE = (
    f'{SCRIPT}<img src=x onerror="window.hacked = 2">]]></style></title>{{{{ 7 * 7 }}}}'
    "\x1b[31mred\x1b[0m\x1b]8;;http://evil.example\x07link\x1b]8;;\x07\x9b2J\x00\x08"
    "\u202eesrever\u202c 👩‍🔬🧪 [red]markup[/red] [link=http://evil.example]x[/link] \ud800 \\[/]"
)

NETWORK = '''def three_layer_convnet(x, params):
    """Scores of a network of two convolutions, ``(N, C)``."""
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    # свёртка 5×5: по два нуля с каждой стороны
    x = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]])
    h1 = tf.nn.relu(tf.nn.conv2d(x, conv_w1, strides=1, padding="VALID") + conv_b1)
    h2 = tf.nn.relu(tf.nn.conv2d(h1, conv_w2, strides=1, padding="SAME") + conv_b2)
    return tf.matmul(flatten(h2), fc_w) + fc_b  # a very long remark, to see how a line that does not fit behaves
'''

ESSAY = {
    "ru": "Сначала я взял сеть из третьей части.\n\nЧто помогло больше всего:\n"
    "  — пакетная нормализация после каждой свёртки (+6 %);\n  — два слоя подвыборки (+4 %).\n\n"
    "Dropout 0.3 за 10 эпох только мешал.",
    "en": "I started from the network of part III.\n\nWhat helped most:\n"
    "  - batch norm after each convolution (+6%);\n  - two pooling layers (+4%).\n\n"
    "Dropout of 0.3 only hurt within 10 epochs.",
}


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
    title=Text(ru="Градиенты доходят до всех шести параметров", en="Gradients reach all six params"),
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


def full(language: Language = "ru") -> Grade:
    """A grade with every status of tasks and checks, curves, faults, notes: provisional, failed."""
    tasks = (
        task(
            "three_layer_convnet",
            Status.PARTIAL,
            4,
            12,
            title=Text(ru="Трёхслойная свёрточная сеть", en="Three-layer network"),
            message=Text(
                ru="Первая свёртка дополнена одним нулём с каждой стороны, а нужно двумя.",
                en="The first convolution is padded by one zero on each side; two were asked for.",
            ),
            misconception="padding_1",
            hint=Text(
                ru="Чтобы свёртка 5×5 сохранила размер 32×32, с каждой стороны нужны два нуля: "
                "(5 − 1) / 2 = 2.",
                en="A 5×5 convolution keeps 32×32 only with two zeros on each side: "
                "(5 − 1) / 2 = 2.",
            ),
            checks=(VALUES, GRADIENTS),
            code=(Excerpt(cell=31, line=3, source=NETWORK),),
            printed="epoch 0, iteration 700, loss = 1.6\nval accuracy 44.1%\n",
        ),
        task(
            "three_layer_convnet_init",
            Status.PASSED,
            6,
            6,
            title=Text(ru="Начальные параметры сети", en="Its initial params"),
            message=Text(
                ru="Верно; недобор точности следует из three_layer_convnet.",
                en="Right; the accuracy falls short because of three_layer_convnet.",
            ),
            follows_from="three_layer_convnet",
            checks=(ACCURACY,),
        ),
        task(
            "ThreeLayerConvNet",
            Status.FAILED,
            0,
            10,
            title=Text(ru="Модель-подкласс", en="A subclassed model"),
            message=Text(
                ru="Вызов модели прерывается исключением в 8-й строке ячейки.",
                en="Calling the model raises in line 8 of its cell.",
            ),
            checks=(
                replace(
                    VALUES,
                    max_points=10,
                    comparisons=(),
                    faults=(FAULT, replace(FAULT, kind=FaultKind.TIME, type="", source="")),
                    message=Text(ru="Сравнивать нечего.", en="There is nothing to compare."),
                ),
                replace(SETTINGS, id="init", status=CheckStatus.REMARK, max_points=0),
            ),
            code=(Excerpt(cell=31, line=1, source="\n\n" + NETWORK),),
        ),
        task(
            "part3_optimizer",
            Status.FAILED,
            0,
            2.5,
            title=Text(ru="Часть III: оптимизатор", en="Part III: the optimizer"),
            message=SETTINGS.message,
            checks=(SETTINGS,),
        ),
        task(
            "part4_model",
            Status.NOT_ATTEMPTED,
            0,
            5,
            title=Text(ru="Часть IV: Sequential", en="Part IV: Sequential"),
            message=Text(ru="Заготовка не заполнена.", en="The blank was left as it is."),
            checks=(
                replace(
                    VALUES, status=CheckStatus.NOT_ATTEMPTED, comparisons=(), message=both("")
                ),
                replace(ACCURACY, status=CheckStatus.SKIPPED, points=0, curves=()),
            ),
        ),
        task(
            "CustomConvNet",
            Status.PASSED,
            21,
            21,
            title=Text(ru="Своя сеть", en="Your own network"),
            message=OPEN.message,
            checks=(OPEN,),
            notes=(
                Text(
                    ru="Класса CustomConvNet нет; проверена модель, переданная в train_part34.",
                    en="There is no class CustomConvNet; the model handed to train_part34 counts.",
                ),
            ),
        ),
        task(
            "experiments",
            Status.UNGRADED,
            0,
            5,
            title=Text(ru="Что вы попробовали", en="What you tried"),
            message=Text(ru="Читает преподаватель.", en="A teacher reads this."),
            text=ESSAY[language],
            checks=(
                replace(
                    VALUES,
                    kind="text",
                    status=CheckStatus.UNGRADED,
                    max_points=5,
                    comparisons=(),
                    message=both(""),
                ),
            ),
        ),
    )
    return Grade(
        lab="convnets",
        title=Text(ru="Свёрточные сети в TensorFlow", en="Convolutional networks in TensorFlow"),
        submission="Иванова Анна — lab2 (1).ipynb",
        sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        points=31,
        max_points=61.5,
        pass_mark=37,
        passed=False,
        provisional=(
            Text(
                ru="CIFAR-10 не найден: сети обучались на встроенном наборе-заменителе.",
                en="CIFAR-10 was not found: the networks were trained on the built-in stand-in.",
            ),
        ),
        environment={
            "python": "3.11.7",
            "tensorflow": "2.21.0",
            "keras": "3.15.0",
            "device": "CPU × 2",
            "sandbox": "bubblewrap 0.8.0",
        },
        limits={"time": "600 s", "memory": "4 GiB"},
        seed=20240917,
        tasks=tasks,
        language=language,
        notes=(Text(ru="Файл был в UTF-16.", en="The file was in UTF-16."),),
        cells=(
            CellRun(index=3, seconds=0.2),
            CellRun(index=31, seconds=1.25, fault=FAULT),
            CellRun(index=40, seconds=0, fault=Fault(FaultKind.SYNTAX, "'(' was never closed")),
        ),
        seconds={"observe": 84.2, "judge": 0.9},
    )


def right(language: Language = "en") -> Grade:
    """A final grade with full points and a single task."""
    whole = full(language)
    return replace(
        whole,
        tasks=(whole.tasks[5],),
        points=21,
        max_points=21,
        pass_mark=12.6,
        passed=True,
        provisional=(),
        notes=(),
        cells=(),
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


GRADES = {
    "full_ru": full("ru"),
    "full_en": full("en"),
    "right_en": right("en"),
    "right_ru": right("ru"),
    "hostile_en": hostile("en"),
    "hostile_ru": hostile("ru"),
    "empty": replace(full("en"), tasks=(), points=0, max_points=0, pass_mark=0),
}
