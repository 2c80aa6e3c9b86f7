"""Batched follow-ups of a tiny, random EmoLA model equal single answers."""

import pytest
import tiny_models as tiny

from emola.chat import Engine
from emola.chat.batch import answer_batch
from emola.chat.branches import answer_branches
from emola.errors import ChatError

BEFORE = (("Which AUs?", "AU12 and AU25 are active."),)


@pytest.fixture(scope="module")
def parts():
    return tiny.chat_parts()


@pytest.mark.parametrize("prior", [True, False])
def test_batched_follow_ups_equal_single_answers(parts, prior):
    """Regression: rows shared a cache, were swapped, or saw each other's questions."""
    face = tiny.face(3)
    if not prior:
        face.prior = None
    questions = ["Is AU1 active?", "Is AU12 active?", "Is AU4 active?", "Why?", "Is AU43 active?"]
    expected = [
        answer_batch(Engine(*parts), [face], [question], max_new_tokens=20, history=[BEFORE])[0]
        for question in questions
    ]
    assert answer_branches(Engine(*parts), face, BEFORE, questions, max_new_tokens=20, size=2) == expected
    assert len(set(expected)) > 1
    batched = answer_batch(Engine(*parts), [face] * 5, questions, max_new_tokens=20, history=[BEFORE] * 5)
    assert batched == expected
    assert (
        answer_batch(Engine(*parts), [face], questions[:1], max_new_tokens=20) != expected[:1]
    )  # the history matters


def test_an_answer_ends_at_its_stop_token(parts, monkeypatch):
    face, questions = tiny.face(5), ["Why?", "How?", "Who?"]
    complete = answer_branches(Engine(*parts), face, BEFORE, questions, max_new_tokens=30, size=3)
    letter = next(char for char in complete[0].text[4:] if char.isascii() and char.isprintable())
    stop = parts[1].tokenizer.encode(letter, add_special_tokens=False)[0]
    monkeypatch.setattr(type(parts[1]), "stop_token_ids", property(lambda self: frozenset({stop})))
    ended = answer_branches(Engine(*parts), face, BEFORE, questions, max_new_tokens=30, size=3)
    for before, after in zip(complete, ended, strict=True):
        text, found, _ = before.text.partition(letter)
        assert after == (text.rstrip("\ufffd"), not found)


def test_rejects_a_follow_up_without_room_for_an_answer(parts):
    with pytest.raises(ChatError, match="ask a shorter one"):
        answer_branches(Engine(*parts), tiny.face(), BEFORE, ["Why? " * 200], max_new_tokens=5, size=2)
