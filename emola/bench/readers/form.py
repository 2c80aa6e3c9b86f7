"""The form of answers: empty, cut off, unfinished, going round in circles, all beginning alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from emola.faba import ACTION_UNITS

_LONGEST = 30
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_LIST_ITEM = re.compile(r"(?:[-*•]|\d+[.)])?\s*AU\s*(\d+)[\s:,(–-]+(.+?)\)?", re.I)


def words(text: str) -> list[str]:
    """The words of a text in small letters."""
    return _WORD.findall(text.lower())


def empty(text: str) -> bool:
    """Whether it has no letter and no digit."""
    return not words(text)


def loops(text: str) -> bool:
    """Whether it goes round in circles.

    One of: the same 1 to 30 words three times in a row, six words or more in all; the same sentence or line
    of four words or more twice; the same eight words at three places.
    """
    said = words(text)
    parts = Counter(tuple(words(part)) for part in re.split(r"(?<=[.!?])\s+|\n+", text))
    if any(count > 1 and len(part) >= 4 for part, count in parts.items()):
        return True
    eights = Counter(tuple(said[start : start + 8]) for start in range(len(said) - 7))
    return any(count > 2 for count in eights.values()) or any(
        _in_a_row(said, length) for length in range(1, _LONGEST + 1)
    )


def _in_a_row(said: Sequence[str], length: int) -> bool:
    """Whether ``length`` words are said three times in a row; the shortest ones more often."""
    needed = max(3 * length, 6) - length  # so many words equal those that stand ``length`` before them
    run = 0
    for place in range(length, len(said)):
        run = run + 1 if said[place] == said[place - length] else 0
        if run >= needed:
            return True
    return False


def finished(text: str) -> bool:
    """Whether it ends as a sentence does, or with the whole name of a unit as the last of a list."""
    text = text.rstrip()
    if re.search(r"[.!?…][\"'”’)\]*_]*$", text):
        return True
    item = _LIST_ITEM.fullmatch(text.splitlines()[-1].strip()) if text else None
    unit = ACTION_UNITS.get(int(item[1])) if item else None
    return item is not None and unit is not None and item[2].lower() in (unit.name.lower(), *unit.aliases)


def opening(text: str) -> str:
    """Its first five words, or as many as there are."""
    return " ".join(words(text)[:5])


def openings(texts: Sequence[str]) -> list[tuple[str, int]]:
    """Openings with how often each occurs, the commonest first."""
    return Counter(opening(text) for text in texts).most_common()
