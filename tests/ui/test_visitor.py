"""What the server keeps for an open page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from ui_fakes import FakeModel, drawing, save

from emola.errors import ChatError, ImageError, NoFaceError
from emola.ui.visitor import SHOWN_SIDE, Visitor, Visitors, describe, read_photo


def test_no_face_is_said() -> None:
    """A bug guarded: an IndexError for a photo of a wall."""
    with pytest.raises(NoFaceError, match="No face"):
        Visitor(FakeModel(), Image.new("RGB", (100, 100), "white"))


def test_the_face_under_the_cursor() -> None:
    """A bug guarded: x and y mixed up, or a click beside all faces picking the first."""
    visitor = Visitor(FakeModel(faces=2), drawing(2))
    assert visitor.face_at(225, 340) == 0
    assert visitor.face_at(675, 340) == 1
    assert visitor.face_at(450, 7) is None


def test_a_large_photo_is_shown_smaller_and_clicks_still_meet() -> None:
    """A bug guarded: landmarks and clicks in the pixels of the original on a picture that is smaller."""
    photo = drawing(2, (5600, 4200))
    visitor = Visitor(FakeModel(faces=2), photo)
    longest = SHOWN_SIDE[1]
    assert visitor.overlay("points").size == (longest, 1050)
    assert visitor.face_at(0.75 * longest, 525) == 1
    assert visitor.faces[1].box.max() > longest


def test_a_small_photo_is_shown_larger_and_clicks_still_meet() -> None:
    """A bug guarded: blurred points on an enlarged thumbnail; clicks in the pixels of the original."""
    visitor = Visitor(FakeModel(faces=2), drawing(2, (160, 120)))
    assert visitor.overlay("points").size == (SHOWN_SIDE[0], 675)
    assert visitor.face_at(0.75 * SHOWN_SIDE[0], 340) == 1
    assert visitor.faces[1].box.max() <= 160


def test_the_overlay_draws_on_a_copy() -> None:
    """A bug guarded: points drawn into the photo itself, so that "off" shows them still."""
    visitor = Visitor(FakeModel(), drawing(size=(1000, 750)))
    plain = np.asarray(visitor.overlay("off"))
    points = np.asarray(visitor.overlay("points"))
    assert (points != plain).any()
    assert (np.asarray(visitor.overlay("off")) == plain).all()
    assert (plain == np.asarray(drawing(size=(1000, 750)))).all()


def test_what_is_measured_is_that_of_the_chosen_face() -> None:
    """A bug guarded: the numbers of the largest face beside a conversation about another."""
    visitor = Visitor(FakeModel(faces=2), drawing(2))
    assert not visitor.measured()[25].active
    visitor.select(1)
    assert visitor.measured()[25].active


def test_a_model_that_measures_nothing_is_no_error() -> None:
    """A bug guarded: no photo at all with the published model."""
    model = FakeModel()
    model.measures = False
    assert Visitor(model, drawing()).measured() == {}


def test_selecting_another_face_begins_anew_and_the_same_one_does_not() -> None:
    """A bug guarded: a conversation lost by clicking on the face it is about."""
    visitor = Visitor(FakeModel(faces=2), drawing(2))
    list(visitor.chat.ask("q"))
    assert not visitor.select(0)
    assert len(visitor.chat.turns) == 1
    with pytest.raises(ChatError, match="no face 8; the photo has 2"):
        visitor.select(7)
    assert visitor.select(1)
    assert visitor.chat.turns == ()
    assert visitor.selected == 1


def test_a_new_photo_closes_the_old_conversation() -> None:
    """A bug guarded: caches of conversations that nobody can reach any more."""
    visitors, model = Visitors(), FakeModel()
    key = visitors.welcome(Visitor(model, drawing()), None)
    assert visitors.welcome(Visitor(model, drawing()), key) == key
    with pytest.raises(ChatError, match="closed"):
        model.chats[0].ask("q")
    assert visitors.find(key).chat is model.chats[1]
    assert len(visitors) == 1


def test_visitors_are_bounded() -> None:
    """A bug guarded: memory growing with every page that was ever opened."""
    visitors, model = Visitors(capacity=2), FakeModel()
    keys = [visitors.welcome(Visitor(model, drawing()), None) for _ in range(2)]
    visitors.find(keys[0])
    visitors.welcome(Visitor(model, drawing()), None)
    with pytest.raises(ChatError, match="put away"):
        visitors.find(keys[1])
    assert visitors.find(keys[0])
    with pytest.raises(ChatError, match="closed"):
        model.chats[1].ask("q")


def test_one_that_is_being_answered_is_not_put_away() -> None:
    """A bug guarded: an answer cut off in the middle because others opened the page."""
    visitors, model = Visitors(capacity=2), FakeModel()
    keys = [visitors.welcome(Visitor(model, drawing()), None) for _ in range(2)]
    with visitors.find(keys[0]).asking(), visitors.find(keys[1]).asking():
        keys.append(visitors.welcome(Visitor(model, drawing()), None))
        assert len(visitors) == 3
    keys.append(visitors.welcome(Visitor(model, drawing()), None))
    assert len(visitors) == 2
    assert visitors.find(keys[2]) and visitors.find(keys[3])


def test_a_page_that_is_gone_is_forgotten() -> None:
    """A bug guarded: photos of faces kept after the page was closed."""
    visitors, model = Visitors(), FakeModel()
    key = visitors.welcome(Visitor(model, drawing()), None)
    visitors.dismiss(key)
    visitors.dismiss(None)
    assert len(visitors) == 0
    with pytest.raises(ChatError, match="closed"):
        model.chats[0].ask("q")


def test_before_a_photo_one_is_asked_for() -> None:
    """A bug guarded: a KeyError for a question without a photo."""
    with pytest.raises(ChatError, match="photo first"):
        Visitors().find(None)


def test_keys_cannot_be_guessed() -> None:
    """A bug guarded: reading another visitor's conversation by counting."""
    visitors, model = Visitors(), FakeModel()
    keys = {visitors.welcome(Visitor(model, drawing()), None) for _ in range(3)}
    assert len(keys) == 3
    assert all(len(key) >= 16 for key in keys)


def test_a_photo_loses_its_metadata(tmp_path: Path) -> None:
    """A bug guarded: the place where a photo was taken, sent back with the drawn picture."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "a camera"
    path = save(drawing(), tmp_path, "turned.jpg", exif=exif)
    photo = read_photo(path)
    assert photo.size == (480, 640)
    assert not photo.getexif()
    assert "exif" not in photo.info


def test_what_is_no_picture_is_said_without_the_servers_paths(tmp_path: Path) -> None:
    """A bug guarded: temporary folders of the server in a message to a visitor."""
    path = tmp_path / "text.jpg"
    path.write_text("not a picture")
    with pytest.raises(ImageError) as caught:
        read_photo(path)
    assert str(tmp_path) not in str(caught.value)


def test_faces_are_described_in_plain_numbers() -> None:
    """A bug guarded: numpy numbers, which are not JSON."""
    import json

    described = describe(FakeModel(), FakeModel(faces=2).look(drawing(2)))
    assert json.loads(json.dumps(described)) == described
    assert described["model"] == "EmoLA-Nano"
    assert [face["face"] for face in described["faces"]] == [1, 2]
    assert len(described["faces"][0]["landmarks"]) == 478
