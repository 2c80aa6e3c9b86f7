"""What the page does in a conversation: each event of a component, and what it changes.

Handlers return what changes as ``{component: update}``. A handler that answers streams such changes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator
from functools import partial

import gradio as gr

from emola.errors import ChatError, EmolaError
from emola.ui import messages
from emola.ui.chat import transcript
from emola.ui.chat.answer_queue import POLL_INTERVAL, AnswerQueue
from emola.ui.chat.chat_panel import Changes, ChatPanel, nothing, told
from emola.ui.chat.layout import Components
from emola.ui.chat.visit import AffectModel, Visit
from emola.ui.chat.visit_store import VisitStore

log = logging.getLogger(__name__)


class ChatEvents:
    """The handlers of the chat side of a page, over the model and the visitors kept on the server."""

    def __init__(
        self, model: AffectModel, visitors: VisitStore, line: AnswerQueue, parts: Components
    ) -> None:
        self._visitors = visitors
        self._line = line
        self._side = ChatPanel(parts, model)
        self._parts = parts

    def ask(self, question: str, key: str | None, adapter: str | None = None) -> Iterator[Changes]:
        """Ask what was typed, or, while editing, ask it in the place of the last question.

        adapter: which of the model's adapters is to answer; None for a model that has no choice.
        """

        def begin(visitor: Visit) -> Iterator[str]:
            return (visitor.chat.edit if visitor.editing else visitor.chat.ask)(question)

        yield from self._answer(key, adapter, begin, question, typed=True)

    def ask_offered(self, question: str, key: str | None, adapter: str | None = None) -> Iterator[Changes]:
        """Ask a question that was offered."""
        yield from self._answer(key, adapter, lambda visitor: visitor.chat.ask(question), question)

    def retry(self, key: str | None, adapter: str | None = None) -> Iterator[Changes]:
        """Answer the last question again."""
        yield from self._answer(key, adapter, lambda visitor: visitor.chat.retry())

    def _answer(
        self,
        key: str | None,
        adapter: str | None,
        begin: Callable[[Visit], Iterator[str]],
        question: str | None = None,
        *,
        typed: bool = False,
    ) -> Iterator[Changes]:
        """question: None for the last one again. typed: it was in the text box, where a draft stays else."""
        at = self._parts
        try:
            visitor = self._visitors.find(key)
            if visitor.busy:
                raise ChatError(messages.STILL_WRITING)
            if adapter is not None:
                visitor.chat.use(adapter)
            turns, face, editing = visitor.chat.turns, visitor.chat.face, visitor.editing
            pieces = begin(visitor)
        except EmolaError as error:
            yield {at.chat_notice: messages.notice(str(error), "error")}
            return
        before = turns[:-1] if question is None or (typed and editing) else turns
        asked = question or turns[-1].question
        visitor.editing = False
        shown = [*self._side.shown(before), transcript.said("user", asked)]
        emptied = {at.question: ""} if typed or editing else {}
        yield {at.chat: shown, at.chat_notice: "", **emptied, **self._side.busy()}
        wanted = partial(self._visitors.holds, key, visitor, face)  # until another photo or face comes
        notice = yield from self._written(visitor, pieces, shown, wanted)
        if not wanted():
            yield nothing(self._parts)  # Gradio sends the last change again at the end: not the old answer
            return
        failed: Changes = {}
        if notice and typed:  # it can be sent again, in the same place
            visitor.editing = editing
            failed = {at.question: asked, at.leave_edit: gr.update(visible=editing)}
        yield {**self._side.rest(visitor, notice), **failed}

    def _written(
        self,
        visitor: Visit,
        pieces: Iterator[str],
        shown: list[dict[str, str]],
        wanted: Callable[[], bool],
    ) -> Generator[Changes, None, str]:
        """Show an answer as it grows, as long as it is wanted; returns a notice when it broke off."""
        try:
            with visitor.asking() as stopped, self._line.stand() as wait:
                yield from self._waited(wait, lambda: stopped() or not wanted())
                if stopped():
                    return messages.notice(messages.NOT_ASKED)
                for answer in transcript.growing(pieces):
                    if not wanted():
                        break
                    yield {self._parts.chat: [*shown, transcript.said("assistant", answer)]}
        except EmolaError as error:
            return messages.notice(str(error), "error")
        except Exception:
            log.exception("answering failed")
            return messages.notice(messages.DEFECT, "error")
        return ""

    def _waited(self, wait: Callable[[float], int], left: Callable[[], bool]) -> Iterator[Changes]:
        """Say that a question waits for its turn, until it has it or leaves the line."""
        if not (number := wait(0.0)):
            return
        while number and not left():
            yield {self._parts.chat_notice: messages.notice(messages.waiting(number))}
            number = wait(POLL_INTERVAL)
        if not left():
            yield {self._parts.chat_notice: ""}

    def stop(self, key: str | None) -> Changes:
        """End the answer being written, or the wait for it."""

        def end(visitor: Visit) -> Changes:
            visitor.stop()
            return nothing(self._parts)

        return told(self._visitors, key, self._parts.chat_notice, end)

    def undo(self, key: str | None) -> Changes:
        """Take the last question back into the text box."""
        return self._changed(key, lambda visitor: {self._parts.question: visitor.chat.undo().question})

    def edit(self, key: str | None) -> Changes:
        """Put the last question into the text box, to be asked anew; it stays until then."""

        def begin(visitor: Visit) -> Changes:
            turns = visitor.chat.turns
            if not turns:
                raise ChatError(messages.NOTHING_TO_EDIT)
            visitor.editing = True
            return {
                self._parts.question: turns[-1].question,
                self._parts.chat_notice: messages.notice(messages.EDITING),
                self._parts.leave_edit: gr.update(visible=True),
            }

        return self._changed(key, begin)

    def leave_edit(self, key: str | None) -> Changes:
        """Leave the last question as it was."""
        return self._changed(key, lambda _: {self._parts.question: ""})

    def clear(self, key: str | None) -> Changes:
        """Begin the conversation about this face anew."""

        def forget(visitor: Visit) -> Changes:
            visitor.chat.set_face(visitor.chat.face)
            return {self._parts.question: ""}

        return self._changed(key, forget)

    def _changed(self, key: str | None, act: Callable[[Visit], Changes]) -> Changes:
        """Do something to a conversation that is not being answered, and show it as it is then."""

        def change(visitor: Visit) -> Changes:
            visitor.editing = False
            changes = act(visitor)
            return {**self._side.rest(visitor), **changes}

        return told(self._visitors, key, self._parts.chat_notice, change)
