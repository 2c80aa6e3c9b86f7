"""A conversation: what it remembers, what it forgets, and when."""

from __future__ import annotations

import gc
import threading
from typing import Any

import pytest
from scripted_model import (
    ASSISTANT,
    END,
    IMAGE,
    IMAGE_TOKENS,
    USER,
    ByteProcessor,
    ScriptedModel,
    TinyModel,
    face,
)

from emola.chat import ChatSession, Engine, Turn
from emola.errors import ChatError


def chat_of(*answers: Any, max_context: int = 512, **options: Any) -> tuple[ChatSession, ScriptedModel]:
    model = ScriptedModel(*answers)
    return ChatSession(Engine(model, ByteProcessor(), max_context=max_context), face(), **options), model


def prompt_of(model: ScriptedModel, nth: int = -1) -> str:
    """The nth prompt the model was given, if it was given whole: I image, u and a roles, . ends."""
    names = {IMAGE: "I", USER: "u", ASSISTANT: "a", END: "."}
    prompts = [fed for fed in model.fed if fed[-1] == ASSISTANT]
    return "".join(names.get(token) or chr(token) for token in prompts[nth])


def say(pieces: Any) -> str:
    return "".join(pieces)


def test_a_conversation() -> None:
    """Guards against history out of order, the image repeated, or a turn recorded twice."""
    chat, model = chat_of("happy", "yes")
    assert say(chat.ask(" Which emotion? ")) == "happy"
    assert say(chat.ask("Is AU12 active?")) == "yes"
    assert chat.turns == (Turn("Which emotion?", "happy"), Turn("Is AU12 active?", "yes"))
    assert prompt_of(model, 0) == "u" + "I" * IMAGE_TOKENS + "Which emotion?.a"
    assert prompt_of(model, 1) == ".uIs AU12 active?.a"  # the rest was there already
    assert model.encoded == 1


def test_text_comes_as_it_is_made() -> None:
    """Guards against the whole answer computed before the first piece is handed out."""
    chat, model = chat_of("abc")
    pieces = chat.ask("q")
    assert model.fed == []
    assert next(iter(pieces)) == "a"
    assert len(model.fed) == 1
    assert chat.turns == ()
    assert say(pieces) == "bc"


@pytest.mark.parametrize("question", ["", "   \n"])
def test_an_empty_question_is_refused_at_once(question: str) -> None:
    """Guards against the error coming only when the stream is read, or the question being asked."""
    chat, model = chat_of("a")
    with pytest.raises(ChatError, match="empty"):
        chat.ask(question)
    assert model.fed == []


def test_a_question_never_read_is_never_asked() -> None:
    """Guards against a session busy for ever with a stream that nobody started."""
    chat, _ = chat_of("a")
    chat.ask("never read")
    assert say(chat.ask("q")) == "a"
    assert [turn.question for turn in chat.turns] == ["q"]


def test_stop_keeps_what_there_is() -> None:
    """Guards against a stopped answer lost, or a stop that lasts into the next question."""
    chat, _ = chat_of("abcdef", "next")
    heard = ""
    for piece in chat.ask("q"):
        heard += piece
        if heard == "abc":
            chat.stop()
    assert heard == "abc"
    assert chat.turns == (Turn("q", "abc", stopped=True),)
    assert say(chat.ask("r")) == "next"
    assert not chat.turns[1].stopped


def test_stop_without_an_answer_does_nothing() -> None:
    """Guards against a stop pressed too late ending the next answer before it begins."""
    chat, _ = chat_of("abc")
    chat.stop()
    assert say(chat.ask("q")) == "abc"


def test_stop_from_another_thread() -> None:
    """Guards against stop waiting for a lock that the answer holds."""
    chat, model = chat_of("x" * 400)
    reached = threading.Event()
    model.on_step = lambda: len(model.fed) == 5 and reached.set()
    heard: list[str] = []
    thread = threading.Thread(target=lambda: heard.extend(chat.ask("q")))
    thread.start()
    assert reached.wait(10)
    chat.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert 1 <= len(heard) < 400
    assert chat.turns[0].stopped


def test_leaving_a_stream_is_a_stop() -> None:
    """Guards against a session that stays busy when a reader goes away in mid-answer."""
    chat, _ = chat_of("abcdef", "next")
    pieces = chat.ask("q")
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert chat.turns == (Turn("q", "a", stopped=True),)
    assert say(chat.ask("r")) == "next"


def test_an_answer_stopped_before_its_first_word_is_not_shown_to_the_model() -> None:
    """Guards against an empty assistant message, which teaches the model to say nothing."""
    chat, model = chat_of("abc", "next")
    model.on_step = chat.stop
    assert say(chat.ask("q")) == ""
    model.on_step = lambda: None
    assert chat.turns == (Turn("q", "", stopped=True),)
    say(chat.ask("r"))
    assert "q" not in prompt_of(model, 1)


def test_one_answer_at_a_time() -> None:
    """Guards against two answers written into one history."""
    chat, _ = chat_of("abc")
    pieces = chat.ask("q")
    next(pieces)
    for attempt in (lambda: chat.ask("r"), chat.retry, chat.undo, lambda: chat.edit("r")):
        with pytest.raises(ChatError, match="still being written"):
            attempt()
    assert say(pieces) == "bc"
    assert chat.turns == (Turn("q", "abc"),)


def test_a_stream_started_late_does_not_overwrite_what_came_between() -> None:
    """Guards against an old plan replacing the turns that were added since."""
    chat, _ = chat_of("one", "two")
    late = chat.ask("late")
    say(chat.ask("q"))
    with pytest.raises(ChatError, match="has changed since"):
        next(late)
    assert [turn.question for turn in chat.turns] == ["q"]


def test_retry_replaces_the_answer_and_keeps_the_question() -> None:
    """Guards against the old answer shown to the model, or the question recorded twice."""
    chat, model = chat_of("one", "two", "three")
    say(chat.ask("q"))
    say(chat.ask("r"))
    assert say(chat.retry()) == "three"
    assert chat.turns == (Turn("q", "one"), Turn("r", "three"))
    assert prompt_of(model) == "a"  # everything before was in the cache


def test_retry_says_something_else_than_greedy_did() -> None:
    """Guards against retry taking the likeliest tokens again, which never changes anything."""
    model = TinyModel()
    model.llama.lm_head.weight.data.mul_(0.01)
    chat = ChatSession(Engine(model, ByteProcessor()), face(), max_new_tokens=20, seed=1)
    first = say(chat.ask("q"))
    again = [say(chat.retry()) for _ in range(3)]
    assert len({first, *again}) == 4


def test_a_retry_that_fails_or_is_stopped_leaves_the_old_answer() -> None:
    """Guards against the old answer thrown away before the new one is there."""
    chat, model = chat_of("good", [RuntimeError("broken")], "abc")
    say(chat.ask("q"))
    with pytest.raises(RuntimeError):
        say(chat.retry())
    assert chat.turns == (Turn("q", "good"),)
    model.on_step = chat.stop
    assert say(chat.retry()) == ""
    assert chat.turns == (Turn("q", "good"),)


def test_undo_takes_the_last_turn_back() -> None:
    """Guards against the model still being shown what was undone."""
    chat, model = chat_of("one", "two", "three")
    say(chat.ask("q"))
    say(chat.ask("r"))
    assert chat.undo() == Turn("r", "two")
    assert chat.turns == (Turn("q", "one"),)
    say(chat.ask("s"))
    assert prompt_of(model) == "s.a"  # cropped to what q, its answer and "user" share
    assert chat.turns == (Turn("q", "one"), Turn("s", "three"))


def test_edit_asks_in_the_place_of_the_last_question() -> None:
    """Guards against the edited question added after the old one."""
    chat, model = chat_of("one", "two")
    say(chat.ask("old"))
    assert say(chat.edit("new")) == "two"
    assert chat.turns == (Turn("new", "two"),)
    assert prompt_of(model) == "new.a"


@pytest.mark.parametrize("what", ["retry", "undo", "edit"])
def test_nothing_asked_yet(what: str) -> None:
    """Guards against an IndexError for a button pressed too early."""
    chat, _ = chat_of()
    with pytest.raises(ChatError, match=f"nothing to {what}"):
        chat.edit("x") if what == "edit" else getattr(chat, what)()


def test_an_exception_mid_stream_loses_nothing() -> None:
    """Guards against half an answer recorded, or a session that stays busy after an error."""
    chat, _ = chat_of("one", [ord("t"), RuntimeError("out of memory")], "two")
    say(chat.ask("q"))
    with pytest.raises(RuntimeError, match="out of memory"):
        say(chat.ask("r"))
    assert chat.turns == (Turn("q", "one"),)
    assert say(chat.ask("r")) == "two"


def test_a_new_face_is_a_new_conversation() -> None:
    """Guards against answers about the first face carried over to the second."""
    chat, model = chat_of("one", "two", "three")
    say(chat.ask("q"))
    other = face(2.0)
    chat.set_face(other)
    assert chat.turns == ()
    assert chat.face is other
    say(chat.ask("q"))
    assert prompt_of(model).startswith("uI")
    assert model.encoded == 2
    chat.set_face(other)  # the same face again: a fresh start, not a fresh look
    say(chat.ask("q"))
    assert model.encoded == 2
    assert len(chat.turns) == 1


def test_a_new_face_ends_the_answer_about_the_old_one() -> None:
    """Guards against the old answer landing in the new conversation."""
    chat, _ = chat_of("abcdef", "new")
    pieces = chat.ask("q")
    next(pieces)
    chat.set_face(face(2.0))
    assert say(pieces) == ""
    assert chat.turns == ()
    assert say(chat.ask("r")) == "new"


def test_closing_frees_the_cache_and_ends_the_answer() -> None:
    """Guards against the cache put back by the answer that close() interrupted."""
    chat, _ = chat_of("one", "abcdef")
    pool = chat._engine.pool
    say(chat.ask("q"))
    assert len(pool) == 1
    pieces = chat.ask("r")
    next(pieces)
    chat.close()
    assert say(pieces) == ""
    assert len(pool) == 0
    assert [turn.question for turn in chat.turns] == ["q"]
    with pytest.raises(ChatError, match="closed"):
        chat.ask("s")
    chat.close()


def test_a_forgotten_session_frees_its_cache() -> None:
    """Guards against sessions that nobody closes filling the pool for ever."""
    chat, _ = chat_of("one")
    pool = chat._engine.pool
    say(chat.ask("q"))
    assert len(pool) == 1
    del chat
    gc.collect()
    assert len(pool) == 0


def test_overflow_drops_the_oldest_turns_and_never_the_image() -> None:
    """Guards against the image cut off with the first question, or the newest turns dropped."""
    answer = "b" * 16
    chat, model = chat_of(*[answer] * 5, max_context=112, max_new_tokens=28)
    for letter in "pqrst":
        say(chat.ask(letter * 20))
    assert [turn.dropped for turn in chat.turns] == [0, 0, 1, 2, 3]
    assert prompt_of(model) == f"{'s' * 20}.a{answer}.u{'t' * 20}.a"
    seen = chat._engine.pool.take(chat._owner).ids
    assert seen[: IMAGE_TOKENS + 1] == [USER] + [IMAGE] * IMAGE_TOKENS  # kept, and not even fed again
    assert seen.count(IMAGE) == IMAGE_TOKENS
    assert [turn.answer for turn in chat.turns] == [answer] * 5


def test_what_was_dropped_comes_back_when_the_question_is_made_shorter() -> None:
    """Guards against turns lost for good by a long question that was taken back."""
    chat, _ = chat_of(*["b" * 16] * 3, "ok", max_context=116, max_new_tokens=28)
    for letter in "pqr":
        say(chat.ask(letter * 20))
    assert chat.turns[-1].dropped == 1
    say(chat.edit("r"))
    assert chat.turns[-1].dropped == 0


def test_a_question_too_long_by_itself_is_refused() -> None:
    """Guards against dropping everything and then cutting the question, or a crash in the model."""
    chat, _ = chat_of("one", max_context=100, max_new_tokens=20)
    say(chat.ask("q"))
    with pytest.raises(ChatError, match="too long"):
        chat.ask("x" * 90)
    assert chat.turns == (Turn("q", "one"),)


def test_a_long_question_is_refused_before_it_is_tokenised() -> None:
    """Guards against megabytes that are tokenised; thousands of tokens that hold up everybody."""
    chat, model = chat_of("one", max_context=100_000)
    tokenize, sizes = chat._engine.tokenize, []

    def counted(messages: Any) -> list[int]:
        sizes.append(len(str(messages)))
        return tokenize(messages)

    chat._engine.tokenize = counted  # type: ignore[method-assign]
    with pytest.raises(ChatError, match="20,000,000 characters, and at most 2,000"):
        chat.ask("x" * 20_000_000)
    with pytest.raises(ChatError, match="characters"):
        chat.ask(" " * 2001)
    with pytest.raises(ChatError, match="at most 1,000 are read"):
        chat.ask("😀" * 300)
    assert sizes and max(sizes) < 3000 and model.fed == []
    assert say(chat.ask("x" * 900)) == "one"


def test_half_a_character_is_no_defect() -> None:
    """Guards against a traceback of the tokeniser for a lone surrogate, which JSON can hold."""
    chat, _ = chat_of("one")
    assert say(chat.ask("why \ud83d?")) == "one"
    assert chat.turns[0].question == "why ??"


def test_a_new_start_frees_the_cache_of_the_old_conversation() -> None:
    """Guards against keys and values of a cleared conversation kept until the next question."""
    chat, _ = chat_of("one", "two")
    say(chat.ask("q"))
    assert len(chat._engine.pool) == 1
    chat.set_face(chat.face)
    assert len(chat._engine.pool) == 0
    pieces = chat.ask("r")
    next(pieces)
    chat.set_face(chat.face)
    list(pieces)
    assert len(chat._engine.pool) == 0


def test_an_answer_at_its_length_limit_says_so() -> None:
    """Guards against a cut answer shown as if it were complete."""
    chat, _ = chat_of("abcdef", "ab", max_new_tokens=3)
    assert say(chat.ask("q")) == "abc"
    say(chat.ask("r"))
    assert [turn.cut for turn in chat.turns] == [True, False]


def test_a_stop_string_ends_the_answer() -> None:
    """Guards against the model going on to write the user's part itself."""
    processor = ByteProcessor()
    processor.stop_strings = ("USER:",)
    model = ScriptedModel("fine. USER: and", "next")
    chat = ChatSession(Engine(model, processor), face())
    assert say(chat.ask("q")) == "fine. "
    assert chat.turns == (Turn("q", "fine. "),)
    assert say(chat.ask("r")) == "next"


def test_two_sessions_at_once_do_not_mix() -> None:
    """Guards against one conversation's words in another's history."""
    answers = {
        value: say(ChatSession(Engine(TinyModel(), ByteProcessor()), face(value)).ask("q"))
        for value in (1, 3)
    }
    engine = Engine(TinyModel(), ByteProcessor())
    chats = {value: ChatSession(engine, face(value)) for value in (1, 3)}
    threads = [threading.Thread(target=lambda chat=chat: say(chat.ask("q"))) for chat in chats.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {value: chat.turns[0].answer for value, chat in chats.items()} == answers


def test_a_face_that_is_seen_badly_is_not_spoken_of_with_certainty() -> None:
    """Guards against "clearly neutral" about a face in the dark."""
    model = ScriptedModel("sure!", "sure!")
    engine = Engine(model, ByteProcessor())  # whose word of certainty is "!"
    assert say(ChatSession(engine, face(), max_new_tokens=5).ask("q")) == "sure!"
    unsure = say(ChatSession(engine, face(clear=False), max_new_tokens=5).ask("q"))
    assert unsure.startswith("sure") and "!" not in unsure
