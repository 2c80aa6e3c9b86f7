"""The states of the chat side of the page: idle, busy, and before the first photo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from emola.errors import EmolaError
from emola.faba.face_reading import tells_units
from emola.ui.chat import transcript
from emola.ui.chat.layout import Components
from emola.ui.shared import fragments, messages
from emola.ui.shared.evidence import compare, offered
from emola.ui.shared.model_handle import ModelHandle
from emola.ui.visits.visit import Visit
from emola.ui.visits.visit_store import VisitStore

if TYPE_CHECKING:
    from emola.chat import Turn

Changes = dict[Any, Any]
"""Updates of the page, by component."""


class ChatPanel:
    """The components of the chat side, as updates that show a state."""

    def __init__(self, parts: Components, model: ModelHandle) -> None:
        self._parts = parts
        self._model = model

    def messages(self, visit: Visit, turns: Sequence[Turn]) -> list[transcript.ChatMessage]:
        """Return turns of the conversation of a visit as chat messages."""
        return transcript.chat_messages(turns, self._context(visit))

    def _context(self, visit: Visit) -> transcript.AnswerContext:
        reading = visit.chat.reading
        return transcript.AnswerContext(
            model=self._model.name,
            measured=visit.measured(),
            told=reading is not None and tells_units(reading.given),
            several_adapters=len(self._model.adapters) > 1,
        )

    def idle(self, visit: Visit, notice: str = "") -> Changes:
        """Return the chat side while no answer is being generated."""
        parts, turns = self._parts, visit.chat.turns
        if not notice and turns and turns[-1].dropped:
            notice = fragments.notice(messages.dropped(turns[-1].dropped))
        context = self._context(visit)
        rows = compare(turns[-1].answer, context.measured) if turns else []
        return {
            parts.chat: transcript.chat_messages(turns, context),
            parts.chat_notice: notice,
            **self._offers(offered(turns, rows, movement_only=False), interactive=True),
            **self._buttons(busy=False, has_turns=bool(turns)),
            **self.reading(visit),
        }

    def reading(self, visit: Visit, *, begins: bool = False) -> Changes:
        """Return the reading of the selected face, if it is known.

        begins: the model is about to read the face, if it reads faces at all.
        """
        name, found = self._model.name, visit.chat.reading
        if not (found or begins):
            return {}
        html = fragments.reading(name, found.given, found.written) if found else ""
        if begins and visit.chat.reads and not found:
            html = fragments.reading_now(name)
        shown = {"visible": visit.chat.reads} if begins else {}
        return {self._parts.reading: gr.update(value=html, **shown)}

    def empty(self) -> Changes:
        """Return the chat side before the first photo."""
        parts = self._parts
        return {
            parts.chat: gr.update(value=[], placeholder=messages.BEFORE_PHOTO),
            parts.chat_notice: "",
            **self._offers(offered([], [], movement_only=False), interactive=False),
            **self._buttons(busy=False, has_turns=False),
            parts.reading: gr.update(value="", visible=False),
        }

    def busy(self) -> Changes:
        """Return the chat side while a question is in the queue or being answered."""
        return {
            **self._buttons(busy=True, has_turns=False),
            **{button: gr.update(visible=False) for button in self._parts.offers},
        }

    def _offers(self, questions: Sequence[str], *, interactive: bool) -> Changes:
        padded = [*questions, *[""] * len(self._parts.offers)]
        return {
            button: gr.update(value=question, visible=bool(question), interactive=interactive)
            for button, question in zip(self._parts.offers, padded, strict=False)
        }

    def _buttons(self, *, busy: bool, has_turns: bool) -> Changes:
        parts = self._parts
        return {
            parts.send: gr.update(visible=not busy),
            parts.stop: gr.update(visible=busy),
            parts.leave_edit: gr.update(visible=False),
            **{
                tool: gr.update(interactive=has_turns)
                for tool in (parts.retry, parts.undo, parts.edit, parts.clear)
            },
        }


def no_change(parts: Components) -> Changes:
    """Return an update that changes nothing; Gradio needs at least one component in it."""
    return {parts.chat_notice: gr.skip()}


def with_visit(
    visits: VisitStore, key: str | None, notice: gr.HTML, action: Callable[[Visit], Changes]
) -> Changes:
    """Return the changes of an action on a visit, or its error as a notice."""
    try:
        return action(visits.find(key))
    except EmolaError as error:
        return {notice: fragments.notice(str(error), "error")}
