"""Checks that the rules share: each returns the reason why an answer fails, or None."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from emola.bench.asked.facts import Case, Facts
from emola.bench.readers.claims import (
    CANNOT,
    NOTHING,
    SURENESS,
    Claims,
    claims,
    emotions,
    members,
    parts,
    sentences,
    words,
)
from emola.bench.readers.yes_no import opening
from emola.faba import ACTION_UNITS, read_emotion
from emola.faba.emotions import CONTRARY_AUS, CORE_AUS, TYPICAL_AUS

__all__ = [
    "Reason",
    "about_one_unit",
    "contrary",
    "covers",
    "first",
    "grounded",
    "labels",
    "level_within",
    "long_enough",
    "mentions_a_movement",
    "names_emotion",
    "neighbours",
    "one_of",
    "picked",
    "says_alike",
    "says_nothing",
    "sides_named",
    "supporting",
    "sure",
    "unit_state",
    "yes_no_is",
]  # fmt: skip

Reason = str | None


def first(*reasons: Reason) -> Reason:
    """Return the first reason that is not None."""
    return next((reason for reason in reasons if reason), None)


def labels(codes: Iterable[int]) -> str:
    """Return codes as written in texts."""
    return ", ".join(f"AU{code}" for code in sorted(codes))


def supporting(emotion: str | None) -> set[int]:
    """Return the units that support an emotion."""
    return {*TYPICAL_AUS.get(emotion or "", ()), *CORE_AUS.get(emotion or "", ())}


def contrary(emotion: str | None) -> set[int]:
    """Return the units that speak against an emotion."""
    return set(CONTRARY_AUS.get(emotion or "", ()))


def grounded(answer: str, facts: Facts, but: Collection[int] = ()) -> Reason:
    """Fail for a claimed unit that clearly is not active, a denied one that is, and either if it is hidden.

    but: units about which anything may be said.
    """
    said = claims(answer)
    unseen = facts.hidden if facts.known else frozenset(ACTION_UNITS)
    absent = facts.inactive | unseen
    for group in said.asserted:
        codes = set(members(group)) - set(but)
        if codes and codes <= absent:
            return f"claims {labels(codes)}, which the evidence does not show"
    for group in said.denied:
        wrong = (set(members(group)) & facts.active) - set(but)
        wrong = {code for code in wrong if not said.asserts(code)}
        if wrong:
            return f"denies {labels(wrong)}, which is active"
    for text in sentences(answer):
        for group in frozenset() if CANNOT.search(text) else claims(text).denied:
            codes = set(members(group)) - set(but)
            if codes and codes <= unseen:
                return f"denies {labels(codes)}, which cannot be seen"
    return None


def covers(answer: str, codes: Collection[int], *, missing: int = 0) -> Reason:
    """Fail if more than ``missing`` of the units are not asserted; if there are none, it must say so."""
    if not codes:
        return None if says_nothing(answer) else "does not say that nothing is active"
    said = claims(answer)
    left_out = {code for code in codes if not said.asserts(code)}
    return f"leaves out {labels(left_out)}" if len(left_out) > missing else None


def says_nothing(answer: str) -> bool:
    """Return whether an answer says that nothing is active, or cannot be seen."""
    return bool(NOTHING.search(answer) or CANNOT.search(answer))


def names_emotion(answer: str, case: Case) -> Reason:
    """Fail unless the emotion that the model named first, or its second candidate, is named."""
    allowed = {case.stated.emotion, *case.stated.others} - {None}
    named = emotions(answer)
    given = read_emotion(answer) or next((name for name in named.named if name not in named.denied), None)
    if given is None:
        return "names no emotion"
    if allowed and given not in allowed:
        return f"says {given}, but said {case.stated.emotion} before"
    return None


def long_enough(answer: str, low: int, high: int = 10_000) -> Reason:
    """Fail for fewer than ``low`` or more than ``high`` words."""
    count = words(answer)
    return None if low <= count <= high else f"has {count} words"


def mentions_a_movement(answer: str, codes: Collection[int] | None = None) -> Reason:
    """Fail unless one of the units is mentioned, or any at all, or a part of the face at rest."""
    said = claims(answer)
    if codes is None:
        ok = bool(said.mentioned) or (bool(parts(answer)) and says_nothing(answer))
        return None if ok else "names no movement"
    return None if said.mentions(codes) else f"names none of {labels(codes)}"


def one_of(pattern: str, answer: str, what: str) -> Reason:
    """Fail unless a word matches. what: what the answer lacks."""
    return None if re.search(rf"\b(?:{pattern})", answer, re.I) else f"lacks {what}"


def sure(answer: str) -> Reason:
    """Fail without a word of certainty or doubt."""
    return None if SURENESS.search(answer) else "does not say how sure"


def yes_no_is(answer: str, expected: bool | None) -> Reason:
    """Fail unless the answer opens with yes or no as expected; None accepts both."""
    opened = opening(answer)
    if opened is None:
        opened = _restated(answer)
    if opened is None:
        return None if expected is None and CANNOT.search(answer) else "says neither yes nor no"
    if expected is None or opened is expected:
        return None
    return f"says {'yes' if opened else 'no'}"


def _restated(answer: str) -> bool | None:
    """Read an opening such as "True", "I do" or "They are not"."""
    text = answer.lstrip("\"'* ").lower()
    if re.match(
        r"(?:false|untrue|not true|(?:i|they|it|there)(?: \w+)? (?:do|does|are|is)(?: not|n['’]t))\b", text
    ):
        return False
    return (
        True
        if re.match(r"(?:true|i (?:do|would)\b|they (?:are|do)\b|there is\b|it is\b|i see\b)", text)
        else None
    )


def unit_state(answer: str, code: int, facts: Facts) -> Reason:
    """Fail if what the answer says about a unit is not what the evidence shows."""
    if code in facts.hidden:
        return None if CANNOT.search(answer) else f"does not say that AU{code} cannot be seen"
    opened = opening(answer)
    said = claims(answer)
    asserted, denied = said.asserts(code), said.denies(code)
    if opened is None and not asserted and not denied:
        if CANNOT.search(answer) and code in facts.doubtful:
            return None
        return f"does not say whether AU{code} is active"
    says_active = opened if opened is not None else asserted
    if (asserted and opened is False) or (denied and opened is True):
        return "contradicts itself"
    if code in facts.active and not says_active:
        return f"denies AU{code}, which is active"
    if code in facts.inactive and says_active:
        return f"affirms AU{code}, which is not active"
    return None


def about_one_unit(answer: str, code: int, facts: Facts) -> Reason:
    """Fail if an answer about a unit denies it where it is active, or does not where it is not.

    Unlike :func:`unit_state` it accepts an answer that takes an active unit for granted.
    """
    if code in facts.hidden:
        return None if CANNOT.search(answer) else f"does not say that AU{code} cannot be seen"
    denied = claims(answer).denies(code) or opening(answer) is False or _says_inactive(answer)
    if code in facts.active and claims(answer).denies(code):
        return f"denies AU{code}, which is active"
    if code in facts.inactive and not denied:
        return f"takes AU{code} for active, which is not"
    return None


def _says_inactive(answer: str) -> bool:
    return bool(
        re.search(
            r"\b(?:not (?:\w+ )?(?:active|there|present|visible|seen|moving|at work)|inactive|absent|at rest"
            r"|no (?:level|letter|movement|intensity|sign|trace|activity)|zero|none|0(?: ?%| of|/"
            r"| per ?cent)?)(?!\w)"
            r"|\b(?:do|does|is|are)(?: not|n['’]t)\b",
            answer,
            re.I,
        )
    )


def level_within(found: Collection[int], code: int, facts: Facts) -> Reason:
    """Fail unless one of the levels found is within one of the unit's."""
    if not found:
        return "gives no level"
    level = facts.levels.get(code, 0)
    if any(abs(given - level) <= 1 for given in found):
        return None
    return f"gives level {'/'.join('ABCDE'[given] for given in sorted(found))}, the evidence {'ABCDE'[level]}"


def neighbours(code: int) -> set[int]:
    """Return the units that look similar to a unit."""
    return {neighbour.code for neighbour in ACTION_UNITS[code].neighbours}


def sides_named(answer: str) -> tuple[bool, bool, bool]:
    """Return whether an answer says left, right, and even."""
    even = re.search(
        r"\b(?:both|even(?:ly)?|equal\w*|same|symmetr\w+|alike|balanced|no (?:\w+ )?(?:difference|asymmetry)"
        r"|neither|not (?:much |very )?(?:differ\w*|stronger)|similar\w*)\b",
        answer,
        re.I,
    )
    left, right = (re.search(rf"\b{side}\b", answer, re.I) for side in ("left", "right"))
    return bool(left), bool(right), bool(even)


def says_alike(answer: str) -> bool:
    """Return whether an answer says that both sides are alike, whatever sides it names."""
    if re.search(r"\bno (?:\w+ )?(?:difference|asymmetry)\b|\bneither\b", answer, re.I):
        return True
    alike = re.search(
        r"(?<!not )(?<!not the )(?<!not quite )\b(?:even(?:ly)?|equal\w*|same|symmetrical|alike)\b",
        answer,
        re.I,
    )
    uneven = re.search(
        r"\b(?:strong\w*|weak\w*|more|less|clearer|higher|further|only|than|but)\b", answer, re.I
    )
    return bool(alike and not uneven)


def picked(said: Claims, codes: Iterable[int]) -> set[int]:
    """Return those of the units that are asserted."""
    return {code for code in codes if said.asserts(code)}
