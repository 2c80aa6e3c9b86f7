"""The readers of RAF-DB, BP4D, DISFA, GFT and EmotioNet."""

from collections import Counter

import miniature_sets as sets
import pytest

from emola.data import folds, open_dataset
from emola.errors import DataError


def test_raf_db_has_seven_classes_and_the_split_of_its_list(tmp_path):
    root = sets.raf_db(tmp_path)
    train = open_dataset(root, "emotion", "train")
    assert [record.emotion for record in train] == [
        "surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral",
    ]  # fmt: skip
    (test,) = open_dataset(tmp_path, "emotion", "test")
    assert (test.id, test.emotion, test.image.open().size) == ("test_0001", "happiness", (24, 20))
    assert len(open_dataset(root, "emotion", "all")) == 8
    with pytest.raises(DataError, match="raf-db, which has no labels for the task 'au'"):
        open_dataset(root, "au", "test")


@pytest.mark.parametrize("line", ["train_00001.jpg 8", "train_00001.jpg", "face.jpg 1"])
def test_raf_db_names_the_line(tmp_path, line):
    list_file = sets.raf_db(tmp_path) / "EmoLabel" / "list_patition_label.txt"
    list_file.write_text(f"train_00001.jpg 1\n{line}\n")
    with pytest.raises(DataError, match=rf"list_patition_label\.txt line 2 is '{line}'"):
        open_dataset(tmp_path, "emotion", "train")


def test_raf_db_names_the_picture(tmp_path):
    (sets.raf_db(tmp_path) / "Image" / "aligned" / "train_00003_aligned.jpg").unlink()
    with pytest.raises(
        DataError, match=r"line 3 names the picture .*train_00003_aligned\.jpg, which is missing"
    ):
        open_dataset(tmp_path, "emotion", "train")
    assert len(open_dataset(tmp_path, "emotion", "test")) == 1


@pytest.mark.parametrize(("parts", "people"), [(folds.BP4D_PARTS, 41), (folds.DISFA_PARTS, 27)])
def test_folds_are_disjoint_and_complete(parts, people):
    assert Counter(len(part) for part in parts) in ({14: 2, 13: 1}, {9: 3})
    everyone = {name for part in parts for name in part}
    assert len(everyone) == people
    for fold in (1, 2, 3):
        train, test = (set(folds.subjects(parts, split, fold)) for split in ("train", "test"))
        assert train | test == everyone and not train & test
        assert test == set(parts[fold - 1])


@pytest.fixture(scope="module")
def bp4d(tmp_path_factory):
    return sets.bp4d(tmp_path_factory.mktemp("bp4d"))


def test_reads_bp4d(bp4d):
    test, train = (open_dataset(bp4d, "au", split, 1) for split in ("test", "train"))
    assert (test.kind, test.units, test.name) == ("bp4d", sets.UNITS_OF_BP4D, "BP4D/test-1")
    assert (len(test), len(train)) == (14 * 8 + 1, 27 * 8)
    assert {record.subject for record in test} == set(folds.BP4D_PARTS[0])
    first, second = test[:2]
    assert (first.id, first.subject, first.action_units, first.uncoded) == ("F001/T1/7", "F001", (1, 12), ())
    assert (second.id, second.action_units, second.uncoded) == ("F001/T1/2440", (4,), (7,))
    assert first.image.name.endswith("0007.jpg") and first.image.open().size == (24, 20)
    assert (
        len({record.id for record in (*test, *train)}) == len(open_dataset(bp4d, "au", "all")) == 41 * 8 + 1
    )


def test_reads_bp4d_with_named_columns_and_three_digits(tmp_path):
    """Later releases list only coded units, and the frame column may share a name with a unit."""
    codes = tmp_path / "AU_OCC"
    codes.mkdir()
    (codes / "M009_T8.csv").write_text("1,1,2,4,6,7,10,12,14,15,17,23,24\n5,0,1,0,0,0,0,0,0,0,0,0,1\n")
    sets.picture(tmp_path / "2D+3D" / "M009" / "T8" / "005.jpg")
    (record,) = open_dataset(tmp_path, "au", "all")
    assert (record.id, record.action_units) == ("M009/T8/5", (2, 24))
    assert record.image.open().size == (24, 20)
    with pytest.raises(DataError, match=r"F001_T1\.csv cannot be read"):
        open_dataset(tmp_path, "au", "test", 1)


HEADER = "0,1,2,4,6,7,10,12,14,15,17,23,24\n"


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("0,1,2\n5,0,0\n", r"F001_T1\.csv line 1 has no column for AU4"),
        (HEADER + "5,0,2" + ",0" * 10 + "\n", r"F001_T1\.csv line 2 has something else"),
        (HEADER + "x,0,0" + ",0" * 10 + "\n", r"F001_T1\.csv line 2 has something else"),
        (HEADER + "5,0\n", r"F001_T1\.csv line 2 has 2 fields instead of 13"),
        (HEADER + "5" + ",0" * 12 + "\n6" + ",0" * 12 + "\n", r"T1/6\.jpg is missing, and 0 more of 2"),
        ("", r"F001_T1\.csv is not a table"),
    ],
)
def test_bp4d_names_invalid_rows(tmp_path, table, reason):
    (tmp_path / "AU_OCC").mkdir()
    (tmp_path / "AU_OCC" / "F001_T1.csv").write_text(table)
    sets.picture(tmp_path / "img" / "F001" / "T1" / "5.jpg")
    with pytest.raises(DataError, match=reason):
        open_dataset(tmp_path, "au", "all")


def test_tolerates_one_missing_frame_in_a_hundred(tmp_path):
    (tmp_path / "AU_OCC").mkdir()
    rows = "".join(f"{number}{',0' * 12}\n" for number in range(100))
    (tmp_path / "AU_OCC" / "F001_T1.csv").write_text(HEADER + rows)
    for number in range(99):
        sets.picture(tmp_path / "img" / "F001" / "T1" / f"{number}.jpg")
    data = open_dataset(tmp_path, "au", "all")
    assert len(data) == 100
    with pytest.raises(DataError, match=r"99\.jpg cannot be read"):
        data[99].image.open()


ALL_BUT_AU2 = (1, 4, 6, 9, 12, 25, 26)


def test_reads_disfa(tmp_path):
    root = sets.disfa(tmp_path)
    test = open_dataset(root, "au", "test", 3)
    assert (test.kind, test.units, len(test)) == ("disfa", sets.UNITS_OF_DISFA, 27)
    assert {record.subject for record in test} == set(folds.DISFA_PARTS[2])
    assert [record.action_units for record in test[:3]] == [(), ALL_BUT_AU2, ALL_BUT_AU2]
    assert [record.id for record in test[:2]] == ["SN003/1", "SN003/2"]
    assert test[0].image.open().size == (24, 20)
    assert len(open_dataset(root, "au", "train", 3)) == 54


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("SN003_au4.txt", "1,6\n2,0\n3,0\n", r"SN003_au4\.txt line 1 is '1,6'"),
        ("SN003_au4.txt", "1,0\n2,0\n", r"SN003_au4\.txt has other frames than the file of AU1"),
        ("SN003_au26.txt", None, r"SN003_au26\.txt cannot be read: No such file"),
    ],
)
def test_disfa_names_invalid_lines(tmp_path, name, text, reason):
    file = sets.disfa(tmp_path) / "ActionUnit_Labels" / "SN003" / name
    file.unlink() if text is None else file.write_text(text)
    with pytest.raises(DataError, match=reason):
        open_dataset(tmp_path / "DISFA", "au", "test", 3)
    assert open_dataset(tmp_path / "DISFA", "au", "test", 1)


def test_reads_gft(tmp_path):
    root = sets.gft(tmp_path)
    train, test = (open_dataset(root, "au", split) for split in ("train", "test"))
    assert (train.units, len(train), len(test)) == (sets.UNITS_OF_GFT, 4, 2)
    assert [record.id for record in test] == ["002A/1", "002A/2"], "the uncoded third frame is excluded"
    assert [record.action_units for record in test] == [(1, 12), (4,)]
    assert [record.uncoded for record in test] == [(), (1, 2)]
    assert {record.subject for record in train} == {"001A", "001B"}
    with pytest.raises(DataError, match="has no folds"):
        open_dataset(root, "au", "test", 1)


def test_reads_gft_with_numbered_frames_and_rejects_invalid_rows(tmp_path):
    root = sets.gft(tmp_path)
    table = root / "AU_Occurrence" / "002A.csv"
    header, row = ",".join(map(str, sets.UNITS_OF_GFT)), ",0" * 10
    table.write_text(f"Frame,{header}\n3{row}\n")
    assert [record.id for record in open_dataset(root, "au", "test")] == ["002A/3"]
    table.write_text(f"Frame,{header}\n3,1.0{',0.0' * 8},nan\n")
    (record,) = open_dataset(root, "au", "test")
    assert (record.action_units, record.uncoded) == ((1,), (24,)), "floats and nan, as pandas writes them"
    for text, reason in (
        (f"frame,{header}\nx{row}\n", r"002A\.csv line 2 has 'x' as the number"),
        ("frame,1,2\n1,0,0\n", r"002A\.csv line 1 has no column for AU4"),
        (f"frame,{header}\n9{row}\n", r"002A/9\.jpg is missing"),
    ):
        table.write_text(text)
        with pytest.raises(DataError, match=reason):
            open_dataset(root, "au", "test")
    (root / "test.txt").unlink()
    with pytest.raises(DataError, match=r"test\.txt is missing"):
        open_dataset(root, "au", "test")


def test_emotionet_reads_existing_pictures(tmp_path):
    data = open_dataset(sets.emotionet(tmp_path), "au")
    assert [record.id for record in data] == ["N_0000000001_00000.jpg", "N_0000000001_00002.jpg"]
    assert [record.action_units for record in data] == [(1, 2, 43), (12,)]
    assert [record.uncoded for record in data] == [(20,), (20,)]
    assert data.note == "1 of 3 listed pictures are missing"
    assert data[0].image.open().size == (24, 20)


def test_reads_emotionet_without_a_header(tmp_path):
    root = sets.emotionet(tmp_path)
    (root / "EmotioNet_FACS_aws_2020_24600.csv").unlink()
    values = ["0"] * 24 + ["1.0"] + ["0"] * 35
    line = "\t".join(["http://e.org/a/N_0000000001_00002.jpg", "http://gone/x.jpg", *values])
    (root / "emotioNet_URLs_1.txt").write_text(line + "\n")
    (record,) = open_dataset(root, "au")
    assert (record.action_units, record.uncoded) == ((25,), ())
    (root / "emotioNet_URLs_1.txt").write_text(line.replace("1.0", "2") + "\n")
    with pytest.raises(DataError, match=r"emotioNet_URLs_1\.txt line 1 has '2' for a unit"):
        open_dataset(root, "au")
    (root / "emotioNet_URLs_1.txt").write_text(line.replace("00002.jpg", "00009.jpg") + "\n")
    with pytest.raises(DataError, match=r"N_0000000001_00009\.jpg is missing, as are all other pictures"):
        open_dataset(root, "au")
