"""Check: what units are said to be signs of, or to speak against, agrees with the tables of emotions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emola.faba import EMOTIONS, TYPICAL_AUS, canonical_emotion
from emola.faba.emotions import ADJECTIVES, CONTRARY_AUS, CORE_AUS
from emola.train.nano.corpus.checks.claims import unit_claims
from emola.train.nano.corpus.checks.clauses import sentences
from emola.train.nano.corpus.checks.movement_words import find_phrases

__all__ = ["check_tables"]

_EMOTION = rf"(?:{'|'.join((*EMOTIONS, *ADJECTIVES.values(), 'frightened', 'fearful'))})"
_LIST = rf"(?P<emotions>{_EMOTION}(?:(?:,|,? and|,? or|,? nor)(?: in| with| for| to| of)? {_EMOTION})*)"
_UNIT = "<[+?][0-9,]+>"
_UNITS = (
    rf"(?P<units>{_UNIT}(?: ?\({_UNIT}(?:(?:, | and |, and ){_UNIT})*\))?(?:(?:,|,? and"
    rf"|,? or)(?: the| an?)? {_UNIT}(?: ?\({_UNIT}\))?)*)"
)
_ADVERBS = (
    r"(?: (?:also|both|all|still|clearly|usually|often|most|above all|best|rather|even|then|too"
    r"|only|mainly|well))*"
)
_A = r"(?: an?| the| one of the| among the| two of the| three of the| its)?"
_OF = rf"(?: of| for) (?:an? )?{_LIST}"
_RELATIONS = {
    "core": rf"(?: is| are|,){_A}(?: \w+)? core (?:signs?|units?){_OF}",
    "best": rf"(?: is| are|,)(?: the)? (?:best|most specific|leading|strongest"
    rf"|top)(?: single)? (?:sign|support|unit){_OF}",
    "typical": rf"(?:(?: is| are|,){_A}(?: \w+)? (?:signs?|part|typical|marks?)(?: of| for)"
    rf"|{_ADVERBS} (?:belongs? to|occurs? in|speaks? for|supports?|points? to|fits?"
    rf"|suits?)) (?:an? )?{_LIST}",
    "contrary": rf"{_ADVERBS} (?:speaks? against|counts? against|contradicts?"
    rf"|argues? against) (?:an? )?{_LIST}",
}
_PATTERNS = {
    name: re.compile(rf"{_UNITS}(?:,? (?:which|that|and this|and it))?{relation}", re.I)
    for name, relation in _RELATIONS.items()
}
_CODE = re.compile(r"\bAU(\d+)\b")
_CONCESSION = re.compile(r"\b(?:although|even though|though|despite the|in spite of)\b", re.I)


def check_tables(answer: str) -> Iterator[str]:
    """Yield statements about units and emotions that contradict the tables."""
    for sentence in sentences(answer):
        if not sentence.endswith("?"):
            text = _tagged(sentence)
            for relation, pattern in _PATTERNS.items():
                for match in pattern.finditer(text):
                    yield from _check(match, relation)
            yield from _check_concession(sentence)


def _tagged(sentence: str) -> str:
    """Replace the words for movements and the codes by "<+1,2>"; absences are left as they are."""
    tagged, end = "", 0
    for phrase in find_phrases(sentence):
        if phrase.key[0] != "-" and not phrase.denied and not phrase.complete:
            before = re.sub(r"\b(?:the|an?|both the) $", "", sentence[end : phrase.start], flags=re.I)
            tagged += before + f"<{phrase.key}>"
            end = phrase.end
    return _CODE.sub(r"<+\1>", tagged + sentence[end:])


def _check(match: re.Match[str], relation: str) -> Iterator[str]:
    if re.search(
        r"\b(?:no|not|neither|without|than)\b", match.string[max(0, match.start() - 12) : match.end()]
    ):
        return
    codes = {int(code) for code in re.findall(r"\d+", match["units"])}
    for word in re.findall(_EMOTION, match["emotions"], re.I):
        emotion = _emotion(word)
        wrong = sorted(codes - _allowed(emotion, relation)) if emotion else []
        if wrong:
            what = {"core": "a core sign of", "best": "the best sign of", "typical": "a sign of"}.get(
                relation
            )
            yield f"AU{wrong[0]} {f'is not {what}' if what else 'does not contradict'} {emotion}"


def _allowed(emotion: str, relation: str) -> set[int]:
    core = CORE_AUS[emotion]
    if relation == "typical":
        return {*core, *TYPICAL_AUS[emotion]}
    return set(CONTRARY_AUS[emotion] if relation == "contrary" else core[:1] if relation == "best" else core)


def _check_concession(sentence: str) -> Iterator[str]:
    """Check "it looks sad, although the inner brows are raised": the units must not be typical."""
    parts = _CONCESSION.split(sentence, maxsplit=1)
    named = {_emotion(word) for word in re.findall(rf"\b{_EMOTION}\b", parts[0], re.I)} - {None}
    if len(parts) != 2 or len(named) != 1 or not parts[0].strip() or re.search(r"\bnot?\b", parts[0]):
        return
    emotion = next(iter(named)) or ""
    for claim in unit_claims(parts[1].split(",")[0], ""):
        typical = {*TYPICAL_AUS[emotion], *CORE_AUS[emotion]} - set(CONTRARY_AUS[emotion])
        if claim.sign == "+" and not claim.levels and set(claim.codes) <= typical:
            yield f"{claim.words!r} speaks for {emotion}, so 'although' does not fit"


def _emotion(word: str) -> str | None:
    return "fear" if word.lower() in ("frightened", "fearful") else canonical_emotion(word)
