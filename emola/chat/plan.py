"""The plan of an answer: its checked question, its prompt, and the room that the context leaves for it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cache

from emola.chat.context import answer_room
from emola.chat.engine import Engine
from emola.chat.reading import Reading
from emola.chat.turns import Turn, TurnSettings
from emola.errors import ChatError
from emola.faba.messages import chat_messages, message
from emola.faba.prompts import MAX_QUESTION

__all__ = ["MAX_QUESTION_TOKENS", "Plan", "Request", "checked_question", "plan_answer"]

MAX_QUESTION_TOKENS = 1000
"""Limit of a question in tokens, for text of several tokens per character, such as emoji."""


@dataclass(frozen=True)
class Request:
    """A checked question with the turns it follows and the settings of its answer."""

    question: str
    history: tuple[Turn, ...]
    settings: TurnSettings


@dataclass(frozen=True)
class Plan:
    """The prompt of a request.

    reading: the reading that opens the prompt, None for a prompt without one. dropped: number of oldest turns
    that the prompt omits. room: length limit of the answer, in tokens.
    """

    request: Request
    reading: Reading | None
    prompt: list[int]
    dropped: int
    room: int


def plan_answer(engine: Engine, request: Request, reading: Reading | None) -> Plan:
    """Build the prompt, omitting the oldest turns until the question and an answer fit the context.

    The reading is never omitted. Raises ChatError if a question leaves no room for an answer.
    """
    context, limit = engine.max_context, request.settings.max_new_tokens
    answer = min(limit, max(1, context // 4))
    history = request.history
    opening = [reading.exchange] if reading else []

    @cache
    def prompt_without(dropped: int) -> list[int]:
        # A turn that was stopped before its first word has no answer; it is omitted.
        pairs = [(turn.question, turn.answer) for turn in history[dropped:] if turn.answer]
        return engine.tokenize(chat_messages([*opening, *pairs], request.question))

    def fits(dropped: int) -> bool:
        return len(prompt_without(dropped)) + answer <= context

    dropped = history[-1].dropped if history else 0
    if not fits(dropped):  # a bisection, because an imported conversation may be very long
        dropped = bisect_left(range(len(history)), True, lo=dropped + 1, key=fits)
    prompt = prompt_without(dropped)
    room = answer_room(len(prompt), context, limit, at_least=answer)
    return Plan(request, reading, prompt, dropped, room)


def checked_question(engine: Engine, question: str) -> str:
    """Return the question without surrounding space. Raises ChatError if it is empty or too long."""
    if not isinstance(question, str):
        raise ChatError(f"A question is text, not {type(question).__name__}; give it as a str.")
    if len(question) > MAX_QUESTION:  # checked before any other processing
        raise ChatError(
            f"The question is too long: it has {len(question):,} characters, and at most "
            f"{MAX_QUESTION:,} are read; ask a shorter one."
        )
    data = question.encode("utf-8", "replace")  # tokenisers reject a lone surrogate
    question = data.decode().strip()
    if not question:
        raise ChatError("The question is empty; type one.")
    if len(data) > MAX_QUESTION_TOKENS:  # a token covers at least one byte
        count = len(engine.tokenize([message("user", question)]))
        if count > MAX_QUESTION_TOKENS:
            raise ChatError(
                f"The question is too long: it takes {count:,} tokens, and at most "
                f"{MAX_QUESTION_TOKENS:,} are read; ask a shorter one."
            )
    return question
