"""The functions of the endpoints, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from ui_fakes import ANSWERS, FakeModel, drawing, save

from emola.errors import ChatError, ImageError
from emola.face import AUEstimate
from emola.limits import DEFAULT
from emola.ui.chat.endpoints import Endpoints, _with_readable_errors
from emola.ui.exports.record import MAX_ANSWER
from emola.ui.serving.uploads import Uploads
from emola.ui.shared import law, messages
from emola.ui.shared.model_handle import ModelHandle
from emola.ui.visits.answer_queue import AnswerQueue
from emola.ui.visits.visit_store import VisitStore


class Caller:
    """A program with a photo of two faces."""

    def __init__(self, folder: Path, model: FakeModel, **options: Any) -> None:
        self.visits = VisitStore()
        self.uploads = Uploads(folder, DEFAULT)
        handle = ModelHandle.of(model)
        self.endpoints = Endpoints(handle, self.visits, self.uploads, AnswerQueue(1), DEFAULT, **options)
        self.photo = save(drawing(2), folder).read_bytes()
        path = self.uploads.add(self.photo, "127.0.0.1")
        self.found, self.key = self.endpoints.look(path, None)

    def ask(self, question: str, face: Any = 1) -> str:
        return list(self.endpoints.ask(question, face, self.key))[-1]

    def unit(self, code: int, answer: str = "", face: Any = 1) -> dict[str, Any]:
        found = self.endpoints.evidence(face, answer, self.key)
        (unit,) = [unit for unit in found["units"] if unit["au"] == code]
        return dict(unit)


@pytest.fixture
def model() -> FakeModel:
    return FakeModel(faces=2)


@pytest.fixture
def caller(tmp_path: Path, model: FakeModel) -> Caller:
    return Caller(tmp_path, model)


def test_look_needs_a_photo(caller: Caller) -> None:
    with pytest.raises(ImageError, match="A photo is needed"):
        caller.endpoints.look(None, None)


@pytest.mark.parametrize("name", ["look", "ask"])
def test_an_error_for_the_client_does_not_refer_to_the_photo(caller: Caller, name: str) -> None:
    """Guards against a rejected photo in memory until the next garbage collection."""
    handler = _with_readable_errors(getattr(caller.endpoints, name))
    with pytest.raises(gr.Error) as raised:
        list(handler("not uploaded", None) if name == "look" else handler("q", 99, caller.key))
    assert raised.value.__cause__ is None and raised.value.__context__ is None


def test_another_photo_replaces_the_first(caller: Caller) -> None:
    """Guards against photos that pile up in a session."""
    _, key = caller.endpoints.look_at(caller.photo, caller.key)
    assert key == caller.key and len(caller.visits) == 1


def test_evidence_describes_each_unit(caller: Caller, model: FakeModel) -> None:
    estimate = AUEstimate(0.9712, 0.6189, True, 0.65, None)
    model.evidence = lambda _: {12: estimate, 6: AUEstimate(None, None, False, None, None)}
    assert caller.unit(12) == {
        "au": 12,
        "name": "Lip Corner Puller",
        "visible": True,
        "active": True,
        "probability": 0.971,
        "intensity": 0.619,
        "level": "D",
        "left": 0.65,
        "right": None,
        "said": None,
        "verdict": None,
    }
    hidden = caller.unit(6)
    assert hidden["visible"] is False and hidden["active"] is None and hidden["level"] is None


def test_an_inactive_unit_has_no_level(caller: Caller) -> None:
    """Guards against "trace of AU4" for a unit that is measured as absent."""
    unit = caller.unit(4)
    assert unit["active"] is False and unit["level"] is None and unit["intensity"] == 0.03


def test_evidence_is_of_the_face_with_the_number(caller: Caller) -> None:
    assert caller.unit(25, face=1)["active"] is False
    assert caller.unit(25, face=2)["active"] is True


def test_evidence_leaves_the_conversations_alone(caller: Caller) -> None:
    """Guards against a comparison that selects a face or stops an answer."""
    caller.ask("Which action units?")
    visit = caller.visits.find(caller.key)
    before = list(visit.chat.turns)
    caller.endpoints.evidence(2, "AU12", caller.key)
    assert visit.selected == 0 and list(visit.chat.turns) == before


def test_units_are_compared_with_an_answer(caller: Caller) -> None:
    answer = "AU4 is active. There is no AU12."
    assert (caller.unit(4, answer)["said"], caller.unit(4, answer)["verdict"]) == (True, "disagree")
    assert (caller.unit(12, answer)["said"], caller.unit(12, answer)["verdict"]) == (False, "disagree")
    unsaid = caller.unit(25, answer, face=2)
    assert unsaid["said"] is None and unsaid["verdict"] == "unsaid"


def test_a_long_text_is_not_compared(caller: Caller) -> None:
    """Guards against a search through megabytes, which a request of a program may have."""
    caller.unit(12, "x" * MAX_ANSWER)
    with pytest.raises(ChatError, match="too long: it has 10,001 characters, and at most 10,000"):
        caller.unit(12, "x" * (MAX_ANSWER + 1))


def test_a_model_without_evidence_measures_nothing(caller: Caller, model: FakeModel) -> None:
    """Guards against an error, or measurements of zero, for the published model."""
    model.measures = False
    found = caller.endpoints.evidence(1, "", caller.key)
    assert found["measured"] is False and found["units"] == []
    unit = caller.unit(12, "AU12 is active.")
    assert (unit["said"], unit["verdict"], unit["visible"]) == (True, "unmeasured", None)


@pytest.mark.parametrize("face", [0, -1, 3, 1.5, "second", float("nan"), float("inf")])
def test_an_invalid_face_number_is_an_error(caller: Caller, face: Any) -> None:
    with pytest.raises(ChatError, match="face"):
        caller.endpoints.evidence(face, "", caller.key)
    with pytest.raises(ChatError, match="face"):
        caller.ask("q", face)


@pytest.mark.usefixtures("every_token")
def test_a_second_question_about_another_face_does_not_end_the_first(caller: Caller) -> None:
    """Guards against half an answer, for a program that asks about all faces at once."""
    first = caller.endpoints.ask("one", 1, caller.key)
    next(first)
    with pytest.raises(ChatError) as refused:
        caller.ask("two", 2)
    assert refused.value.args[0] is messages.STILL_WRITING
    assert [*first][-1] == ANSWERS[0]
    assert caller.ask("two", 2) == ANSWERS[1]


def test_movement_only_refuses_a_question_about_emotions(tmp_path: Path, model: FakeModel) -> None:
    """Guards against inferring an emotion through the endpoints of a restricted server."""
    caller = Caller(tmp_path, model, movement_only=True)
    with pytest.raises(ChatError) as refused:
        caller.ask("Which emotion does this face show?")
    assert str(refused.value) == law.EMOTION_REFUSED
    assert not caller.visits.find(caller.key).chat.turns


def test_movement_only_masks_an_answer_as_it_streams(tmp_path: Path, model: FakeModel) -> None:
    model.say("AU12 is active, so the face looks happy.")
    caller = Caller(tmp_path, model, movement_only=True)
    texts = list(caller.endpoints.ask("Which action units are active?", 1, caller.key))
    assert "AU12 is active" in texts[-1]
    assert not any("happy" in text for text in texts)


def test_movement_only_keeps_the_adapter_of_action_units(tmp_path: Path) -> None:
    """Guards against the adapter of emotions, which an "expression" in a question about movements selects."""
    caller = Caller(tmp_path, FakeModel(faces=2, adapters=("au", "emotion")), movement_only=True)
    caller.ask("Does the expression open the mouth?")
    assert caller.visits.find(caller.key).chat.turns[0].adapter == "au"
