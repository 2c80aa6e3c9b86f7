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
    alone = []
    for one, question in zip(faces, QUESTIONS, strict=True):
        chat = ChatSession(Engine(*parts), one, max_new_tokens=40)
        alone.append(("".join(chat.ask(question)), chat.turns[-1].cut))
    assert answer_batch(*parts, faces, QUESTIONS, max_new_tokens=40) == alone
    assert len({text for text, _ in alone}) == 4
    for one, question, expected in zip(faces, QUESTIONS, alone, strict=True):
        assert answer_batch(*parts, [one], [question], max_new_tokens=40) == [expected]


def test_an_answer_ends_at_its_stop_token(parts: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against padding after a stop token being decoded as text."""
    faces = [tiny.face(seed) for seed in range(3)]
    whole = answer_batch(*parts, faces, ["Why?"] * 3, max_new_tokens=30)
    assert all(one.cut for one in whole)
    letter = next(one for one in whole[0].text[4:] if one.isascii() and one.isprintable())
    stop = parts[1].tokenizer.encode(letter, add_special_tokens=False)[0]
    monkeypatch.setattr(type(parts[1]), "stop_token_ids", property(lambda self: frozenset({stop})))
    ended = answer_batch(*parts, faces, ["Why?"] * 3, max_new_tokens=30)
    for before, after in zip(whole, ended, strict=True):
        text, found, _ = before.text.partition(letter)
        assert after == (text.rstrip("\ufffd"), not found)
    assert not ended[0].cut


def test_rejects_a_question_without_room_for_an_answer(parts: tuple[Any, Any]) -> None:
    with pytest.raises(ChatError, match="ask a shorter one"):
        answer_batch(*parts, [tiny.face()], ["Why? " * 200], max_new_tokens=5)


def test_the_named_adapter_answers(tmp_path: Path) -> None:
    """Guards against the use of the adapter that happened to be active."""
    folder = tiny.save_checkpoint(tmp_path, tiny.clip_config(), ("au", "emotion"))
    loaded = load_checkpoint(folder, device="cpu")
    one = tiny.face()
    said = {}
    for adapter in ("au", "emotion", "au"):
        chat = ChatSession(Engine(*loaded), one, max_new_tokens=12, adapter=adapter)
        alone = "".join(chat.ask("Why?"))
        other = "emotion" if adapter == "au" else "au"
        answer_batch(*loaded, [one], ["Why?"], max_new_tokens=1, adapter=other)
        batch = answer_batch(*loaded, [one, one], ["Why?", "Which AUs?"], max_new_tokens=12, adapter=adapter)
        assert batch[0].text == alone
        said[adapter] = alone
    assert said["au"] != said["emotion"]


def test_only_a_clear_face_allows_words_of_certainty(
    parts: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against "clearly" for a dark face, and against its effect on other rows."""
    well, badly = tiny.face(3), tiny.face(3)
    badly.visibility = SimpleNamespace(clear=False)
    said = answer_batch(*parts, [well], ["Why?"], max_new_tokens=20)[0].text
    letter = next(one for one in said if one.isascii() and one.isprintable())
    token = parts[1].tokenizer.encode(letter, add_special_tokens=False)[0]
    monkeypatch.setattr(type(parts[1]), "certainty_token_ids", frozenset({token}))
    both = answer_batch(*parts, [well, badly], ["Why?"] * 2, max_new_tokens=20)
    assert both[0].text == said
    assert letter not in both[1].text
    alone = ChatSession(Engine(*parts), badly, max_new_tokens=20)
    assert "".join(alone.ask("Why?")) == both[1].text
