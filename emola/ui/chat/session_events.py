"""The events of saved conversations: opening a session file."""

from __future__ import annotations

import gradio as gr

from emola.errors import ChatError, EmolaError
from emola.faba.movement_only import asks_for_emotion
from emola.ui.chat.chat_panel import Changes, ChatPanel, no_change
from emola.ui.chat.layout import Components
from emola.ui.exports.record import SessionRecord, read_session
from emola.ui.serving.uploads import Uploads
from emola.ui.shared import failures, fragments, law, messages
from emola.ui.visits.visit import Visit
from emola.ui.visits.visit_store import VisitStore


class SessionEvents:
    """The handlers of saved conversations."""

    def __init__(self, visits: VisitStore, uploads: Uploads, parts: Components, panel: ChatPanel) -> None:
        self._visits = visits
        self._uploads = uploads
        self._parts = parts
        self._panel = panel

    def open(
        self, path: str | None, key: str | None, movement_only: bool = False, session: str | None = None
    ) -> Changes:
        """Open a session file: continue its conversations, or show them until their photo is chosen.

        movement_only: the switch of the page. session: key of the file that was opened before this one.
        """
        parts = self._parts
        if path is None:
            return no_change(parts)
        try:
            data = self._uploads.take(path)
            record = read_session(data)
            if self._panel.movement_only and _asks_for_emotion(record):
                raise ChatError(law.SESSION_REFUSED)
            if not key or key not in self._visits:
                self._visits.opened.drop(session)
                return {
                    parts.session: self._keep(data, key),
                    parts.erase: gr.update(visible=True),
                    **self._panel.preview(record, movement_only=bool(movement_only)),
                    **self._panel.held(session_bytes=len(data)),
                }
            visit = self._visits.find(key)
            count = visit.restore(record)
        except EmolaError as error:
            return {parts.chat_notice: fragments.notice(failures.explain(error), "error")}
        return {
            **self._panel.idle(visit, fragments.notice(messages.session_opened(count))),
            **self._panel.view_of(visit),
        }

    def _keep(self, data: bytes, key: str | None) -> str:
        """Keep a session file until its photo is read; returns its key. key: of a pending visit, if any."""
        session = self._visits.opened.add(data)
        if (pending := self._visits.pending(key)) is not None:
            pending.session = session
        return session


def _asks_for_emotion(record: SessionRecord) -> bool:
    """Return whether a question of a session asks for an emotion; "why?" would then ask for it again."""
    turns = (turn for conversation in record.conversations for turn in conversation.turns)
    return any(asks_for_emotion(turn.question) for turn in turns)


def continue_session(visit: Visit, record: SessionRecord | None) -> str:
    """Continue a session file that was opened before its photo.

    Returns what to tell the visitor: that it continues, or why it does not; empty without a file.
    """
    if record is None:
        return ""
    try:
        return messages.session_opened(visit.restore(record))
    except EmolaError as error:
        return failures.explain(error)
