"""Reading answers: which action units a text says are active, and which emotion it names."""

from __future__ import annotations

import re

from emola.faba.action_units import ACTION_UNITS
from emola.faba.clauses import Mention, mark, mentions
from emola.faba.emotions import EMOTIONS, SYNONYMS

_CODE = r"0?(\d{1,2})"
_NEXT = r"(?!\d|\s*(?:%|percent|per cent|degrees|times|others?|of\b|out\b|more\b|units\b|[.,/:]\d))"
_GROUP = re.compile(
    rf"\b(?:AUs?|action\s+units?|FACS\s+units?)(?:\s+(?:numbers?|codes?))?[ \t:#_-]*{_CODE}"
    r"(?!\d|\.\d)(?:[A-E](?![a-z]))?"
    rf"((?:\s*(?:,|\+|/|&|;)?\s*(?:and|or|nor)?\s*(?:AU)?(?<!\d)\d{{1,2}}{_NEXT}(?:[A-E](?![a-z]))?)*)",
    re.I,
)
_SHORT = re.compile(r"\s*(?:\d{1,2}(?:[\s,;+&]|and)*)+[.\s]*", re.I)
_NAMES = {name: unit.code for unit in ACTION_UNITS.values() for name in (unit.name.lower(), *unit.aliases)}
_NAME = re.compile(
    r"\b(?:"
    + "|".join(re.escape(name).replace(r"\ ", r"[\s-]+") for name in sorted(_NAMES, key=len, reverse=True))
    + r")\b",
    re.I,
)
_EMOTION_OF = {word: emotion for emotion in EMOTIONS for word in (emotion, *SYNONYMS[emotion])}
_EMOTION = re.compile(
    r"\b(?:" + "|".join(re.escape(word) for word in sorted(_EMOTION_OF, key=len, reverse=True)) + r")\b", re.I
)
_CONCLUSION = re.compile(
    r"\b(?:overall|impression|expression|emotion|reads?|points?|suggests?|shows?|looks?|appears?|seems?|conveys?"
    r"|expresses|speaks? for|conclude|conclusion|therefore|hence|call|dominant|main|mainly|likely|probably"
    r"|clear|clearly|fits?|best)\b",
    re.I,
)
_HEDGE = re.compile(
    r"\b(?:hint|trace|touch|slight|slightly|little|mixed with|could|might|may|partly|also|besides"
    r"|secondary|some)\b",
    re.I,
)


def read_action_units(text: str) -> list[int]:
    """The codes of the units that ``text`` asserts as active, ascending.

    Codes ("AU12", "AU 06", "AUs 6 and 12", "AU6+12") and names ("lip corner puller") both count; what a
    clause denies, asks or only supposes does not. A unit that is asserted anywhere counts. An answer of
    bare numbers ("6, 12, 25") is read as codes.
    """
    if _SHORT.fullmatch(text):
        return sorted({int(n) for n in re.findall(r"\d+", text)} & ACTION_UNITS.keys())
    named = _NAME.sub(lambda match: mark(str(_NAMES[re.sub(r"[\s-]+", " ", match.group().lower())])), text)
    return sorted({int(m.key) for m in mentions(_GROUP.sub(_mark_codes, named)) if m.asserted})


def _mark_codes(match: re.Match[str]) -> str:
    """Turn "AU6, 12 and 25" into three marks with the words between them kept."""
    first, rest = match.group(1), match.group(2) or ""
    return _mark_code(first) + re.sub(
        r"(?:AU)?(\d+)(?:[A-E]\b)?", lambda number: _mark_code(number.group(1)), rest, flags=re.I
    )


def _mark_code(digits: str) -> str:
    return mark(str(int(digits))) if int(digits) in ACTION_UNITS else digits


def read_emotion(text: str) -> str | None:
    """The emotion that ``text`` asserts most, one of :data:`EMOTIONS`, or None.

    Each asserted word counts one, three where the text draws a conclusion, less where it is hedged ("a
    touch of fear"); denied emotions do not count. Of equals, the first one named wins.
    """
    scores: dict[str, float] = {}
    marked = _EMOTION.sub(lambda match: mark(_EMOTION_OF[match.group().lower()]), text)
    for mention in mentions(marked):
        if mention.asserted:
            scores[mention.key] = scores.get(mention.key, 0.0) + _weight(mention)
    return max(scores, key=scores.__getitem__) if scores else None


def _weight(mention: Mention) -> float:
    weight = 3.0 if _CONCLUSION.search(mention.part) else 1.0
    return weight * 0.3 if _HEDGE.search(mention.part) else weight
