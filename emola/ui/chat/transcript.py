"""A conversation as chat messages, and the questions offered after it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from emola.faba.prompts import STARTER_QUESTIONS, follow_ups
from emola.faba.reading import read_action_units
from emola.ui.shared import messages

if TYPE_CHECKING:
    from emola.chat import Turn

MAX_OFFERED = 4
UPDATE_INTERVAL = 0.04
"""Seconds between two updates of a growing answer: an update for each token costs more than the token."""

_MARKUP = re.compile(r"([\\`*_\[\]<>#~|&])")


def chat_messages(turns: Sequence[Turn], *, several_adapters: bool = False) -> list[dict[str, str]]:
    """Return turns as chat messages, with a note under an answer that was stopped or truncated.

    several_adapters: the model has more than one adapter, so that the note names the one that answered.
    """
    shown = []
    for turn in turns:
        notes = [messages.answered_by(turn.adapter)] if several_adapters and turn.adapter else []
        note = " · ".join([*notes, *_ending(turn)])
        shown += [chat_message("user", turn.question), chat_message("assistant", turn.answer, note=note)]
    return shown


def chat_message(role: str, text: str, note: str = "") -> dict[str, str]:
    """Return one message; markup in the text is escaped."""
    plain = _MARKUP.sub(r"\\\1", text)
    if note:
        plain = f"{plain}\n\n*{note}*" if text else f"*{note}*"
    return {"role": role, "content": plain}


def _ending(turn: Turn) -> list[str]:
    if turn.stopped:
        return [messages.STOPPED]
    return [messages.CUT] if turn.cut else []


def offered(turns: Sequence[Turn]) -> list[str]:
    """Return questions to offer: about the action units just named, then starters not asked yet."""
    asked = {turn.question for turn in turns}
    about = follow_ups(read_action_units(turns[-1].answer)) if turns else []
    questions = [question for question in (*about, *STARTER_QUESTIONS) if question not in asked]
    return questions[:MAX_OFFERED]


def starters(count: int) -> list[str]:
    """Return the first questions for ``count`` buttons; empty for a button without a question."""
    return [*STARTER_QUESTIONS, *[""] * count][:count]


def accumulated(pieces: Iterable[str], clock: Callable[[], float] = time.monotonic) -> Iterator[str]:
    """Yield the answer so far at most every ``UPDATE_INTERVAL`` seconds, and the whole answer at the end."""
    answer, shown, updated = "", "", clock()
    for piece in pieces:
        answer += piece
        if clock() - updated >= UPDATE_INTERVAL:
            yield answer
            shown, updated = answer, clock()
    if answer != shown:
        yield answer
