"""The photo of a visit, its faces, and their pictures and measurements."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from ui_fakes import FakeModel, drawing

from emola.errors import NoFaceError
from emola.ui.visits.drawing import SHOWN_SIDE
from emola.ui.visits.files import ServedFile
from emola.ui.visits.pictures import PHOTO_SIDE
from emola.ui.visits.visit import Visit, describe


def displayed(visit: Visit, style: str = "points", face: str = "0") -> Image.Image:
    """Return the photo as the browser receives it."""
    return opened(visit.file("photo", {"style": style, "face": face}))


def opened(file: ServedFile | None) -> Image.Image:
    assert file is not None and file.media_type == "image/jpeg" and file.name is None
    return Image.open(BytesIO(file.data))


def test_raises_without_a_face() -> None:
    """Guards against an IndexError for a photo without faces."""
    with pytest.raises(NoFaceError, match="No face"):
        Visit(FakeModel(), Image.new("RGB", (100, 100), "white"))


def test_face_at_returns_the_clicked_face() -> None:
    """Guards against swapped coordinates, and selecting a face by a click beside all faces."""
    visit = Visit(FakeModel(faces=2), drawing(2))
    assert visit.face_at(225, 340) == 0
    assert visit.face_at(675, 340) == 1
    assert visit.face_at(450, 7) is None


def test_clicks_match_faces_on_a_reduced_photo() -> None:
    """Guards against using original pixels on a reduced picture."""
    photo = drawing(2, (5600, 4200))
    visit = Visit(FakeModel(faces=2), photo)
    longest = SHOWN_SIDE[1]
    assert displayed(visit, "points").size == (longest, 1050)
    assert visit.face_at(0.75 * longest, 525) == 1
    assert visit.faces[1].box.max() > longest


def test_clicks_match_faces_on_an_enlarged_photo() -> None:
    """Guards against enlarging drawn points, and using original pixels on an enlarged picture."""
    visit = Visit(FakeModel(faces=2), drawing(2, (160, 120)))
    assert displayed(visit, "points").size == (SHOWN_SIDE[0], 675)
    assert visit.face_at(0.75 * SHOWN_SIDE[0], 340) == 1
    assert visit.faces[1].box.max() <= 160


def test_the_overlay_draws_on_a_copy() -> None:
    """Guards against drawing into the photo itself, which would show points in the style "off"."""
    visit = Visit(FakeModel(), drawing(size=(1000, 750)))
    plain = np.asarray(displayed(visit, "off"))
    points = np.asarray(displayed(visit, "points"))
    assert (points != plain).any()
    assert (np.asarray(displayed(visit, "off")) == plain).all()


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("photo", {"style": "points", "face": "1"}),
        ("photo", {"style": "points", "face": "-1"}),
        ("photo", {"style": "../mesh", "face": "0"}),
        ("photo", {"face": "0"}),
        ("face", {}),
        ("face", {"face": "first"}),
        ("crop", {"face": "0"}),
    ],
)
def test_an_invalid_query_has_no_picture(kind: str, query: dict[str, str]) -> None:
    """Guards against an IndexError or KeyError for a forged URL."""
    assert Visit(FakeModel(), drawing()).file(kind, query) is None


def test_addresses_lead_to_the_pictures() -> None:
    """Guards against serving another face than the selected one."""
    visit = Visit(FakeModel(faces=2), drawing(2))
    visit.select(1)
    assert visit.overlay_address("mesh") == f"visit/{visit.token}/photo?style=mesh&face=1"
    assert visit.crop_address() == f"visit/{visit.token}/face?face=1"
    assert opened(visit.file("face", {"face": "1"})).size == (168, 168)
    assert visit.photo_address() == f"visit/{visit.token}/photo"
    assert visit.export_address("md") == f"visit/{visit.token}/conversation.md"


def test_measures_the_selected_face() -> None:
    """Guards against showing the measurements of the largest face for another face."""
    visit = Visit(FakeModel(faces=2), drawing(2))
    assert not visit.measured()[25].active
    visit.select(1)
    assert visit.measured()[25].active


def test_a_model_without_evidence_measures_nothing() -> None:
    """Guards against an error with the published model."""
    model = FakeModel()
    model.measures = False
    assert Visit(model, drawing()).measured() == {}


def test_the_photo_is_kept_at_a_limited_size() -> None:
    """Guards against an overlay in pixels of the reduced photo, and against enlarging a small one."""
    visit = Visit(FakeModel(), drawing(size=(4000, 3000)))
    assert visit.size == (4000, 3000)
    assert opened(visit.file("photo", {})).size == (PHOTO_SIDE, 1536)
    assert opened(Visit(FakeModel(), drawing(size=(160, 120))).file("photo", {})).size == (160, 120)


def test_the_digest_names_the_decoded_photo() -> None:
    """Guards against a digest of the file, which differs for each way to save the same pixels."""
    photo, model = drawing(size=(640, 700)), FakeModel()
    first = Visit(model, photo).sha256
    assert first == Visit(model, photo.copy()).sha256
    changed = photo.copy()
    changed.putpixel((639, 699), (1, 2, 3))
    assert Visit(model, changed).sha256 != first
    assert Visit(model, photo.transpose(Image.Transpose.ROTATE_90)).sha256 != first


def test_describes_faces_as_json() -> None:
    """Guards against NumPy numbers, which are not JSON."""
    import json

    described = describe(FakeModel(), FakeModel(faces=2).prior.detect(drawing(2)))
    assert json.loads(json.dumps(described)) == described
    assert described["model"] == "EmoLA-Nano"
    assert [face["face"] for face in described["faces"]] == [1, 2]
    assert len(described["faces"][0]["landmarks"]) == 478
