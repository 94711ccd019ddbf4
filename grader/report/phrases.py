"""How words and numbers are put together in each language of the reports."""

from __future__ import annotations

import math
from dataclasses import dataclass

from grader.model import CheckStatus, FaultKind, Language, Status
from grader.report.words import CHECK, FAULT, ROWS, STATUS, STOPPED, WORDS

NBSP = "\u00a0"
NARROW = "\u202f"


@dataclass(frozen=True)
class Phrases:
    """How words and numbers are put together in one language."""

    language: Language

    def words(self) -> dict[str, str]:
        return {key: text[self.language] for key, text in WORDS.items()}

    def status(self, status: Status | CheckStatus) -> str:
        text = STATUS[status] if isinstance(status, Status) else CHECK[status]
        return text[self.language]

    def fault(self, kind: FaultKind) -> str:
        return FAULT[kind][self.language]

    def stopped(self, reason: str) -> str:
        return STOPPED[reason][self.language]

    def row(self, name: str) -> str:
        """The name of an environment or limits row; one that is not known stays as it is."""
        return ROWS[name][self.language] if name in ROWS else name

    def number(self, value: float, digits: int = 2) -> str:
        """``value`` with at most ``digits`` decimals: ``1 234,5`` in Russian, ``1,234.5``."""
        if not math.isfinite(value):
            return str(value)
        text = f"{value:,.{digits}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        if text == "-0":
            text = "0"
        if self.language == "ru":
            text = text.replace(",", NARROW).replace(".", ",")
        return text.replace("-", "−")

    def error(self, value: float) -> str:
        """A difference, in three significant digits: ``0,0123``, ``1,2e−07``."""
        text = f"{value:.3g}".replace("-", "−")
        return text.replace(".", ",") if self.language == "ru" else text

    def percent(self, fraction: float, digits: int = 1) -> str:
        """A fraction of 1 as per cent: ``43,5 %`` in Russian, ``43.5%`` in English."""
        sign = f"{NBSP}%" if self.language == "ru" else "%"
        return self.number(100 * fraction, digits) + sign

    def points(self, value: float) -> str:
        """``21 балл``, ``2,5 балла``, ``12 баллов``; ``1 point``, ``2.5 points``."""
        if self.language == "en":
            noun = "point" if value == 1 else "points"
        else:
            noun = plural_ru(value, "балл", "балла", "баллов")
        return f"{self.number(value)}{NBSP}{noun}"

    def out_of(self, points: float, maximum: float) -> str:
        """``7,5 из 10 баллов``, ``20 из 21 балла``; ``7.5 of 10 points``."""
        if self.language == "en":
            noun = "point" if maximum == 1 else "points"
        else:  # after «из» the genitive: singular for 1, 21, … and for fractions
            noun = plural_ru(maximum, "балла", "баллов", "баллов")
            noun = noun if maximum == int(maximum) else "балла"
        of = WORDS["out_of"][self.language]
        return f"{self.number(points)}{NBSP}{of}{NBSP}{self.number(maximum)}{NBSP}{noun}"

    def epochs(self, count: int) -> str:
        if self.language == "en":
            return f"{count}{NBSP}{'epoch' if count == 1 else 'epochs'}"
        return f"{count}{NBSP}{plural_ru(count, 'эпоха', 'эпохи', 'эпох')}"

    def seconds(self, value: float) -> str:
        unit = "с" if self.language == "ru" else "s"
        return f"{self.number(value, 1)}{NBSP}{unit}"

    def more_characters(self, count: int) -> str:
        """What stands where a long text was cut."""
        if self.language == "en":
            return f"cut: {self.number(count)} more {'character' if count == 1 else 'characters'}"
        noun = plural_ru(count, "символ", "символа", "символов")
        return f"обрезано: ещё {self.number(count)} {noun}"

    def more_cells(self, count: int) -> str:
        if self.language == "en":
            return f"and {self.number(count)} more {'cell' if count == 1 else 'cells'}"
        return f"и ещё {self.number(count)} {plural_ru(count, 'ячейка', 'ячейки', 'ячеек')}"

    def place(self, cell: int | None, line: int | None = None) -> str:
        """``ячейка 4, строка 2``; cells count from 1 for people, as in all messages."""
        words = self.words()
        parts = [] if cell is None else [f"{words['cell']}{NBSP}{cell + 1}"]
        if line is not None:
            parts.append(f"{words['line']}{NBSP}{line}")
        return ", ".join(parts)

    def rule(self, rule: float, strict: bool) -> str:
        """The accuracy rule: ``нужно больше 43 %``, ``needed: at least 70%``."""
        return f"{self.words()['rule_more' if strict else 'rule_least']} {self.percent(rule)}"


def plural_ru(value: float, one: str, few: str, many: str) -> str:
    """The Russian noun after a number: 1, 21 → ``one``; 2–4 and fractions → ``few``; else ``many``.

    Source: CLDR plural rules for ``ru``.
    """
    if value != int(value):
        return few
    count = abs(int(value))
    if count % 10 == 1 and count % 100 != 11:
        return one
    if 2 <= count % 10 <= 4 and not 12 <= count % 100 <= 14:
        return few
    return many
