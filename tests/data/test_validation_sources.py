"""Checking the other kinds: every problem is reported with file and line."""

import json
import shutil

import miniature_sets as sets
import pytest

from emola.cli import main
from emola.data.validation import check_dataset
from emola.errors import DataError


def problems(path, images=False):
    return [str(finding) for finding in check_dataset(path, images)]


def test_reports_duplicate_damaged_and_missing_pictures(tmp_path):
    root = sets.raf_db(tmp_path)
    pictures = root / "Image" / "aligned"
    for number, file in enumerate(sorted(pictures.iterdir())):
        sets.picture(file, 10 + number)
    assert problems(root, images=True) == []
    sets.picture(pictures / "test_0001_aligned.jpg", 11)
    (line,) = problems(root, images=True)
    assert "test_0001_aligned.jpg is the same picture as train_00001, which has other labels" in line
    (pictures / "test_0001_aligned.jpg").write_bytes(b"damaged")
    assert problems(root) == []
    (line,) = problems(root, images=True)
    assert "test_0001_aligned.jpg is damaged" in line
    (pictures / "test_0001_aligned.jpg").unlink()
    (line,) = problems(root)
    assert "line 8 names the picture" in line and "test_0001_aligned.jpg, which is missing" in line
    with pytest.raises(DataError, match="There is no data set"):
        list(check_dataset(tmp_path / "gone"))


TABLE = [
    ("a.png,happiness,S1,6+12", None),
    ("b.png,hungry,S1,6", "has the unknown emotion 'hungry'"),
    ("c.png,anger,S1,4+99", "has the unknown action unit AU99"),
    ("d.png,anger,S1,four", "has 'four', which is not a list of action units such as 1+2+25"),
    (",anger,S1,4", "names no image"),
    ("gone.png,anger,S1,4", "names the picture gone.png, which is missing"),
    ("a.png,anger,S1,6+12", "has a.png again, as line 2, with other labels"),
    ("a.png,happiness,S1,6+12", "has a.png again, as line 2"),
    ("e.png,anger,,4", "names no subject or identity"),
    ("f.png,anger", "has 2 fields instead of 4"),
    ('"g.png"x,anger,S1,4', "is not a comma-separated row"),
    ("../h.png,anger,S1,4", "has the image '../h.png', which is not a path inside the data set"),
    ("i.png,\xe4rger,S1,4", "is not UTF-8 text"),
    ("j.png,,S1,none", None),
]


@pytest.fixture
def faulty(tmp_path):
    folder = tmp_path / "set"
    for number, name in enumerate("abcdefghij"):
        sets.picture(folder / f"{name}.png", 10 * number)
    rows = ["image,emotion,subject,action_units", *(row for row, _ in TABLE)]
    (folder / "labels.csv").write_bytes("\n".join(rows).encode("latin-1"))
    return folder


def test_reports_every_problem_of_a_table_with_its_line(faulty, tmp_path, capsys):
    """Regression: the first problem hid all others."""
    expected = {number: message for number, (_, message) in enumerate(TABLE, 2) if message}
    # The row that is not UTF-8 gives a second finding: its emotion is unreadable and so unknown.
    archive = shutil.make_archive(str(tmp_path / "zipped"), "zip", faulty)
    for path in (faulty, archive):
        findings = list(check_dataset(path))
        assert {finding.file.name for finding in findings} == {"labels.csv"}
        by_line = {}
        for finding in findings:
            by_line.setdefault(finding.line, []).append(finding.what)
        assert list(by_line) == list(expected), "in the order of the lines"
        for line, message in expected.items():
            assert any(what.startswith(message) for what in by_line[line]), (line, message)
        assert len(findings) == len(expected) + 1
    assert main(["data", "check", str(faulty), "--json"]) == 1
    entries = json.loads(capsys.readouterr().out)
    assert {entry["line"] for entry in entries} == expected.keys()
    assert entries[0].keys() == {"file", "line", "record", "problem"}
    assert main(["data", "check", str(faulty)]) == 1
    assert f"{faulty / 'labels.csv'} line 3 has the unknown emotion 'hungry'\n" in capsys.readouterr().out


@pytest.mark.parametrize("labels", ["image,emotion\na.png,anger\n", "image,action_units\na.png,4\n"])
def test_labels_for_one_task_are_valid(tmp_path, labels):
    sets.picture(tmp_path / "a.png")
    (tmp_path / "labels.csv").write_text(labels)
    assert problems(tmp_path, images=True) == []
    (tmp_path / "labels.csv").write_text("image,emotion\n")
    assert problems(tmp_path) == [f"{tmp_path} has no labelled picture"]


def append(file, text):
    with file.open("a") as stream:
        stream.write(text)


def replace_line(file, number, text):
    lines = file.read_text().splitlines()
    lines[number - 1] = text
    file.write_text("\n".join(lines) + "\n")


def test_reports_every_problem_of_raf_db(tmp_path):
    list_file = sets.raf_db(tmp_path) / "EmoLabel" / "list_patition_label.txt"
    append(list_file, "\nface.jpg 3\ntrain_00001.jpg 9\ntrain_00002.jpg 2\ntrain_00099.jpg 2\n")
    findings = list(check_dataset(tmp_path))
    assert [finding.line for finding in findings] == [10, 11, 12, 13], "the blank line 9 counts"
    assert findings[2].what == "has train_00002.jpg again, as line 2"
    assert "which is missing" in findings[3].what


def test_reports_every_problem_of_bp4d(tmp_path):
    root = sets.bp4d(tmp_path)
    assert problems(root) == []
    codes = root / "AUCoding" / "AU_OCC"
    for number in range(1, 9):
        (codes / f"F002_T{number}.csv").unlink()
    (codes / "F003_T2.csv").unlink()
    shutil.copy(codes / "F001_T2.csv", codes / "X001_T1.csv")
    shutil.copytree(root / "Sequences(2D+3D)" / "F001", root / "Sequences(2D+3D)" / "X001")
    table = codes / "F001_T1.csv"
    row = table.read_text().splitlines()[1]
    append(table, f"{row}\nx{row}\n8{row[1:]}\n9,1\n")
    assert [
        (finding.file.name, finding.line, finding.what.partition(":")[0]) for finding in check_dataset(root)
    ] == [
        ("AU_OCC", None, "has no table of F002"),
        ("F003_T2.csv", None, "is missing"),
        ("X001_T1.csv", None, "is of a person in no fold"),
        ("F001_T1.csv", 4, "has frame 7 again, as line 2"),
        ("F001_T1.csv", 5, "has something else than a frame's number and 0, 1 or 9"),
        ("F001_T1.csv", 6, "has no picture"),
        ("F001_T1.csv", 7, "has 2 fields instead of 100"),
    ]


def test_reports_every_problem_of_disfa(tmp_path):
    root = sets.disfa(tmp_path)
    assert problems(root) == []
    labels = root / "ActionUnit_Labels"
    shutil.rmtree(labels / "SN001")
    (labels / "SN002" / "SN002_au4.txt").unlink()
    append(labels / "SN003" / "SN003_au6.txt", "4,9\n1,0\n")
    (root / "frames" / "SN004" / "2.jpg").unlink()
    shutil.rmtree(root / "frames" / "SN005")
    assert [
        (finding.file.name, finding.line, finding.what.partition(":")[0]) for finding in check_dataset(root)
    ] == [
        ("ActionUnit_Labels", None, "has no folder of SN001"),
        ("SN002_au4.txt", None, "cannot be read"),
        ("SN003_au6.txt", 4, "is '4,9', not a frame and an intensity from 0 to 5"),
        ("SN003_au6.txt", 5, "has frame 1 again, as line 1"),
        ("SN004_au1.txt", 2, "has no picture"),
        ("SN005", None, f"is missing, and so is a video of SN005 in {root / 'Videos_LeftCamera'}"),
    ]


def test_reports_every_problem_of_gft(tmp_path):
    root = sets.gft(tmp_path)
    assert problems(root) == []
    append(root / "train.txt", "003C\n001A\n")
    append(root / "test.txt", "001B\n")
    tables = root / "AU_Occurrence"
    shutil.copy(tables / "001A.csv", tables / "004D.csv")
    append(tables / "002A.csv", "1,0\n")
    replace_line(
        tables / "001B.csv", 1, (tables / "001B.csv").read_text().splitlines()[0].replace("AU14", "X")
    )
    assert [
        (finding.file.name, finding.line, finding.what.partition(",")[0]) for finding in check_dataset(root)
    ] == [
        ("train.txt", 3, "names 003C"),
        ("train.txt", 4, "names 001A"),
        ("test.txt", 2, "names 001B"),
        ("004D.csv", None, "is of a person in neither train.txt nor test.txt"),
        ("001B.csv", 1, "has no column for AU14"),
        ("002A.csv", 5, "has 2 fields instead of 11"),
    ]
    (root / "train.txt").unlink()
    assert "train.txt is missing; docs/datasets.md shows the layout" in problems(root)[0]


def test_reports_every_problem_of_emotionet(tmp_path):
    root = sets.emotionet(tmp_path)
    assert problems(root) == [], "listed pictures may be missing"
    file = root / "EmotioNet_FACS_aws_2020_24600.csv"
    valid_row = file.read_text().splitlines()[1]
    append(file, f"{valid_row.replace('999', '7')}\n{valid_row[: valid_row.rindex(',')]}\n")
    assert [(finding.line, finding.what) for finding in check_dataset(root)] == [
        (5, "has '7' for a unit instead of 0, 1 or 999"),
        (6, "has 61 fields instead of 62"),
    ]
