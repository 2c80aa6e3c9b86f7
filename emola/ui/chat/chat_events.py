"""The events of the chat side of the page.

Handlers return updates as ``{component: update}``; those that generate an answer yield such updates.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from functools import partial
from typing import Any

import gradio as gr

from emola.errors import ChatError, EmolaError
from emola.faba import ACTION_UNITS
from emola.faba.movement_only import asks_for_emotion
from emola.faba.prompts import follow_up
from emola.ui.chat import transcript
from emola.ui.chat.chat_panel import Changes, ChatPanel, detail, no_change, with_visit
from emola.ui.chat.layout import Components
from emola.ui.chat.settings import Settings
from emola.ui.serving.questions import Questions
from emola.ui.serving.visitors import current_visitor
from emola.ui.shared import failures, fragments, law, messages
from emola.ui.shared.model_handle import ModelHandle
from emola.ui.visits.answer_queue import POLL_INTERVAL, AnswerQueue
from emola.ui.visits.visit import Visit
from emola.ui.visits.visit_store import PendingVisit, VisitStore


class ChatEvents:
    """The handlers of the chat side. ``settings`` are the values of the drawer, see ``Settings``."""

    def __init__(
        self,
        model: ModelHandle,
        visits: VisitStore,
        queue: AnswerQueue,
        parts: Components,
        panel: ChatPanel,
        questions: Questions | None = None,
    ) -> None:
        self._model = model
        self._visits = visits
        self._queue = queue
        self._panel, self._parts = panel, parts
        self._questions = questions or Questions()

    def ask(self, question: str, key: str | None, *settings: Any) -> Iterator[Changes]:
        """Ask the typed question; while editing, it replaces the last one."""

        def begin(visit: Visit) -> Iterator[str]:
            return (visit.chat.edit if visit.editing else visit.chat.ask)(question)

        yield from self._answer(key, Settings(*settings), begin, question, typed=True)

    def ask_offered(self, question: str, key: str | None, *settings: Any) -> Iterator[Changes]:
        """Ask an offered question."""
        yield from self._answer(key, Settings(*settings), lambda visit: visit.chat.ask(question), question)

    def ask_about(self, event: gr.EventData, key: str | None, *settings: Any) -> Iterator[Changes]:
        """Ask about the action unit of a region, chip or row that was pressed."""
        code = detail(event, "au")
        if not isinstance(code, int) or code not in ACTION_UNITS:
            yield no_change(self._parts)
            return
        yield from self.ask_offered(follow_up(code), key, *settings)

    def retry(self, key: str | None, *settings: Any) -> Iterator[Changes]:
        """Generate another answer to the last question, with another seed."""
        yield from self._answer(key, Settings(*settings), lambda visit: visit.chat.retry())

    def _answer(
        self,
        key: str | None,
        settings: Settings,
        begin: Callable[[Visit], Iterator[str]],
        question: str | None = None,
        *,
        typed: bool = False,
    ) -> Iterator[Changes]:
        """Generate an answer; ``question`` is None to answer the last question again.

        typed: the question comes from the text box; otherwise a draft in the text box is kept.
        """
        parts = self._parts
        if self._visits.is_answering(key, question):  # clicked twice, before the page could show it
            yield no_change(parts)
            return
        pending = self._visits.pending(key) if question else None
        if pending and not (yield from self._wait_for_photo(key, pending, str(question), typed=typed)):
            return
        try:
            visit = self._idle_visit(key, settings, question, typed=typed, admitted=bool(pending))
            turns, face, editing = visit.chat.turns, visit.face, visit.editing
            pieces = begin(visit)
        except EmolaError as error:
            returned = self._returned(key, pending, question if typed else None) if pending else {}
            yield {**returned, parts.chat_notice: fragments.notice(failures.explain(error), "error")}
            return
        kept = turns[:-1] if question is None or (typed and editing) else turns
        asked = question or turns[-1].question
        visit.editing = False
        before = partial(self._panel.with_question, visit, kept, asked)
        # After a wait for the photo, the text box is empty or holds the draft of another question.
        emptied = {parts.question: ""} if (typed or editing) and not pending else {}
        yield {parts.chat: before(), parts.chat_notice: "", **emptied, **self._panel.busy()}
        wanted = partial(self._visits.holds, key, visit, face)  # until another photo or face is chosen
        notice = yield from self._stream(visit, asked, pieces, before, wanted)
        # Gradio repeats the last update at the end; it must not be the old answer.
        yield self._answered(visit, notice, asked, typed, editing) if wanted() else no_change(parts)

    def _answered(self, visit: Visit, notice: str, question: str, typed: bool, editing: bool) -> Changes:
        """Return the chat side after an answer. notice: of a failed or stopped one.

        typed, editing: whether the question came from the text box, and replaced the last one.
        """
        visit.editing = bool(notice) and typed and editing
        restored = {self._parts.question: question} if notice and typed else {}  # to send it again
        return {**self._panel.idle(visit, notice), **restored}

    def _idle_visit(
        self, key: str | None, settings: Settings, question: str | None, *, typed: bool, admitted: bool
    ) -> Visit:
        """Return a visit that is ready for a question with these settings; raises ChatError.

        question, typed: see ``_answer``. admitted: the question was admitted before the wait for its photo.
        """
        if not admitted:
            self._questions.admit(question)
        visit = self._visits.find(key)
        if visit.busy:
            raise ChatError(messages.STILL_WRITING)
        if question is not None and not (typed and visit.editing):
            self._questions.admit_turn(len(visit.chat.turns))
        if question is None and (turns := visit.chat.turns):
            question = turns[-1].question
        if question and visit.movement_only and asks_for_emotion(question):
            raise ChatError(law.EMOTION_REFUSED)
        settings.apply(visit, self._model.adapters, self._questions.limits.answer_tokens)
        return visit

    def _wait_for_photo(
        self, key: str | None, pending: PendingVisit, question: str, *, typed: bool
    ) -> Generator[Changes, None, bool]:
        """Keep a question until its photo is read; returns whether it can be asked now."""
        parts = self._parts
        notice = {parts.chat_notice: fragments.notice(messages.QUESTION_WAITS)}
        try:
            if pending.asked:
                raise ChatError(messages.STILL_WRITING)
            self._questions.admit(question)
            with self._queue.enter(current_visitor(), parked=True):
                pending.question = question
                emptied = {parts.question: ""} if typed else {}
                shown = [transcript.chat_message("user", question)]
                yield {parts.chat: shown, **emptied, **self._panel.busy(), **notice}
                while not pending.settled.wait(POLL_INTERVAL) and not pending.stopped:
                    yield notice
        except ChatError as error:
            yield {parts.chat_notice: fragments.notice(failures.explain(error), "error")}
            return False
        if pending.added and not pending.stopped:
            return True
        reason = messages.NOT_ASKED if pending.stopped else messages.PHOTO_FAILED
        pending.question, pending.stopped = None, False
        returned = self._returned(key, pending, question if typed else None)
        yield {**returned, parts.chat_notice: fragments.notice(reason)}
        return False

    def _returned(self, key: str | None, pending: PendingVisit, question: str | None) -> Changes:
        """Return the chat side after a question that waited for its photo and is not asked.

        question: for the text box, None to leave it as it is.
        """
        try:
            state = self._panel.idle(self._visits.find(key))
        except EmolaError:  # there is no photo
            state = self._panel.empty(movement_only=pending.movement_only)
        return {**state, self._parts.question: gr.skip() if question is None else question}

    def _stream(
        self,
        visit: Visit,
        question: str,
        pieces: Iterator[str],
        before: Callable[[], list[transcript.ChatMessage]],
        wanted: Callable[[], bool],
    ) -> Generator[Changes, None, str]:
        """Show an answer as it grows, while it is wanted; returns a notice when it failed or was stopped.

        before: returns the messages before the answer, in the mode of the visit.
        """
        try:
            observed, member = self._questions.answering(visit.chat), self._queue.enter(current_visitor())
            with observed as answer, visit.asking(question) as stopped, member as wait:
                yield from self._wait_for_slot(wait, before, lambda: stopped() or not wanted())
                if stopped():
                    return fragments.notice(messages.NOT_ASKED)
                for shown in transcript.growing(answer.watch(pieces), before, lambda: visit.movement_only):
                    if not wanted():
                        break
                    yield {self._parts.chat: shown}
                return fragments.notice(answer.notice)
        except Exception as error:  # whatever the model raises, the conversation is kept
            return fragments.notice(failures.explain(error), "error")

    def _wait_for_slot(
        self,
        wait: Callable[[float], int],
        before: Callable[[], list[transcript.ChatMessage]],
        has_left: Callable[[], bool],
    ) -> Iterator[Changes]:
        """Show a question and its position in the queue until it has a slot or has left the queue."""
        parts = self._parts
        if not (position := wait(0.0)):
            return
        while position and not has_left():
            yield {parts.chat: before(), parts.chat_notice: fragments.notice(messages.waiting(position))}
            position = wait(POLL_INTERVAL)
        if not has_left():
            yield {parts.chat_notice: ""}

    def stop(self, key: str | None) -> Changes:
        """Stop the answer being generated, or the wait for it."""
        pending = self._visits.pending(key)
        if pending is not None and (pending.asked or key not in self._visits):
            pending.stopped = pending.asked
            return no_change(self._parts)

        def end(visit: Visit) -> Changes:
            visit.stop()
            return no_change(self._parts)

        return with_visit(self._visits, key, self._parts.chat_notice, end)

    def undo(self, key: str | None) -> Changes:
        """Remove the last turn and put its question into the text box."""
        return self._change(key, lambda visit: {self._parts.question: visit.chat.undo().question})

    def edit(self, key: str | None) -> Changes:
        """Put the last question into the text box; its turn stays until the edited question is sent."""

        def begin(visit: Visit) -> Changes:
            if not (turns := visit.chat.turns):
                raise ChatError(messages.NOTHING_TO_EDIT)
            visit.editing = True
            return {self._parts.question: turns[-1].question}

        return self._change(key, begin)

    def leave_edit(self, key: str | None) -> Changes:
        """End editing; the last turn stays as it was."""
        return self._change(key, lambda _: {self._parts.question: ""})

    def clear(self, key: str | None) -> Changes:
        """Start the conversation about the selected face again; a draft in the text box is kept."""
        return self._change(key, lambda visit: visit.chat.clear())

    def back(self, key: str | None) -> Changes:
        """Bring back the turns that were undone, edited, answered again or cleared last."""
        return self._change(key, lambda visit: visit.chat.back())

    def show_movements_only(self, chosen: bool, key: str | None, session: str | None = None) -> Changes:
        """Switch movement-only mode for the visit, in what is shown already too.

        session: key of a session file that was opened before its photo.
        """
        movement_only = bool(chosen) or self._panel.movement_only
        banner = self._panel.banner(movement_only=movement_only)
        waits = False  # whether the page shows a question that waits for its photo
        if (pending := self._visits.pending(key)) is not None:
            pending.movement_only, waits = movement_only, pending.asked
        if not key or key not in self._visits:
            record = self._visits.opened.find(session)
            shown = {} if waits else self._panel.before_photo(record, movement_only=movement_only)
            return {**banner, **shown}

        def switch(visit: Visit) -> Changes:
            visit.movement_only = movement_only
            if waits:
                return {}
            if not visit.busy:
                return self._panel.idle(visit)
            # The next update adds the question and the answer.
            turns = self._panel.messages(visit, visit.chat.turns)
            return {self._parts.chat: turns, **self._panel.reading(visit)}

        return {**banner, **with_visit(self._visits, key, self._parts.chat_notice, switch)}

    def _change(self, key: str | None, action: Callable[[Visit], Changes | None]) -> Changes:
        """Change a conversation that is not being answered, and show its new state."""

        def change(visit: Visit) -> Changes:
            visit.editing = False
            changes = action(visit) or {}
            return {**self._panel.idle(visit), **changes}

        return with_visit(self._visits, key, self._parts.chat_notice, change)
