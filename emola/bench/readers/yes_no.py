"""Whether an answer to "Is AU12 active?" says yes or no."""

from __future__ import annotations

import re

from emola.faba import ACTION_UNITS, read_action_units

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
    """True for yes, False for no, None where the answer says neither or both.

    Its first words and what it states of the unit must not contradict each other.
    """
    opened, stated = opening(answer), _stated(answer, code)
    if stated == {True, False} or (opened is not None and stated and opened not in stated):
        return None
    return opened if opened is not None else next(iter(stated), None)


def _sentences(answer: str) -> list[str]:
    """The sentences of an answer, without questions that it repeats."""
    return [one.strip() for one in _SENTENCE.split(answer) if one.strip() and not one.strip().endswith("?")]


def opening(answer: str) -> bool | None:
    """Yes or no by the first words, None where they are neither."""
    first = next(iter(_sentences(answer)), "").lstrip("\"'*_-– ")
    if harmless := _HARMLESS.match(first):
        first = first[harmless.end() :].lstrip()
        return True if not first else opening(first)
    if _NO.match(first):
        return False
    return True if _YES.match(first) else None


def _stated(answer: str, code: int) -> set[bool]:
    """What its sentences state of the unit: by its code or name, or else of what they speak about."""
    names = (
        f"AU\\s*0?{code}(?!\\d)",
        *(re.escape(one) for one in (ACTION_UNITS[code].name, *ACTION_UNITS[code].aliases)),
    )
    named = re.compile(
        "|".join(rf"\b{one}\b" if not one.endswith(")") else rf"\b{one}" for one in names), re.I
    )
    sentences = _sentences(answer)
    told = {code in read_action_units(one) for one in sentences if named.search(one)}
    if told or re.search(r"\bAU\s*\d", answer) or re.search(r"\blandmarks\b", answer, re.I):
        return told
    if any(_ABSENT.search(one) for one in sentences):
        return {False}
    return {True} if any(_PRESENT.search(one) for one in sentences) else set()
