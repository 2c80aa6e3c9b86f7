"""Check: yes, no and figures of an answer agree with the requirements."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emola.faba import ACTION_UNITS, canonical_emotion
from emola.faba.emotions import EMOTIONS, SYNONYMS
from emola.faba.face_reading import LEVELS
from emola.train.nano.corpus.checks.movement_words import find_phrases
from emola.train.nano.corpus.requirements import Requirements

__all__ = ["check_verdict"]

_NEGATED = re.compile(
    r"\b(?:not|no|without|absent|inactive|missing|relaxed|rest|neutral|still|only|just|more|stronger|stronger|same|left"
    r"|right|or|than|both|least|strong\w*|weak\w*|level|slight\w*|much|sure|certain|barely|clear\w*|very|full\w*"
    r"|above|over|at [A-E]|[A-E])\b|n['’]t\b"
)
_EMOTION = re.compile(
    rf"\b(?:{'|'.join(word for name in EMOTIONS for word in (name, *SYNONYMS[name]) if ' ' not in word)})\b",
    re.I,
)
_PERCENT = re.compile(r"\b(\d+)(?: ?%| per ?cent)")
_OF_TEN = re.compile(r"\b(\d+)(?: out)? of 10\b")
_OF_EMOTION = {"clear": 90, "likely": 65, "unsure": 40}


def check_verdict(answer: str, question: str, kind: str, needs: Requirements) -> Iterator[str]:
    """Yield a verdict or a figure that does not follow."""
    opening = re.match(r"(Yes|No)\b", answer)
    if opening and kind in ("yes_no", "bare", "movement", "and_unit") and not _NEGATED.search(question):
        yield from _check_unit(opening[1], question, needs)
    if opening and kind == "emotion_yes_no" and not _NEGATED.search(question):
        yield from _check_emotion(opening[1], question, needs)
    if kind in ("unit_percent", "unit_scale"):
        yield from _check_figures(answer, kind, needs)
    if kind == "emotion_percent" and needs.certainties:
        allowed = {_OF_EMOTION[certainty] for certainty in needs.certainties} | {25, 100}
        for figure in map(int, _PERCENT.findall(answer)):
            if figure not in allowed:
                yield f"{figure} % is not what '{'/'.join(needs.certainties)}' stands for"


def _check_unit(opening: str, question: str, needs: Requirements) -> Iterator[str]:
    keys = {f"+{int(code)}" for code in re.findall(r"\bAU ?0?(\d+)", question, re.I)}
    keys |= {f"+{unit.code}" for unit in ACTION_UNITS.values() if unit.name.lower() in question.lower()}
    inverted = re.sub(
        r"^(?:is|are) ((?:the|her|his|their) [\w ]+?) (\w+)", r"\1 are \2", question, flags=re.I
    )
    keys |= {phrase.key for phrase in find_phrases(inverted) if not phrase.denied}
    if len(keys) != 1:
        return
    key = keys.pop()
    codes = [int(code) for code in key[1:].split(",")]
    states = [needs.state(code) for code in codes]
    active, inactive = "active" in states, set(states) == {"inactive"}
    if codes == [25]:  # a jaw that is lowered opens the lips
        active = active or bool({26, 27} & needs.active.keys())
    yes, no = (inactive, active) if key[0] == "-" else (active, inactive)
    if not (yes if opening == "Yes" else no):
        named = ", ".join(f"AU{code} is {state}" for code, state in zip(codes, states, strict=True))
        yield f"{opening!r} does not follow; by the needs {named}"


def _check_emotion(opening: str, question: str, needs: Requirements) -> Iterator[str]:
    named = {canonical_emotion(word) for word in _EMOTION.findall(question)}
    if len(named) != 1:
        return
    emotion = named.pop()
    if opening == "Yes" and emotion not in (needs.emotion, needs.second):
        yield f"'Yes' does not follow; the needs give {needs.emotion or 'no emotion'}"
    elif opening == "No" and emotion == needs.emotion:
        yield f"'No' does not follow; the needs give {needs.emotion}"


def _check_figures(answer: str, kind: str, needs: Requirements) -> Iterator[str]:
    """Check the figures of levels: 10, 30, 50, 70 and 90 %, or 2, 4, 6, 8 and 10 of 10."""
    percent = kind == "unit_percent"
    figures = list(map(int, (_PERCENT if percent else _OF_TEN).findall(answer)))
    levels = {level for unit in needs.active.values() for level in unit.levels}
    allowed = {10 + 20 * LEVELS.index(level) if percent else 2 * LEVELS.index(level) + 2 for level in levels}
    if needs.inactive or needs.only:
        allowed.add(0)
    for figure in figures:
        if figure not in allowed | ({100} if percent else set()):
            yield f"{figure} is not the figure of a level that the needs give"
