"""Retry, undo, edit, dropped turns and closing of chat sessions."""

from __future__ import annotations

import gc

import pytest
from scripted_model import (
    IMAGE,
    IMAGE_TOKENS,
    USER,
    ByteProcessor,
    TinyModel,
    chat_of,
    face,
    prompt_of,
    read,
)

from emola.chat import ChatSession, Engine, Turn
from emola.errors import ChatError


def test_retry_replaces_the_answer_and_keeps_the_question() -> None:
    """Guards against the old answer in the prompt, and against a duplicate question."""
    chat, model = chat_of("one", "two", "three")
    read(chat.ask("q"))
    read(chat.ask("r"))
    assert read(chat.retry()) == "three"
    assert chat.turns == (Turn("q", "one"), Turn("r", "three"))
    assert prompt_of(model) == "a"  # the rest was cached


def test_retry_samples_where_greedy_would_repeat() -> None:
    """Guards against a greedy retry, which would repeat the answer."""
    model = TinyModel()
    model.llama.lm_head.weight.data.mul_(0.01)
    chat = ChatSession(Engine(model, ByteProcessor()), face(), max_new_tokens=20, seed=1)
    first = read(chat.ask("q"))
    retried = [read(chat.retry()) for _ in range(3)]
    assert len({first, *retried}) == 4


def test_a_failed_or_stopped_retry_keeps_the_old_answer() -> None:
    """Guards against discarding the old answer before the new one is complete."""
    chat, model = chat_of("good", [RuntimeError("broken")], "abc")
    read(chat.ask("q"))
    with pytest.raises(RuntimeError):
        read(chat.retry())
    assert chat.turns == (Turn("q", "good"),)
    model.on_step = chat.stop
    assert read(chat.retry()) == ""
    assert chat.turns == (Turn("q", "good"),)


def test_undo_removes_the_last_turn() -> None:
    """Guards against an undone turn in the prompt."""
    chat, model = chat_of("one", "two", "three")
    read(chat.ask("q"))
    read(chat.ask("r"))
    assert chat.undo() == Turn("r", "two")
    assert chat.turns == (Turn("q", "one"),)
    read(chat.ask("s"))
    assert prompt_of(model) == "s.a"  # the cache keeps the prefix up to the new question
    assert chat.turns == (Turn("q", "one"), Turn("s", "three"))


def test_edit_replaces_the_last_question() -> None:
    """Guards against appending the edited question to the old one."""
    chat, model = chat_of("one", "two")
    read(chat.ask("old"))
    assert read(chat.edit("new")) == "two"
    assert chat.turns == (Turn("new", "two"),)
    assert prompt_of(model) == "new.a"


@pytest.mark.parametrize("operation", ["retry", "undo", "edit"])
def test_rejects_undo_retry_and_edit_without_turns(operation: str) -> None:
    """Guards against an IndexError without turns."""
    chat, _ = chat_of()
    with pytest.raises(ChatError, match=f"nothing to {operation}"):
        chat.edit("x") if operation == "edit" else getattr(chat, operation)()


def test_closing_frees_the_cache_and_ends_the_answer() -> None:
    """Guards against an interrupted answer that returns its cache after close()."""
    chat, _ = chat_of("one", "abcdef")
    pool = chat._engine.decoder.caches
    read(chat.ask("q"))
    assert len(pool) == 1
    pieces = chat.ask("r")
    next(pieces)
    chat.close()
    assert read(pieces) == ""
    assert len(pool) == 0
    assert [turn.question for turn in chat.turns] == ["q"]
    with pytest.raises(ChatError, match="closed"):
        chat.ask("s")
    chat.close()


def test_a_garbage_collected_session_frees_its_cache() -> None:
    """Guards against unclosed sessions filling the pool."""
    chat, _ = chat_of("one")
    pool = chat._engine.decoder.caches
    read(chat.ask("q"))
    assert len(pool) == 1
    del chat
    gc.collect()
    assert len(pool) == 0


def test_overflow_drops_the_oldest_turns_but_not_the_image() -> None:
    """Guards against dropping the image with the first question, and against dropping new turns."""
    answer = "b" * 16
    chat, model = chat_of(*[answer] * 5, max_context=112, max_new_tokens=28)
    for letter in "pqrst":
        read(chat.ask(letter * 20))
    assert [turn.dropped for turn in chat.turns] == [0, 0, 1, 2, 3]
    assert prompt_of(model) == f"{'s' * 20}.a{answer}.u{'t' * 20}.a"
    cached = chat._engine.decoder.caches.take(chat._owner).ids
    assert cached[: IMAGE_TOKENS + 1] == [USER] + [IMAGE] * IMAGE_TOKENS  # kept without feeding it again
    assert cached.count(IMAGE) == IMAGE_TOKENS
    assert [turn.answer for turn in chat.turns] == [answer] * 5


def test_dropped_turns_return_after_a_shorter_question() -> None:
    """Guards against losing turns to a long question that was undone."""
    chat, _ = chat_of(*["b" * 16] * 3, "ok", max_context=116, max_new_tokens=28)
    for letter in "pqr":
        read(chat.ask(letter * 20))
    assert chat.turns[-1].dropped == 1
    read(chat.edit("r"))
    assert chat.turns[-1].dropped == 0


def test_rejects_a_question_longer_than_the_context() -> None:
    """Guards against truncating the question, and against an exception in the model."""
    chat, _ = chat_of("one", max_context=100, max_new_tokens=20)
    read(chat.ask("q"))
    with pytest.raises(ChatError, match="too long"):
        chat.ask("x" * 90)
    assert chat.turns == (Turn("q", "one"),)


def test_clearing_frees_the_cache() -> None:
    """Guards against keeping the cache of a cleared conversation."""
    chat, _ = chat_of("one", "two")
    read(chat.ask("q"))
    assert len(chat._engine.decoder.caches) == 1
    chat.clear()
    assert len(chat._engine.decoder.caches) == 0
    pieces = chat.ask("r")
    next(pieces)
    chat.clear()
    list(pieces)
    assert len(chat._engine.decoder.caches) == 0
