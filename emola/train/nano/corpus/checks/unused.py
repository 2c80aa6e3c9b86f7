"""Check: a block uses every fact that its needs require, as each requirement excludes faces from training."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emola.faba.emotions import ADJECTIVES, SYNONYMS
from emola.faba.regions import PARTS
from emola.faba.unit_mentions import NAMES
from emola.train.nano.corpus.checks.movement_words import find_phrases
from emola.train.nano.corpus.checks.totals import COMPLETE
from emola.train.nano.corpus.exchanges import Exchange

__all__ = ["unused_needs"]

_PART_WORDS = {
    "brow": r"(?:eye)?brows?|forehead|frown\w*",
    "eye": r"eyes?|lids?|cheeks?|stare|upper (?:face|half)",
    "nose": r"nose",
    "mouth": r"mouth|lips?|jaw|chin|corners?|smil\w+|lower (?:face|half)|teeth",
}
_GENERAL_WORDS = (
    "emotion",
    "reading",
    "candidate",
    "expression",
    "likel",
    "first",
    "second",
    "clear",
    "unsure",
)
_COMPARING = {
    *(*COMPLETE, "absent", "strongest", "weakest", "upper", "lower", "hidden", "repeat"),
    *("change", "emotion_scale", "strength_emotion", "arousal", "emotion_yes_no"),
}
"""Kinds whose answers rely on facts that they need not name."""
_UNIVERSAL = re.compile(
    r"\b(?:no|none|nothing|all|only|every\w*|other|neither|contrary|rest|any|core|whole)\b", re.I
)


def unused_needs(exchange: Exchange) -> Iterator[str]:
    """Yield a line about the requirements that no question and no answer uses."""
    needs = exchange.needs
    if needs.only or set(exchange.kinds) & _COMPARING:
        return
    text = " ".join(f"{turn.question} {turn.answer}" for turn in exchange.turns)
    universal = _UNIVERSAL.search(text)
    digits = {int(code) for code in re.findall(r"\d+", text)}
    open_codes = [
        code
        for code in (*needs.active, *needs.inactive)
        if code not in digits
        and not re.search(rf"\b(?:{_PART_WORDS[PARTS[code]]})\b", text, re.I)
        and not (code in needs.inactive and universal)
    ]
    named = _named(text) if open_codes else set()
    unused = [f"AU{code}" for code in open_codes if code not in named]
    for emotion in filter(None, (needs.emotion, needs.second)):
        words = (emotion, ADJECTIVES[emotion], *SYNONYMS[emotion], *_GENERAL_WORDS)
        if not re.search(rf"\b(?:{'|'.join(words)})", text, re.I):
            unused.append(emotion)
    if unused:
        yield f"required and not used: {', '.join(unused)}"


def _named(text: str) -> set[int]:
    """Return the units that a text names or describes."""
    named = {code for name, code in NAMES.items() if name in text.lower()}
    return named | {int(code) for phrase in find_phrases(text) for code in re.findall(r"\d+", phrase.key)}
