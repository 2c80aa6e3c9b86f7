"""The conversation as shown on the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ui_clock import Clock

from emola.chat import Turn, TurnSettings
from emola.faba.claims import settled_claims
from emola.face import AUEstimate
from emola.ui.chat import transcript
from emola.ui.chat.transcript import AnswerContext, accumulated, chat_message, chat_messages, growing_message
from emola.ui.shared import answer_messages

MEASURED = {12: AUEstimate(0.97, 0.8, True, 0.8, 0.7)}


def answer(turn: Turn, **context: object) -> str:
    """Return the content of the message of an answer."""
    return chat_messages([turn], AnswerContext(**context))[1]["content"]  # type: ignore[arg-type]


def growing(text: str) -> str:
    """Return the content of the message of a growing answer."""
    return growing_message(text, settled_claims(text))["content"]


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
    assert "stopped" in answer(Turn("q", "half", stopped=True))
    assert "length limit" in answer(Turn("q", "long", cut=True))
    assert "made-by" not in answer(Turn("q", "complete"))


def test_says_what_produced_an_answer() -> None:
    settings = TurnSettings(
        adapter="au", temperature=0.7, top_p=0.9, seed=123456789, max_new_tokens=64, prior=False
    )
    turn = Turn("q", "a", settings=settings, seconds=2.0, tokens=50)
    line = answer(turn, model="EmoLA-Nano", several_adapters=True)
    for fact in ("EmoLA-Nano", "action units adapter", "temperature 0.7", "top-p 0.9", "seed 123456789"):
        assert fact in line
    for fact in ("at most 64 tokens", "without landmarks", "2.0 s, 25 tokens a second"):
        assert fact in line
    assert "adapter" not in answer(turn, model="EmoLA-Nano")
    greedy = answer(Turn("q", "a", seconds=2.0, tokens=50))
    assert "temperature 0" in greedy and "seed" not in greedy and "landmarks" not in greedy


def test_text_stays_text() -> None:
    """Guards against a list, a rule or markup made of a question or an answer."""
    for text in ("1. why", "+ x", "---", "# x", "*a*", "<b>", "a\nb"):
        shown = text.replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
        assert chat_message("user", text)["content"] == shown
        assert answer(Turn("q", text)) == shown
        assert growing(text) == shown


def test_an_answer_has_chips_and_evidence() -> None:
    content = answer(Turn("q", "AU12 is active."), measured=MEASURED)
    assert 'class="chip said" data-au="12"' in content
    assert content.index("chip") < content.index('<details class="evidence">')
    assert answer_messages.TOLD not in content
    assert answer_messages.TOLD in answer(Turn("q", "AU12 is active."), measured=MEASURED, told=True)
    assert "<details" not in answer(Turn("q", "Hello."), measured=MEASURED)


def test_the_model_was_not_told_the_measurement_without_the_prior() -> None:
    """Guards against a doubt about agreement that is independent."""
    turn = Turn("q", "AU12 is active.", settings=TurnSettings(prior=False))
    assert answer_messages.TOLD not in answer(turn, measured=MEASURED, told=True)


def test_a_question_has_no_chips() -> None:
    """Guards against chips that say what the visitor asked."""
    assert chat_messages([Turn("Is AU12 active?", "a")])[0]["content"] == "Is AU12 active?"


def test_a_growing_answer_has_settled_chips() -> None:
    assert "chip" not in growing("AU1")
    assert "chip" not in growing("AU12 is ")
    assert 'data-au="12"' in growing("AU12 is active ")
    assert "<details" not in growing("AU12 is active and strong.")


def test_masks_emotion_words_in_movement_only_mode() -> None:
    turn = Turn("q", "AU12 is active: the face is happy.")
    content = answer(turn, movement_only=True)
    assert "happy" not in content and '<span class="masked">' in content
    assert answer_messages.withheld(1) in content
    assert "happy" in answer(turn)


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
