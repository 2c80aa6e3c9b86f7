"""Opening data sets: kinds, splits, folds and invalid arguments."""

import pickle
import zipfile

import miniature_sets as sets
import pytest

from emola.data import open_dataset
from emola.data.registry import KINDS, detect_kind
from emola.errors import DataError

MAKERS = {
    "faba-instruct": sets.faba_instruct,
    "raf-db": sets.raf_db,
    "disfa": sets.disfa,
    "gft": sets.gft,
    "emotionet": sets.emotionet,
}


def label_folder(folder):
    sets.picture(folder / "a.png")
    (folder / "labels.csv").write_text("image,emotion,action_units,subject\na.png,happy,12+6,Ann\n")
    return folder


@pytest.mark.parametrize("kind", MAKERS)
def test_detects_the_kind_from_the_layout(tmp_path, kind):
    assert detect_kind(MAKERS[kind](tmp_path)) == kind
    assert kind in KINDS


def test_label_folder_and_zip_have_the_same_records(tmp_path):
    folder = label_folder(tmp_path / "set")
    archive = tmp_path / "set.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for name in ("labels.csv", "a.png"):
            file.write(folder / name, f"set/{name}")
    for path in (folder, archive):
        with open_dataset(path, "au") as data:
            (record,) = data
            assert (data.kind, data.split, data.fold, data.units) == ("labels", None, None, ())
            assert (record.id, record.emotion, record.action_units) == ("a.png", "happiness", (6, 12))
            assert (record.subject, record.uncoded, record.image.open().size) == ("Ann", (), (24, 20))
            assert record.messages[1]["content"][0]["text"] == "AU6, AU12"
    assert pickle.loads(pickle.dumps(record)).image.open().size == (24, 20), (
        "records can be sent to worker processes"
    )
    archive.unlink()
    with pytest.raises(DataError, match=r"set\.zip.*a\.png cannot be read"):
        pickle.loads(pickle.dumps(record)).image.open()


def test_name_does_not_depend_on_the_spelling_of_the_path(tmp_path, monkeypatch):
    """Two data sets must not share a name, and one data set must not have two names."""
    first, second = (label_folder(tmp_path / f"faces.v{number}") for number in (1, 2))
    assert open_dataset(first, "au").name == "faces.v1"
    assert open_dataset(second, "au").name == "faces.v2"
    monkeypatch.chdir(first)
    for spelling in (".", "../faces.v1/", f"../faces.v2/../{first.name}"):
        assert open_dataset(spelling, "au").name == "faces.v1"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"task": "age"}, "The task 'age' is not known; use one of au, emotion"),
        ({"task": "au", "kind": "fer"}, "The kind of data 'fer' is not known"),
        ({"task": "au", "split": "train"}, "has no parts: leave out the split"),
        ({"task": "au", "fold": 1}, "has no parts: leave out the split and the fold"),
        ({"task": "au", "kind": "raf-db"}, "raf-db, which has no labels for the task 'au'"),
        ({"task": "emotion", "kind": "raf-db", "split": "test"}, r"list_patition_label\.txt is missing"),
    ],
)
def test_rejects_invalid_arguments_for_a_label_folder(tmp_path, arguments, reason):
    with pytest.raises(DataError, match=reason):
        open_dataset(label_folder(tmp_path / "set"), **arguments)


@pytest.mark.parametrize(
    ("split", "fold", "reason"),
    [
        (None, None, "splits train, test and all: say which"),
        ("dev", None, "'dev' is none of these"),
        ("test", None, "folds 1, 2 and 3: say which"),
        ("test", 4, "folds 1, 2 and 3: 4 is none of these"),
        ("all", 1, "has no folds: leave out the fold"),
    ],
)
def test_rejects_missing_and_unknown_splits_and_folds(tmp_path, split, fold, reason):
    (tmp_path / "ActionUnit_Labels").mkdir()
    with pytest.raises(DataError, match=reason):
        open_dataset(tmp_path, "au", split, fold)


def test_rejects_an_unknown_layout(tmp_path):
    with pytest.raises(DataError, match="There is no data set at"):
        open_dataset(tmp_path / "gone", "au")
    with pytest.raises(DataError, match=r"has no known layout of a data set.*faba-instruct, raf-db"):
        open_dataset(tmp_path, "au")
    unlabelled = label_folder(tmp_path / "set")
    (unlabelled / "labels.csv").write_text("image,emotion\na.png,happy\n")
    with pytest.raises(DataError, match="has no picture with a label for the task 'au'"):
        open_dataset(unlabelled, "au")


def test_eval_is_an_alias_of_test(tmp_path):
    root = sets.raf_db(tmp_path)
    assert (
        open_dataset(root, "emotion", "eval").split == open_dataset(root, "emotion", "test").split == "test"
    )
