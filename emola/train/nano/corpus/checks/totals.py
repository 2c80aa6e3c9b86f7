"""Check: statements about all units ("nothing else is active") follow from the requirements."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emola.faba import NANO_AUS
from emola.faba.emotions import CONTRARY_AUS, CORE_AUS
from emola.train.nano.corpus.checks.clauses import sentences
from emola.train.nano.corpus.facts import LOWER_AUS, PART_AUS, UPPER_AUS
from emola.train.nano.corpus.requirements import Requirements

__all__ = ["COMPLETE", "check_complete", "check_totals"]

_NO_OTHER = re.compile(
    r"\b(?:no (?:other|further) (?:action )?(?:unit|movement)s? (?:is|are|can)|(?:nothing"
    r"|everything) else(?: \w+){0,2}"
    r" (?:active|moves?|at rest|quiet|still|inactive)|(?:is|as) the only (?:active )?(?:unit|movement))\b",
    re.I,
)
_NONE = re.compile(
    r"\b(?:none of the (?:twenty|20)|no (?:action )?unit (?:at all )?(?:is|seems) active"
    r"|no active (?:action )?units?(?! that| which)"
    r"|nothing moves)\b",
    re.I,
)
_NO_CONTRARY = re.compile(
    r"\bno (?:contrary|opposing|contradicting) (?:unit|sign|movement)"
    r"|\bno (?:active )?unit (?:that )?(?:contradicts|clashes)"
    r"|\bnothing contrary is active|\bnone of the units? that contradicts?",
    re.I,
)
_NO_CORE = re.compile(r"\bnone of (?:its|the) core (?:units|signs)\b", re.I)
_LIMITED = re.compile(
    r"\b(?:mouth|lips?|lower|upper|eyes?|brows?|nose|cheeks?|chin|forehead|visible|see|there|elsewhere"
    r"|that|which|whose|its|below"
    r"|above|around|contrary|contradict\w*|against|core|sad\w*|happ\w*|fear|ang\w+|disgust\w*"
    r"|surprise\w*|would|if)\b",
    re.I,
)
_PLACES: dict[str, tuple[int, ...]] = {
    "lower": LOWER_AUS,
    "upper": tuple(code for code in UPPER_AUS if code not in PART_AUS["nose"]),
    "mouth|lip": PART_AUS["mouth"],
    "brow|forehead": PART_AUS["brows"],
    "eye|lid": PART_AUS["eyes"],
    "cheek": PART_AUS["cheeks"],
    "nose": PART_AUS["nose"],
    "chin": PART_AUS["chin"],
}
"""Units of the parts of the face. An answer about the upper half may leave out the nose."""
_PLACE = (
    r"(?:the )?(?:lower (?:face|half|part)|upper (?:face|half|part)|mouth|lips|brows|forehead|eyes|lids"
    r"|cheeks|nose|chin)"
)
_IN_PART = re.compile(
    rf"\b(?:no (?:other )?(?:action )?unit|nothing(?: else)?)(?: is active| is| moves)?"
    rf" (?:of|in|at|around|on) (?P<place>{_PLACE})\b"
    rf"|\b(?:in|at|around) (?P<first>{_PLACE}),? (?:no (?:other )?(?:action )?unit|nothing(?: else)?)"
    r" (?:is active|moves)\b",
    re.I,
)
COMPLETE = ("list", "list_and_emotion", "levels", "codes", "json", "facs_code", "count")
"""Kinds whose answers name all active units."""
_COMPLETE_PARTS = {"upper": "upper", "lower": "lower"}
_RANKED = ("strongest", "weakest")


def check_totals(answer: str, needs: Requirements) -> Iterator[str]:
    """Yield statements about all units that do not follow."""
    for sentence in sentences(answer):
        if sentence.endswith("?") or re.search(r"\b(?:would|if)\b", sentence):
            continue
        yield from _check_part(sentence, needs)
        limited = _LIMITED.search(sentence)
        if not limited and not needs.only and (match := _NO_OTHER.search(sentence)):
            yield f"{match.group()!r} needs 'only'"
        if not limited and (match := _NONE.search(sentence)) and (needs.active or not needs.only):
            yield f"{match.group()!r} needs 'only' and no active unit"
        if (match := _NO_CONTRARY.search(sentence)) and needs.emotion:
            yield from _all_inactive(match.group(), CONTRARY_AUS[needs.emotion], needs)
        if (match := _NO_CORE.search(sentence)) and "its" not in match.group() and needs.emotion:
            yield from _all_inactive(match.group(), CORE_AUS[needs.emotion], needs)


def _check_part(sentence: str, needs: Requirements) -> Iterator[str]:
    """Check "nothing else is active around the eyes", "no unit of the mouth is active"."""
    if not (match := _IN_PART.search(sentence)) or re.search(r"\b(?:see|visible|core|contra\w+)\b", sentence):
        return
    place = (match["place"] or match["first"]).lower()
    codes = next(codes for words, codes in _PLACES.items() if re.search(words, place))
    wrong = [code for code in codes if needs.state(code) == "unknown"]
    if wrong:
        yield f"{match.group()!r} needs 'not {', '.join(f'AU{code}' for code in wrong)}'"


def _all_inactive(words: str, codes: tuple[int, ...], needs: Requirements) -> Iterator[str]:
    wrong = [code for code in codes if needs.state(code) != "inactive"]
    if wrong:
        named = ", ".join(f"AU{code}" for code in wrong)
        yield f"{words!r} needs 'not {named}'"


def check_complete(answer: str, kind: str, needs: Requirements) -> Iterator[str]:
    """Yield what is missing in an answer that names all active units of the face or of a part."""
    if needs.no_landmarks or kind not in (*COMPLETE, *_COMPLETE_PARTS, *_RANKED):
        return
    codes = _PLACES[_COMPLETE_PARTS[kind]] if kind in _COMPLETE_PARTS else NANO_AUS
    if unknown := [code for code in codes if needs.state(code) == "unknown"]:
        yield f"a complete answer needs 'only', or the state of {', '.join(f'AU{code}' for code in unknown)}"
    if kind in ("list", "list_and_emotion", "levels"):
        named = {int(code) for code in re.findall(r"\bAU(\d+)", answer)}
        if left_out := sorted(needs.active.keys() - named):
            yield f"AU{left_out[0]} is active and missing in the list"
    first = re.search(r"\bAU(\d+)", answer)
    if kind in _RANKED and first and not re.search(r"\b(?:both|equal\w*|same|share|and|tie)\b", answer):
        yield from _check_rank(int(first[1]), kind, needs)


def _check_rank(code: int, kind: str, needs: Requirements) -> Iterator[str]:
    """Check that a unit is stronger, or weaker, than every other active unit."""
    if code not in needs.active:
        return
    levels = needs.active[code].levels
    for other, unit in needs.active.items():
        stronger, weaker = (levels, unit.levels) if kind == "strongest" else (unit.levels, levels)
        if other != code and min(stronger) <= max(weaker):
            yield f"AU{code} need not be the {kind}: AU{other} may have level {unit.levels}"
