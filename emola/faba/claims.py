"""Claims of a text about action units, with their places in the text.

Units are named by code or name, see :mod:`emola.faba.unit_mentions`, or by words for their movements ("the
lip corners are raised"), see :mod:`emola.faba.movement_words`. The rules of :mod:`emola.faba.negation` decide
what the text asserts and denies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from emola.faba.movement_words import Phrase, find_phrases
from emola.faba.negation import Edit, mark, marked, mentions
from emola.faba.unit_mentions import mark_units, stated, unit_mentions
from emola.faba.vocabulary import WORDS

__all__ = ["Claim", "GrowingClaims", "find_claims", "settled_claims"]

_WORDS = [(re.compile(rf"\b(?:{pattern})\b", re.I), key) for pattern, key in WORDS.items()]
_JOINED = re.compile(r"(?:[,\s]+|(?:and|or|nor|but|also|then)\b)+", re.I)
_NO = re.compile(r"\b(?:no|neither|nor|not that) (?:the |their |his |her )?$", re.I)
_ABSENT_BEFORE = re.compile(
    r"\b(?:no|without|missing|lacks?|lacking|absence of|not (?:see|find|show|have))(?: \w+){0,2}:?"
    r" (?:the |their )?$",
    re.I,
)
_ABSENT_AFTER = re.compile(
    r"[^,.;]{0,30}\b(?:is|are) (?:both |all |still )?"
    r"(?:missing|absent|lacking|not (?:there|visible|present|seen))\b",
    re.I,
)
_SETTLED = re.compile(r"[.!?;]\s|\n|\w\W+\w+\W")
_WINDOW = 60  # characters before a phrase in which it can be denied
# A full stop that ends a sentence, and not a bare list of codes ("6, 12."), which is read as a whole.
_FULL_STOP = re.compile(r"(?<=[^\d\s,;+&.])\.\s")
_HEADING = re.compile(r":[\s*_#]*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_JAW_DROP, _MOUTH_STRETCH = 26, 27
_PHRASE = "p"  # prefix of the keys of movement phrases; the keys of units are numbers


class Claim(NamedTuple):
    """A claim about an action unit in ``text[start:end]``; the span is empty inside a range ("25-27").

    present: True if the text asserts the unit as active, False if it denies it, None if it only mentions it,
    as in a question or a general statement. others: further units that the words fit ("raised brows": AU1 or
    AU2); such words assert one of all of them, or deny each of them.
    """

    start: int
    end: int
    code: int
    present: bool | None
    others: tuple[int, ...] = ()

    @property
    def codes(self) -> tuple[int, ...]:
        """All units that the words fit, the main one first."""
        return (self.code, *self.others)


def find_claims(text: str) -> list[Claim]:
    """Return the claims of a text in order; they do not overlap.

    Codes and names are read as :func:`emola.faba.read_action_units` reads them.
    """
    claims = [Claim(*mention) for mention in unit_mentions(text)]
    taken = [(claim.start, claim.end) for claim in claims if claim.start < claim.end]
    phrases = _free(_phrases(text), taken)
    return sorted([*claims, *_movement_claims(text, phrases)], key=lambda claim: (claim.start, claim.end))


def settled_claims(text: str) -> list[Claim]:
    """Return the claims of a text that is still growing, without those that its next words may complete.

    A claim is settled when two whole words follow it, or the sentence has ended. "AU1" may become "AU12", and
    "AU4 is" become "AU4 is not".
    """
    return [claim for claim in find_claims(text) if _SETTLED.search(text, claim.end)]


class GrowingClaims:
    """The settled claims of a text that grows at its end. An update searches only its last sentences.

    No rule reads across the end of a sentence, with two exceptions: words in brackets belong to the phrase
    around them, and a heading ("Not active:") denies what the lines below it list.
    """

    def __init__(self) -> None:
        self._finished = ""  # the text up to the last full stop that was passed
        self._claims: list[Claim] = []  # of the finished text

    def update(self, text: str) -> list[Claim]:
        """Return ``settled_claims(text)``. A text that does not continue the one before starts again."""
        if _HEADING.search(text):
            return settled_claims(text)
        if not text.startswith(self._finished):
            self._finished, self._claims = "", []
        # A search starts at a full stop, so that its words are not read as a bare list of codes.
        start = max(0, len(self._finished) - 1)
        for stop in _FULL_STOP.finditer(text, start + 1):
            end = stop.start() + 1
            if text.rfind("(", 0, end) <= text.rfind(")", 0, end):
                self._claims += _moved(find_claims(text[start:end]), start)
                self._finished, start = text[:end], end - 1
        return [*self._claims, *_moved(settled_claims(text[start:]), start)]


def _moved(claims: Iterable[Claim], distance: int) -> list[Claim]:
    return [claim._replace(start=claim.start + distance, end=claim.end + distance) for claim in claims]


def _phrases(text: str) -> Iterator[Phrase]:
    yield from find_phrases(text)
    for pattern, key in _WORDS:
        for match in pattern.finditer(text):
            yield Phrase(match.start(), match.end(), key, denied=False, definite=False, levels="")


def _free(phrases: Iterable[Phrase], taken: list[tuple[int, int]]) -> list[Phrase]:
    """Return the phrases, in order, without those that overlap a span of ``taken`` or an earlier phrase."""
    free = []
    for phrase in phrases:
        if all(phrase.end <= start or phrase.start >= end for start, end in taken):
            free.append(phrase)
            taken.append((phrase.start, phrase.end))
    return sorted(free, key=lambda phrase: phrase.start)


def _movement_claims(text: str, phrases: Sequence[Phrase]) -> Iterator[Claim]:
    for phrase, is_stated in zip(phrases, _statements(text, phrases), strict=True):
        main, *others = map(int, phrase.key[1:].split(","))
        present = is_stated
        if phrase.key.startswith("-") and is_stated is not None:
            if is_stated is False and others:
                continue  # "the brows are not level" says nothing about a particular unit
            present = not is_stated
        if main == _JAW_DROP and not others:
            others.append(_MOUTH_STRETCH)  # "the jaw is lowered" does not tell how far
        joined = _JOINED.match(text, phrase.start, phrase.end)
        yield Claim(joined.end() if joined else phrase.start, phrase.end, main, present, tuple(others))


def _statements(text: str, phrases: Sequence[Phrase]) -> list[bool | None]:
    """Return for each phrase whether the text states it, as in ``UnitMention``."""
    found: list[bool | None] = [None] * len(phrases)
    edits = mark_units(text)
    for number, phrase in enumerate(phrases):
        if phrase.definite and not phrase.complete:  # "the raised cheeks" are taken for granted
            before = text[max(0, phrase.start - _WINDOW) : phrase.start]
            found[number] = not (_ABSENT_BEFORE.search(before) or _ABSENT_AFTER.match(text, phrase.end))
        else:
            edits.append(Edit(phrase.start, phrase.end, _marked(number, phrase, text)))
    edits.sort(key=lambda edit: edit.start)  # stable: several edits inside a range begin at the same place
    for mention in mentions(marked(text, edits)):
        if mention.key.startswith(_PHRASE):
            found[int(mention.key.removeprefix(_PHRASE))] = stated(mention)
    return found


def _marked(number: int, phrase: Phrase, text: str) -> str:
    """Return the mark of a phrase as a noun, or as a clause if the phrase has a verb of its own."""
    words = mark(f"{_PHRASE}{number}")
    if not phrase.complete:
        return words
    before = text[max(0, phrase.start - _WINDOW) : phrase.start]
    denied = phrase.denied and not _NO.search(before)
    return f"that {words} is absent" if denied else f"{words} shows"
