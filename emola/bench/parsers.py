"""The two ways to read answers: as the published scorer does, and strictly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from emola.bench.metrics import Pair, occurs
from emola.faba import read_action_units, read_emotion
from emola.faba.published import published_emotion, published_label_units, published_units

__all__ = ["PARSERS", "PUBLISHED", "STRICT", "Parser"]


class Parser(Protocol):
    """How answers and labels are read, and which units count."""

    name: str
    empty_rouge: float | None
    """ROUGE-L of an answer without a word; None leaves it out of the mean."""

    def emotion(self, text: str) -> str | None:
        """The emotion that an answer names, None when it names none."""

    def units(self, text: str) -> Sequence[int]:
        """The action units that an answer says are active, ascending."""

    def label_units(self, label: str) -> Sequence[int]:
        """The action units of a label such as ``1, 2, 25``, ascending."""

    def counts(self, pairs: Iterable[Pair]) -> bool:
        """Whether a unit with these (is it so, was it said) has an F1 that joins the mean."""


class _Strict:
    """Whole words, and what is denied, asked or supposed does not count."""

    name = "strict"
    empty_rouge: float | None = 0.0

    def emotion(self, text: str) -> str | None:
        return read_emotion(text)

    def units(self, text: str) -> Sequence[int]:
        return read_action_units(text)

    def label_units(self, label: str) -> Sequence[int]:
        return sorted({int(code) for code in re.findall(r"\d+", label)})

    def counts(self, pairs: Iterable[Pair]) -> bool:
        return occurs(pairs)


class _Published:
    """As ``emollava/eval/eval_FABA.py`` has it, see ``emola.faba.published``."""

    name = "published"
    empty_rouge: float | None = None

    def emotion(self, text: str) -> str | None:
        return published_emotion(text)

    def units(self, text: str) -> Sequence[int]:
        return published_units(text)

    def label_units(self, label: str) -> Sequence[int]:
        return published_label_units(label)

    def counts(self, pairs: Iterable[Pair]) -> bool:
        """Where all is yes or all is no, its confusion matrix has one cell, and the unit is passed over."""
        seen = set(pairs)
        return seen not in ({(True, True)}, {(False, False)})


STRICT: Parser = _Strict()
PUBLISHED: Parser = _Published()
PARSERS: dict[str, Parser] = {parser.name: parser for parser in (STRICT, PUBLISHED)}
"""By name, as ``--parser`` takes it."""
