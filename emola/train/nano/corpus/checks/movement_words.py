"""Finds the words for movements, and for their absence, in a clause of the corpus."""

from __future__ import annotations

import re
from functools import lru_cache

from emola.faba import movement_words
from emola.faba.movement_words import Phrase, strength_levels

__all__ = ["Phrase", "find_phrases"]

_FIXED = {
    r"(?<!shows no )(?<=no )smile": "+12",
    r"(?<=without a )smile": "+12",
    r"(?<=not )smiling": "+12",
    r"there is an? (?:\w+ )?smile": "+12",
    r"(?<=no )frown": "+4",
    r"there is an? (?:\w+ )?frown": "+4",
}
"""Words that name a movement by themselves, where they are about this face."""
_PATTERNS = [(re.compile(rf"\b(?:{pattern})\b", re.I), key) for pattern, key in _FIXED.items()]


@lru_cache(4096)
def find_phrases(text: str) -> tuple[Phrase, ...]:
    """Return the phrases of a clause in order; they do not overlap. Several checks read the same clause."""
    found = movement_words.find_phrases(text)
    for pattern, key in _PATTERNS:
        for match in pattern.finditer(text):
            if all(match.end() <= phrase.start or match.start() >= phrase.end for phrase in found):
                levels = strength_levels(match.group())
                found.append(Phrase(match.start(), match.end(), key, False, True, levels))
    return tuple(sorted(found, key=lambda phrase: phrase.start))
