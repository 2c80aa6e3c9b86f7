"""Checker of written exchanges: every claim of an answer must follow from the needs of its block.

Run it with ``python -m emola check-exchanges recipes/nano/exchanges``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from emola.train.nano.corpus.checks.duplicates import check_duplicates
from emola.train.nano.corpus.checks.emotions import check_emotions
from emola.train.nano.corpus.checks.form import check_form
from emola.train.nano.corpus.checks.knowledge import check_knowledge
from emola.train.nano.corpus.checks.tables import check_tables
from emola.train.nano.corpus.checks.totals import check_complete, check_totals
from emola.train.nano.corpus.checks.units import check_units
from emola.train.nano.corpus.checks.unused import unused_needs
from emola.train.nano.corpus.checks.verdicts import check_verdict
from emola.train.nano.corpus.checks.wording import check_wording
from emola.train.nano.corpus.exchanges import Exchange, Problem, Turn, exchange_files, read_exchanges
from emola.train.nano.corpus.kinds import CODED, KINDS, KNOWLEDGE, TALK
from emola.train.nano.corpus.requirements import Requirements

__all__ = ["check_exchange", "check_paths"]


def check_paths(paths: Iterable[Path]) -> list[Problem]:
    """Return the problems of files and folders of exchanges. Raises DataError where there are no files."""
    problems: list[Problem] = []
    exchanges: list[Exchange] = []
    for path in paths:
        for file in exchange_files(path):
            valid, found = read_exchanges(file)
            exchanges += valid
            problems += found
    for exchange in exchanges:
        problems += check_exchange(exchange)
    problems += check_duplicates(exchanges)
    return sorted(problems, key=lambda problem: (problem.file, problem.line))


def check_exchange(exchange: Exchange) -> Iterator[Problem]:
    """Yield the problems of a block by itself."""
    asked = ""
    for turn in exchange.turns:
        asked += f"{turn.question}\n"
        for text in dict.fromkeys(_check_turn(turn, exchange.needs, asked)):
            yield Problem(exchange.file, turn.line + 1, text)
    for text in unused_needs(exchange):
        yield Problem(exchange.file, exchange.line + 1, text, warning=True)


def _check_turn(turn: Turn, needs: Requirements, asked: str) -> Iterator[str]:
    """Yield what is wrong with an answer. asked: the questions up to its own."""
    kind, question, answer = turn.kind, turn.question, turn.answer
    if kind not in KINDS:
        yield f"{kind!r} is not a kind of question"
    about_face = kind not in KNOWLEDGE and not (kind in TALK and needs == Requirements())
    yield from check_form(answer, question, kind, needs)
    yield from check_wording(answer, asked, about_face=about_face)
    yield from check_knowledge(answer, question, needs)
    yield from check_tables(answer)
    if about_face:
        yield from check_units(answer, question, kind, needs)
        yield from check_totals(answer, needs)
        yield from check_verdict(answer, question, kind, needs)
        yield from check_complete(answer, kind, needs)
    if about_face and kind not in CODED:
        yield from check_emotions(answer, question, kind, needs)
