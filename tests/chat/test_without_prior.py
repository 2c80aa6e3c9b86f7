"""Conversations about a face without its prior: encoding, reading and prefix cache."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import tiny_models as tiny
import torch
from scripted_model import read

from emola.chat import ChatSession, Engine, Reading
from emola.chat.faces import Subject, forbidden_tokens

PATCHES = 16


@pytest.fixture(scope="module")
def parts() -> tuple[Any, Any]:
    return tiny.chat_parts()


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emola.chat.engine.MAX_READING_TOKENS", 8)


def given(face: Any, features: Any) -> str:
    return "No landmarks." if face.prior is None else "AU12 D."


def test_the_model_gets_zeros_instead_of_the_prior(parts: tuple[Any, Any]) -> None:
    """Guards against a switch that only changes the label of an answer."""
    engine, face = Engine(*parts), tiny.face()
    hidden = Subject(face).seen(prior=False)
    unknown = tiny.FakeFace(crop=face.crop, prior=None, visibility=None)
    embeds = [engine.encode(each).embeds for each in (face, hidden, unknown)]
    assert torch.equal(embeds[1], embeds[2])
    assert torch.equal(embeds[0][:, :PATCHES], embeds[1][:, :PATCHES])
    assert not torch.allclose(embeds[0][:, PATCHES:], embeds[1][:, PATCHES:])


def test_answers_with_and_without_the_prior_do_not_mix(parts: tuple[Any, Any]) -> None:
    """Guards against reusing keys, values and readings of the other choice."""
    expected = {}
    for prior in (True, False):
        chat = ChatSession(Engine(*parts, given=given), tiny.face(), max_new_tokens=12)
        chat.configure(prior=prior)
        expected[prior] = read(chat.ask("Which AUs?"))
        assert chat.turns[0].settings.prior is prior
    assert expected[True] != expected[False]
    chat = ChatSession(Engine(*parts, given=given), tiny.face(), max_new_tokens=12)
    for prior in (True, False, True, False):
        chat.configure(prior=prior)
        assert read(chat.ask("Which AUs?")) == expected[prior]
        chat.undo()


def test_the_face_has_a_reading_for_each_choice(parts: tuple[Any, Any]) -> None:
    """Guards against measurements that reach the model although the prior is off."""
    chat = ChatSession(Engine(*parts, given=given), tiny.face())
    with_prior = chat.read()
    chat.configure(prior=False)
    assert chat.reading is None
    without = chat.read()
    assert isinstance(with_prior, Reading) and isinstance(without, Reading)
    assert (with_prior.given, without.given) == ("AU12 D.", "No landmarks.")
    assert chat.reading is without
    chat.configure()
    assert chat.reading is with_prior is chat.read()


def test_switching_does_not_encode_the_face_again(parts: tuple[Any, Any]) -> None:
    engine = Engine(*parts)
    chat, runs = ChatSession(engine, tiny.face(), max_new_tokens=2), []
    run_tower = engine._run_tower
    engine._run_tower = lambda *face: runs.append(face) or run_tower(*face)
    for prior in (True, False, True, False):
        chat.configure(prior=prior)
        read(chat.ask("Which AUs?"))
    assert len(runs) == 2


def test_both_choices_are_freed(parts: tuple[Any, Any]) -> None:
    """Guards against an encoding without the prior that outlives its conversation."""
    engine = Engine(*parts, given=given)
    chat = ChatSession(engine, tiny.face(), max_new_tokens=2)
    for prior in (True, False):
        chat.configure(prior=prior)
        read(chat.ask("Which AUs?"))
    held = chat.holdings()
    assert all(held[name] > 0 for name in ("conversations", "readings", "encodings", "prefix_caches"))
    chat.close()
    assert not engine._encoded and not engine.readings._slots and len(engine.decoder.caches) == 0
    assert not sum(size for name, size in chat.holdings().items() if name != "conversations")


def test_what_landmarks_tell_of_the_view_is_withheld_too(parts: tuple[Any, Any]) -> None:
    """Guards against a reading that names hidden parts, which only landmarks show."""
    view = SimpleNamespace(clear=False, hidden=frozenset({"nose"}), faults=("turned left",))
    face = tiny.FakeFace(crop=tiny.face().crop, prior=tiny.prior(0), visibility=view)
    seen = Subject(face).seen(prior=False)
    assert not seen.visibility.hidden and not seen.visibility.faults
    assert forbidden_tokens(*parts, seen) == forbidden_tokens(*parts, face)


def test_a_face_that_has_no_prior_is_the_same_without_it() -> None:
    face = tiny.FakeFace(crop=None, prior=None, visibility=None)
    subject = Subject(face)
    assert subject.seen(prior=False) is face and subject.views == (face,)
