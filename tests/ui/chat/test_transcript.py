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
    """A bug guarded: pairs, or roles the other way round."""
    messages = chat_messages([Turn("q", "a"), Turn("r", "b")])
    assert [(message["role"], message["content"]) for message in messages] == [
        ("user", "q"),
        ("assistant", "a"),
        ("user", "r"),
        ("assistant", "b"),
    ]


def test_how_an_answer_ended_stands_under_it() -> None:
    """A bug guarded: half an answer shown as if it were whole."""
    assert "stopped" in chat_messages([Turn("q", "half", stopped=True)])[1]["content"]
    assert "length limit" in chat_messages([Turn("q", "long", cut=True)])[1]["content"]
    assert chat_messages([Turn("q", "whole")])[1]["content"] == "whole"
    assert chat_messages([Turn("q", "", stopped=True)])[1]["content"] == "*stopped*"


def test_which_adapter_answered_stands_under_it_where_there_are_several() -> None:
    """A bug guarded: an answer of the emotion adapter read as one of the other."""
    turn = Turn("q", "a", stopped=True, adapter="au")
    content = chat_messages([turn], several_adapters=True)[1]["content"]
    assert content == "a\n\n*action units adapter · stopped*"
    assert chat_messages([turn])[1]["content"] == "a\n\n*stopped*"


def test_text_stays_text() -> None:
    """A bug guarded: what a visitor types becoming markup, links or pictures on the page."""
    content = chat_message("user", "<img src=x> [a](b) *c* `d` # e &lt;")["content"]
    for mark in "<>[]*`#&":
        assert f"\\{mark}" in content
        assert content.count(mark) == content.count(f"\\{mark}")


def test_the_start_offers_the_starters() -> None:
    """A bug guarded: nothing to click before the first question."""
    assert offered([]) == list(STARTER_QUESTIONS[:MOST_OFFERED])


def test_after_action_units_were_named_they_are_asked_about() -> None:
    """A bug guarded: follow-ups about units the answer denies, or none at all."""
    questions = offered([Turn("q", "AU6 and AU12 are active. AU4 is not active.")])
    assert questions[:2] == [follow_up(6), follow_up(12)]
    assert follow_up(4) not in questions
    assert len(questions) <= MOST_OFFERED


def test_what_was_asked_is_not_offered_again() -> None:
    """A bug guarded: the question just asked standing under its own answer."""
    turns = [Turn(STARTER_QUESTIONS[0], "Happy."), Turn(follow_up(12), "AU12 is active.")]
    questions = offered(turns)
    assert STARTER_QUESTIONS[0] not in questions
    assert follow_up(12) not in questions


def test_a_fast_answer_grows_in_few_steps_and_ends_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug guarded: the browser drowned in updates, or the end of the answer left out."""
    monkeypatch.setattr(transcript, "UPDATE_INTERVAL", 10.0)
    assert list(accumulated("abcdef")) == ["abcdef"]
    assert list(accumulated("")) == []


def test_a_slow_answer_grows_piece_by_piece() -> None:
    """A bug guarded: pieces held back until the answer is whole; the last one shown twice."""

    clock = Clock()

    def slow() -> Iterator[str]:
        for piece in ("one", " two", " three"):
            clock.now += transcript.UPDATE_INTERVAL
            yield piece

    assert list(accumulated(slow(), clock)) == ["one", "one two", "one two three"]
