"""Strict reading of texts: the action units asserted as active, and the emotion asserted most."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from emola.faba.emotions import EMOTIONS, SUGGESTIVE, SYNONYMS
from emola.faba.negation import Mention, mark, mentions
from emola.faba.unit_mentions import unit_mentions

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
    return sorted({mention.code for mention in unit_mentions(text) if mention.stated})


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
