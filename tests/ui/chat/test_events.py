"""What the page does on each event, without a browser."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from memory_page import Page
from ui_fakes import ANSWERS, FakeModel, drawing, save

from emola.faba.prompts import STARTER_QUESTIONS, follow_up
from emola.face.image import loading
from emola.ui import fragments, messages
from emola.ui.chat import chat_events, transcript
from emola.ui.chat.answer_queue import AnswerQueue
from emola.ui.chat.visit import Visit
from emola.ui.chat.visit_store import VisitStore
from emola.ui.limits import Limits


@pytest.fixture
def page(tmp_path: Path) -> Page:
    return Page(tmp_path)


@pytest.fixture(autouse=True)
def every_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Update the page after every token, so that tests can act between tokens."""
    monkeypatch.setattr(transcript, "UPDATE_INTERVAL", 0.0)
    monkeypatch.setattr(chat_events, "POLL_INTERVAL", 0.0)


def test_a_photo_shows_its_landmarks_and_starts_the_conversation(page: Page) -> None:
    """Guards against still asking for a photo after an upload."""
    page.look()
    assert page.value(page.parts.overlay) == page.visits.find(page.key).overlay_address("points")
    assert page.visible(page.parts.overlay) and not page.visible(page.parts.photo)
    assert not page.visible(page.parts.picker)
    assert "One face" in page.value(page.parts.photo_notice)
    assert page.offered == list(STARTER_QUESTIONS[:4])
    assert page.value(page.parts.chat_notice) == ""


def test_a_photo_is_decoded_once(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = Mock(wraps=loading.decode)
    converted = Mock(wraps=loading._from_pil)
    monkeypatch.setattr(loading, "decode", decoded)
    monkeypatch.setattr(loading, "_from_pil", converted)
    page.look()
    page.ask("q")
    assert decoded.call_count == 1
    assert converted.call_count == 0, "the photo was converted or copied again"


def test_selects_a_face_by_number_and_by_click(tmp_path: Path) -> None:
    """Guards against questions being limited to the largest face."""
    page = Page(tmp_path, FakeModel(faces=3))
    page.look(3)
    assert page.visible(page.parts.picker)
    assert len(page.state[page.parts.picker]["choices"]) == 3
    assert "3 faces" in page.value(page.parts.photo_notice)
    page.ask("q")
    page.apply(page.photos.pick(1, page.key, "points"))
    assert page.messages == []
    assert "Face 2" in page.value(page.parts.photo_notice)
    click = SimpleNamespace(index=[760, 340])
    page.apply(page.photos.pick_by_click(page.key, "mesh", click))  # type: ignore[arg-type]
    assert page.value(page.parts.picker) == 2
    outside: Any = SimpleNamespace(index=[1, 1])
    page.apply(page.photos.pick_by_click(page.key, "mesh", outside))
    assert page.value(page.parts.picker) == 2
    page.run_async(page.photos.look(None, page.key, "mesh"))
    assert page.visible(page.parts.overlay)


@pytest.mark.parametrize("problem", ["no face", "unreadable", "defect"])
def test_reports_a_failed_photo_and_keeps_the_conversation(
    page: Page, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against a traceback, an unusable page or a lost conversation."""
    page.look()
    page.ask("q")
    before = page.messages
    path = page.folder / "bad.png"
    path.write_bytes(b"no picture")
    if problem != "unreadable":
        save(drawing(0), page.folder, "bad.png")
    if problem == "defect":
        monkeypatch.setattr(page.model.prior, "detect", lambda image: 1 / 0)
    page.upload(path)
    expected = {"no face": "No face", "unreadable": "not a picture", "defect": "our side"}[problem]
    assert expected in page.value(page.parts.photo_notice)
    assert "notice-error" in page.value(page.parts.photo_notice)
    assert page.messages == before
    page.ask("r")
    assert len(page.messages) == 4


def test_a_second_photo_starts_a_new_conversation(page: Page) -> None:
    """Guards against answering about the old photo."""
    page.look()
    page.ask("q")
    page.look(size=(300, 300))
    assert page.messages == []
    assert messages.NEW_CONVERSATION in page.value(page.parts.chat_notice)
    page.ask("r")
    assert page.messages[0] == "r"


def test_streams_an_answer_with_a_stop_button(page: Page) -> None:
    """Guards against showing only the complete answer, and showing Send and Stop together."""
    page.look()
    lengths = []
    for changes in page.chat.ask("q", page.key):
        page.apply(changes)
        lengths.append(len(page.messages[-1]) if len(page.messages) == 2 else 0)
        if len(lengths) == 2:
            assert page.visible(page.parts.stop) and not page.visible(page.parts.send)
            assert page.offered == []
    assert lengths[0] == 0
    assert lengths[:-1] == sorted(lengths[:-1])
    assert len(set(lengths)) > 20
    assert page.visible(page.parts.send) and not page.visible(page.parts.stop)
    assert page.value(page.parts.question) == ""


def test_an_answer_is_followed_by_questions_about_its_action_units(page: Page) -> None:
    """Guards against follow-ups about units that the answer does not name."""
    page.look()
    page.ask("q")
    assert page.offered[:2] == [follow_up(6), follow_up(12)]
    page.run(page.chat.ask_offered(page.offered[1], page.key))
    assert page.messages[2] == follow_up(12)


@pytest.mark.parametrize("question", ["", "   "])
def test_an_empty_question_is_reported(page: Page, question: str) -> None:
    """Guards against an empty message in the conversation."""
    page.look()
    page.ask(question)
    assert "empty" in page.value(page.parts.chat_notice)
    assert page.messages == []


def test_a_question_before_a_photo_is_reported(page: Page) -> None:
    """Guards against a crash for a question before the first photo."""
    page.ask("hello?")
    assert messages.CHOOSE_FIRST in page.value(page.parts.chat_notice)


def test_stop_keeps_the_partial_answer(page: Page) -> None:
    """Guards against removing the partial answer, or not marking it as stopped."""
    page.look()
    for count, changes in enumerate(page.chat.ask("q", page.key)):
        page.apply(changes)
        if count == 5:
            page.apply(page.chat.stop(page.key))
    assert page.messages[1] == f"{ANSWERS[0][:5]}\n\n*stopped*"
    assert page.visible(page.parts.send)


def test_retry_answers_the_same_question(page: Page) -> None:
    """Guards against keeping the old answer or repeating the question."""
    page.look()
    page.ask("q")
    page.run(page.chat.retry(page.key))
    assert page.messages[0] == "q"
    assert len(page.messages) == 2
    assert page.messages[1] == ANSWERS[1]


def test_undo_returns_the_question(page: Page) -> None:
    """Guards against having to type the question again."""
    page.look()
    page.ask("one")
    page.ask("two")
    page.apply(page.chat.undo(page.key))
    assert page.value(page.parts.question) == "two"
    assert page.messages[0] == "one" and len(page.messages) == 2
    page.apply(page.chat.undo(page.key))
    assert page.state[page.parts.undo]["interactive"] is False
    page.apply(page.chat.undo(page.key))
    assert "nothing to undo" in page.value(page.parts.chat_notice)


def test_edit_replaces_the_last_question(page: Page) -> None:
    """Guards against appending the edited question to the old one."""
    page.look()
    page.ask("one")
    page.apply(page.chat.edit(page.key))
    assert page.value(page.parts.question) == "one"
    assert page.visible(page.parts.leave_edit)
    page.ask("changed")
    assert page.messages == ["changed", ANSWERS[1]]
    page.ask("next")
    assert len(page.messages) == 4


def test_edit_without_a_question_is_reported(page: Page) -> None:
    """Guards against an IndexError after a double click."""
    page.look()
    page.apply(page.chat.edit(page.key))
    assert messages.NOTHING_TO_EDIT in page.value(page.parts.chat_notice)


def test_editing_can_be_cancelled(page: Page) -> None:
    """Guards against the next question replacing the last one after cancelling."""
    page.look()
    page.ask("one")
    page.apply(page.chat.edit(page.key))
    page.apply(page.chat.leave_edit(page.key))
    assert page.value(page.parts.question) == ""
    assert not page.visible(page.parts.leave_edit)
    page.ask("two")
    assert page.messages[::2] == ["one", "two"]


def test_clear_restarts_the_conversation_about_the_same_face(page: Page) -> None:
    """Guards against an empty page whose model still has the old turns."""
    page.look()
    page.ask("one")
    page.apply(page.chat.clear(page.key))
    assert page.messages == []
    assert page.visits.find(page.key).chat.turns == ()
    assert page.offered == list(STARTER_QUESTIONS[:4])


def test_an_error_during_an_answer_keeps_the_conversation_and_the_question(tmp_path: Path) -> None:
    """Guards against a page stuck at Stop, and a lost question."""
    page = Page(tmp_path, FakeModel(answers=("fine", [ord("x"), RuntimeError("out of memory")])))
    page.look()
    page.ask("one")
    page.ask("two")
    assert messages.DEFECT in page.value(page.parts.chat_notice)
    assert page.messages == ["one", "fine"]
    assert page.value(page.parts.question) == "two"
    assert page.visible(page.parts.send)
    page.ask("three")
    assert page.messages[-2:] == ["three", "fine"]


def test_an_answer_about_the_previous_photo_is_discarded(page: Page) -> None:
    """Guards against a late answer overwriting the new conversation."""
    page.look()
    stream = page.chat.ask("q", page.key)
    for _ in range(4):
        page.apply(next(stream))
    page.look(size=(300, 300))
    page.run(stream)
    assert page.messages == []


def test_an_answer_about_another_face_is_discarded(tmp_path: Path) -> None:
    """Guards against late text and buttons of face 1 in the conversation about face 2."""
    page = Page(tmp_path, FakeModel(faces=2))
    page.look(2)
    stream = page.chat.ask("q", page.key)
    for _ in range(4):
        page.apply(next(stream))
    page.apply(page.photos.pick(1, page.key, "points"))
    notice = page.value(page.parts.chat_notice)
    for changes in stream:
        page.apply(changes)
        assert page.messages == []
        assert set(changes) == {page.parts.chat_notice}
    assert page.value(page.parts.chat_notice) == notice


def test_keeps_a_draft_when_another_question_is_asked(page: Page) -> None:
    """Guards against losing a draft by a click on an offered question or on retry."""
    page.look()
    page.state[page.parts.question] = {"value": "half a quest"}
    page.run(page.chat.ask_offered(page.offered[0], page.key))
    page.run(page.chat.retry(page.key))
    assert page.value(page.parts.question) == "half a quest"


def test_an_offered_question_cancels_editing(page: Page) -> None:
    """Guards against hiding the last turn until the answer is complete."""
    page.look()
    page.ask("one")
    page.apply(page.chat.edit(page.key))
    offered = page.offered[0]
    stream = page.chat.ask_offered(offered, page.key)
    page.apply(next(stream))
    assert page.messages[::2] == ["one", offered]
    assert page.value(page.parts.question) == ""
    page.run(stream)
    assert page.messages[::2] == ["one", offered]
    page.ask("two")
    assert page.messages[::2] == ["one", offered, "two"]


def test_a_failed_edit_can_be_retried_in_place(tmp_path: Path) -> None:
    """Guards against appending the second attempt as a new question."""
    page = Page(tmp_path, FakeModel(answers=("fine", [RuntimeError("out of memory")])))
    page.look()
    page.ask("one")
    page.apply(page.chat.edit(page.key))
    page.ask("changed")
    assert page.value(page.parts.question) == "changed"
    assert page.visible(page.parts.leave_edit)
    page.ask("changed")
    assert page.messages == ["changed", "fine"]


def test_choosing_another_photo_can_be_cancelled(page: Page) -> None:
    """Guards against losing the photo and its conversation."""
    page.look()
    page.ask("q")
    page.apply(page.photos.another())
    assert page.visible(page.parts.photo) and not page.visible(page.parts.overlay)
    page.apply(page.photos.keep(page.key))
    assert page.visible(page.parts.overlay) and not page.visible(page.parts.photo)
    assert len(page.messages) == 2


def test_reports_turns_beyond_the_context_length(tmp_path: Path) -> None:
    """Guards against dropping turns silently."""
    page = Page(tmp_path)
    page.model.engine.max_context = 300
    page.look()
    for letter in "abcd":
        page.ask(letter * 60)
    assert "no longer sees" in page.value(page.parts.chat_notice)
    assert len(page.messages) == 8


def test_every_control_reports_an_expired_visit(tmp_path: Path) -> None:
    """Guards against a bare "Error" from any control."""
    page = Page(tmp_path)
    page.look()
    page.ask("q")
    page.visits.dismiss(page.key)
    click: Any = SimpleNamespace(index=[1, 1])
    for changes in (
        page.photos.keep(page.key),
        page.photos.restyle("off", page.key),
        page.photos.pick(0, page.key, "off"),
        page.photos.pick_by_click(page.key, "off", click),
        page.chat.stop(page.key),
        page.chat.undo(page.key),
        page.chat.edit(page.key),
        page.chat.clear(page.key),
        *page.chat.ask("r", page.key),
        *page.chat.retry(page.key),
    ):
        assert [messages.IDLE_TOO_LONG in text for text in changes.values()] == [True]


def test_a_single_adapter_is_not_shown(page: Page) -> None:
    """Guards against naming Nano's only adapter under every answer."""
    assert not page.parts.adapter.visible
    page.model.engine.adapters = ("au",)
    page.look()
    page.ask("q")
    assert page.messages[1] == ANSWERS[0]


def test_the_chosen_adapter_answers_and_is_named(tmp_path: Path) -> None:
    """Guards against an ignored choice, or one that changes another visitor's answers."""
    page = Page(tmp_path, FakeModel(adapters=("au", "emotion")))
    assert page.parts.adapter.visible
    assert page.parts.adapter.choices == [
        ("Auto", "auto"),
        ("Action units", "au"),
        ("Emotion", "emotion"),
    ]
    page.look()
    question = "Which action units are active?"
    page.run(page.chat.ask(question, page.key, "auto"))
    page.run(page.chat.ask(question, page.key, "emotion"))
    page.run(page.chat.retry(page.key, "au"))
    other_page = Page(tmp_path, page.model)
    other_page.look()
    other_page.run(other_page.chat.ask_offered("Which emotion does this face show?", other_page.key, "auto"))
    assert page.messages[1].endswith("\n\n*action units adapter*")
    assert page.messages[3].endswith("\n\n*action units adapter*")
    assert other_page.messages[1].endswith("\n\n*emotion adapter*")
    assert [turn.adapter for turn in page.visits.find(page.key).chat.turns] == ["au", "au"]


def test_reports_a_missing_network_when_the_page_opens_and_for_each_photo(tmp_path: Path) -> None:
    """Guards against a page that fails to open, or a bare "Error", without the landmark network."""
    page = Page(tmp_path)
    page.run_async(page.photos.open_page())
    assert not page.value(page.parts.photo_notice)
    assert page.value(page.parts.model_status) == ""
    page.model.prior.missing = "The landmark network is not on this machine: get it."
    page.run_async(page.photos.open_page())
    assert page.model.prior.missing in page.value(page.parts.photo_notice)
    page.state.clear()
    page.look()
    assert page.model.prior.missing in page.value(page.parts.photo_notice)
    assert not page.visible(page.parts.overlay)


def test_concurrent_pages_do_not_mix(tmp_path: Path) -> None:
    """Guards against one visitor's answer in another's conversation."""
    first = Page(tmp_path, FakeModel(pause=0.001))
    second = Page(tmp_path, first.model)
    second.visits = first.visits
    second.queue = AnswerQueue(2)
    second.connect()
    for page in (first, second):
        page.look()
    threads = [
        threading.Thread(target=page.ask, args=(name,))
        for page, name in ((first, "first"), (second, "second"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert first.key != second.key
    assert first.messages[0] == "first" and second.messages[0] == "second"
    assert {first.messages[1], second.messages[1]} == set(ANSWERS[:2])


def test_a_waiting_question_shows_its_position_and_is_answered(page: Page) -> None:
    """Guards against a page that looks frozen while others are answered."""
    page.look()
    with ExitStack() as others:
        for _ in range(2):
            others.enter_context(page.queue.enter())
        stream = page.chat.ask("q", page.key)
        page.apply(next(stream))
        page.apply(next(stream))
        assert page.messages == ["q"]
        assert page.value(page.parts.chat_notice) == fragments.notice(messages.waiting(2))
        assert page.visible(page.parts.stop) and not page.visible(page.parts.send)
    page.run(stream)
    assert page.messages == ["q", ANSWERS[0]]
    assert page.value(page.parts.chat_notice) == ""
    assert page.visible(page.parts.send)


def test_stop_leaves_the_queue_and_returns_the_question(page: Page) -> None:
    """Guards against a queue that cannot be left, and an answer after Stop."""
    page.look()
    page.ask("one")
    with page.queue.enter():
        page.apply(page.chat.edit(page.key))
        stream = page.chat.ask("two", page.key)
        for _ in range(3):
            page.apply(next(stream))
        page.apply(page.chat.stop(page.key))
        page.run(stream)
    assert messages.NOT_ASKED in page.value(page.parts.chat_notice)
    assert page.messages == ["one", ANSWERS[0]]
    assert page.value(page.parts.question) == "two"
    assert page.visible(page.parts.send) and page.visible(page.parts.leave_edit)
    page.ask("two")
    assert page.messages == ["two", ANSWERS[1]]


def test_a_new_photo_or_face_leaves_the_queue(tmp_path: Path) -> None:
    """Guards against an abandoned question that occupies the queue."""
    page = Page(tmp_path, FakeModel(faces=2))
    page.look(2)
    for start_over in (lambda: page.apply(page.photos.pick(1, page.key, "off")), lambda: page.look(2)):
        with page.queue.enter():
            stream = page.chat.ask("old", page.key)
            for _ in range(3):
                page.apply(next(stream))
            start_over()
            notice = page.value(page.parts.chat_notice)
            page.run(stream)
            assert page.value(page.parts.chat_notice) == notice
        page.ask("new")
        assert page.messages[::2] == ["new"]


def test_rejects_a_second_question_while_one_waits(page: Page) -> None:
    """Guards against queueing two questions of one page."""
    page.look()
    with page.queue.enter():
        stream = page.chat.ask("one", page.key)
        for _ in range(2):
            page.apply(next(stream))
        assert [*page.chat.ask("two", page.key)] == [
            {page.parts.chat_notice: fragments.notice(messages.STILL_WRITING, "error")}
        ]
        assert page.messages == ["one"]
    page.run(stream)
    assert page.messages == ["one", ANSWERS[0]]


def test_a_full_queue_is_reported_and_keeps_the_question(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a lost question."""
    page.look()
    monkeypatch.setattr(page.queue, "_max_members", 1)
    with page.queue.enter():
        page.ask("q")
    assert messages.QUEUE_FULL in page.value(page.parts.chat_notice)
    assert page.value(page.parts.question) == "q"
    assert page.visible(page.parts.send)


def test_a_busy_visit_is_kept_beyond_the_limit(page: Page) -> None:
    """Guards against evicting a visit during its answer."""
    page.visits = VisitStore(Limits(visits=1))
    page.connect()
    page.look()
    stream = page.chat.ask("q", page.key)
    for _ in range(3):
        page.apply(next(stream))
    page.visits.add(Visit(page.model, drawing()), None)
    page.run(stream)
    assert page.messages == ["q", ANSWERS[0]]
    assert page.visible(page.parts.send)


def test_delete_clears_the_page_and_the_server(page: Page) -> None:
    """Guards against keeping the face or the conversation."""
    page.look()
    page.ask("q")
    key = page.key
    page.apply(page.photos.erase(key))
    assert len(page.visits) == 0 and len(page.uploads) == 0
    assert page.key is None
    assert (
        page.messages == [] and page.value(page.parts.overlay) is None and page.value(page.parts.seen) == ""
    )
    assert page.visible(page.parts.photo) and not page.visible(page.parts.erase)
    assert messages.ERASED in page.value(page.parts.photo_notice)
    page.ask("r")
    assert messages.CHOOSE_FIRST in page.value(page.parts.chat_notice)
    page.look()
    page.ask("again")
    assert page.messages[0] == "again"


def test_delete_stops_the_answer(page: Page) -> None:
    """Guards against late text of a deleted conversation on the empty page."""
    page.look()
    stream = page.chat.ask("q", page.key)
    for _ in range(3):
        page.apply(next(stream))
    page.apply(page.photos.erase(page.key))
    page.run(stream)
    assert page.messages == []


@pytest.mark.parametrize("path", ["/etc/passwd", "/dev/zero", "http://localhost/face.jpg", "", "\0"])
def test_only_an_uploaded_photo_is_read(page: Page, path: str) -> None:
    """Guards against reading server files, fetching URLs and reading endless devices."""
    page.run_async(page.photos.look(path, None, "points"))
    assert messages.NOT_UPLOADED in page.value(page.parts.photo_notice)


@pytest.mark.parametrize("index", [-1, 99, 0.5, "0", None, [0], {}])
def test_checks_indices_sent_by_clients(tmp_path: Path, index: Any) -> None:
    """Guards against a traceback for a forged request."""
    page = Page(tmp_path, FakeModel(faces=2))
    page.run_async(page.photos.look_at_example(index, None, "points"))
    assert page.key is None
    page.look(2)
    page.apply(page.photos.pick(index, page.key, "points"))
    assert "no face" in page.value(page.parts.photo_notice)
    page.apply(page.photos.pick_by_click(page.key, "points", SimpleNamespace(index=index)))  # type: ignore[arg-type]
    assert page.visits.find(page.key).selected == 0
