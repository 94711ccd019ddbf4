"""Two whole grades made by hand: one with everything in it, one with full points."""

from __future__ import annotations

from dataclasses import replace

from grade_parts import ACCURACY, FAULT, GRADIENTS, NETWORK, OPEN, SETTINGS, VALUES, both, task

from grader.model import (
    CellRun,
    CheckStatus,
    Excerpt,
    Fault,
    FaultKind,
    Grade,
    Language,
    Status,
    Text,
)

ESSAY = {
    "ru": "Сначала я взял сеть из третьей части.\n\nЧто помогло больше всего:\n"
    "  — пакетная нормализация после каждой свёртки (+6 %);\n  — два слоя подвыборки (+4 %).\n\n"
    "Dropout 0.3 за 10 эпох только мешал.",
    "en": "I started from the network of part III.\n\nWhat helped most:\n"
    "  - batch norm after each convolution (+6%);\n  - two pooling layers (+4%).\n\n"
    "Dropout of 0.3 only hurt within 10 epochs.",
}


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
                replace(VALUES, status=CheckStatus.NOT_ATTEMPTED, comparisons=(), message=both("")),
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
        limits={"cell": "60 s", "submission": "600 s", "memory": "4 GiB"},
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
