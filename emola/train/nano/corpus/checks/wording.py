"""Check: words that answers must not use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emola.faba.emotions import ADJECTIVES
from emola.train.nano.corpus.checks.clauses import clauses

__all__ = ["check_wording"]

_FORBIDDEN = re.compile(
    r"\b(?:certainly|definitely|obviously|undoubtedly|evidently|without (?:a )?doubt|no doubt about it"
    r"|absolutely"
    r"|as an? (?:ai|language model)|(?<!not )i am (?:quite |very |fairly |really )?(?:sure"
    r"|certain)(?! (?:of|about) what)"
    r"|i feel|i am (?:glad|happy|sorry|delighted|afraid)|i (?:love|enjoy|hope|wish)|gr[a]y|colou?rful"
    r"|color|center)\b",
    re.I,
)
_FELT = re.compile(
    rf"\b(?:the person|they|she|he|who)(?: is| are| was|'s|'re)? (?:really |truly |very )?"
    rf"(?:feels? (?:really |very )?)?(?:{'|'.join(ADJECTIVES.values())})\b",
    re.I,
)
_OPEN = re.compile(r"\b(?:not|what|whether|about|how|why|cannot|looks?)\b", re.I)
_FEMALE = re.compile(r"\b(?:she|her|hers|herself)\b", re.I)
_MALE = re.compile(r"\b(?:he|him|his|himself)\b", re.I)
_FEMALE_ASKED = re.compile(
    r"\b(?:she|her|hers|herself|woman|women|girl|lady|mother|mum|mom|sister|wife|daughter|aunt|grandma"
    r"|grandmother"
    r"|bride|actress|queen|girlfriend|niece|granny|nurse)\b|she['’]",
    re.I,
)
_MALE_ASKED = re.compile(
    r"\b(?:he|him|his|himself|man|men|boy|guy|gentleman|father|dad|brother|husband|son|uncle|grandpa"
    r"|grandfather"
    r"|groom|actor|king|boyfriend|nephew|bloke|lad)\b|he['’]",
    re.I,
)


def check_wording(answer: str, asked: str, *, about_face: bool) -> Iterator[str]:
    """Yield forbidden words. asked: all questions so far. about_face: the answer is about the person."""
    sayings = re.sub(r'"[^"]*"', " ", answer)
    if match := _FORBIDDEN.search(sayings):
        yield f"{match.group()!r} is not to be used"
    if not about_face:
        return
    for clause in clauses(answer):
        if not clause.void and (match := _FELT.search(clause.text)) and not _OPEN.search(clause.text):
            yield f"{match.group()!r} states a feeling of the person as a fact"
    for pronouns, words in ((_FEMALE, _FEMALE_ASKED), (_MALE, _MALE_ASKED)):
        if (match := pronouns.search(answer)) and not words.search(asked):
            yield f"{match.group()!r}: the question does not say so"
