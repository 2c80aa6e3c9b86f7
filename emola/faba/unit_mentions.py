"""Mentions of action units in a text by code or name, and which of them it states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from emola.faba.action_units import ACTION_UNITS
from emola.faba.negation import Edit, Mention, mark, marked, mentions

__all__ = ["NAMES", "UnitMention", "mark_units", "stated", "unit_mentions"]

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
_LIST_HEAD = re.compile(
    r"(?:AUs|action\s+units|(?:AU|action\s+unit)\s+(?:numbers?|codes?)|FACS\s+\w+)"
    r"(?:\s+(?:numbers?|codes?))?[ \t:#_-]*(?=\d)",
    re.I,
)
NAMES = {name: unit.code for unit in ACTION_UNITS.values() for name in (unit.name.lower(), *unit.aliases)}
"""Codes of the units by name, lower case."""

_NAME = re.compile(
    r"\b(?:"
    + "|".join(re.escape(name).replace(r"\ ", r"[\s-]+") for name in sorted(NAMES, key=len, reverse=True))
    + r")\b",
    re.I,
)
_COMPARED = re.compile(
    r"\b(?:likely than|different from|differs? from|confused with|mistaken for|compared with|unlike)\b", re.I
)


class UnitMention(NamedTuple):
    """A mention of an action unit, ``text[start:end]``; empty for a unit inside a range such as "25-27".

    stated: True if the text asserts the unit as active, False if it denies it, None if it does neither, as in
    a question or a general statement.
    """

    start: int
    end: int
    code: int
    stated: bool | None


class _Piece(NamedTuple):
    """A mention of a unit, or words around one that are replaced (code is None)."""

    start: int
    end: int
    code: int | None
    words: str = ""


def unit_mentions(text: str) -> list[UnitMention]:
    """Return the mentions of units by code ("AU 06", "AUs 6 and 12") or name, in order.

    A text of bare numbers ("6, 12, 25") is read as codes.
    """
    if _SHORT.fullmatch(text):
        numbers = [(*match.span(), int(match.group())) for match in re.finditer(r"\d+", text)]
        return [UnitMention(*number, True) for number in numbers if number[2] in ACTION_UNITS]
    pieces = _pieces(text)
    found = []
    for mention in mentions(marked(text, _edits(pieces))):
        start, end, code, _ = pieces[int(mention.key)]
        if code is not None:
            head = _LIST_HEAD.match(text, start, end)
            found.append(UnitMention(head.end() if head else start, end, code, stated(mention)))
    return found


def mark_units(text: str) -> list[Edit]:
    """Return the edits that replace each mention of a unit in a text by a mark with a number."""
    return _edits(_pieces(text))


def stated(mention: Mention) -> bool | None:
    """Return whether a text asserts or denies a mention; None for neither, or a mere comparison."""
    if mention.void or (not mention.asserted and _COMPARED.search(mention.part)):
        return None
    return mention.asserted


def _edits(pieces: list[_Piece]) -> list[Edit]:
    return [
        Edit(start, end, words if code is None else mark(str(number)))
        for number, (start, end, code, words) in enumerate(pieces)
    ]


def _pieces(text: str) -> list[_Piece]:
    """Return the pieces of a text in order."""
    pieces = [_Piece(*match.span(), NAMES[_spaced(match.group())]) for match in _NAME.finditer(text)]
    for match in _GROUP.finditer(text):
        pieces += _pieces_of_group(match)
    return sorted(pieces, key=lambda piece: piece.start)  # stable: keeps the order within a range


def _spaced(name: str) -> str:
    return re.sub(r"[\s-]+", " ", name.lower())


def _pieces_of_group(match: re.Match[str]) -> Iterator[_Piece]:
    """Yield the pieces of "AUs 6, 12 and 25-27"; the first one includes the words before its code."""
    first, rest = match[1], match[2]
    codes = first + rest

    def place(position: int) -> int:  # of a character of `codes` in the text
        return position + (match.start(1) if position < len(first) else match.start(2) - len(first))

    position, start = 0, match.start()
    for gap in [*_RANGE.finditer(codes), None]:
        for code in _ONE_CODE.finditer(codes, position, gap.end(1) if gap else len(codes)):
            yield _code(start if start < match.start(1) else place(code.start()), place(code.end()), code[1])
            start = match.end()
        if gap is not None:
            position = gap.start(2)
            yield _Piece(place(gap.end(1)), place(position), None, ", ")
            for between in ACTION_UNITS:
                if int(gap[1]) < between < int(gap[2]):
                    yield _Piece(place(position), place(position), between)
                    yield _Piece(place(position), place(position), None, ", ")


def _code(start: int, end: int, digits: str) -> _Piece:
    known = int(digits) in ACTION_UNITS
    return _Piece(start, end, int(digits)) if known else _Piece(start, end, None, digits)
