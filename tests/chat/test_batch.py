"""Batched answers of a tiny, random EmoLA model equal single answers."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import tiny_models as tiny

from emola.chat import ChatSession, Engine
from emola.chat.batch import answer_batch
from emola.errors import ChatError
from emola.model import load_checkpoint

QUESTIONS = ("Which AUs?", "Which emotion does this face show, and why do you say so?", "Why?", "AU12?")


@pytest.fixture(scope="module")
def parts() -> tuple[Any, Any]:
    return tiny.chat_parts()


def test_batched_answers_equal_single_answers(parts: tuple[Any, Any]) -> None:
    """Guards against attention to padding, positions that count it, and swapped faces."""
    faces = [tiny.face(seed) for seed in range(4)]
    faces[2].prior = None
    expected = []
    for face, question in zip(faces, QUESTIONS, strict=True):
        chat = ChatSession(Engine(*parts), face, max_new_tokens=40)
        expected.append(("".join(chat.ask(question)), chat.turns[-1].cut))
    assert answer_batch(Engine(*parts), faces, QUESTIONS, max_new_tokens=40) == expected
    assert len({text for text, _ in expected}) == 4
    for face, question, completion in zip(faces, QUESTIONS, expected, strict=True):
        assert answer_batch(Engine(*parts), [face], [question], max_new_tokens=40) == [completion]


def test_an_answer_ends_at_its_stop_token(parts: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against padding after a stop token being decoded as text."""
    faces = [tiny.face(seed) for seed in range(3)]
    complete = answer_batch(Engine(*parts), faces, ["Why?"] * 3, max_new_tokens=30)
    assert all(completion.cut for completion in complete)
    letter = next(char for char in complete[0].text[4:] if char.isascii() and char.isprintable())
    stop = parts[1].tokenizer.encode(letter, add_special_tokens=False)[0]
    monkeypatch.setattr(type(parts[1]), "stop_token_ids", property(lambda self: frozenset({stop})))
    ended = answer_batch(Engine(*parts), faces, ["Why?"] * 3, max_new_tokens=30)
    for before, after in zip(complete, ended, strict=True):
        text, found, _ = before.text.partition(letter)
        assert after == (text.rstrip("\ufffd"), not found)
    assert not ended[0].cut


def test_rejects_a_question_without_room_for_an_answer(parts: tuple[Any, Any]) -> None:
    with pytest.raises(ChatError, match="ask a shorter one"):
        answer_batch(Engine(*parts), [tiny.face()], ["Why? " * 200], max_new_tokens=5)


def test_the_named_adapter_answers(tmp_path: Path) -> None:
    """Guards against the use of the adapter that happened to be active."""
    folder = tiny.save_checkpoint(tmp_path, tiny.clip_config(), ("au", "emotion"))
    loaded = load_checkpoint(folder, device="cpu")
    face = tiny.face()
    answers = {}
    for adapter in ("au", "emotion", "au"):
        chat = ChatSession(Engine(*loaded), face, max_new_tokens=12, adapter=adapter)
        single = "".join(chat.ask("Why?"))
        other = "emotion" if adapter == "au" else "au"
        answer_batch(Engine(*loaded), [face], ["Why?"], max_new_tokens=1, adapter=other)
        batch = answer_batch(
            Engine(*loaded), [face, face], ["Why?", "Which AUs?"], max_new_tokens=12, adapter=adapter
        )
        assert batch[0].text == single
        answers[adapter] = single
    assert answers["au"] != answers["emotion"]


def test_only_a_clear_face_allows_words_of_certainty(
    parts: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against "clearly" for a dark face, and against its effect on other rows."""
    clear, unclear = tiny.face(3), tiny.face(3)
    unclear.visibility = SimpleNamespace(clear=False)
    answer = answer_batch(Engine(*parts), [clear], ["Why?"], max_new_tokens=20)[0].text
    letter = next(char for char in answer if char.isascii() and char.isprintable())
    token = parts[1].tokenizer.encode(letter, add_special_tokens=False)[0]
    monkeypatch.setattr(type(parts[1]), "certainty_token_ids", frozenset({token}))
    both = answer_batch(Engine(*parts), [clear, unclear], ["Why?"] * 2, max_new_tokens=20)
    assert both[0].text == answer
    assert letter not in both[1].text
    session = ChatSession(Engine(*parts), unclear, max_new_tokens=20)
    assert "".join(session.ask("Why?")) == both[1].text
