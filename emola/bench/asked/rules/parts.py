"""Rules for movements in words: the parts of the face, its sides, where a unit is, what is hidden."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from emola.bench.asked.facts import Case
from emola.bench.asked.propositions import PROPOSITIONS
from emola.bench.asked.rules.checks import (
    Reason,
    about_one_unit,
    covers,
    first,
    grounded,
    labels,
    neighbours,
    says_alike,
    says_nothing,
    sides_named,
)
from emola.bench.readers.claims import CANNOT, claims, has, parts
from emola.bench.readers.vocabulary import UNIT_PARTS
from emola.bench.readers.yes_no import opening
from emola.faba.regions import PARTS

__all__ = ["RULES", "part_rule"]

_PART_UNITS: dict[str, tuple[int, ...]] = {
    "brows": (1, 2, 4),
    "eyes": (5, 6, 7, 43),
    "cheeks": (6,),
    "nose": (9,),
    "mouth": (10, 12, 14, 15, 16, 20, 23, 24, 25, 26, 27),
    "chin": (17,),
}
"""The units of each part of the face."""

_HIDDEN_WORDS = {"brow": "brows", "eye": "eyes", "nose": "nose", "mouth": "mouth"}


def _side(answer: str, case: Case) -> Reason:
    code, facts = case.slots.unit, case.facts
    left, right, even = sides_named(answer)
    if code not in facts.active:
        return about_one_unit(answer, code, facts)
    if code not in facts.sides:
        return None if even or CANNOT.search(answer) else "does not say that it has no sides"
    left_level, right_level = facts.sides[code]
    if abs(left_level - right_level) >= 2 and says_alike(answer):
        return "calls both sides alike"
    reason = _sided(left, right, even, facts.sides[code])
    return first(reason, about_one_unit(answer, code, facts))


def _sided(left: bool, right: bool, even: bool, sides: tuple[int, int]) -> Reason:
    if not (left or right or even):
        return "names no side"
    gap = sides[0] - sides[1]
    if abs(gap) >= 2 and not (left if gap > 0 else right):
        return f"does not say that the {'left' if gap > 0 else 'right'} is stronger"
    if gap == 0 and not even and left != right:
        return "names a side, where both are the same"
    return None


def _sides(answer: str, case: Case) -> Reason:
    facts = case.facts
    left, right, even = sides_named(answer)
    alike = says_alike(answer)
    gaps = {code: facts.sides[code][0] - facts.sides[code][1] for code in facts.active & facts.sides.keys()}
    uneven = {code: gap for code, gap in gaps.items() if abs(gap) >= 2}
    if uneven:
        named = not alike and any(left if gap > 0 else right for gap in uneven.values())
        return None if named else f"does not say that {labels(uneven)} is uneven"
    if not gaps and (says_nothing(answer) or even or CANNOT.search(answer)):
        return None
    if even or (any(gaps.values()) and (left or right)):
        return grounded(answer, facts)
    return "does not say that both sides are alike"


def _where(answer: str, case: Case) -> Reason:
    code = case.slots.unit
    named = parts(answer)
    return first(
        None if named & set(UNIT_PARTS[code]) else f"does not name the {' or '.join(UNIT_PARTS[code])}",
        about_one_unit(answer, code, case.facts),
        grounded(answer, case.facts, but=neighbours(code)),
    )


def _movement(answer: str, case: Case) -> Reason:
    proposition = PROPOSITIONS[case.slots.movement]
    hidden = case.facts.hidden.intersection(proposition.units)
    if hidden and CANNOT.search(answer):
        return None
    if hidden == set(proposition.units):
        return f"does not say that {labels(hidden)} cannot be seen"
    says = opening(answer)
    if says is None:
        active = _state_of(answer, proposition.units)
        says = None if active is None else active is not proposition.opposite
    expected = proposition.holds(case.facts)
    if says is None:
        return "says neither yes nor no"
    wrong = expected is not None and says is not expected
    return first(f"says {'yes' if says else 'no'}" if wrong else None, grounded(answer, case.facts))


def _state_of(answer: str, units: Collection[int]) -> bool | None:
    """Return whether an answer without yes or no says that one of the units is active."""
    if re.match(r"(?:that is |this is )?(?:true|false|not true|correct|right|untrue)\b", answer.lower()):
        return not re.match(r"(?:that is |this is )?(?:false|not|untrue)", answer.lower())
    said = claims(answer)
    if any(said.asserts(code) for code in units):
        return True
    return False if any(said.denies(code) for code in units) or says_nothing(answer) else None


def part_rule(part: str) -> Callable[[str, Case], Reason]:
    """Return the rule for a question about a part of the face."""

    def rule(answer: str, case: Case) -> Reason:
        facts = case.facts
        units = set(_PART_UNITS[part])
        if units <= facts.hidden:
            return None if CANNOT.search(answer) else f"does not say that the {part} cannot be seen"
        own = facts.active & units
        named = part in parts(answer) or bool(claims(answer).mentions(units))
        if not named and not says_nothing(answer):
            return f"is not about the {part}"
        if own:
            # AU6 may be told of the cheeks instead of the eyes.
            wanted = own - {6} if part == "eyes" else own
            return first(
                covers(answer, wanted, missing=len(wanted) // 2) if wanted else None, grounded(answer, facts)
            )
        denied = bool(claims(answer).denied) or opening(answer) is False
        rests = says_nothing(answer) or denied or (part == "eyes" and has("open", answer))
        doubtful = any(claims(answer).asserts(code) for code in units & facts.doubtful)
        return first(
            None if rests or doubtful else f"does not say that the {part} rests", grounded(answer, facts)
        )

    return rule


def _hidden(answer: str, case: Case) -> Reason:
    facts = case.facts
    hidden = {_HIDDEN_WORDS[PARTS[code]] for code in facts.hidden}
    if not facts.known:
        clear = re.match(r"\W*(?:no\b|nothing|none)", answer, re.I) and not has(r"landmarks?|can", answer)
        return None if CANNOT.search(answer) and not clear else "does not say what cannot be seen"
    if hidden:
        return None if hidden & parts(answer) else f"does not name the {', '.join(sorted(hidden))}"
    if re.search(
        r"\b(?:brows?|eyes?|nose|mouth|chin) (?:is|are) (?:hidden|covered|not visible)", answer, re.I
    ):
        return "calls something hidden"
    whole = has(
        r"nothing\b[^.]*(?:hid|cover|conceal|missing|cut|hinder|in the way)|everything"
        r"|all (?:of it|parts|regions|of the)"
        r"|no (?:\w+ )?(?:part|area|region)|whole face|visible|not (?:hidden|covered|concealed"
        r"|cut)|in (?:full )?view",
        answer,
    )
    listed = claims(answer).mentioned
    if (
        whole
        or (opening(answer) is False and not listed)
        or re.match(r"\W*(?:nothing|none)\W*$", answer, re.I)
    ):
        return None
    return "does not say that nothing is hidden"


RULES = {
    "sides": _sides,
    "unit_side": _side,
    "where": _where,
    "movement": _movement,
    **{part: part_rule(part) for part in _PART_UNITS},
    "hidden": _hidden,
}
