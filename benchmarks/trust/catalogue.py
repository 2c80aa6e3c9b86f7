"""Whether action units are known by heart: what each is called, which muscle makes it, which code it has."""

from __future__ import annotations

import re

from emola.faba import ACTION_UNITS

QUESTIONS = {
    "its name": "What is AU{code}?",
    "its muscle": "Which muscle is behind AU{code}?",
    "its code": 'Which action unit is called "{name}"?',
}
"""What is asked of each unit of the catalogue."""


def questions() -> dict[tuple[str, int], str]:
    """Every question, by its kind and the unit's code."""
    return {
        (kind, code): text.format(code=code, name=unit.name.lower())
        for kind, text in QUESTIONS.items()
        for code, unit in ACTION_UNITS.items()
    }


def right(kind: str, code: int, answer: str) -> bool:
    """Whether the first unit that an answer names, the muscle, or the only code in it, is the right one."""
    text = answer.lower()
    if kind == "its code":
        return set(re.findall(r"\bau ?(\d+)\b", text)) == {str(code)}
    if kind == "its muscle":
        return ACTION_UNITS[code].muscle.lower() in text
    places = {one: text.find(unit.name.lower()) for one, unit in ACTION_UNITS.items()}
    named = {one: place for one, place in places.items() if place >= 0}
    return min(named, key=lambda one: named[one], default=None) == code
