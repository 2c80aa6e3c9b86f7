"""Readers of answers: what a text asserts, denies, declines or confirms.

A :class:`Reader` takes the emotion and the action units from an answer, in one of two ways:

* ``STRICT`` scopes negation to clauses; the default of every command;
* ``PUBLISHED`` reproduces the published scorer of FABA-Bench, for comparison with the paper.

The other modules read answers to particular questions: ``yes_no`` (about an action unit), ``confirmations``
(about an emotion), ``claims``, ``declines``, ``movements``, ``certainty`` and ``form``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from emola.bench.metrics import Pair
from emola.bench.readers.published import PublishedReader
from emola.bench.readers.strict import StrictReader

__all__ = ["PUBLISHED", "READERS", "STRICT", "Pair", "PublishedReader", "Reader", "StrictReader"]


class Reader(Protocol):
    """Reads answers and labels, and decides which action units have an F1.

    name: the value of ``--parser``. empty_rouge: the ROUGE-L of an answer without a word; None excludes it
    from the mean.
    """

    name: str
    empty_rouge: float | None

    def emotion(self, text: str) -> str | None:
        """Return the emotion that an answer names, or None."""

    def units(self, text: str) -> Sequence[int]:
        """Return the action units that an answer says are active, ascending."""

    def label_units(self, label: str) -> Sequence[int]:
        """Return the action units of a label such as ``1, 2, 25``, ascending."""

    def counts(self, pairs: Iterable[Pair]) -> bool:
        """Return whether a unit with these (active, predicted) pairs has an F1."""


STRICT: Reader = StrictReader()
PUBLISHED: Reader = PublishedReader()
READERS: dict[str, Reader] = {reader.name: reader for reader in (STRICT, PUBLISHED)}
"""The readers by name, the values of ``--parser``."""
