"""Reader of answers to yes/no questions about an action unit, such as "Is AU12 active?"."""

from __future__ import annotations

import re

from emola.faba import ACTION_UNITS, read_action_units

__all__ = ["opening", "says"]

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_HARMLESS = re.compile(
    r"^no (?:doubt|question)\b[\s:,.]*(?:about (?:it|that)[\s:,.]*)?|^not (?:only|just|merely)\b", re.I
)
_YES = re.compile(
    r"^(?:yes|yep|yeah|yup|indeed|certainly|definitely|absolutely|of course|affirmative|i think so"
    r"|i believe so|probably yes)\b(?!\s+not\b)|^(?:correct|right|sure|it is|it does)(?=\s*(?:$|[,.:;!]))",
    re.I,
)
_NO = re.compile(
    r"^(?:nope|no way|not|hardly|neither|rather not|(?:probably|perhaps|most likely|i think|apparently) not"
    r"|it is(?:n['’]t| not)|it does(?:n['’]t| not)|(?:i )?do(?:n['’]t| not) think so|negative"
    r"|no(?=\s*(?:$|[,.:;!–—-])|\s+(?:signs?|traces?|evidence|hint|au\s*\d|i|it|there|the|that|this|not)\b))",
    re.I,
)
_ABSENT = re.compile(
    r"\b(?:not|n['’]t|cannot be|never)\b[^.,;]*\b(?:active|present|visible|there|seen|on|detected|so)\b"
    r"|\b(?:inactive|absent|missing|at rest|relaxed|off)\b|\bno (?:sign|trace|evidence|activity)\b",
    re.I,
)
_PRESENT = re.compile(r"\b(?:active|present|visible|there|detected)\b", re.I)


def says(answer: str, code: int) -> bool | None:
    """Return True for yes, False for no, and None if the answer says neither or both.

    The first words and what the sentences state about the unit must agree.
    """
    opened, stated = opening(answer), _stated(answer, code)
    if stated == {True, False} or (opened is not None and stated and opened not in stated):
        return None
    return opened if opened is not None else next(iter(stated), None)


def _sentences(answer: str) -> list[str]:
    """Split an answer into sentences, without questions that it repeats."""
    sentences = (sentence.strip() for sentence in _SENTENCE.split(answer))
    return [sentence for sentence in sentences if sentence and not sentence.endswith("?")]


def opening(answer: str) -> bool | None:
    """Return yes or no by the first words, or None."""
    first = next(iter(_sentences(answer)), "").lstrip("\"'*_-– ")
    if harmless := _HARMLESS.match(first):
        first = first[harmless.end() :].lstrip()
        return True if not first else opening(first)
    if _NO.match(first):
        return False
    return True if _YES.match(first) else None


def _stated(answer: str, code: int) -> set[bool]:
    """Return what the sentences state about the unit, by code or name, or else without naming any."""
    names = (
        f"AU\\s*0?{code}(?!\\d)",
        *(re.escape(name) for name in (ACTION_UNITS[code].name, *ACTION_UNITS[code].aliases)),
    )
    named = re.compile(
        "|".join(rf"\b{name}\b" if not name.endswith(")") else rf"\b{name}" for name in names), re.I
    )
    sentences = _sentences(answer)
    stated = {code in read_action_units(sentence) for sentence in sentences if named.search(sentence)}
    if stated or re.search(r"\bAU\s*\d", answer) or re.search(r"\blandmarks\b", answer, re.I):
        return stated
    if any(_ABSENT.search(sentence) for sentence in sentences):
        return {False}
    return {True} if any(_PRESENT.search(sentence) for sentence in sentences) else set()
