"""Checker of written exchanges: every claim of an answer must follow from the needs of its block.

Run it with ``python -m emola check-exchanges recipes/nano/exchanges``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from emola.train.nano.corpus.checks.emotions import check_emotions
from emola.train.nano.corpus.checks.units import check_units
from emola.train.nano.corpus.exchange_kinds import CODED, KINDS, KNOWLEDGE, TALK
from emola.train.nano.corpus.exchanges import Exchange, Problem, Turn, exchange_files, read_exchanges
from emola.train.nano.corpus.requirements import Requirements

__all__ = ["check_exchange", "check_paths"]


def check_paths(paths: Iterable[Path]) -> list[Problem]:
    """Return the problems of files and folders of exchanges. Raises DataError where there are no files."""
    problems: list[Problem] = []
    for path in paths:
        for file in exchange_files(path):
            exchanges, found = read_exchanges(file)
            problems += found
            for exchange in exchanges:
                problems += check_exchange(exchange)
    return problems


def check_exchange(exchange: Exchange) -> Iterator[Problem]:
    """Yield the problems of a block by itself."""
    for turn in exchange.turns:
        found = _check_turn(turn, exchange.needs)
        for text in dict.fromkeys(found):
            yield Problem(exchange.file, turn.line + 1, text)


def _check_turn(turn: Turn, needs: Requirements) -> Iterator[str]:
    if turn.kind not in KINDS:
        yield f"{turn.kind!r} is not a kind of question"
    if turn.kind not in KNOWLEDGE and not (turn.kind in TALK and needs == Requirements()):
        yield from check_units(turn.answer, turn.question, turn.kind, needs)
        if turn.kind not in CODED:
            yield from check_emotions(turn.answer, turn.question, turn.kind, needs)
