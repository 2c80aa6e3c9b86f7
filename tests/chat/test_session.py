"""Chat sessions: turns, prompts, streaming, stop and limits."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from scripted_model import (
    IMAGE_TOKENS,
    ByteProcessor,
    ScriptedModel,
    TinyModel,
    chat_of,
    face,
    prompt_of,
    read,
)

from emola.chat import ChatSession, Engine, Turn
from emola.errors import ChatError


def test_prompts_and_turns_of_a_conversation() -> None:
    """Guards against turns out of order, a repeated image, and duplicate turns."""
    chat, model = chat_of("happy", "yes")
    assert read(chat.ask(" Which emotion? ")) == "happy"
    assert read(chat.ask("Is AU12 active?")) == "yes"
    assert chat.turns == (Turn("Which emotion?", "happy"), Turn("Is AU12 active?", "yes"))
    assert prompt_of(model, 0) == "u" + "I" * IMAGE_TOKENS + "Which emotion?.a"
    assert prompt_of(model, 1) == ".uIs AU12 active?.a"  # the rest was cached
    assert model.encoded == 1


def test_text_is_streamed_while_it_is_generated() -> None:
    """Guards against generating the whole answer before the first piece."""
    chat, model = chat_of("abc")
    go_on = threading.Event()
    model.on_step = lambda: len(model.fed) < 2 or go_on.wait(10)
    pieces = chat.ask("q")
    assert model.fed == []
    assert next(iter(pieces)) == "a"
    assert chat.turns == ()
    go_on.set()
    assert read(pieces) == "bc"


@pytest.mark.parametrize("question", ["", "   \n"])
def test_rejects_an_empty_question_at_once(question: str) -> None:
    """Guards against an error only when the stream is read."""
    chat, model = chat_of("a")
    with pytest.raises(ChatError, match="empty"):
        chat.ask(question)
    assert model.fed == []


def test_an_unread_stream_has_no_effect() -> None:
    """Guards against a session that stays busy with an unread stream."""
    chat, _ = chat_of("a")
    chat.ask("never read")
    assert read(chat.ask("q")) == "a"
    assert [turn.question for turn in chat.turns] == ["q"]


def test_stop_keeps_the_text_so_far() -> None:
    """Guards against losing a stopped answer, and against a stop that affects the next one."""
    chat, _ = chat_of("abcdef", "next")
    received = ""
    for piece in chat.ask("q"):
        received += piece
        if received == "abc":
            chat.stop()
    assert received == "abc"
    assert chat.turns == (Turn("q", "abc", stopped=True),)
    assert read(chat.ask("r")) == "next"
    assert not chat.turns[1].stopped


def test_stop_without_an_answer_does_nothing() -> None:
    """Guards against a late stop that ends the next answer."""
    chat, _ = chat_of("abc")
    chat.stop()
    assert read(chat.ask("q")) == "abc"


def test_stop_from_another_thread() -> None:
    """Guards against a deadlock between stop and generation."""
    chat, model = chat_of("x" * 400)
    reached, stopped = threading.Event(), threading.Event()
    model.on_step = lambda: len(model.fed) < 5 or stopped.wait(10)
    received: list[str] = []

    def receive() -> None:
        for piece in chat.ask("q"):
            received.append(piece)
            reached.set()

    thread = threading.Thread(target=receive)
    thread.start()
    assert reached.wait(10)
    chat.stop()
    stopped.set()
    thread.join(10)
    assert not thread.is_alive()
    assert 1 <= len(received) < 400
    assert chat.turns[0].stopped


def test_closing_a_stream_stops_the_answer() -> None:
    """Guards against a session that stays busy after its stream was closed."""
    chat, _ = chat_of("abcdef", "next")
    pieces = chat.ask("q")
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert chat.turns == (Turn("q", "a", stopped=True),)
    assert read(chat.ask("r")) == "next"


def test_an_empty_stopped_answer_is_omitted_from_the_prompt() -> None:
    """Guards against an empty assistant message in the prompt."""
    chat, model = chat_of("abc", "next")
    model.on_step = chat.stop
    assert read(chat.ask("q")) == ""
    model.on_step = lambda: None
    assert chat.turns == (Turn("q", "", stopped=True),)
    read(chat.ask("r"))
    assert "q" not in prompt_of(model, 1)


def test_rejects_a_second_answer_at_the_same_time() -> None:
    """Guards against two answers in one history."""
    chat, _ = chat_of("abc")
    pieces = chat.ask("q")
    next(pieces)
    for attempt in (lambda: chat.ask("r"), chat.retry, chat.undo, lambda: chat.edit("r")):
        with pytest.raises(ChatError, match="still being written"):
            attempt()
    assert read(pieces) == "bc"
    assert chat.turns == (Turn("q", "abc"),)


def test_a_stream_started_late_does_not_overwrite_newer_turns() -> None:
    """Guards against an outdated prompt replacing newer turns."""
    chat, _ = chat_of("one", "two")
    late = chat.ask("late")
    read(chat.ask("q"))
    with pytest.raises(ChatError, match="has changed since"):
        next(late)
    assert [turn.question for turn in chat.turns] == ["q"]


def test_an_exception_during_an_answer_keeps_the_turns() -> None:
    """Guards against a partial turn, and against a session that stays busy after an error."""
    chat, _ = chat_of("one", [ord("t"), RuntimeError("out of memory")], "two")
    read(chat.ask("q"))
    with pytest.raises(RuntimeError, match="out of memory"):
        read(chat.ask("r"))
    assert chat.turns == (Turn("q", "one"),)
    assert read(chat.ask("r")) == "two"


def test_rejects_a_very_long_question_before_tokenising_it() -> None:
    """Guards against tokenising megabytes, and against very long prompts."""
    chat, model = chat_of("one", max_context=100_000)
    tokenize, sizes = chat._engine.tokenize, []

    def counting_tokenize(messages: Any) -> list[int]:
        sizes.append(len(str(messages)))
        return tokenize(messages)

    chat._engine.tokenize = counting_tokenize  # type: ignore[method-assign]
    with pytest.raises(ChatError, match="20,000,000 characters, and at most 2,000"):
        chat.ask("x" * 20_000_000)
    with pytest.raises(ChatError, match="characters"):
        chat.ask(" " * 2001)
    with pytest.raises(ChatError, match="at most 1,000 are read"):
        chat.ask("😀" * 300)
    assert sizes and max(sizes) < 3000 and model.fed == []
    assert read(chat.ask("x" * 900)) == "one"


def test_replaces_a_lone_surrogate() -> None:
    """Guards against an exception of the tokeniser for a lone surrogate, which JSON may contain."""
    chat, _ = chat_of("one")
    assert read(chat.ask("why \ud83d?")) == "one"
    assert chat.turns[0].question == "why ??"


def test_an_answer_at_its_length_limit_is_marked_cut() -> None:
    """Guards against presenting a truncated answer as complete."""
    chat, _ = chat_of("abcdef", "ab", max_new_tokens=3)
    assert read(chat.ask("q")) == "abc"
    read(chat.ask("r"))
    assert [turn.cut for turn in chat.turns] == [True, False]


def test_a_stop_string_ends_the_answer() -> None:
    """Guards against a model that continues with the turn of the user."""
    processor = ByteProcessor()
    processor.stop_strings = ("USER:",)
    model = ScriptedModel("fine. USER: and", "next")
    chat = ChatSession(Engine(model, processor), face())
    assert read(chat.ask("q")) == "fine. "
    assert chat.turns == (Turn("q", "fine. "),)
    assert read(chat.ask("r")) == "next"


def test_concurrent_sessions_do_not_mix() -> None:
    """Guards against text of one conversation in another."""
    answers = {
        value: read(
            ChatSession(Engine(TinyModel(), ByteProcessor()), face(value), max_new_tokens=24).ask("q")
        )
        for value in (1, 3)
    }
    engine = Engine(TinyModel(), ByteProcessor())
    chats = {value: ChatSession(engine, face(value), max_new_tokens=24) for value in (1, 3)}
    threads = [threading.Thread(target=lambda chat=chat: read(chat.ask("q"))) for chat in chats.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {value: chat.turns[0].answer for value, chat in chats.items()} == answers


def test_an_unclear_face_forbids_words_of_certainty() -> None:
    """Guards against "clearly neutral" for a dark face."""
    model = ScriptedModel("sure!", "sure!")
    engine = Engine(model, ByteProcessor())  # its certainty word is "!"
    assert read(ChatSession(engine, face(), max_new_tokens=5).ask("q")) == "sure!"
    answer = read(ChatSession(engine, face(clear=False), max_new_tokens=5).ask("q"))
    assert answer.startswith("sure") and "!" not in answer
