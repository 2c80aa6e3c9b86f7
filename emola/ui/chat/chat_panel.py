"""How the chat side of the page looks: at rest, and while an answer is being written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from emola.chat import Turn
from emola.errors import EmolaError
from emola.ui import messages
from emola.ui.chat import transcript
from emola.ui.chat.layout import Components
from emola.ui.chat.visit import AffectModel, Visit
from emola.ui.chat.visit_store import VisitStore

Changes = dict[Any, Any]
"""What changes on the page, by its parts."""


class ChatPanel:
    """The parts of the chat side, as they are to be shown."""

    def __init__(self, parts: Components, model: AffectModel) -> None:
        self._parts = parts
        self._model = model

    def shown(self, turns: Sequence[Turn]) -> list[dict[str, str]]:
        """Turns as chat messages."""
        return transcript.shown(turns, several_adapters=len(self._model.adapters) > 1)

    def rest(self, visitor: Visit, notice: str = "") -> Changes:
        """The chat side when nothing is being written."""
        at = self._parts
        turns = visitor.chat.turns
        if not notice and turns and turns[-1].dropped:
            notice = messages.notice(messages.dropped(turns[-1].dropped))
        offers = dict(zip(at.offers, [*transcript.offered(turns), *[""] * len(at.offers)], strict=False))
        return {
            at.chat: self.shown(turns),
            at.chat_notice: notice,
            **{one: gr.update(value=q, visible=bool(q), interactive=True) for one, q in offers.items()},
            at.send: gr.update(visible=True),
            at.stop: gr.update(visible=False),
            at.leave_edit: gr.update(visible=False),
            **{tool: gr.update(interactive=bool(turns)) for tool in (at.retry, at.undo, at.edit, at.clear)},
        }

    def empty(self) -> Changes:
        """The chat side before the first photo."""
        at = self._parts
        offers = dict(zip(at.offers, transcript.starters(len(at.offers)), strict=True))
        return {
            at.chat: gr.update(value=[], placeholder=messages.BEFORE_PHOTO),
            at.chat_notice: "",
            **{
                button: gr.update(value=question, visible=bool(question), interactive=False)
                for button, question in offers.items()
            },
            at.send: gr.update(visible=True),
            at.stop: gr.update(visible=False),
            at.leave_edit: gr.update(visible=False),
            **{tool: gr.update(interactive=False) for tool in (at.retry, at.undo, at.edit, at.clear)},
        }

    def busy(self) -> Changes:
        """The chat side while a question waits for its turn or is being answered."""
        at = self._parts
        return {
            at.send: gr.update(visible=False),
            at.stop: gr.update(visible=True),
            at.leave_edit: gr.update(visible=False),
            **{tool: gr.update(interactive=False) for tool in (at.retry, at.undo, at.edit, at.clear)},
            **{button: gr.update(visible=False) for button in at.offers},
        }


def nothing(parts: Components) -> Changes:
    """No change; Gradio wants at least one part to be named."""
    return {parts.chat_notice: gr.skip()}


def told(visitors: VisitStore, key: str | None, line: gr.HTML, act: Callable[[Visit], Changes]) -> Changes:
    """Do something for a visitor; or say, in a line of the page, why it cannot be done."""
    try:
        return act(visitors.find(key))
    except EmolaError as error:
        return {line: messages.notice(str(error), "error")}
