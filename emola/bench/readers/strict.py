"""The strict reader: whole words; denied, asked and hypothetical statements do not count.

The rules are in :mod:`emola.faba.reading`, which the chat page and the readers of data sets use too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from emola.bench.metrics import Pair, occurs
from emola.faba import read_action_units, read_emotion

__all__ = ["StrictReader"]


class StrictReader:
    """Reads what a text asserts; see :class:`emola.bench.readers.Reader`."""

    name = "strict"
    empty_rouge: float | None = 0.0

    def emotion(self, text: str) -> str | None:
        """Return the emotion that the text asserts most."""
        return read_emotion(text)

    def units(self, text: str) -> list[int]:
        """Return the action units that the text asserts as active."""
        return read_action_units(text)

    def label_units(self, label: str) -> list[int]:
        """Return every number of the label."""
        return sorted({int(code) for code in re.findall(r"\d+", label)})

    def counts(self, pairs: Iterable[Pair]) -> bool:
        """Return whether the unit is active in any face."""
        return occurs(pairs)
