"""The conversation as shown on the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ui_clock import Clock

from emola.chat import Turn, TurnSettings
from emola.faba.prompts import STARTER_QUESTIONS, follow_up
from emola.ui.chat import transcript
from emola.ui.chat.transcript import MAX_OFFERED, accumulated, chat_message, chat_messages, offered


def test_turns_become_messages_in_order() -> None:
    """Guards against swapped roles."""
    messages = chat_messages([Turn("q", "a"), Turn("r", "b")])
    assert [(message["role"], message["content"]) for message in messages] == [
        ("user", "q"),
        ("assistant", "a"),
        ("user", "r"),
        ("assistant", "b"),
    ]


def test_marks_stopped_and_truncated_answers() -> None:
    """Guards against presenting a partial answer as complete."""
    assert "stopped" in chat_messages([Turn("q", "half", stopped=True)])[1]["content"]
    assert "length limit" in chat_messages([Turn("q", "long", cut=True)])[1]["content"]
    assert chat_messages([Turn("q", "complete")])[1]["content"] == "complete"
    assert chat_messages([Turn("q", "", stopped=True)])[1]["content"] == "*stopped*"


def test_names_the_adapter_when_there_are_several() -> None:
    """Guards against attributing an answer to the wrong adapter."""
    turn = Turn("q", "a", stopped=True, settings=TurnSettings(adapter="au"))
    content = chat_messages([turn], several_adapters=True)[1]["content"]
    assert content == "a\n\n*action units adapter · stopped*"
    assert chat_messages([turn])[1]["content"] == "a\n\n*stopped*"


def test_escapes_markup() -> None:
    """Guards against rendering markup, links or pictures typed by a visitor."""
    content = chat_message("user", "<img src=x> [a](b) *c* `d` # e &lt;")["content"]
    for mark in "<>[]*`#&":
        assert f"\\{mark}" in content
        assert content.count(mark) == content.count(f"\\{mark}")


def test_offers_the_starter_questions_first() -> None:
    """Guards against an empty list of suggestions before the first question."""
    assert offered([]) == list(STARTER_QUESTIONS[:MAX_OFFERED])


def test_offers_questions_about_the_named_action_units() -> None:
    """Guards against follow-ups about denied units."""
    questions = offered([Turn("q", "AU6 and AU12 are active. AU4 is not active.")])
    assert questions[:2] == [follow_up(6), follow_up(12)]
    assert follow_up(4) not in questions
    assert len(questions) <= MAX_OFFERED


def test_does_not_offer_a_question_twice() -> None:
    """Guards against offering a question again that was just asked."""
    turns = [Turn(STARTER_QUESTIONS[0], "Happy."), Turn(follow_up(12), "AU12 is active.")]
    questions = offered(turns)
    assert STARTER_QUESTIONS[0] not in questions
    assert follow_up(12) not in questions


def test_a_fast_answer_is_shown_in_few_updates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against too many updates, and losing the end of the answer."""
    monkeypatch.setattr(transcript, "UPDATE_INTERVAL", 10.0)
    assert list(accumulated("abcdef")) == ["abcdef"]
    assert list(accumulated("")) == []


def test_a_slow_answer_is_updated_at_each_interval() -> None:
    """Guards against holding back text until the end, and repeating the last update."""
    clock = Clock()

    def slow() -> Iterator[str]:
        for piece in ("one", " two", " three"):
            clock.now += transcript.UPDATE_INTERVAL
            yield piece

    assert list(accumulated(slow(), clock)) == ["one", "one two", "one two three"]
