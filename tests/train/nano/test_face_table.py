"""Face tables of the NASA portrait and a white picture."""

import csv

import numpy as np
import pytest
from PIL import Image

from emola import downloads
from emola.errors import DataError
from emola.face import load_image
from emola.face.prior import PRIOR_DIM
from emola.train.nano import face_table
from emola.train.nano.face_table import TABLE_CROP, FaceTable, build_faces

pytestmark = pytest.mark.network

ROWS = [
    # image, emotion, action_units, subject
    ("portrait.png", "happiness", "6+12+25", "collins"),
    ("white.png", "neutral", "none", ""),
    ("turned.png", "", "", "collins"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    portrait = load_image(downloads.path("astronaut.png")).crop((120, 0, 340, 260))
    portrait.save(folder / "portrait.png")
    portrait.rotate(15).save(folder / "turned.png")
    Image.new("RGB", (100, 50), "white").save(folder / "white.png")
    with (folder / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("image", "emotion", "action_units", "subject"), *ROWS])
    return folder


@pytest.fixture(scope="module")
def built(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("table")
    return out, build_faces(data, out)


def test_labels_become_columns(built):
    _, table = built
    assert table.images.tolist() == [row[0] for row in ROWS]
    assert table.emotions.tolist() == ["happiness", "neutral", ""]
    assert table.units.tolist() == ["6+12+25", "", ""]
    assert table.coded.tolist() == [True, True, False], "none active is not the same as not coded"
    assert table.groups.tolist() == ["collins", "", "collins"]


def test_with_emotions_keeps_labelled_faces(built):
    _, table = built
    assert table.with_emotions().emotions.tolist() == ["happiness", "neutral"]


def test_with_known_units_keeps_coded_and_neutral_faces(built):
    _, table = built
    assert table.with_known_units().images.tolist() == ["portrait.png"]
    table.emotions[2] = "neutral"
    assert table.with_known_units().images.tolist() == ["portrait.png", "turned.png"]
    table.emotions[2] = ""


def test_keeps_a_picture_without_a_face(built):
    _, table = built
    assert table.found.tolist() == [True, False, True]
    assert table.priors.shape == (3, PRIOR_DIM) and table.priors.dtype == np.float32
    assert not table.priors[1].any() and table.priors[[0, 2]].any(1).all()
    assert table.crops.shape == (3, TABLE_CROP, TABLE_CROP) and table.crops.dtype == np.uint8
    white = table.crops[1]
    assert white[TABLE_CROP // 2, TABLE_CROP // 2] == 255 and white[:20].max() == 0


def test_crops_are_upright(built):
    _, table = built
    straight, turned = (table.crops[row, 32:-32, 32:-32].astype(float).ravel() for row in (0, 2))
    assert np.corrcoef(straight, turned)[0, 1] > 0.9


def test_table_survives_saving_and_loading(built):
    out, table = built
    again = FaceTable.load(out)
    for name, column in vars(table).items():
        np.testing.assert_array_equal(getattr(again, name), column)
    assert len(FaceTable.concatenate([table, again])) == 6
    assert table.where(np.array([2, 0])).images.tolist() == ["turned.png", "portrait.png"]


def test_existing_parts_are_not_made_again(data, tmp_path, monkeypatch):
    """After an interruption, only missing parts are made."""
    monkeypatch.setattr(face_table, "PART", 1)
    build_faces(data, tmp_path)
    parts = sorted(tmp_path.glob("faces-*.npz"))
    assert [part.name for part in parts] == ["faces-00000.npz", "faces-00001.npz", "faces-00002.npz"]
    parts[1].unlink()
    made, make = [], face_table._part
    monkeypatch.setattr(face_table, "_part", lambda records, one: made.append(records) or make(records, one))
    said = []
    table = build_faces(data, tmp_path, lambda *progress: said.append(progress))
    assert [record.id for records in made for record in records] == ["white.png"]
    assert table.images.tolist() == [row[0] for row in ROWS]
    assert said == [(tmp_path.name, done, 3) for done in (1, 2, 3)]


def test_interrupted_part_leaves_no_file(built, tmp_path, monkeypatch):
    _, table = built

    def fail(file, **_):
        file.write(b"half")
        raise OSError("the disk is full")

    monkeypatch.setattr(face_table.np, "savez", fail)
    with pytest.raises(OSError, match="full"):
        table.save(tmp_path / "faces-00000.npz")
    with pytest.raises(DataError, match="No faces-"):
        FaceTable.load(tmp_path)


def test_folder_without_parts_says_how_to_make_a_table(tmp_path):
    with pytest.raises(DataError, match=f"No faces-.* in {tmp_path}; make them with the faces stage"):
        FaceTable.load(tmp_path)
