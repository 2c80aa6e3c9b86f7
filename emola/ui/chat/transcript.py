"""A conversation as the chat component shows it, and the questions offered after it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence

from emola.chat import Turn
from emola.faba.prompts import STARTER_QUESTIONS, follow_ups
from emola.faba.reading import read_action_units
from emola.ui import messages

MOST_OFFERED = 4
SHOW_EVERY = 0.04
"""Seconds of writing that go to the browser at once: an update per token costs more than the token."""

_MARKUP = re.compile(r"([\\`*_\[\]<>#~|&])")


def shown(turns: Sequence[Turn], *, several_adapters: bool = False) -> list[dict[str, str]]:
    """Turns as chat messages; under an answer stands how it ended, if not by itself.

    several_adapters: the model has more than one, so that it must be said which answered.
    """
    shown_turns = []
    for turn in turns:
        notes = [messages.answered_by(turn.adapter)] if several_adapters and turn.adapter else []
        note = " · ".join([*notes, *ending_of(turn)])
        shown_turns += [said("user", turn.question), said("assistant", turn.answer, note=note)]
    return shown_turns


def said(role: str, text: str, note: str = "") -> dict[str, str]:
    """One message; the text stays text, whatever marks it holds."""
    plain = _MARKUP.sub(r"\\\1", text)
    if note:
        plain = f"{plain}\n\n*{note}*" if text else f"*{note}*"
    return {"role": role, "content": plain}


def ending_of(turn: Turn) -> list[str]:
    """How the answer ended, if not by itself."""
    if turn.stopped:
        return [messages.STOPPED]
    return [messages.CUT] if turn.cut else []


def offered(turns: Sequence[Turn]) -> list[str]:
    """One-click questions: about the action units just named, else those of the start not asked yet."""
    asked = {turn.question for turn in turns}
    about = follow_ups(read_action_units(turns[-1].answer)) if turns else []
    questions = [question for question in (*about, *STARTER_QUESTIONS) if question not in asked]
    return questions[:MOST_OFFERED]


def starters(count: int) -> list[str]:
    """Questions to begin with, for ``count`` buttons; empty for a button without one."""
    return [*STARTER_QUESTIONS, *[""] * count][:count]


def growing(pieces: Iterable[str]) -> Iterator[str]:
    """The answer so far, again and again as it grows; the last one is the whole answer."""
    answer, shown, since = "", "", time.monotonic()
    for piece in pieces:
        answer += piece
        if time.monotonic() - since >= SHOW_EVERY:
            yield answer
            shown, since = answer, time.monotonic()
    if answer != shown:
        yield answer
