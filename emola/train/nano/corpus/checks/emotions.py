"""Check: the emotion that an answer states, and its certainty, follow from the requirements."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emola.faba import EMOTIONS, SYNONYMS, canonical_emotion
from emola.faba.negation import mark, mentions
from emola.train.nano.corpus.checks.clauses import Clause, clauses
from emola.train.nano.corpus.requirements import Requirements

__all__ = ["check_emotions"]

_NAMED_FIRST = ("emotion", "emotion_word", "feelings", "shorter", "one_sentence")
"""Kinds whose answer may be the name of the emotion."""

_OMITTED = ("mad", "pleasure", "surprising")
_WORDS = [
    word
    for emotion in EMOTIONS
    for word in (emotion, *SYNONYMS[emotion])
    if word not in _OMITTED and " " not in word
]
_EMOTION = re.compile(rf"\b(?:{'|'.join(sorted((*_WORDS, 'frightened'), key=len, reverse=True))})\b", re.I)
_HOW = (
    r"(?:\w+ly|most|more|still|rather|quite|perhaps|a|an|as|the|to be|is|of|plain|overall|my|best"
    r"|first|therefore|so)"
)
_STATED = re.compile(
    rf"\b(?:looks?|looking|appears?|seems?|reads?(?: as)?|reading is|expression is|emotion is"
    rf"|impression is|face is|it is"
    rf"|I (?:still |would )?(?:read|say|call it|keep|stay with|lean (?:to|towards)|see|settle on)"
    rf"|call (?:it|this)"
    rf"|this is|reading, which is|(?:put|puts|makes?|make)(?: (?:this|it))?|clearly|probably"
    rf"|verdict(?: overall)? is|overall,?)(?: {_HOW})*[ ,:]+$",
    re.I,
)
_RANKED = re.compile(
    r"^(?: (?:is|are|comes?|stays?|remains?|fits?|seems?))(?: \w+ly| still| the| my| overall| a| then"
    r"| therefore)*"
    r" (?:first|ahead|likely|likelier|best|overall|reading|clear|most|answer)\b",
    re.I,
)
_SECOND = re.compile(
    r"\b(?:second candidate|runner-up|second (?:choice|place|guess)|(?:comes?|is|stays?|remains?|as"
    r"|and \w+|\w+ as a|in) second"
    r"|second(?=[,.]|$)|close behind|next candidate|other candidate|alternative)\b",
    re.I,
)
_CLEAR = re.compile(r"\bclear(?:ly)?\b|\bplainly\b|\bunmistakabl[ey]\b", re.I)
_HEDGED = re.compile(r"\b(?:probabl[ey]|perhaps|likely|unsure|maybe|not sure|leans? (?:to|towards))\b", re.I)
_ALONE = re.compile(r"[.,:]? ?(?:clearly|probably|perhaps|likely|likeliest)?[.,]?$")
_NOT_CLEAR = re.compile(
    r"\b(?:not|no|n't|rather than|hardly|never"
    r"|without)\b[^,.;]{0,30}\bclear(?:ly)?\b",
    re.I,
)


def check_emotions(answer: str, question: str, kind: str, needs: Requirements) -> Iterator[str]:
    """Yield the statements about the emotion that do not follow."""
    for clause in clauses(answer, question):
        if not clause.void:
            yield from _check_clause(clause, needs, kind in _NAMED_FIRST)


def _check_clause(clause: Clause, needs: Requirements, named_first: bool) -> Iterator[str]:
    text = _NOT_CLEAR.sub(" ", clause.text)
    stated = list(_stated(text, named_first))
    for emotion, word in stated:
        if emotion != needs.emotion and not (emotion == needs.second and _SECOND.search(clause.sentence)):
            yield f"{word!r} is said of the face; the needs give {needs.emotion or 'no emotion'}"
        elif emotion == needs.emotion:
            yield from _check_certainty(text, needs)
    named = {found for match in _EMOTION.finditer(text) if (found := _canonical(match.group()))}
    match = _SECOND.search(text)
    if not named or match is None or re.search(r"\bno\b", text):
        return
    if clause.general and not re.search("candidate|runner", match.group()):
        return
    if not named & {needs.second, needs.emotion}:
        yield f"{match.group()!r} names a second candidate that the needs do not give"
    elif needs.second is None:
        yield f"{match.group()!r} needs a second candidate in the needs"


def _stated(text: str, named_first: bool) -> Iterator[tuple[str, str]]:
    """Yield the emotions that a clause says of the face.

    named_first: an emotion without a verb is the answer too.
    """
    marked = _EMOTION.sub(lambda match: mark(match.group()), text)
    asserted = [mention.asserted for mention in mentions(marked)]
    matches = list(_EMOTION.finditer(text))
    if len(asserted) != len(matches):
        return
    for match, holds in zip(matches, asserted, strict=True):
        emotion = _canonical(match.group())
        before, after = text[: match.start()], text[match.end() :]
        opens = named_first and not before and _ALONE.match(after)
        if emotion and holds and (_STATED.search(before) or _RANKED.match(after) or opens):
            yield emotion, match.group()


def _check_certainty(text: str, needs: Requirements) -> Iterator[str]:
    certainties = needs.certainties or ("clear", "likely", "unsure")
    if _CLEAR.search(text):
        if certainties != ("clear",):
            yield f"'clearly' needs '{needs.emotion} clear'"
        elif needs.faults:
            yield f"'clearly' does not go with a view that is {needs.faults[0]}"
    elif (match := _HEDGED.search(text)) and "clear" in certainties:
        yield f"{match.group()!r} needs '{needs.emotion} likely', 'unsure' or 'likely/unsure'"


def _canonical(word: str) -> str | None:
    return "fear" if word.lower() == "frightened" else canonical_emotion(word)
