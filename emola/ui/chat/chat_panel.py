"""The states of the chat side of the page: idle, busy, and before the first photo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from emola.errors import EmolaError
from emola.faba.face_reading import is_measured_line
from emola.limits import DEFAULT, Limits
from emola.ui.chat import transcript
from emola.ui.chat.layout import Components
from emola.ui.face_view.component import face_view
from emola.ui.shared import failures, fragments, labels, law, messages
from emola.ui.shared.evidence import compare, offered
from emola.ui.shared.model_handle import ModelHandle
from emola.ui.shared.privacy import privacy_panel
from emola.ui.visits.files import EXPORTS
from emola.ui.visits.visit import Holding, Visit
from emola.ui.visits.visit_store import VisitStore

if TYPE_CHECKING:
    from emola.chat import Turn
    from emola.ui.exports.record import SessionRecord

Changes = dict[Any, Any]
"""Updates of the page, by component."""


class ChatPanel:
    """The components of the chat side, as updates that show a state.

    limits: of the server. movement_only: the server was started in movement-only mode.
    """

    def __init__(
        self,
        parts: Components,
        model: ModelHandle,
        limits: Limits = DEFAULT,
        *,
        movement_only: bool = False,
    ) -> None:
        self._parts = parts
        self._model = model
        self._limits = limits
        self.movement_only = movement_only

    def messages(self, visit: Visit, turns: Sequence[Turn]) -> list[transcript.ChatMessage]:
        """Return turns of the conversation of a visit as chat messages."""
        return transcript.chat_messages(turns, self._context(visit))

    def with_question(
        self, visit: Visit, turns: Sequence[Turn], question: str
    ) -> list[transcript.ChatMessage]:
        """Return turns of the conversation of a visit, and a question that is not answered yet."""
        return [*self.messages(visit, turns), transcript.chat_message("user", question)]

    def _context(self, visit: Visit) -> transcript.AnswerContext:
        reading, measured = visit.chat.reading, visit.measured()
        return transcript.AnswerContext(
            model=self._model.name,
            measured=measured,
            told=bool(measured) and reading is not None and is_measured_line(reading.given),
            several_adapters=len(self._model.adapters) > 1,
            movement_only=visit.movement_only,
        )

    def idle(self, visit: Visit, notice: str = "") -> Changes:
        """Return the chat side while no answer is being generated, and what the server holds."""
        parts, turns = self._parts, visit.chat.turns
        if not notice and visit.editing:
            notice = fragments.notice(messages.EDITING)
        elif not notice and turns and turns[-1].dropped:
            notice = fragments.notice(messages.dropped(turns[-1].dropped))
        context = self._context(visit)
        rows = compare(turns[-1].answer, context.measured) if turns else []
        return {
            parts.chat: transcript.chat_messages(turns, context),
            parts.chat_notice: notice,
            **self._offers(offered(turns, rows, movement_only=visit.movement_only), interactive=True),
            **self._buttons(busy=False, has_turns=bool(turns)),
            parts.leave_edit: gr.update(visible=visit.editing),
            parts.back: gr.update(interactive=visit.chat.can_go_back),
            parts.exports: fragments.exports(_export_addresses(visit)) if turns else "",
            **self.reading(visit),
            **self.held(visit),
        }

    def held(self, visit: Visit | None = None, *, session_bytes: int = 0) -> Changes:
        """Return the panel of what the server holds. session_bytes: size of an opened session file."""
        holdings = visit.holdings() if visit else []
        if session_bytes:
            holdings.append(Holding("session", session_bytes))
        return {self._parts.privacy: privacy_panel(holdings, self._limits)}

    def reading(self, visit: Visit, *, begins: bool = False) -> Changes:
        """Return the reading of the selected face, if it is known.

        begins: the model is about to read the face, if it reads faces at all.
        """
        name, found = self._model.name, visit.chat.reading
        if not (found or begins):
            return {}
        html = ""
        if found:
            html = fragments.reading(name, found.given, "" if visit.movement_only else found.written)
        if begins and visit.chat.reads and not found:
            html = fragments.reading_now(name)
        shown = {"visible": visit.chat.reads} if begins else {}
        return {self._parts.reading: gr.update(value=html, **shown)}

    def before_photo(self, record: SessionRecord | None, *, movement_only: bool) -> Changes:
        """Return what depends on the switch before the first photo. record: an opened session file."""
        preview = self.preview(record, movement_only=movement_only) if record else {}
        return {**self._starters(movement_only=movement_only), **preview}

    def preview(self, record: SessionRecord, *, movement_only: bool) -> Changes:
        """Return the first conversation of a session file, for reading until its photo continues it.

        movement_only: the switch of the page.
        """
        conversation = next((each for each in record.conversations if each.turns), None)
        turns = [turn.turn() for turn in conversation.turns] if conversation else []
        context = transcript.AnswerContext(
            model=record.model.name,
            measured=conversation.estimates() if conversation else None,
            movement_only=record.movement_only or movement_only or self.movement_only,
        )
        wanted = messages.session_needs_photo(record.photo.width, record.photo.height)
        return {
            self._parts.chat: transcript.chat_messages(turns, context),
            self._parts.chat_notice: fragments.notice(wanted),
        }

    def view_of(self, visit: Visit, **options: Any) -> Changes:
        """Return the photo with the selected face, and what is known of the face."""
        measured = visit.measured()
        view = face_view(visit.photo_address(), visit.size, visit.faces, visit.selected, measured)
        seen = fragments.face_details(
            visit.face, visit.crop_address(), measured, cautions=failures.view(visit.face)
        )
        return {
            self._parts.view: gr.update(value=view, **options),
            self._parts.seen: gr.update(value=seen, **options),
        }

    def banner(self, *, movement_only: bool) -> Changes:
        """Return the banner of movement-only mode, shown or hidden."""
        html = law.banner(fixed=self.movement_only) if movement_only else ""
        return {self._parts.banner: gr.update(value=html, visible=movement_only)}

    def _starters(self, *, movement_only: bool) -> Changes:
        """Return the questions that are offered before the first photo."""
        movement_only = movement_only or self.movement_only
        return self._offers(offered([], [], movement_only=movement_only), interactive=False)

    def empty(self, *, movement_only: bool = False) -> Changes:
        """Return the chat side before the first photo. movement_only: the switch of the page."""
        parts = self._parts
        return {
            parts.chat: gr.update(value=[], placeholder=labels.BEFORE_PHOTO),
            parts.chat_notice: "",
            **self._starters(movement_only=movement_only),
            **self._buttons(busy=False, has_turns=False),
            parts.back: gr.update(interactive=False),
            parts.exports: "",
            parts.reading: gr.update(value="", visible=False),
        }

    def busy(self) -> Changes:
        """Return the chat side while a question is in the queue or being answered."""
        return {
            **self._buttons(busy=True, has_turns=False),
            self._parts.back: gr.update(interactive=False),
            **{offer: gr.update(visible=False) for offer in self._parts.offers},
        }

    def _buttons(self, *, busy: bool, has_turns: bool) -> Changes:
        parts = self._parts
        usable = not busy and has_turns
        return {
            parts.send: gr.update(visible=not busy),
            parts.stop: gr.update(visible=busy),
            parts.leave_edit: gr.update(visible=False),
            **{
                button: gr.update(interactive=usable)
                for button in (parts.retry, parts.undo, parts.edit, parts.clear)
            },
        }

    def _offers(self, questions: Sequence[str], *, interactive: bool) -> Changes:
        """Return the buttons of the offered questions; those without a question are hidden."""
        padded = [*questions, *[""] * (len(self._parts.offers) - len(questions))]
        return {
            offer: gr.update(value=question, visible=bool(question), interactive=interactive)
            for offer, question in zip(self._parts.offers, padded, strict=True)
        }


def _export_addresses(visit: Visit) -> dict[str, str]:
    """Return the addresses of the exports by their suffix."""
    suffixes = [kind.partition(".")[2] for kind in EXPORTS]
    return {suffix: visit.export_address(suffix) for suffix in suffixes}


def with_visit(
    visits: VisitStore, key: str | None, notice: gr.HTML, action: Callable[[Visit], Changes]
) -> Changes:
    """Return what an action changes in a visit, or the error that says why it cannot."""
    try:
        return action(visits.find(key))
    except EmolaError as error:
        return {notice: fragments.notice(failures.explain(error), "error")}


def no_change(parts: Components) -> Changes:
    """Return an update that changes nothing; Gradio needs at least one component in it."""
    return {parts.chat_notice: gr.skip()}


def detail(event: gr.EventData, name: str) -> Any:
    """Return a value that the browser sent with an event; None if it sent none."""
    data = event._data
    return data.get(name) if isinstance(data, dict) else None
