"""Many faces answered at once, over a real EmoLA model, tiny and random: the same as one by one."""

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
def made() -> tuple[Any, Any]:
    return tiny.chat_parts()


def test_a_batch_is_answered_as_each_face_by_itself(made: tuple[Any, Any]) -> None:
    """Guards against padding that the model sees, positions that count it, or faces that swap places."""
    faces = [tiny.face(seed) for seed in range(4)]
    faces[2].prior = None
    alone = []
    for one, question in zip(faces, QUESTIONS, strict=True):
        chat = ChatSession(Engine(*made), one, max_new_tokens=40)
        alone.append(("".join(chat.ask(question)), chat.turns[-1].cut))
    assert answer_batch(*made, faces, QUESTIONS, max_new_tokens=40) == alone
    assert len({text for text, _ in alone}) == 4
    for one, question, expected in zip(faces, QUESTIONS, alone, strict=True):
        assert answer_batch(*made, [one], [question], max_new_tokens=40) == [expected]


def test_an_answer_ends_at_its_stop_token(made: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against what follows a stop token, in a batch whose other answers go on, taken for text."""
    faces = [tiny.face(seed) for seed in range(3)]
    whole = answer_batch(*made, faces, ["Why?"] * 3, max_new_tokens=30)
    assert all(one.cut for one in whole)
    letter = next(one for one in whole[0].text[4:] if one.isascii() and one.isprintable())
    stop = made[1].tokenizer.encode(letter, add_special_tokens=False)[0]
    monkeypatch.setattr(type(made[1]), "stop_token_ids", property(lambda self: frozenset({stop})))
    ended = answer_batch(*made, faces, ["Why?"] * 3, max_new_tokens=30)
    for before, after in zip(whole, ended, strict=True):
        text, found, _ = before.text.partition(letter)
        assert after == (text.rstrip("\ufffd"), not found)
    assert not ended[0].cut


def test_a_question_without_room_for_an_answer(made: tuple[Any, Any]) -> None:
    with pytest.raises(ChatError, match="ask a shorter one"):
        answer_batch(*made, [tiny.face()], ["Why? " * 200], max_new_tokens=5)


def test_the_adapter_that_is_named_answers(tmp_path: Path) -> None:
    """Guards against a batch answered by the adapter that happened to be active."""
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


def test_only_a_face_that_is_seen_well_is_spoken_of_with_certainty(
    made: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against "clearly" about a dark face; or hesitation about its neighbour in the batch."""
    well, badly = tiny.face(3), tiny.face(3)
    badly.visibility = SimpleNamespace(clear=False)
    said = answer_batch(*made, [well], ["Why?"], max_new_tokens=20)[0].text
    letter = next(one for one in said if one.isascii() and one.isprintable())
    token = made[1].tokenizer.encode(letter, add_special_tokens=False)[0]
    monkeypatch.setattr(type(made[1]), "certainty_token_ids", frozenset({token}))
    both = answer_batch(*made, [well, badly], ["Why?"] * 2, max_new_tokens=20)
    assert both[0].text == said
    assert letter not in both[1].text
    alone = ChatSession(Engine(*made), badly, max_new_tokens=20)
    assert "".join(alone.ask("Why?")) == both[1].text
