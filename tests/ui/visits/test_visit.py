"""The photo of a visit, its faces, and their pictures and measurements."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from ui_fakes import FakeModel, drawing

from emola.errors import NoFaceError
from emola.ui.visits.files import ServedFile
from emola.ui.visits.pictures import PHOTO_SIDE
from emola.ui.visits.visit import Visit, describe


def opened(file: ServedFile | None) -> Image.Image:
    assert file is not None and file.media_type == "image/jpeg" and file.name is None
    return Image.open(BytesIO(file.data))


def test_raises_without_a_face() -> None:
    """Guards against an IndexError for a photo without faces."""
    with pytest.raises(NoFaceError, match="No face"):
        Visit(FakeModel(), Image.new("RGB", (100, 100), "white"))


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("photo", {"face": "0"}),
        ("face", {"face": "1"}),
        ("face", {"face": "-1"}),
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
