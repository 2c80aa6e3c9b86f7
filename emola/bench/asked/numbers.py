"""Reading of levels, numbers and percentages in answers."""

from __future__ import annotations

import re

from emola.bench.asked.facts import LEVELS

__all__ = ["first_number", "letters", "levels", "percent"]

_LEVEL_WORDS: tuple[tuple[str, tuple[int, ...]], ...] = (
    (r"very strong(?:ly)?|maxim\w+|very widely|very wide|full(?:y)?|as (?:strong|far) as", (4,)),
    (
        r"very (?:slight(?:ly)?|weak(?:ly)?|faint(?:ly)?|mild|small|low)|traces?|bare(?:ly)?"
        r"|faint(?:ly)?|hints?|minimal(?:ly)?|hardly",
        (0,),
    ),
    (r"(?:fairly|quite|rather) strong(?:ly)?|marked(?:ly)?|pronounced", (2, 3)),
    (
        r"slight(?:ly)?|weak(?:ly|er|est)?|mild(?:ly)?|(?:a )?(?:little|bit)|light(?:ly)?"
        r"|subtl[ey]|small|low",
        (1,),
    ),
    (r"moderate(?:ly)?|medium|mid|middling|middle|average|half", (2,)),
    (
        r"strong(?:ly)?|severe(?:ly)?|considerabl[ey]|high(?:ly)?|intense(?:ly)?|extreme(?:ly)?"
        r"|widely|large|much",
        (3,),
    ),
)
_LEVEL_PATTERNS = [(re.compile(rf"\b(?:{pattern})\b", re.I), levels) for pattern, levels in _LEVEL_WORDS]
_NUMBER_WORDS: tuple[str, ...] = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
)
_NUMBER_WORDS += ("eleven", "twelve", "thirteen", "fourteen", "fifteen")


def letters(text: str) -> set[int]:
    """Return the levels, 0 (A) to 4 (E), that a text names by letter, as in "6C" or "level C"."""
    with_code = re.findall(r"(?<![A-Za-z'’])(?:AU ?)?\d{1,2}([A-E])\b", text)
    alone = re.findall(r"(?<![\w'’])([B-E])(?![\w'’])", text)
    # "A" is an article as well.
    trace = re.search(
        r"(?<![\w'’])A(?=\s*(?:[.,;:)\]–(+]|$|level\b|,? (?:a )?(?:only )?(?:a )?trace))", text, re.M
    )
    return {LEVELS.index(letter) for letter in (*with_code, *alone, *("A" if trace else ""))}


def levels(text: str) -> set[int]:
    """Return the levels, 0 (A) to 4 (E), that a text names by letter, by "level 3" or in words."""
    found = letters(text) | {int(number) - 1 for number in re.findall(r"\blevel ([1-5])\b", text, re.I)}
    for pattern, named in _LEVEL_PATTERNS:
        if pattern.search(text):
            found.update(named)
            text = pattern.sub(" ", text)
    return found


def first_number(text: str, highest: int) -> int | None:
    """Return the first number up to ``highest`` that is no code of a unit, in digits or words, rounded."""
    text = re.sub(
        r"\bAUs?[\s-]*\d+(?:[ ,+&]+(?:and )?(?:AU)?\d{1,2}\b(?! ?(?:/|of|out|points?)))*",
        " ",
        text,
        flags=re.I,
    )
    text = re.sub(r"\b(?:one|1)(?: to |-)(?:ten|10)\b", " ", text, flags=re.I)
    pattern = rf"(?<![\w.])(\d+(?:\.\d+)?)(?![\w])|\b({'|'.join(_NUMBER_WORDS)})\b"
    for match in re.finditer(pattern, text, re.I):
        number = round(float(match[1])) if match[1] else _NUMBER_WORDS.index(match[2].lower())
        if 0 <= number <= highest:
            return number
    return None


def percent(text: str) -> int | None:
    """Return the first percentage, or a number up to 100 that is no "4 of 5"."""
    match = re.search(r"(\d{1,3})(?:\.\d+)?\s*(?:%|per ?cent)", text, re.I)
    if match:
        return int(match[1])
    return None if re.search(r"\d (?:out )?of \d", text) else first_number(text, 100)
