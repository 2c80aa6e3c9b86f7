"""The reading of a face: written once, before the first question, and part of every prompt."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import tiny_models as tiny
from scripted_model import IMAGE_TOKENS, ByteProcessor, ScriptedModel, TinyModel, face, prompt_of, read

from emola.chat import ChatSession, Engine, Reading, Turn
from emola.chat.batch import answer_batch, openings
from emola.chat.branches import answer_branches

IMAGE = "I" * IMAGE_TOKENS


def engine_of(*answers: Any, given: str = "AU12 D.", max_context: int = 512) -> tuple[Engine, ScriptedModel]:
    model = ScriptedModel(*answers)
    return Engine(model, ByteProcessor(), max_context=max_context, given=lambda *_: given), model


def test_the_first_question_follows_the_reading() -> None:
    """Guards against a reading that is not in the prompt, or that becomes a turn."""
    engine, model = engine_of("Happy.", "yes", "no")
    chat = ChatSession(engine, face())
    assert chat.reads and chat.reading is None
    assert read(chat.ask("q")) == "yes"
    assert chat.reading == Reading("AU12 D.", "Happy.")
    assert chat.turns == (Turn("q", "yes"),)
    assert prompt_of(model, 0) == f"u{IMAGE}AU12 D.\nRead the face..a"
    assert prompt_of(model, 1) == ".uq.a", "only the question is fed"
    assert read(chat.ask("r")) == "no"
    assert prompt_of(model, 2) == ".ur.a"
    assert model.encoded == 1


def test_a_face_is_read_before_the_first_question_on_request() -> None:
    engine, model = engine_of("Happy.", "yes")
    chat = ChatSession(engine, face())
    assert chat.read() == chat.read() == Reading("AU12 D.", "Happy.")
    read(chat.ask("q"))
    assert prompt_of(model) == ".uq.a"
    assert len([fed for fed in model.fed if len(fed) > 1]) == 2


def test_nothing_is_given_without_a_given_line() -> None:
    engine, model = engine_of("Happy.", given="")
    assert ChatSession(engine, face()).read() == Reading("", "Happy.")
    assert prompt_of(model) == f"u{IMAGE}Read the face..a"


def test_a_model_without_readings_answers_at_once() -> None:
    model = ScriptedModel("yes")
    engine = Engine(model, ByteProcessor())
    chat = ChatSession(engine, face())
    assert not chat.reads and chat.read() is None and model.fed == []
    read(chat.ask("q"))
    assert prompt_of(model) == f"u{IMAGE}q.a"
    assert chat.reading is None
    assert openings(engine, [face()]) == [()]


def test_a_face_is_read_once_for_all_conversations() -> None:
    engine, model = engine_of("Happy.", "yes", "no")
    seen = face()
    first, second = ChatSession(engine, seen), ChatSession(engine, seen)
    read(first.ask("q"))
    read(second.ask("q"))
    assert prompt_of(model) == f"u{IMAGE}AU12 D.\nRead the face..aHappy..uq.a"
    assert first.reading is second.reading


def test_dropped_turns_never_include_the_reading() -> None:
    """Guards against a prompt without the reading in a long conversation."""
    engine, model = engine_of("Happy.", *["a" * 60] * 4, max_context=300)
    engine.decoder.cache_bytes = 0
    chat = ChatSession(engine, face(), max_new_tokens=60)
    for number in range(4):
        read(chat.ask(f"question {number} {'x' * 30}"))
        assert prompt_of(model).startswith(f"u{IMAGE}AU12 D.\nRead the face..aHappy..uquestion")
    assert chat.turns[-1].dropped


def test_a_failed_reading_is_repeated_at_the_next_question() -> None:
    """Guards against a partial reading in the prompts, and against a busy session."""
    engine, _ = engine_of([ord("H"), RuntimeError("out of memory")], "Sad.", "yes")
    chat = ChatSession(engine, face())
    with pytest.raises(RuntimeError, match="out of memory"):
        read(chat.ask("q"))
    assert chat.turns == () and chat.reading is None
    assert read(chat.ask("q")) == "yes"
    assert chat.reading == Reading("AU12 D.", "Sad.")
    assert "Sad." in "".join(map(chr, engine.decoder.caches.take(chat._owner).ids))


def test_a_stop_during_the_reading_discards_it() -> None:
    engine, model = engine_of("Happy.", "Happy.", "yes")
    chat = ChatSession(engine, face())
    model.on_step = chat.stop
    assert read(chat.ask("q")) == ""
    model.on_step = lambda: None
    assert chat.turns == (Turn("q", "", stopped=True),) and chat.reading is None
    assert read(chat.ask("r")) == "yes"
    assert chat.reading == Reading("AU12 D.", "Happy.")


def test_a_question_waits_for_the_reading_in_progress() -> None:
    """Guards against two readings at once, and against a question without the reading."""
    engine, model = engine_of("Happy.", "yes")
    chat = ChatSession(engine, face())
    begun, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        assert go_on.wait(10)

    model.on_step = hold
    reader = threading.Thread(target=chat.read)
    reader.start()
    assert begun.wait(10)
    answers: list[str] = []
    asker = threading.Thread(target=lambda: answers.append(read(chat.ask("q"))))
    asker.start()
    go_on.set()
    reader.join(10)
    asker.join(10)
    assert answers == ["yes"] and prompt_of(model) == ".uq.a"


def test_closing_ends_the_reading() -> None:
    """Guards against a reading that returns its cache, or its text, after the face was deleted."""
    engine, model = engine_of("Happy.")
    chat = ChatSession(engine, face())
    model.on_step = chat.close
    assert chat.read() is None
    assert len(engine.decoder.caches) == 0 and not engine._encoded and not engine.readings._slots


def test_closing_ends_the_reading_of_a_question() -> None:
    """Guards against a face that the answer encodes again after it was deleted."""
    engine, model = engine_of("Happy.")
    chat = ChatSession(engine, face())
    model.on_step = chat.close
    assert read(chat.ask("q")) == "" and chat.turns == ()
    assert len(engine.decoder.caches) == 0 and not engine._encoded and not engine.readings._slots


def test_closing_deletes_the_reading() -> None:
    engine, _ = engine_of("Happy.")
    seen = face()
    chat = ChatSession(engine, seen)
    chat.read()
    chat.close()
    assert engine.readings.known(seen, None) is None and chat.reading is None


def test_a_reading_is_greedy() -> None:
    """Guards against a reading that depends on the sampling of the conversation."""
    model = TinyModel()
    model.llama.lm_head.weight.data.mul_(0.01)
    written = set()
    for seed in (1, 2):
        engine = Engine(model, ByteProcessor(), given=lambda *_: "")
        chat = ChatSession(engine, face(), max_new_tokens=5, temperature=1.0, seed=seed)
        read(chat.ask("q"))
        written.add(chat.reading)
    assert len(written) == 1


@pytest.fixture(scope="module")
def parts() -> tuple[Any, Any]:
    return tiny.chat_parts()


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("engine", "batch"):
        monkeypatch.setattr(f"emola.chat.{module}.MAX_READING_TOKENS", 24)


def test_batches_and_follow_ups_equal_a_conversation(parts: tuple[Any, Any]) -> None:
    """Guards against readings of other faces, and against prompts that differ from those of the page."""
    faces, questions = [tiny.face(seed) for seed in range(3)], ["Which AUs?", "Why is it so?", "AU12?"]

    def given(seen: Any, features: Any) -> str:
        return ("", "View: dark.", "AU4 B.")[faces.index(seen)] + f"{features[0]:.3f}"

    engine = Engine(*parts, given=given)
    expected = []
    for seen, question in zip(faces, questions, strict=True):
        chat = ChatSession(engine, seen, max_new_tokens=16)
        read(chat.ask(question))
        expected.append((chat.reading, chat.turns[0].answer))
    engine = Engine(*parts, given=given)
    answers = answer_batch(engine, faces, questions, max_new_tokens=16)
    assert [
        (engine.readings.known(seen, None), answer.text) for seen, answer in zip(faces, answers, strict=True)
    ] == expected
    assert len({reading.written for reading, _ in expected}) == 3
    assert openings(engine, faces) == [(reading.exchange,) for reading, _ in expected]
    for seen, (_, text) in zip(faces, expected, strict=True):
        history = [(questions[0], text)]
        engine = Engine(*parts, given=given)
        follow_ups = answer_branches(engine, seen, history, questions, max_new_tokens=16, size=2)
        assert follow_ups == answer_batch(
            engine, [seen] * 3, questions, max_new_tokens=16, history=[history] * 3
        )


def test_a_question_after_the_reading_does_not_feed_the_image_again(
    parts: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(*parts, given=lambda *_: "AU4 B.")
    fed: list[list[int]] = []
    embed = parts[0].embed

    def counted(ids: Any, image: Any) -> Any:
        fed.append(ids[0].tolist())
        return embed(ids, image)

    monkeypatch.setattr(parts[0], "embed", counted)
    chat = ChatSession(engine, tiny.face(), max_new_tokens=4)
    chat.read()
    assert fed[0].count(parts[1].image_token_id) == parts[1].image_tokens
    fed.clear()
    for question in ("Which AUs?", "Why?"):
        read(chat.ask(question))
    assert not any(parts[1].image_token_id in feed for feed in fed)
