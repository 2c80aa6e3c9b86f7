"""A conversation as chat messages in HTML, and the updates of a growing answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emola.faba.claims import Claim, GrowingClaims, find_claims
from emola.faba.movement_only import WITHHELD, GrowingMask, mask_emotions
from emola.ui.shared import answer_messages, messages
from emola.ui.shared.chips import plain, with_chips
from emola.ui.shared.evidence import compare, evidence_html
from emola.ui.shared.fragments import text

if TYPE_CHECKING:
    from emola.chat import Turn
    from emola.face import AUEstimate

UPDATE_INTERVAL = 0.1
"""Shortest time between two updates of a growing answer, in seconds. An update for each token would cost more
than the token."""

_MASK = f'<span class="masked">{text(answer_messages.WITHHELD)}</span>'

ChatMessage = dict[str, str]


@dataclass(frozen=True)
class AnswerContext:
    """What is known beside the answers of a conversation.

    model: display name. measured: the evidence of the face, None or empty for a model without it. told: with
    the prior, the model was given the measurement before it answered. several_adapters: the line under an
    answer names its adapter. movement_only: emotion words are withheld.
    """

    model: str = ""
    measured: Mapping[int, AUEstimate] | None = None
    told: bool = False
    several_adapters: bool = False
    movement_only: bool = False


def chat_messages(turns: Sequence[Turn], context: AnswerContext | None = None) -> list[ChatMessage]:
    """Return turns as chat messages: chips in the answers, what produced each, and its evidence."""
    context = context or AnswerContext()
    shown = []
    for turn in turns:
        shown += [chat_message("user", turn.question), _answer(turn, context)]
    return shown


def chat_message(role: str, content: str) -> ChatMessage:
    """Return a message that shows exactly a text."""
    return {"role": role, "content": plain(content)}


def growing(
    pieces: Iterable[str], before: Callable[[], list[ChatMessage]], movement_only: Callable[[], bool]
) -> Iterator[list[ChatMessage]]:
    """Yield a conversation whose last answer grows.

    before: returns the messages before the answer, in the mode of the page. movement_only: returns whether
    emotion words are withheld, which may change during the answer.
    """
    mask, claims = GrowingMask(), GrowingClaims()
    masked, shown = movement_only(), before()
    for answer in accumulated(pieces):
        if masked != movement_only():
            masked, shown = not masked, before()
        text = mask.update(answer) if masked else answer
        yield [*shown, growing_message(text, claims.update(text), movement_only=masked)]


def growing_message(answer: str, claims: Iterable[Claim], *, movement_only: bool = False) -> ChatMessage:
    """Return the message of an answer that is still growing, with chips for its settled claims.

    movement_only: the answer is masked already.
    """
    content = with_chips(answer, claims)
    return {"role": "assistant", "content": _show_masks(content) if movement_only else content}


def _answer(turn: Turn, context: AnswerContext) -> ChatMessage:
    answer, withheld = mask_emotions(turn.answer) if context.movement_only else (turn.answer, 0)
    content = with_chips(answer, find_claims(answer))
    if context.movement_only:
        content = _show_masks(content)
    evidence = evidence_html(compare(answer, context.measured), told=context.told and turn.settings.prior)
    return {"role": "assistant", "content": f"{content}{_made_by(turn, context, withheld)}{evidence}"}


def _show_masks(content: str) -> str:
    return content.replace(WITHHELD, _MASK)


def _made_by(turn: Turn, context: AnswerContext, withheld: int) -> str:
    """Return the line under an answer: what produced it, how it ended, and whether words are withheld."""
    facts = [context.model] if context.model else []
    if context.several_adapters and turn.adapter:
        facts.append(messages.answered_by(turn.adapter))
    facts += [*_settings(turn), *_ending(turn)]
    if withheld:
        facts.append(answer_messages.withheld(withheld))
    return f'<p class="made-by">{" · ".join(map(text, facts))}</p>' if facts else ""


def _settings(turn: Turn) -> Iterator[str]:
    """Yield the settings and the speed of an answer; nothing for one whose generation was not measured."""
    if not (turn.tokens and turn.seconds):
        return
    settings = turn.settings
    yield answer_messages.temperature(settings.temperature)
    if settings.temperature:
        if settings.top_p < 1.0:
            yield answer_messages.top_p(settings.top_p)
        if settings.seed is not None:
            yield answer_messages.seed(settings.seed)
    yield answer_messages.length_limit(settings.max_new_tokens)
    if not settings.prior:
        yield answer_messages.PRIOR_OFF
    yield answer_messages.speed(turn.seconds, turn.tokens)


def _ending(turn: Turn) -> list[str]:
    if turn.stopped:
        return [messages.STOPPED]
    return [messages.CUT] if turn.cut else []


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
