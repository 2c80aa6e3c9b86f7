"""Exports of a visit, and saved conversations that continue."""

from __future__ import annotations

from typing import Any

import pytest
from ui_fakes import ANSWERS, FakeModel, drawing

from emola.errors import ChatError, CheckpointError
from emola.face import AUEstimate, Face
from emola.ui.exports.record import SessionRecord, as_json, read_session
from emola.ui.visits.files import EXPORTS, ServedFile
from emola.ui.visits.visit import Visit


def asked(model: FakeModel | None = None, faces: int = 1) -> Visit:
    """Return a visit with a question about each face."""
    visit = Visit(model or FakeModel(faces=faces), drawing(faces))
    for index in range(faces):
        visit.select(index)
        list(visit.chat.ask(f"about face {index + 1}"))
    return visit


def export(visit: Visit, kind: str, **query: str) -> ServedFile:
    file = visit.file(kind, query)
    assert file is not None
    return file


def test_the_session_file_holds_everything_but_pixels() -> None:
    model = FakeModel(faces=2, adapters=("au", "emotion"), given="AU12 D.")
    visit = asked(model, faces=2)
    data = export(visit, "conversation.json").data
    record = read_session(data)
    assert record == visit.record()
    assert record.photo.sha256 == visit.sha256 and (record.photo.width, record.photo.height) == (640, 480)
    assert record.model.name == "EmoLA-Nano" and record.model.parameters == 142_300_000
    assert record.model.identity == model.identity()
    assert [each.face for each in record.conversations] == [1, 2]
    first, second = record.conversations
    assert first.turns[0].question == "about face 1" and first.turns[0].settings.adapter == "au"
    assert first.turns[0].tokens > 0 and first.turns[0].seconds >= 0
    assert first.reading is not None and first.reading.given == "AU12 D."
    assert [(each.unit, each.active) for each in second.measured] == [(4, False), (12, True), (25, True)]
    assert b"landmarks" not in data and b"base64" not in data
    assert len(data) < 20_000


def test_faces_without_questions_are_not_saved() -> None:
    visit = Visit(FakeModel(faces=2), drawing(2))
    visit.select(1)
    list(visit.chat.ask("q"))
    assert [each.face for each in visit.record().conversations] == [2]


def test_claims_stand_beside_the_evidence() -> None:
    """Guards against evidence of another face or answer."""
    visit = asked(FakeModel(answers=("AU12 is active. AU4 is active.",)))
    (conversation,) = visit.record().conversations
    claims = {claim.unit: (claim.said, claim.verdict) for claim in conversation.turns[0].claims}
    assert claims[12] == (True, "agree") and claims[4] == (True, "disagree")


def test_a_model_without_evidence_or_identity_can_be_saved() -> None:
    class Bare(FakeModel):
        def identity(self) -> Any:
            raise CheckpointError("no identity")

    model = Bare()
    model.measures = False
    visit = asked(model)
    record = visit.record()
    assert record.model.identity == {}
    (conversation,) = record.conversations
    assert conversation.measured == ()
    assert {claim.verdict for claim in conversation.turns[0].claims} == {"unmeasured"}
    for kind in EXPORTS:
        assert export(visit, kind).data


def test_exports_say_what_they_are() -> None:
    visit = asked()
    digest = visit.record().digest
    for suffix, media in (("md", "text/markdown"), ("json", "application/json"), ("html", "text/html")):
        file = export(visit, f"conversation.{suffix}")
        assert file.name == f"emola-{digest[:8]}.{suffix}"
        assert file.media_type.startswith(media)
        assert suffix == "json" or digest in file.data.decode()


def test_the_report_holds_the_photo_unless_it_is_left_out() -> None:
    """Guards against a photo in a report that was asked to have none."""
    visit = asked(faces=2)
    html = export(visit, "conversation.html").data.decode()
    assert html.count("data:image/jpeg;base64,") == 2 and html.count("<svg") == 2
    bare = export(visit, "conversation.html", picture="0").data.decode()
    assert "data:image" not in bare and "about face 2" in bare
    assert "http://" not in html.replace("http://www.w3.org/", "") and "https://" not in html


def test_a_small_face_is_enlarged_in_the_report() -> None:
    """Guards against regions of a few pixels in a photo of a group."""
    visit = Visit(FakeModel(faces=4), drawing(4, (1600, 1200)))
    visit.select(3)
    list(visit.chat.ask("q"))
    assert "--scale: 1.875; --x: -46.67%; --y: -23.33%" in export(visit, "conversation.html").data.decode()
    assert "--scale: 1.000; --x: 0.00%; --y: 0.00%" in export(asked(), "conversation.html").data.decode()


def test_a_visit_can_be_erased_during_an_export() -> None:
    """Guards against a picture that is read after it was deleted."""

    class Erasing(FakeModel):
        def evidence(self, face: Face) -> dict[int, AUEstimate]:
            visit.close()
            return super().evidence(face)

    visit = asked(Erasing())
    assert "about face 1" in export(visit, "conversation.html").data.decode()
    assert visit.file("conversation.html", {}) is None


def test_emotion_words_are_withheld_in_movement_only_mode() -> None:
    visit = asked(FakeModel(answers=("Happiness clear.", "AU12 is active: happiness."), given="AU12 D."))
    assert "appiness" in export(visit, "conversation.md").data.decode()
    visit.movement_only = True
    assert visit.record().movement_only
    for kind in EXPORTS:
        text = export(visit, kind).data.decode()
        assert "appiness" not in text and "AU12 is active" in text


def restored(record: SessionRecord, faces: int = 1, **options: Any) -> tuple[Visit, int]:
    visit = Visit(FakeModel(faces=faces, **options), drawing(faces))
    return visit, visit.restore(record)


def test_the_same_photo_continues_the_conversations() -> None:
    record = read_session(as_json(asked(faces=2).record()).encode())
    visit, count = restored(record, faces=2)
    assert count == 2 and visit.selected == 0
    assert visit.chats[1].turns == (asked(faces=2).chats[1].turns)
    list(visit.chat.ask("next"))
    assert [turn.question for turn in visit.chat.turns] == ["about face 1", "next"]
    again = visit.record()
    assert again.conversations[0].turns[0] == record.conversations[0].turns[0]


def test_a_restored_face_is_selected() -> None:
    saved = Visit(FakeModel(faces=2), drawing(2))
    saved.select(1)
    list(saved.chat.ask("q"))
    visit, count = restored(saved.record(), faces=2)
    assert (count, visit.selected) == (1, 1)
    assert visit.chat.turns[0].answer == ANSWERS[0]


def test_the_conversation_that_was_replaced_can_be_brought_back() -> None:
    record = asked().record()
    visit = asked(FakeModel(answers=("other",)))
    visit.restore(record)
    assert visit.chat.turns[0].answer == ANSWERS[0]
    visit.chat.back()
    assert visit.chat.turns[0].answer == "other"


def test_another_photo_does_not_continue_the_conversation() -> None:
    record = asked().record()
    visit = Visit(FakeModel(), drawing(size=(320, 240)))
    with pytest.raises(ChatError, match="about another photo"):
        visit.restore(record)
    assert visit.chat.turns == ()


def test_a_session_without_a_matching_face_restores_nothing() -> None:
    """Guards against the conversation about one face beside another."""
    record = asked().record()
    (conversation,) = record.conversations
    moved = conversation.model_copy(update={"box": (-50.0, -50.0, -1.0, -1.0)})
    for conversations in ((), (moved,), (conversation.model_copy(update={"turns": ()}),)):
        visit = Visit(FakeModel(), drawing())
        with pytest.raises(ChatError, match="no conversation about a face"):
            visit.restore(record.model_copy(update={"conversations": conversations}))


def test_a_session_is_not_restored_during_an_answer() -> None:
    record, visit = asked().record(), asked()
    with visit.asking("q"), pytest.raises(ChatError, match="still being written"):
        visit.restore(record)


def test_a_very_long_conversation_is_saved_from_its_last_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against an export that cannot be imported."""
    monkeypatch.setattr("emola.ui.exports.recording.MAX_TURNS", 2)
    visit = Visit(FakeModel(), drawing())
    for question in "pqr":
        list(visit.chat.ask(question))
    (conversation,) = visit.record().conversations
    assert [turn.question for turn in conversation.turns] == ["q", "r"]
