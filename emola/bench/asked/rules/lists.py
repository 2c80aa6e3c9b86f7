"""Rules for lists of units: all of them, a half of the face, codes only, JSON, counts, levels."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from emola.bench.asked.facts import LEVELS, Case, Facts
from emola.bench.asked.numbers import first_number, letters, levels
from emola.bench.asked.rules.checks import (
    Reason,
    covers,
    first,
    grounded,
    labels,
    names_emotion,
    picked,
    says_nothing,
)
from emola.bench.readers.claims import (
    CANNOT,
    claims,
    has,
    parts,
    sentences,
    words,
)
from emola.faba import ACTION_UNITS, NANO_AUS

__all__ = ["RULES"]

_UPPER = frozenset({1, 2, 4, 5, 6, 7, 43})
_EITHER = frozenset({9})  # in both halves, by either way of counting
_SCORED = re.compile(r"(?:AU ?)?[LR]?(\d{1,2}) ?([A-E])\b")
_ONLY_CODES = re.compile(r"(?:(?:AUs?)?[ \t]*\d{1,2}|[\s,;.+&/-]|and\b)+", re.I)
_MOST, _LEAST = r"strongest|most\b", r"weakest|faintest|(?<!at )least\b"
_ALL_BUT = (
    r"all (?:\w+ )?(?:but|except|others?)|except|apart from|other than|only|besides"
    r"|is active|are active|active (?:are|is)|everything else|the rest"
)


def _list(answer: str, case: Case) -> Reason:
    return first(covers(answer, case.facts.active), grounded(answer, case.facts))


def _list_and_emotion(answer: str, case: Case) -> Reason:
    return first(_list(answer, case), names_emotion(answer, case))


def _exact(found: set[int], facts: Facts) -> Reason:
    """Fail unless a set of units is right, apart from doubtful ones."""
    wrong, left_out = found & facts.inactive, facts.active - found
    return first(
        f"has {labels(wrong)}, which the evidence does not show" if wrong else None,
        f"leaves out {labels(left_out)}" if left_out else None,
    )


def _codes(answer: str, case: Case) -> Reason:
    if not case.facts.active and words(answer) <= 4 and says_nothing(answer):
        return None
    if not _ONLY_CODES.fullmatch(answer.strip()):
        return "holds more than codes"
    return _exact({int(code) for code in re.findall(r"\d+", answer)}, case.facts)


def _json(answer: str, case: Case) -> Reason:
    text = re.sub(r"^```(?:json)?\s*|\s*```$", "", answer.strip())
    try:
        value = json.loads(text)
    except ValueError:
        return "is not JSON"
    return _exact(set(_codes_in(value)), case.facts)


_OFF = (False, 0, None, "0", "", "inactive", "absent", "no", "none", "off", "not active")


def _codes_in(value: Any, name: str = "") -> Iterator[int]:
    """Yield the units that a JSON value holds as active."""
    if isinstance(value, dict):
        if any(value.get(key, 1) in _OFF for key in ("active", "present", "level", "intensity")):
            return
        for key, inner in value.items():
            code = _code(key)
            if code is None:
                yield from _codes_in(inner, str(key).lower())
            elif (not isinstance(inner, dict) and inner not in _OFF) or (
                isinstance(inner, dict)
                and not any(
                    inner.get(field, 1) in _OFF for field in ("active", "present", "level", "intensity")
                )
            ):
                yield code
    elif isinstance(value, list):
        if not has(r"inactive|absent|hidden", name):
            for inner in value:
                yield from _codes_in(inner, name)
    elif (code := _code(value)) is not None and not has(r"level|intensity|confidence|percent|count", name):
        yield code


def _code(value: Any) -> int | None:
    match = re.match(r"(?:AU\s*)?(\d{1,2})(?:[A-E])?\b", str(value), re.I)
    return int(match[1]) if match and int(match[1]) in ACTION_UNITS else None


def _facs_code(answer: str, case: Case) -> Reason:
    facts = case.facts
    scored = {int(code): LEVELS.index(letter) for code, letter in _SCORED.findall(answer)}
    if not scored:
        return None if not facts.active and says_nothing(answer) else "has no code with a letter"
    rest = _SCORED.sub(" ", answer)
    if words(rest) > 12:
        return "holds more than the code"
    wrong = {code for code, level in scored.items() if abs(facts.levels.get(code, level) - level) > 1}
    return first(
        _exact(set(scored), facts),
        f"has another level for {labels(wrong - facts.doubtful)}" if wrong - facts.doubtful else None,
    )


def _count(answer: str, case: Case) -> Reason:
    facts = case.facts
    number = 0 if re.match(r"\W*(?:none|no|zero)\b", answer, re.I) else first_number(answer, len(NANO_AUS))
    low, high = len(facts.active), len(facts.active | facts.doubtful)
    if number is None:
        return "gives no number"
    listed = len(picked(claims(answer), NANO_AUS))
    if listed > 1 and listed != number:
        return f"counts {number} and lists {listed}"
    if not low <= number <= high:
        return f"counts {number}, the evidence {low}" + (f" to {high}" if high > low else "")
    return grounded(answer, facts)


def _half(upper: bool) -> Callable[[str, Case], Reason]:
    def rule(answer: str, case: Case) -> Reason:
        facts = case.facts
        own = _UPPER if upper else frozenset(NANO_AUS) - _UPPER - _EITHER
        if not facts.active & own and facts.active & _EITHER and claims(answer).asserts(9):
            return grounded(answer, facts)
        strays = picked(claims(answer), facts.active - own - _EITHER)
        return first(
            covers(answer, facts.active & own),
            f"names {labels(strays)} of the other half" if strays else None,
            grounded(answer, facts),
        )

    return rule


def _absent(answer: str, case: Case) -> Reason:
    facts = case.facts
    rest = facts.inactive | facts.doubtful | facts.hidden
    named: set[int] = set()
    wrong: set[int] = set()
    excepted = False
    for text in sentences(answer):
        mentioned = claims(text).mentions(NANO_AUS)
        if has(_ALL_BUT, text) and not has(r"(?:not|n['’]t|in)(?: \w+)? ?active|inactive", text):
            excepted = True
        elif not has(r"except|apart from|other than|all but|besides", text):
            wrong |= mentioned & (facts.active if CANNOT.search(answer) else facts.active | facts.hidden)
        else:
            excepted = True
        named |= mentioned & rest
    if wrong:
        return f"calls {labels(wrong)} inactive"
    return (
        None
        if len(named) >= 3 or excepted or len(named) == len(rest)
        else "names fewer than three inactive units"
    )


def _extreme(strongest: bool) -> Callable[[str, Case], Reason]:
    def rule(answer: str, case: Case) -> Reason:
        facts = case.facts
        found = facts.active | facts.doubtful
        if not facts.active:
            return first(
                None if says_nothing(answer) or claims(answer).asserted else "names none",
                grounded(answer, facts),
            )
        own, opposite = (_MOST, _LEAST) if strongest else (_LEAST, _MOST)
        if has(opposite, answer) and not has(own, answer):
            return "answers the opposite"
        if len(picked(claims(answer), found)) > 2:
            return "names several"
        named = _first_named(answer, found)
        if named is None:
            return grounded(answer, facts) or "names no active unit"
        wanted = (max if strongest else min)(facts.levels[code] for code in facts.active)
        off = wanted - facts.levels[named] if strongest else facts.levels[named] - wanted
        return (
            f"names AU{named}, of level {LEVELS[facts.levels[named]]}" if off > 1 else grounded(answer, facts)
        )

    return rule


def _first_named(answer: str, codes: frozenset[int]) -> int | None:
    """Return the unit of the first sentence that asserts one; of several, that with its code first."""
    for text in sentences(answer):
        if found := picked(claims(text), codes):
            positions = {code: text.find(f"AU{code}") for code in found}
            return min(found, key=lambda code: positions[code] if positions[code] >= 0 else 10_000)
    return None


def _levels(answer: str, case: Case) -> Reason:
    facts = case.facts
    reason = covers(answer, facts.active, missing=len(facts.active) // 5)
    if reason or not facts.active:
        return reason or grounded(answer, facts)
    read = letters if re.search(r"\bletters?\b|\bA to E\b", case.question) else levels
    given = {code: found for code in facts.active if (found := _level_beside(answer, code, read))}
    if len(given) * 2 < len(facts.active):
        return "gives a level for fewer than half of the units"
    wrong = {
        code for code, found in given.items() if all(abs(level - facts.levels[code]) > 1 for level in found)
    }
    return first(f"has another level for {labels(wrong)}" if wrong else None, grounded(answer, facts))


def _level_beside(answer: str, code: int, read: Callable[[str], set[int]]) -> set[int]:
    """Read the levels in the clauses that name a unit; a comma or a line ends a clause."""
    pieces = re.split(
        r"[;\n]|\.\s|,\s*(?:and\s)?(?=(?:AU|the |a |an |\w+ly ))|\sand\s(?=(?:AU|the |a |an ))", answer
    )
    return {level for piece in pieces if claims(piece).mentions([code]) for level in read(piece)}


def _bullets(answer: str, case: Case) -> Reason:
    items = re.findall(r"^\s*(?:[-*•–]|\d+[.)])\s+\S", answer, re.M)
    if len(items) < (2 if len(case.facts.active) > 1 else 1):
        return "is no list of bullets"
    return first(
        None if claims(answer).mentioned or parts(answer) else "names no movement",
        grounded(answer, case.facts),
    )


RULES = {
    "list": _list,
    "list_and_emotion": _list_and_emotion,
    "codes": _codes,
    "json": _json,
    "facs_code": _facs_code,
    "count": _count,
    "upper": _half(upper=True),
    "lower": _half(upper=False),
    "absent": _absent,
    "strongest": _extreme(strongest=True),
    "weakest": _extreme(strongest=False),
    "levels": _levels,
    "bullets": _bullets,
}
