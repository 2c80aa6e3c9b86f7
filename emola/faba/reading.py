"""Strict reading of texts: the action units asserted as active, and the emotion asserted most."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from emola.faba.action_units import ACTION_UNITS
from emola.faba.emotions import EMOTIONS, SUGGESTIVE, SYNONYMS
from emola.faba.negation import Mention, mark, mentions

_CODE = r"0?(\d{1,2})"
_NEXT = r"(?!\d|\s*(?:%|percent|per cent|degrees|times|others?|of\b|out\b|more\b|units\b|[.,/:]\d))"
_TO = r"[ \t]*(?:-|–|—|\bto\b|\bthrough\b)[ \t]*"
_GROUP = re.compile(
    r"\b(?:AUs?|action\s+units?|FACS\s+(?:units?|codes?|coding))(?:\s+(?:numbers?|codes?))?"
    rf"[ \t:#_-]*{_CODE}(?!\d|\.\d)(?:[A-E](?![a-z]))?"
    rf"((?:(?:{_TO}|[ \t]*(?:[,+/&;][ \t]*)?(?:(?:and|or|nor)[ \t]*)?)"
    rf"(?:AU[ \t]*)?(?<!\d)\d{{1,2}}{_NEXT}(?:[A-E](?![a-z]))?)*)",
    re.I,
)
_RANGE = re.compile(rf"(\d+){_TO}(?:AU[ \t]*)?(\d+)", re.I)
_ONE_CODE = re.compile(r"(?:AU[ \t]*)?(\d+)(?:[A-E]\b)?", re.I)
_SHORT = re.compile(r"\s*\d{1,2}(?:(?:[\s,;+&]|and)+\d{1,2})*[\s,;+&.]*", re.I)
_NAMES = {name: unit.code for unit in ACTION_UNITS.values() for name in (unit.name.lower(), *unit.aliases)}
_NAME = re.compile(
    r"\b(?:"
    + "|".join(re.escape(name).replace(r"\ ", r"[\s-]+") for name in sorted(_NAMES, key=len, reverse=True))
    + r")\b",
    re.I,
)
_HINT = "?"  # prefix of the emotion of a suggestive word
_EMOTION_OF = {word: emotion for emotion in EMOTIONS for word in (emotion, *SYNONYMS[emotion])} | {
    word: _HINT + emotion for emotion in EMOTIONS for word in SUGGESTIVE[emotion]
}
_EMOTION = re.compile(
    r"\b(?:"
    + "|".join(
        re.escape(word) + (r"(?!\s+(?:can|could)\b)" if word.endswith("emotion") else "")
        for word in sorted(_EMOTION_OF, key=len, reverse=True)
    )
    + r")\b",
    re.I,
)
_VERDICT = re.compile(
    r"\b(?:overall|in (?:sum|short|conclusion)|conclude|conclusion|therefore|hence|dominant|main|mainly"
    r"|mostly|more likely|most likely|closer|altogether|final(?:ly)?)\b",
    re.I,
)
_CONCLUSION = re.compile(
    r"\b(?:impression|expression|emotion|reads?|points?|suggests?|shows?|looks?|appears?|seems?|conveys?"
    r"|expresses|speaks? for|call|likely|probably|clear|clearly|fits?|best)\b",
    re.I,
)
_HEDGE = re.compile(
    r"\b(?:hint|trace|touch|slight|slightly|little|mixed with|could|might|may|partly|also|besides"
    r"|secondary|some|at first|first (?:glance|sight))\b",
    re.I,
)


def read_action_units(text: str) -> list[int]:
    """Return the codes of the units that ``text`` asserts as active, ascending.

    Reads codes ("AU12", "AU 06", "AUs 6 and 12", "AU6+12") and names ("lip corner puller"); ignores
    negated, questioned and hypothetical mentions. A unit counts if it is asserted anywhere. A text of bare
    numbers ("6, 12, 25") is read as codes.
    """
    if _SHORT.fullmatch(text):
        return sorted({int(n) for n in re.findall(r"\d+", text)} & ACTION_UNITS.keys())
    named = _NAME.sub(lambda match: mark(str(_NAMES[re.sub(r"[\s-]+", " ", match.group().lower())])), text)
    return sorted({int(m.key) for m in mentions(_GROUP.sub(_mark_codes, named)) if m.asserted})


def _mark_codes(match: re.Match[str]) -> str:
    """Replace the codes of "AU6, 12 and 25-27" by marks, keeping the words between them."""
    codes = _RANGE.sub(_expand_range, f"{match.group(1)}{match.group(2) or ''}")
    return _ONE_CODE.sub(lambda number: _mark_code(number.group(1)), codes)


def _expand_range(match: re.Match[str]) -> str:
    """Expand "25-27" to "25, 26, 27"; numbers between the ends that are not codes are omitted."""
    first, last = int(match.group(1)), int(match.group(2))
    between = [code for code in ACTION_UNITS if first < code < last]
    return ", ".join(map(str, (first, *between, last)))


def _mark_code(digits: str) -> str:
    return mark(str(int(digits))) if int(digits) in ACTION_UNITS else digits


class EmotionReading(NamedTuple):
    """The emotions that a text asserts.

    emotion: the one asserted most, or None. tied: all emotions with the same weight, in the order of the
    text; empty without a tie. weights: by asserted emotion.
    """

    emotion: str | None
    tied: tuple[str, ...]
    weights: Mapping[str, float]


def read_emotions(text: str) -> EmotionReading:
    """Weigh the emotions that ``text`` asserts.

    Each asserted word counts 1, or 3 in a statement about the face, or 6 in a conclusion, and 0.3 times as
    much if hedged ("a touch of fear"). A suggestive word ("tearful") counts 0.1. Denied emotions do not
    count. A tie goes to the emotion that the text mentions first.
    """
    weights: dict[str, float] = {}
    marked = _EMOTION.sub(lambda match: mark(_EMOTION_OF[match.group().lower()]), text)
    for mention in mentions(marked):
        if mention.asserted:
            emotion = mention.key.lstrip(_HINT)
            weights[emotion] = round(weights.get(emotion, 0.0) + _weight(mention), 6)
    if not weights:
        return EmotionReading(None, (), {})
    most = max(weights.values())
    first, *others = (emotion for emotion, weight in weights.items() if weight == most)
    return EmotionReading(first, (first, *others) if others else (), weights)


def read_emotion(text: str) -> str | None:
    """Return the emotion that ``text`` asserts most, or None; see ``read_emotions``."""
    return read_emotions(text).emotion


def _weight(mention: Mention) -> float:
    if mention.key.startswith(_HINT):
        return 0.1
    weight = 6.0 if _VERDICT.search(mention.part) else 3.0 if _CONCLUSION.search(mention.part) else 1.0
    return weight * 0.3 if _HEDGE.search(mention.part) else weight
