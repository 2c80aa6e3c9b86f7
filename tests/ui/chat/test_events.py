"""Handlers of questions, answers and adapters, without a browser."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from memory_page import Page
from ui_fakes import ANSWERS, FakeModel

from emola.faba.prompts import STARTER_QUESTIONS, follow_up
from emola.ui.chat.settings import Settings
from emola.ui.shared import failures, labels, messages

pytestmark = pytest.mark.usefixtures("every_token")


def by(adapter: str) -> tuple[Any, ...]:
    """Return the values of the drawer with an adapter."""
    return astuple(Settings(adapter=adapter))


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
    assert page.messages[1] == ANSWERS[0][:5] and page.notes[1].endswith("stopped")
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
    page.state[page.parts.question] = {"value": "a draft"}
    page.apply(page.chat.clear(page.key))
    assert page.messages == [] and page.value(page.parts.question) == "a draft"
    assert page.visits.find(page.key).chat.turns == ()
    assert page.offered == list(STARTER_QUESTIONS[:4])


def test_an_error_during_an_answer_keeps_the_conversation_and_the_question(tmp_path: Path) -> None:
    """Guards against a page stuck at Stop, and a lost question."""
    page = Page(tmp_path, FakeModel(answers=("fine", [ord("x"), RuntimeError("out of memory")])))
    page.look()
    page.ask("one")
    page.ask("two")
    assert failures.OUT_OF_MEMORY in page.value(page.parts.chat_notice)
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
    page.select(1)
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
    press = gr.EventData(None, {"face": 0, "au": 12})
    for changes in (
        page.photos.keep(page.key),
        page.photos.select(press, page.key),
        page.chat.stop(page.key),
        page.chat.undo(page.key),
        page.chat.edit(page.key),
        page.chat.clear(page.key),
        page.chat.back(page.key),
        *page.chat.ask_about(press, page.key),
        *page.chat.ask("r", page.key),
        *page.chat.retry(page.key),
    ):
        assert [messages.IDLE_TOO_LONG in text for text in changes.values()] == [True]


def test_a_single_adapter_is_not_shown(page: Page) -> None:
    """Guards against naming Nano's only adapter under every answer."""
    assert not page.parts.settings.adapter.visible
    page.model.engine.adapters = ("au",)
    page.look()
    page.ask("q")
    assert page.messages[1] == ANSWERS[0]


def test_the_chosen_adapter_answers_and_is_named(tmp_path: Path) -> None:
    """Guards against an ignored choice, or one that changes another visitor's answers."""
    page = Page(tmp_path, FakeModel(adapters=("au", "emotion")))
    assert page.parts.settings.adapter.visible
    assert page.parts.settings.adapter.choices == labels.adapter_choices(("au", "emotion"))
    page.look()
    question = "Which action units are active?"
    page.run(page.chat.ask(question, page.key, *by("auto")))
    page.run(page.chat.ask(question, page.key, *by("emotion")))
    page.run(page.chat.retry(page.key, *by("au")))
    other_page = Page(tmp_path, page.model)
    other_page.look()
    other_page.run(
        other_page.chat.ask_offered("Which emotion does this face show?", other_page.key, *by("auto"))
    )
    assert "action units adapter" in page.notes[1] and "action units adapter" in page.notes[3]
    assert "emotion adapter" in other_page.notes[1]
    assert [turn.adapter for turn in page.visits.find(page.key).chat.turns] == ["au", "au"]
