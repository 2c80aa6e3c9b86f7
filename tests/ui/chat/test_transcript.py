"""A conversation as the page shows it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ui_clock import Clock

from emola.chat import Turn
from emola.faba.prompts import STARTER_QUESTIONS, follow_up
from emola.ui.chat import transcript
from emola.ui.chat.transcript import MOST_OFFERED, accumulated, chat_message, chat_messages, offered


def test_turns_become_messages_in_order() -> None:
    """Guards against pairs, or roles the other way round."""
    messages = chat_messages([Turn("q", "a"), Turn("r", "b")])
    assert [(message["role"], message["content"]) for message in messages] == [
        ("user", "q"),
        ("assistant", "a"),
        ("user", "r"),
        ("assistant", "b"),
    ]


def test_notes_an_answer_that_did_not_end_by_itself() -> None:
    """Guards against half an answer shown as if it were whole."""
    assert "stopped" in chat_messages([Turn("q", "half", stopped=True)])[1]["content"]
    assert "length limit" in chat_messages([Turn("q", "long", cut=True)])[1]["content"]
    assert chat_messages([Turn("q", "whole")])[1]["content"] == "whole"
    assert chat_messages([Turn("q", "", stopped=True)])[1]["content"] == "*stopped*"


def test_names_the_adapter_when_there_are_several() -> None:
    """Guards against an answer of the emotion adapter read as one of the other."""
    turn = Turn("q", "a", stopped=True, adapter="au")
    content = chat_messages([turn], several_adapters=True)[1]["content"]
    assert content == "a\n\n*action units adapter · stopped*"
    assert chat_messages([turn])[1]["content"] == "a\n\n*stopped*"


def test_escapes_markup() -> None:
    """Guards against what a visitor types becoming markup, links or pictures on the page."""
    content = chat_message("user", "<img src=x> [a](b) *c* `d` # e &lt;")["content"]
    for mark in "<>[]*`#&":
        assert f"\\{mark}" in content
        assert content.count(mark) == content.count(f"\\{mark}")


def test_offers_the_starter_questions_first() -> None:
    """Guards against nothing to click before the first question."""
    assert offered([]) == list(STARTER_QUESTIONS[:MOST_OFFERED])


def test_offers_questions_about_the_named_action_units() -> None:
    """Guards against follow-ups about units the answer denies, or none at all."""
    questions = offered([Turn("q", "AU6 and AU12 are active. AU4 is not active.")])
    assert questions[:2] == [follow_up(6), follow_up(12)]
    assert follow_up(4) not in questions
    assert len(questions) <= MOST_OFFERED


def test_does_not_offer_a_question_twice() -> None:
    """Guards against the question just asked standing under its own answer."""
    turns = [Turn(STARTER_QUESTIONS[0], "Happy."), Turn(follow_up(12), "AU12 is active.")]
    questions = offered(turns)
    assert STARTER_QUESTIONS[0] not in questions
    assert follow_up(12) not in questions


def test_a_fast_answer_is_shown_in_few_updates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against the browser drowned in updates, or the end of the answer left out."""
    monkeypatch.setattr(transcript, "UPDATE_INTERVAL", 10.0)
    assert list(accumulated("abcdef")) == ["abcdef"]
    assert list(accumulated("")) == []


def test_a_slow_answer_is_updated_at_each_interval() -> None:
    """Guards against pieces held back until the answer is whole; the last one shown twice."""

    clock = Clock()

    def slow() -> Iterator[str]:
        for piece in ("one", " two", " three"):
            clock.now += transcript.UPDATE_INTERVAL
            yield piece

    assert list(accumulated(slow(), clock)) == ["one", "one two", "one two three"]
