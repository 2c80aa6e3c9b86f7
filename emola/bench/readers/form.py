"""The form of an answer: empty, unfinished, repeating itself, and its opening words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from emola.bench.readers.movements import movements
from emola.faba import ACTION_UNITS

__all__ = ["is_empty", "is_finished", "openings", "repeats"]

_OPENING = 5  # words
_LONGEST_CYCLE = 30  # words
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_UNIT = re.compile(r"au\d+")
_LIST_ITEM = re.compile(r"(?:[-*•]|\d+[.)])?\s*AU\s*(\d+)[\s:,(–-]+(.+?)\)?", re.I)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def is_empty(text: str) -> bool:
    """Return whether the text has no letter and no digit."""
    return not _words(text)


def repeats(text: str) -> bool:
    """Return whether the text loops.

    It does with any of: the same 1 to 30 words three times in a row, six words or more in all; the same
    sentence or line of four words or more twice; the same eight words in three places, other than in the
    sentences or lines of a list about different units.
    """
    parts = [_words(part) for part in re.split(r"(?<=[.!?])\s+|\n+", text)]
    sentences = Counter(tuple(part) for part in parts if len(part) >= 4)
    eights = Counter(
        (_unit(part), *part[start : start + 8]) for part in parts for start in range(len(part) - 7)
    )
    return (
        any(count > 1 for count in sentences.values())
        or any(count > 2 for count in eights.values())
        or any(_cycles(_words(text), length) for length in range(1, _LONGEST_CYCLE + 1))
    )


def _unit(words: Sequence[str]) -> str | None:
    """Return the unit that a sentence or line begins with, such as "au12"."""
    return words[0] if words and _UNIT.fullmatch(words[0]) else None


def _cycles(words: Sequence[str], length: int) -> bool:
    """Return whether ``length`` words occur three times in a row, or up to six words in all if shorter."""
    needed = max(3 * length, 6) - length  # this many words equal the word ``length`` places before
    run = 0
    for index in range(length, len(words)):
        run = run + 1 if words[index] == words[index - length] else 0
        if run >= needed:
            return True
    return False


def is_finished(text: str) -> bool:
    """Return whether the text ends like a sentence, or as a list does with a unit's full name or movement."""
    text = text.rstrip()
    if re.search(r"[.!?…][\"'”’)\]*_]*$", text):
        return True
    item = _LIST_ITEM.fullmatch(text.splitlines()[-1].strip()) if text else None
    unit = ACTION_UNITS.get(int(item[1])) if item else None
    if item is None or unit is None:
        return False
    return item[2].lower() in (unit.name.lower(), *unit.aliases) or bool(movements(item[2]))


def openings(texts: Sequence[str]) -> list[tuple[str, int]]:
    """Return the first five words of the texts, in lower case, with their counts, the most common first."""
    return Counter(" ".join(_words(text)[:_OPENING]) for text in texts).most_common()
