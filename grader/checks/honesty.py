"""Whether an accuracy was come by through the training: judged from measurements alone.

The network was trained in a clean kernel from weights that the grader drew. What is left to a
forger is knowledge that sits in the network itself. It shows in three ways, which are measured
where a run meets its rule: such a network goes on knowing when its weights are drawn anew; it
knows less of images that could not be foreseen; and, where so few labels are sealed that the
network could hold many of them, it does not learn the same images in disguise. The figures behind
the limits are in docs/contributors.md.
"""

from __future__ import annotations

import math

from grader.model import Run, Text, Trial

KNOWN = 0.25
"""Of what guessing leaves to learn: more than a network has with weights that are just drawn."""
DROP = 0.05
"""By how much unseen images may be harder: they are shifted, and from another split."""
HARDER = 0.10
"""By how much pictures in disguise may be harder to learn."""
LEARNED = 0.5
"""What part of what was learnt above guessing has to be learnt in disguise."""
DEVIATIONS = 4.0
"""How many standard deviations of the two samples are taken for chance."""


def forged(run: Run) -> Text | None:
    """The proof that the accuracy of ``run`` is no training's doing; ``None`` where there is none.

    It is measured where a run met its rule, so of other runs there is nothing to prove.
    """
    trial = run.trial
    if trial is None or not run.points:
        return None
    reached = run.points[-1].accuracy
    if trial.forgotten is not None and trial.forgotten > too_much(trial):
        return Text(
            f"{_percent(trial.forgotten)} ещё и с только что заданными случайными весами",
            f"{_percent(trial.forgotten)} with weights that were just drawn, too",
        )
    if trial.unseen is not None and reached - trial.unseen > margin(trial):
        return Text(
            f"{_percent(reached)} на валидации, но {_percent(trial.unseen)} на других картинках",
            f"{_percent(reached)} on validation, but {_percent(trial.unseen)} on other images",
        )
    return None


def doubtful(run: Run) -> Text | None:
    """Why a person must look: the network did not learn the same pictures in disguise.

    That is no proof. An honest network may count on what a disguise takes away: on colours as they
    are in nature, say.
    """
    trial = run.trial
    if trial is None or trial.disguised is None or not run.points:
        return None
    reached = run.points[-1].accuracy
    if learned_in_disguise(trial, reached, trial.disguised):
        return None
    as_they_are, changed = _percent(reached), _percent(trial.disguised)
    return Text(
        f"{as_they_are} на валидации, но только {changed}, когда те же картинки и при обучении, и "
        "при проверке были повёрнуты, слегка изогнуты и перекрашены, а классы переставлены. "
        "Обучаемой сети это почти безразлично, а таблица ответов такого не переживёт",
        f"{as_they_are} on validation, but only {changed} where the same pictures, in training and "
        "in validation, were turned, slightly bent and coloured otherwise, and the classes "
        "exchanged. To a network that learns, that makes little difference; a table of answers "
        "does not outlive it",
    )


def learned_in_disguise(trial: Trial, reached: float, disguised: float) -> bool:
    """Whether ``disguised`` is near enough to what was ``reached`` on the pictures as they are.

    Of few pictures chance explains much. So it has to be half as far above guessing, too.
    """
    variance = disguised * (1 - disguised) * 2 / max(trial.seen, 1)
    near = reached - disguised <= HARDER + DEVIATIONS * math.sqrt(variance)
    return near and disguised - trial.guessing >= LEARNED * (reached - trial.guessing)


def too_much(trial: Trial) -> float:
    """The accuracy that weights which were just drawn do not reach on the validation images."""
    guessing = trial.guessing
    spread = math.sqrt(guessing * (1 - guessing) / max(trial.seen, 1))
    return guessing + KNOWN * (1 - guessing) + 2 * spread


def margin(trial: Trial) -> float:
    """How much lower than on the validation images the accuracy on others may be."""
    accuracy = trial.unseen or 0.0
    variance = accuracy * (1 - accuracy) * (1 / max(trial.seen, 1) + 1 / max(trial.others, 1))
    return DROP + DEVIATIONS * math.sqrt(variance)


def already_trained(run: Run) -> bool:
    """Whether the notebook's own weights knew the images before the grader trained any."""
    trial = run.trial
    return trial is not None and (trial.handed or 0.0) > too_much(trial)


def proof(why: Text) -> Text:
    return Text(
        f"Эта точность получена не обучением: {why.ru}. Сеть обучалась с начальных весов, "
        "которые задаёт проверяющая программа, и должна узнавать картинки только благодаря "
        "обучению.",
        f"This accuracy does not come from training: {why.en}. The network was trained from "
        "weights that the grader drew, and what it knows of the images is to come from training.",
    )


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"
