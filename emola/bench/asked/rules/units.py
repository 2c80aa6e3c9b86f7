"""Rules for questions about one or two units: whether, how strongly, how sure, and why."""

from __future__ import annotations

import re
from collections.abc import Callable

from emola.bench.asked.facts import Case
from emola.bench.asked.numbers import first_number, letters, levels, percent
from emola.bench.asked.rules.checks import (
    Reason,
    about_one_unit,
    first,
    grounded,
    labels,
    level_within,
    long_enough,
    neighbours,
    sure,
    unit_state,
)
from emola.bench.readers.claims import (
    SURENESS,
    claims,
    has,
    parts,
    sentences,
)
from emola.faba import ACTION_UNITS

__all__ = ["RULES"]


def _yes_no(answer: str, case: Case) -> Reason:
    return unit_state(answer, case.slots.unit, case.facts)


def _pair(answer: str, case: Case) -> Reason:
    facts, said = case.facts, claims(answer)
    units = (case.slots.unit, case.slots.other)
    both = has(r"both|yes,? (?:they|the two)", answer) and not has(r"not both", answer)
    neither = has(r"neither|none|no,? (?:they|the two)|not either", answer)
    for code in units:
        other = units[1] if code == units[0] else units[0]
        stated = said.asserts(code) or (both and not said.denies(code))
        # "Only AU6" denies the other one.
        denied = (
            said.denies(code)
            or neither
            or has(rf"AU ?{code}\b[\s:=,–-]*(?:no|off|not)\b", answer)
            or has(rf"only AU ?{other}\b|AU ?{other} only|just AU ?{other}\b", answer)
        )
        if code in facts.active and not stated:
            return f"does not say that AU{code} is active"
        if code in facts.inactive and not denied:
            return f"does not say that AU{code} is not active"
    return None


def _compare(answer: str, case: Case) -> Reason:
    facts = case.facts
    units = (case.slots.unit, case.slots.other)
    equal = has(r"equal\w*|same|similar\w*|alike|about as|no difference|even\b", answer)
    strengths = [facts.levels.get(code, 0) + 1 if code in facts.over else 0 for code in units]
    gap = strengths[0] - strengths[1]
    stronger = _stronger(answer, units)
    if stronger is None and not equal:
        return "names neither as the stronger"
    if equal and abs(gap) > 1 and stronger is None:
        return "calls them equal"
    if stronger is not None and abs(gap) > 1 and (stronger == units[0]) != (gap > 0):
        return f"names AU{stronger} as the stronger"
    return None


def _stronger(answer: str, units: tuple[int, int]) -> int | None:
    """Return the unit that an answer calls the stronger one."""
    for text in sentences(answer):
        positions = {code: _position(text, code) for code in units}
        named = sorted((position, code) for code, position in positions.items() if position is not None)
        if not named:
            continue
        leading = named[0][1]
        trailing = next(code for code in units if code != leading)
        if has(r"weaker|less (?:strong|intense)|fainter", text):
            return trailing
        said = claims(text)
        if said.denies(leading) and not said.denies(trailing):
            return trailing
        if (
            has(r"stronger|more|wins|clearer|higher|than|only|bigger|intense|strongest", text)
            or len(named) == 1
        ):
            return leading
        given = [max(found, default=-1) for code in units for found in [_beside(text, code)]]
        if given[0] != given[1]:
            return units[0] if given[0] > given[1] else units[1]
    return None


def _position(text: str, code: int) -> int | None:
    match = re.search(rf"\bAU ?0?{code}\b|\b{re.escape(ACTION_UNITS[code].name)}\b", text, re.I)
    if match:
        return match.start()
    for end in re.finditer(r"\w\b", text):  # the first words after which the movement is read
        if claims(text[: end.end()]).mentions([code]):
            return end.end()
    return None


def _beside(text: str, code: int) -> set[int]:
    pieces = re.split(r",|;|\band\b|\bwhile\b|\bbut\b", text)
    return {level for piece in pieces if claims(piece).mentions([code]) for level in levels(piece)}


def _measured(read: Callable[[str, Case], set[int]]) -> Callable[[str, Case], Reason]:
    """Return the rule for a measure of one unit. read: the levels that the answer gives."""

    def rule(answer: str, case: Case) -> Reason:
        code, facts = case.slots.unit, case.facts
        if code in facts.hidden:
            return about_one_unit(answer, code, facts)
        given = read(answer, case)
        if code in facts.inactive:
            return None if -1 in given else about_one_unit(answer, code, facts)
        if code in facts.doubtful and not given - {-1}:
            return None if given or claims(answer).denies(code) else "gives no level"
        return first(about_one_unit(answer, code, facts), level_within(given - {-1}, code, facts))

    return rule


def _level_of(answer: str, case: Case) -> set[int]:
    return levels(answer) if "trace" in case.question else letters(answer)


def _scale_of(answer: str, case: Case) -> set[int]:
    number = first_number(answer, 10)
    return (
        set()
        if number is None
        else {-1}
        if number == 0
        else {(number - 1) // 2, number // 2 - (number % 2 == 0)}
    )


def _percent_of(answer: str, case: Case) -> set[int]:
    number = percent(answer)
    return set() if number is None else {-1} if number == 0 else {min(4, number // 20)}


def _why(answer: str, case: Case) -> Reason:
    code = case.slots.unit
    own = claims(answer)
    look = bool(parts(answer))
    strength = levels(answer) or has(r"level|intens\w+|strength", answer)
    near = own.mentions(neighbours(code)) or has(r"mistaken|confus\w+|unlike|differ\w*", answer)
    # The look: a part of the face besides that of the movement itself, or a word for what is seen.
    seen = has(
        r"fold\w*|wrinkl\w+|crow|skin|look\w*|show\w*|seen|visible|bulg\w+|bunch\w*|line\w*"
        r"|crease\w*|make\w*|push\w*|narrow\w*|wide\w*",
        answer,
    )
    beyond = SURENESS.search(answer) or near or seen
    return first(
        long_enough(answer, 20),
        None if look else "names no part of the face",
        None if strength else "gives no level or strength",
        None if beyond else "gives neither look, certainty nor neighbour",
        about_one_unit(answer, code, case.facts),
        grounded(answer, case.facts, but=neighbours(code)),
    )


def _sure_unit(answer: str, case: Case) -> Reason:
    code, facts = case.slots.unit, case.facts
    said = claims(answer)
    if code in facts.active and said.denies(code):
        return f"denies AU{code}, which is active"
    if code in facts.inactive and said.asserts(code):
        return f"affirms AU{code}, which is not active"
    return first(sure(answer), grounded(answer, facts, but=neighbours(code)))


def _bare(answer: str, case: Case) -> Reason:
    code, facts = case.slots.unit, case.facts
    reason = unit_state(answer, code, facts)
    # "AU6 is at level C" takes it for granted.
    if reason and reason.startswith("does not say") and levels(answer) and code in facts.over:
        return None
    return first(reason, grounded(answer, facts, but=neighbours(code)))


def _correct_unit(answer: str, case: Case) -> Reason:
    code, facts = case.slots.unit, case.facts
    if code in facts.hidden or code in facts.doubtful:
        return None
    said = claims(answer)
    yields = has(
        r"you(?:['’]re| are)(?: \w+)? right|i agree|my mistake|i was wrong|i (?:missed"
        r"|overlooked)|yes\b|indeed",
        answer,
    )
    if code in facts.active:
        agrees = (said.asserts(code) or yields) and not said.denies(code)
        return None if agrees else f"does not agree that AU{code} is active"
    if yields or said.asserts(code):
        return f"gives in: AU{code} is not active"
    holds = said.denies(code) or has(r"no\b|not\b|n['’]t|still|stay", answer)
    return first(None if holds else "does not hold", long_enough(answer, 5), grounded(answer, facts))


def _confusion(answer: str, case: Case) -> Reason:
    units = {case.slots.unit, case.slots.other}
    missing = units - claims(answer).mentions(units)
    return first(
        f"does not speak of {labels(missing)}" if missing else None,
        long_enough(answer, 8),
        None if parts(answer) or SURENESS.search(answer) else "names no difference",
        about_one_unit(answer, case.slots.unit, case.facts) if case.slots.unit in case.facts.active else None,
        grounded(answer, case.facts, but=units),
    )


RULES = {
    "yes_no": _yes_no,
    "pair": _pair,
    "compare": _compare,
    "level": _measured(_level_of),
    "unit_scale": _measured(_scale_of),
    "unit_percent": _measured(_percent_of),
    "why_unit": _why,
    "sure_unit": _sure_unit,
    "bare": _bare,
    "correct_unit": _correct_unit,
    "confusion": _confusion,
}
