"""Batched follow-ups of a real EmoLA model, tiny and random, against answering each alone."""

import pytest
import tiny_models as tiny

from emola.chat.batch import answer_batch
from emola.chat.branches import answer_branches
from emola.errors import ChatError

BEFORE = (("Which AUs?", "AU12 and AU25 are active."),)


@pytest.fixture(scope="module")
def made():
    return tiny.chat_parts()


@pytest.mark.parametrize("prior", [True, False])
def test_equals_answering_each_alone(made, prior):
    """Regression: rows that share one cache, swap places or see another's question."""
    one = tiny.face(3)
    if not prior:
        one.prior = None
    questions = ["Is AU1 active?", "Is AU12 active?", "Is AU4 active?", "Why?", "Is AU43 active?"]
    alone = [
        answer_batch(*made, [one], [question], max_new_tokens=20, before=[BEFORE])[0]
        for question in questions
    ]
    assert answer_branches(*made, one, BEFORE, questions, max_new_tokens=20, size=2) == alone
    assert len(set(alone)) > 1
    together = answer_batch(*made, [one] * 5, questions, max_new_tokens=20, before=[BEFORE] * 5)
    assert together == alone
    assert answer_batch(*made, [one], questions[:1], max_new_tokens=20) != alone[:1]  # what was said matters


def test_stops_at_the_stop_token(made, monkeypatch):
    one, questions = tiny.face(5), ["Why?", "How?", "Who?"]
    whole = answer_branches(*made, one, BEFORE, questions, max_new_tokens=30, size=3)
    letter = next(sign for sign in whole[0].text[4:] if sign.isascii() and sign.isprintable())
    stop = made[1].tokenizer.encode(letter, add_special_tokens=False)[0]
    monkeypatch.setattr(type(made[1]), "stop_token_ids", property(lambda self: frozenset({stop})))
    ended = answer_branches(*made, one, BEFORE, questions, max_new_tokens=30, size=3)
    for before, after in zip(whole, ended, strict=True):
        text, found, _ = before.text.partition(letter)
        assert after == (text.rstrip("\ufffd"), not found)


def test_rejects_a_follow_up_without_room(made):
    with pytest.raises(ChatError, match="ask a shorter one"):
        answer_branches(*made, tiny.face(), BEFORE, ["Why? " * 200], max_new_tokens=5, size=2)
