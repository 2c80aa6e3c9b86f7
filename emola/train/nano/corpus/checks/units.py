"""Check: what an answer says about action units follows from the requirements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from emola.faba.face_reading import LEVELS
from emola.train.nano.corpus.checks.claims import UnitClaim, unit_claims
from emola.train.nano.corpus.checks.clauses import clauses
from emola.train.nano.corpus.requirements import Requirements

__all__ = ["check_units"]

_LEFT_OUT = re.compile(r"\b(?:but|except|apart from|only|other than|besides)\b[^:.;]*", re.I)
_ACTIVE = re.compile(r"\b(?:the active|is active|are active|active units?)\b", re.I)
_SURELY = re.compile(r"\bclearly\b", re.I)
_UNSURELY = re.compile(r"\b(?:probably|perhaps|likely|seems?)\b", re.I)
_NOT_SURE = re.compile(r"\b(?:not (?:quite |so |entirely )?sure|unsure) (?:about|of) AU(\d+)\b", re.I)
_CLEAR = re.compile(
    r"\b(?:I (?:read|see) (?:it|this|that|AU\d+) (?:quite )?clearly|reads clearly|the reading is clear)\b",
    re.I,
)
_WORDS = {"slight": "AB", "weak": "AB", "faint": "AB", "small": "AB", "strong": "DE", "very strong": "E"}
_STRENGTH = re.compile(
    r"\ba (?P<before>slight|weak|faint|small|(?:very )?strong) (?:AU\d+|movement)\b"
    r"|\bthe (?:movement|level) is (?:only )?(?P<after>slight|weak|faint|small|(?:very )?strong)\b"
    r"|\b(?:at|is|,|give|has the lowest) (?:only )?(?:the )?level,? (?:is |only )?(?P<level>[A-E])\b",
    re.I,
)
_HIDDEN = re.compile(r"\b(?:hidden|landmarks|cannot|covered|unknown)\b", re.I)
_SIDE = re.compile(
    r"\b(?:stronger|more|further|higher|deeper|tighter|wider|clearer)\b(?:(?!than)[^.;?]){0,40}?\b(left"
    r"|right)\b(?! in the picture)"
    r"|\b(left|right) (?:side|corner|brow|cheek|one)? ?(?:is|moves|goes|works|rises|pulls)[^.;?,]{0,20}"
    r"\b(?:stronger|more|further|higher)\b",
    re.I,
)


def check_units(answer: str, question: str, kind: str, needs: Requirements) -> Iterator[str]:
    """Yield the claims about units that do not follow."""
    if kind == "absent":
        yield from _check_inactive_list(answer, needs)
    for claim in unit_claims(answer, question):
        is_code = claim.words.startswith("AU") and claim.words[2:].isdigit()
        if is_code and (
            kind == "absent" or (_HIDDEN.search(answer) and needs.state(claim.codes[0]) == "hidden")
        ):
            continue
        if (problem := _problem(claim, needs)) is not None:
            yield problem
    yield from _check_sides(answer, needs)
    yield from _check_doubt(answer, question, needs)


def _check_inactive_list(answer: str, needs: Requirements) -> Iterator[str]:
    """Check the codes of a list of inactive units, where the units that it leaves out may be named too."""
    left_out = _codes(" ".join(_LEFT_OUT.findall(answer)))
    for sentence in re.split(r"(?<=[.:;])\s", answer):
        for code in _codes(sentence) - left_out:
            if needs.state(code) != "inactive" and not _ACTIVE.search(sentence):
                yield f"AU{code} is listed as inactive; by the needs it is {needs.state(code)}"


def _codes(text: str) -> set[int]:
    return {int(code) for code in re.findall(r"\bAU(\d+)", text)}


def _check_sides(answer: str, needs: Requirements) -> Iterator[str]:
    sides = {unit.side for unit in needs.active.values()}
    for match in _SIDE.finditer(answer):
        side = (match[1] or match[2]).lower()
        if side not in sides and not (sides & {"left", "right"} and "picture" in answer):
            yield f"{match.group()!r} is about the {side} side, which the needs do not give"


def _check_doubt(answer: str, question: str, needs: Requirements) -> Iterator[str]:
    """Check what is said to be sure or not, and the strength of the only active unit."""
    for clause in clauses(answer, question):
        for doubt in _NOT_SURE.finditer(clause.text):
            code = int(doubt[1])
            if code in needs.active and needs.active[code].sure is not False:
                yield f"{doubt.group()!r} needs 'AU{code} unsure'"
        if clause.void or len(needs.active) != 1:
            continue
        ((code, unit),) = needs.active.items()
        if (match := _CLEAR.search(clause.text)) and unit.sure is not True:
            yield f"{match.group()!r} needs 'AU{code} sure'"
        for strength in _STRENGTH.finditer(clause.text):
            levels = strength["level"] or _WORDS[(strength["before"] or strength["after"]).lower()]
            if not set(unit.levels) <= set(levels):
                yield f"{strength.group()!r} does not fit the levels {unit.levels} of AU{code}"


def _problem(claim: UnitClaim, needs: Requirements) -> str | None:
    states = {code: needs.state(code) for code in claim.codes}
    if claim.sign == "?":
        if "active" in states.values():
            return None
        return f"{claim.words!r} says that {_named(claim.codes, ' or ')} is active, which the needs do not"
    wanted = "active" if claim.sign == "+" else "inactive"
    wrong = [code for code, state in states.items() if state != wanted]
    if wrong:
        known = states[wrong[0]]
        return f"{claim.words!r} says that {_named(wrong, ' and ')} is {wanted}; by the needs it is {known}"
    if claim.sign == "+" and (problem := _doubt_problem(claim, needs)):
        return problem
    return _level_problem(claim, needs)


def _doubt_problem(claim: UnitClaim, needs: Requirements) -> str | None:
    wanted = {"sure": _SURELY, "unsure": _UNSURELY}
    for word, pattern in wanted.items():
        for code in claim.codes if pattern.search(claim.words) else ():
            if needs.active[code].sure is not (word == "sure"):
                return f"{claim.words!r} needs 'AU{code} {word}'"
    return None


def _level_problem(claim: UnitClaim, needs: Requirements) -> str | None:
    for code in claim.codes if claim.levels and claim.sign == "+" else ():
        levels = needs.active[code].levels
        if not set(levels) <= set(claim.levels):
            allowed = "A to E" if levels == LEVELS else " to ".join(dict.fromkeys((levels[0], levels[-1])))
            stated = " or ".join(claim.levels)
            return f"{claim.words!r} means level {stated} of AU{code}; the needs allow {allowed}"
    return None


def _named(codes: Iterable[int], joined: str) -> str:
    return joined.join(f"AU{code}" for code in codes)
