"""Questions about the action units themselves, and whether an answer is right by the catalogue."""

from __future__ import annotations

import re

from emola.faba import ACTION_UNITS

__all__ = ["DEFINITION_QUESTIONS", "definition_questions", "is_right"]

DEFINITION_QUESTIONS = {
    "name": "What is AU{code}?",
    "muscle": "Which muscle is behind AU{code}?",
    "code": 'Which action unit is called "{name}"?',
}
"""The question about each unit, by what it asks for."""


def definition_questions() -> dict[tuple[str, int], str]:
    """Return every question by (what it asks for, the unit's code)."""
    return {
        (kind, code): text.format(code=code, name=unit.name.lower())
        for kind, text in DEFINITION_QUESTIONS.items()
        for code, unit in ACTION_UNITS.items()
    }


def is_right(kind: str, code: int, answer: str) -> bool:
    """Return whether an answer is right.

    By kind: the first unit name in the answer, the muscle, or the only code is that of the unit.
    """
    text = answer.lower()
    if kind == "code":
        return set(re.findall(r"\bau ?(\d+)\b", text)) == {str(code)}
    if kind == "muscle":
        return ACTION_UNITS[code].muscle.lower() in text
    positions = {other: text.find(unit.name.lower()) for other, unit in ACTION_UNITS.items()}
    named = {other: position for other, position in positions.items() if position >= 0}
    return min(named, key=lambda other: named[other], default=None) == code
