"""Right submissions to the convnets lab in genuinely different styles."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import convnets_answers as answers
import convnets_custom as custom
from convnets_filling import Filling, Variant

FILTERS = {"ru": (16, 32), "en": (32, 16)}
"""How many filters part IV asks for, by the handout's language."""

NOTES = {
    "ru": "Сравнил три сети: без пулинга 58 %, с пулингом 66 %, с блочной нормализацией 73 %.",
    "en": "I compared three networks: 58 % without pooling, 66 % with it, 73 % with batch norm.",
}


def styles(language: str = "ru") -> Mapping[str, Variant]:
    """Submissions that are right in every task, by the name of their style."""
    return MappingProxyType(
        {
            "explicit_padding": right(language),
            "same_padding": right(
                language,
                {
                    "three-layer-convnet": (answers.SAME_NET,),
                    "three-layer-convnet-init": (answers.TUPLE_INIT,),
                    "three-layer-class": answers.LAYERED_CLASS,
                    "part3-training": (answers.PART3_CLASS, answers.POSITIONAL_SGD),
                    "part4-training": (
                        part4(answers.PART4_LAYERED, language),
                        answers.POSITIONAL_SGD,
                    ),
                    "custom": custom.AUGMENTED,
                },
            ),
            "helper_functions": right(
                language,
                {
                    "three-layer-convnet": (answers.HELPER_NET,),
                    "three-layer-convnet-init": (answers.HE_INIT,),
                    "three-layer-class": answers.NESTED_CLASS,
                    "part4-training": (part4(answers.PART4_HELPER, language), answers.ODD_SGD),
                    "custom": custom.RESIDUAL,
                },
                extra=(
                    ("three-layer-convnet", answers.NET_HELPERS),
                    ("three-layer-class", answers.NESTED_HELPERS),
                ),
            ),
            "functional": right(
                language,
                {
                    "three-layer-class": answers.LAZY_CLASS,
                    "part3-training": (answers.PART3_FUNCTIONAL, answers.ODD_SGD),
                    "part4-training": (
                        part4(answers.PART4_FUNCTIONAL, language),
                        answers.NAMED_SGD,
                    ),
                    "custom": custom.FUNCTIONAL,
                },
            ),
            "float64_weights": right(
                language,
                {
                    "three-layer-convnet": (answers.CASTING_NET,),
                    "three-layer-convnet-init": (answers.FLOAT64_INIT,),
                },
            ),
            "markers_gone": right(
                language,
                {"three-layer-convnet": answers.BARE_NET, "part3-training": answers.BARE_PART3},
            ),
        }
    )


def right(
    language: str,
    cells: Mapping[str, Filling] | None = None,
    *,
    extra: tuple[tuple[str, str], ...] = (),
    fails: str | None = None,
) -> Variant:
    """The plainest right submission, with ``cells`` in the place of its own."""
    plain: dict[str, Filling] = {
        "three-layer-convnet": (answers.EXPLICIT_NET,),
        "three-layer-convnet-init": (answers.PLAIN_INIT,),
        "three-layer-class": answers.PLAIN_CLASS,
        "part3-training": (answers.PART3_CLASS, answers.NAMED_SGD),
        "part4-training": (part4(answers.PART4_PLAIN, language), answers.NAMED_SGD),
        "custom": custom.PLAIN,
        "experiments": NOTES[language],
    }
    return Variant(cells={**plain, **(cells or {})}, extra=extra, fails=fails)


def part4(code: str, language: str) -> str:
    """``code`` with the filter counts that part IV asks for in that language."""
    first, second = FILTERS[language]
    return code.replace("FIRST", str(first)).replace("SECOND", str(second))
