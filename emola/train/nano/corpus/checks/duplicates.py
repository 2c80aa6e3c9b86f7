"""Check: no question is asked twice of the same face, and no answer is given twice."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from emola.train.nano.corpus.exchanges import Exchange, Problem
from emola.train.nano.corpus.kinds import CODED
from emola.train.nano.corpus.requirements import Requirements

__all__ = ["check_duplicates"]

_LONG = 90  # characters; shorter answers such as "Yes, at level C." may recur


def check_duplicates(exchanges: Iterable[Exchange]) -> Iterator[Problem]:
    """Yield first questions that occur twice for the same faces, and long answers that recur."""
    asked: dict[str, list[Exchange]] = defaultdict(list)
    answered: dict[str, str] = {}
    for exchange in exchanges:
        first = exchange.turns[0]
        key = _normal(first.question)
        for other in asked[key]:
            if _overlap(exchange.needs, other.needs):
                where = f"{other.file.name}:{other.turns[0].line}"
                yield Problem(exchange.file, first.line, f"the question stands in {where} for the same faces")
                break
        asked[key].append(exchange)
        for turn in exchange.turns:
            here = f"{exchange.file.name}:{turn.line + 1}"
            if turn.kind in (*CODED, "repeat") or len(turn.answer) < _LONG:
                continue
            if (earlier := answered.setdefault(_normal(turn.answer), here)) != here:
                yield Problem(exchange.file, turn.line + 1, f"the answer stands in {earlier} too")


def _normal(text: str) -> str:
    return " ".join(re.findall(r"[\w']+", text.lower()))


def _overlap(one: Requirements, other: Requirements) -> bool:
    """Return whether one face can meet both requirements."""
    if one.no_landmarks != other.no_landmarks and any(
        needs.active or needs.inactive or needs.only for needs in (one, other)
    ):
        return False
    return _units_overlap(one, other) and _emotions_overlap(one, other) and _views_overlap(one, other)


def _units_overlap(one: Requirements, other: Requirements) -> bool:
    for code in {*one.active, *one.inactive, *other.active, *other.inactive}:
        states = {one.state(code), other.state(code)} - {"unknown"}
        if len(states) > 1:
            return False
        if code in one.active and code in other.active:
            first, second = one.active[code], other.active[code]
            if not set(first.levels) & set(second.levels) or _differ(first.sure, second.sure):
                return False
            if _differ(first.side, second.side):
                return False
    return True


def _emotions_overlap(one: Requirements, other: Requirements) -> bool:
    if _differ(one.emotion, other.emotion) or _differ(one.second, other.second):
        return False
    if one.certainties and other.certainties and not set(one.certainties) & set(other.certainties):
        return False
    return not any(
        (first.no_second and second.second) or first.excluded & {second.emotion, second.second}
        for first, second in ((one, other), (other, one))
    )


def _views_overlap(one: Requirements, other: Requirements) -> bool:
    limits = [bool(needs.hidden or needs.faults) for needs in (one, other)]
    if (one.visible and limits[1]) or (other.visible and limits[0]):
        return False
    if (one.only and other.hidden) or (other.only and one.hidden):
        return False
    return not any(unit.sure for unit in (one if limits[1] else other).active.values()) or not any(limits)


def _differ(one: object, other: object) -> bool:
    return None not in (one, other) and one != other
