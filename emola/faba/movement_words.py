"""Finds the words for movements, and for their absence, in a clause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from emola.faba.vocabulary import PARTS, STRENGTHS, Part

__all__ = ["Phrase", "find_phrases", "strength_levels"]

_STRENGTH = "|".join(STRENGTHS)
_STRENGTHS = [(re.compile(rf"\b(?:{adverb})\b", re.I), levels) for adverb, levels in STRENGTHS.items()]
_LINK = (
    r"is|are|was|were|looks?|seems?|appears?|stays?|remains?|being|been|goes|both|all|also|clearly|all three"
    r"|probably|perhaps|plainly|only|just|well|now|indeed|here|even|rather|quite|somewhat|more|much|neither"
    r"|not|hardly(?! visibly)|never|no longer|still|too|either|simply|visibly|equally|evenly|at most|in fact"
    r"|themselves"
    r"|gently|tightly|deeply|noticeably|notably|subtly|prominently|partially|partly|fully|mildly|sharply|heavily"
    r"|far|likely|have been|has been|do|does|again|isn't|aren't|doesn't|don't|be|to be|nearly|almost"
    r"|certainly"
    r"|loosely|firmly|as well|unmistakably|unevenly|less|most|stand|lie|therefore|already|really|together"
)
# No two alternatives may match the same words, such as "hardly visibly" of _STRENGTH: all combinations are
# tried in a text that repeats them.
_GAP = rf"(?: \(AU\d+[^)]{{0,120}}\))?(?:,? (?:{_LINK}|{_STRENGTH}))*,? "
_AND = rf"(?:,|,? (?:and|or|nor|but|and also))(?: (?:{_LINK}|{_STRENGTH}))* "
_DETERMINER = re.compile(
    r"\b(?:the|their|his|her|your|its|both|these|those"
    r"|this)(?: \w+ly)?(?: two)? $",
    re.I,
)
_ADVERB = rf"(?:(?:{_STRENGTH}|clearly|probably|both|well|tightly|firmly|noticeably|subtly|deeply|gently) )?"
_PREPOSITION = re.compile(
    r"\b(?:below|under|around|of|at|beside|above|near|between|over|towards?|from|to|on|in|with|without"
    r"|beneath|for|before)"
    r" (?:the|their|his|her|both) $",
    re.I,
)
_LISTED = re.compile(r"(?:,|,? (?:and|or|nor))(?: the| their| his| her)? ")
_WINDOW = 60  # characters before a noun in which its adjective or verb stands
_DENIAL = re.compile(r"\b(?:not|hardly|never|neither|no longer|nor)\b|n't\b", re.I)


@dataclass(frozen=True)
class Phrase:
    """Words for a movement. key: see :mod:`.vocabulary`. denied: "are not raised".

    definite: about this face ("the raised brows"), not about faces in general ("raised brows"). levels: those
    that its adverbs allow, "" for any. complete: a statement with its own verb, "the brows are raised".
    """

    start: int
    end: int
    key: str
    denied: bool
    definite: bool
    levels: str
    complete: bool = False


def strength_levels(text: str) -> str:
    """Return the levels that the adverbs of a text allow, "" without any."""
    if not text.strip():
        return ""
    return next((levels for adverb, levels in _STRENGTHS if adverb.search(text)), "")


def _compile(words: dict[str, str], template: str) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(template % f"(?:{pattern})", re.I), key) for pattern, key in words.items()]


@dataclass(frozen=True)
class _Patterns:
    states: list[tuple[re.Pattern[str], str]]
    more: list[tuple[re.Pattern[str], str]]
    adjectives: list[tuple[re.Pattern[str], str]]
    verbs: list[tuple[re.Pattern[str], re.Pattern[str], str]]
    before: re.Pattern[str]

    @classmethod
    def of(cls, part: Part) -> _Patterns:
        forms = [(verb, key) for pattern, key in part.verbs.items() for verb in pattern.split("|@|")]
        starts = (*part.adjectives, *(verb.partition("@")[0].strip() for verb, _ in forms), "(?!)")
        return cls(
            _compile(part.states, rf"(?P<how>{_GAP})%s\b"),
            _compile(part.states, rf"(?P<how>{_AND})%s\b"),
            _compile(part.adjectives, rf"(?P<how>\b{_ADVERB})%s,? (?:and )?(?:\w+-\w+ )?$"),
            [_verb(verb, key) for verb, key in forms],
            re.compile("|".join(f"(?:{start})" for start in starts), re.I),
        )


def _verb(pattern: str, key: str) -> tuple[re.Pattern[str], re.Pattern[str], str]:
    before, _, after = pattern.partition("@")
    return (
        re.compile(rf"\b(?P<how>{_ADVERB})(?:{before.strip()}) (?:the |their |his |her |both )*$", re.I),
        re.compile(rf" {after.strip()}\b" if after.strip() else "(?: together| sideways)?", re.I),
        key,
    )


_NOUN = re.compile(
    "|".join(rf"(?P<p{number}>\b(?:{part.nouns})\b)" for number, part in enumerate(PARTS)), re.I
)
_PATTERNS = [_Patterns.of(part) for part in PARTS]


def find_phrases(text: str) -> list[Phrase]:
    """Return the phrases of a clause or text in order; they do not overlap."""
    found: list[Phrase] = []
    nouns = list(_NOUN.finditer(text))
    ends = _subject_ends(text, nouns)
    for noun, end in zip(nouns, ends, strict=True):
        if not found or noun.start() >= found[-1].end:
            found.extend(_around(text, noun, end))
    return sorted(found, key=lambda phrase: phrase.start)


def _subject_ends(text: str, nouns: list[re.Match[str]]) -> list[int]:
    """Return where the subject of each noun ends: "the brows, the nose and the chin" is one for all three."""
    ends = [noun.end() for noun in nouns]
    for number in range(len(nouns) - 2, -1, -1):
        if _LISTED.fullmatch(text, nouns[number].end(), nouns[number + 1].start()):
            ends[number] = ends[number + 1]
    return ends


def _around(text: str, noun: re.Match[str], end: int) -> Iterator[Phrase]:
    """Yield the phrases of one noun: its verb, or else its adjective and its states. end: of the subject."""
    patterns = _PATTERNS[int((noun.lastgroup or "p0")[1:])]
    offset = max(0, noun.start() - _WINDOW)
    before = text[offset : noun.start()]
    led = bool(patterns.before.search(before))  # the slower patterns can match
    for verb, particle, key in patterns.verbs if led else ():
        if (match := verb.search(before)) and (after := particle.match(text, noun.end())):
            levels = strength_levels(match["how"])
            yield Phrase(match.start() + offset, after.end(), key, False, False, levels)
            return
    start = noun.start()
    for pattern, key in patterns.adjectives if led else ():
        if match := pattern.search(before):
            definite = bool(_DETERMINER.search(before[: match.start()]))
            levels = strength_levels(match["how"])
            yield Phrase(match.start() + offset, noun.end(), key, False, definite, levels)
            start = noun.end()
            break
    if not _PREPOSITION.search(before):
        for phrase in _states(text, start, end, bool(_DETERMINER.search(before)), patterns):
            yield phrase if end == noun.end() else replace(phrase, end=noun.end())


def _states(text: str, start: int, end: int, definite: bool, patterns: _Patterns) -> Iterator[Phrase]:
    """Yield the states after a noun: "are not raised or drawn together"."""
    ways, denied = patterns.states, False
    while state := _first(ways, text, end):
        match, key = state
        if _NOUN.match(text, match.end() + 1):
            return  # the adjective of the next noun: "raised brows, raised cheeks"
        continued = denied and re.search(r"\bn?or\b", match["how"])
        denied = bool(_DENIAL.search(match["how"]) or continued)
        yield Phrase(start, match.end(), key, denied, definite, strength_levels(match["how"]), True)
        start, end, ways = match.end(), match.end(), patterns.more


def _first(
    ways: list[tuple[re.Pattern[str], str]], text: str, position: int
) -> tuple[re.Match[str], str] | None:
    """Return the longest state that follows a position."""
    matches = [(match, key) for pattern, key in ways if (match := pattern.match(text, position))]
    return max(matches, key=lambda found: found[0].end(), default=None)
