"""Saved conversations, reloads and the panel of what is held, without a browser."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from memory_page import Page
from ui_fakes import ANSWERS, FakeModel, drawing, save

from emola.ui.shared import messages

pytestmark = pytest.mark.usefixtures("every_token")


def saved(page: Page) -> bytes:
    """Return the session file of the page."""
    file = page.visits.find(page.key).file("conversation.json", {})
    assert file is not None
    return file.data


def open_session(page: Page, data: bytes) -> None:
    page.apply(page.sessions.open(page.file(data), page.key))


def resume(page: Page, kept: str | None) -> None:
    page.apply(asyncio.run(page.photos.resume(kept)))


def reload(page: Page) -> None:
    kept = page.value(page.parts.kept)
    page.state.clear()
    resume(page, kept)


def test_a_saved_conversation_continues_with_its_photo(page: Page, tmp_path: Path) -> None:
    """Guards against a file that can be saved and not opened."""
    page.look()
    page.ask("one")
    data = saved(page)
    later = Page(tmp_path)
    later.look()
    later.ask("something else")
    open_session(later, data)
    assert later.messages == ["one", ANSWERS[0]]
    assert messages.session_opened(1) in later.value(later.parts.chat_notice)
    later.ask("two")
    assert later.messages[::2] == ["one", "two"]


def test_a_file_opened_first_is_shown_and_continues_when_its_photo_is_chosen(
    page: Page, tmp_path: Path
) -> None:
    page.look()
    page.ask("one")
    data = saved(page)
    later = Page(tmp_path)
    open_session(later, data)
    assert later.messages == ["one", ANSWERS[0]]
    assert messages.session_needs_photo(640, 480) in later.value(later.parts.chat_notice)
    later.look()
    assert later.messages == ["one", ANSWERS[0]]
    assert messages.session_opened(1) in later.value(later.parts.chat_notice)
    later.ask("two")
    assert later.messages[::2] == ["one", "two"]


def test_a_file_that_waits_for_its_photo_is_listed_and_erased(page: Page, tmp_path: Path) -> None:
    """Guards against a conversation on the server that the panel denies and nobody can erase."""
    page.look()
    page.ask("one")
    later = Page(tmp_path)
    open_session(later, saved(page))
    assert "that you opened" in later.value(later.parts.privacy), "an open panel is updated"
    session = later.value(later.parts.session)
    later.apply(later.photos.show_holdings(None, session))
    assert "that you opened" in later.value(later.parts.privacy)
    assert later.visible(later.parts.erase)
    later.apply(later.photos.erase(None, session))
    assert later.messages == [] and "<table>" not in later.value(later.parts.privacy)
    assert later.value(later.parts.session) is None and later.visits.opened.size(session) == 0
    later.look()
    assert later.messages == []


def test_only_the_last_file_waits_and_none_after_its_photo(page: Page, tmp_path: Path) -> None:
    page.look()
    page.ask("one")
    later, data = Page(tmp_path), saved(page)
    open_session(later, data)
    first = later.value(later.parts.session)
    later.apply(later.sessions.open(later.file(data), None, False, first))
    second = later.value(later.parts.session)
    assert [later.visits.opened.size(key) for key in (first, second)] == [0, len(data)]
    later.look()
    assert later.visits.opened.size(second) == 0


def test_another_photo_begins_anew_and_says_so(page: Page, tmp_path: Path) -> None:
    """Guards against a conversation that disappears without a word."""
    page.look()
    page.ask("one")
    data = saved(page)
    later = Page(tmp_path)
    open_session(later, data)
    later.upload(save(drawing(size=(500, 500)), tmp_path))
    assert later.messages == []
    assert messages.OTHER_PHOTO in later.value(later.parts.chat_notice)


@pytest.mark.parametrize("data", [b"", b"{}", b"[1, 2]", b"\x00\xff", b'{"format": "emola-session"}'])
def test_a_damaged_file_is_reported_and_changes_nothing(page: Page, data: bytes) -> None:
    page.look()
    page.ask("one")
    open_session(page, data)
    assert "notice-error" in page.value(page.parts.chat_notice)
    assert page.messages == ["one", ANSWERS[0]]


def test_only_an_uploaded_file_is_opened(page: Page) -> None:
    page.apply(page.sessions.open("/etc/passwd", None))
    assert messages.NOT_UPLOADED in page.value(page.parts.chat_notice)


def test_the_exports_are_offered_once_there_is_a_conversation(page: Page) -> None:
    page.look()
    assert page.value(page.parts.exports) == ""
    page.ask("one")
    shown = page.value(page.parts.exports)
    assert all(f"conversation.{suffix}" in shown for suffix in ("md", "json", "html"))
    page.apply(page.photos.erase(page.key))
    assert page.value(page.parts.exports) == ""


def test_a_reloaded_page_shows_its_photo_and_conversation(tmp_path: Path) -> None:
    page = Page(tmp_path, FakeModel(faces=2))
    page.look(2)
    page.select(1)
    page.ask("one")
    kept = page.value(page.parts.kept)
    reload(page)
    assert page.messages == ["one", ANSWERS[0]]
    assert page.visible(page.parts.view) and 'data-face="1"' in page.value(page.parts.view)
    assert messages.RESTORED in page.value(page.parts.chat_notice)
    assert page.key != kept, "the end of the former session would close the visit"
    page.visits.leave(kept)  # the former session of the page ends
    page.ask("two")
    assert page.messages[::2] == ["one", "two"]


def test_a_page_that_is_reloaded_during_an_answer_shows_its_text(page: Page) -> None:
    """Guards against a question and half an answer that disappear until the next question."""
    page.look()
    stream = page.chat.ask("one", page.key)
    for _ in range(5):
        page.apply(next(stream))
    visit = page.visits.find(page.key)
    stop, visit.stop = visit.stop, lambda: (stop(), stream.close())  # type: ignore[method-assign]
    reload(page)
    assert page.messages[0] == "one" and ANSWERS[0].startswith(page.messages[1]) and page.messages[1]
    assert page.notes[1].endswith("stopped")
    assert page.visible(page.parts.send) and not page.visible(page.parts.stop)
    page.ask("two")
    assert page.messages[::2] == ["one", "two"]


def test_a_reload_ends_editing(page: Page) -> None:
    """Guards against a question that replaces the last one because it was edited before the reload."""
    page.look()
    page.ask("one")
    page.apply(page.chat.edit(page.key))
    reload(page)
    assert not page.visible(page.parts.leave_edit)
    page.ask("two")
    assert page.messages[::2] == ["one", "two"]


@pytest.mark.parametrize("kept", [None, "", "unknown"])
def test_a_page_without_a_visit_opens_as_usual(page: Page, kept: str | None) -> None:
    resume(page, kept)
    assert page.key is None and page.value(page.parts.kept) == ""


def test_the_panel_lists_what_is_held(page: Page) -> None:
    page.apply(page.photos.show_holdings(page.key))
    empty = page.value(page.parts.privacy)
    assert "<table>" not in empty
    page.look()
    shown = page.value(page.parts.privacy)
    assert "<table>" in shown, "an open panel is updated"
    page.ask("one")
    assert page.value(page.parts.privacy) != shown
    page.apply(page.photos.show_holdings(page.key))
    assert "<table>" in page.value(page.parts.privacy)
    page.apply(page.photos.erase(page.key))
    assert page.value(page.parts.privacy) == empty


def test_undone_turns_come_back(page: Page) -> None:
    page.look()
    assert page.state[page.parts.back]["interactive"] is False
    page.ask("one")
    page.apply(page.chat.undo(page.key))
    assert page.messages == [] and page.state[page.parts.back]["interactive"]
    page.apply(page.chat.back(page.key))
    assert page.messages == ["one", ANSWERS[0]]
