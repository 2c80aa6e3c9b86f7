"""Label folders and zips; errors name the file and the line."""

import zipfile
from pathlib import Path

import pytest
from PIL import Image

from emola.data.labels import label_folder, read
from emola.data.records import sample
from emola.errors import DataError

LABELS = (
    "image,emotion,subject,action_units,note\r\n"
    "a.png,Happiness,S1,6+12+25,first\r\n"
    "inner/b.png,angry,S2,,second\r\n"
    '"c.png",,,none,third\r\n'
)


def make_set(
    folder: Path, labels: str = LABELS, names: tuple[str, ...] = ("a.png", "inner/b.png", "c.png")
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "labels.csv").write_bytes(labels.encode())
    for number, name in enumerate(names):
        (folder / name).parent.mkdir(exist_ok=True)
        Image.new("L", (20 + number, 30), 40 * number).save(folder / name)
    return folder


def zip_folder(folder: Path, prefix: str = "") -> Path:
    file = folder.with_suffix(".zip")
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, prefix + path.relative_to(folder).as_posix())
    return file


@pytest.mark.parametrize("kind", ["folder", "zip", "zip of a folder"])
def test_reads_a_folder_and_its_zip(tmp_path, kind):
    path = make_set(tmp_path / "set")
    if kind != "folder":
        path = zip_folder(path, "set/" if kind == "zip of a folder" else "")
    with label_folder(path) as data:
        assert [record.id for record in data] == ["a.png", "inner/b.png", "c.png"]
        assert [record.emotion for record in data] == ["happiness", "anger", None]
        assert [record.action_units for record in data] == [(6, 12, 25), None, ()]
        assert [record.subject for record in data] == ["S1", "S2", None]
        assert [record.image.open().size for record in data] == [(20, 30), (21, 30), (22, 30)]
        assert data[1].image.open().mode == "RGB"
    for task, labelled in (("emotion", ["a.png", "inner/b.png"]), ("au", ["a.png", "c.png"])):
        with read(path, task, None, None) as records:
            assert [record.id for record in records] == labelled
            assert {record.task for record in records} == {task}


def test_reads_identity_as_subject_and_ignores_a_byte_order_mark(tmp_path):
    path = make_set(tmp_path / "set", "\ufeffimage,identity,action_units\na.png, Ann ,AU1 au2\n")
    (record,) = label_folder(path)
    assert (record.subject, record.action_units, record.emotion) == ("Ann", (1, 2), None)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("a.png,happiness,,1+2,x\na.png,anger,,,x", r"line 3 has a\.png again, as line 2, with other labels"),
        ("a.png,anger,,,x\n./a.png,anger,,,x", r"line 3 has a\.png again, as line 2\."),
        ("gone.png,anger,,,x", r"line 2 names the picture gone\.png, which is missing"),
        ("inner,anger,,,x", "line 2 names the picture inner, which is missing"),
        ("a.png,hungry,,,x", "line 2 has the unknown emotion 'hungry'"),
        ("a.png,anger,,1+x,x", r"line 2 has '1\+x', which is not a list of action units"),
        ("a.png,anger,,1+99+100,x", "line 2 has the unknown action unit AU99, AU100"),
        ("a.png,anger,,0,x", "line 2 has the unknown action unit AU0"),
        ("a.png,anger", "line 2 has 2 fields instead of 5"),
        ("a.png,anger,,,x,y", "line 2 has 6 fields instead of 5"),
        (",anger,,,x", "line 2 names no image"),
        ("../a.png,anger,,,x", r"line 2 has the image '\.\./a\.png', which is not a path inside"),
        ("inner/../../a.png,anger,,,x", "line 2 .* is not a path inside"),
        ("/etc/passwd,anger,,,x", "line 2 has the image '/etc/passwd', which is not a path inside"),
        ("C:a.png,anger,,,x", "line 2 has the image 'C:a.png', which is not a path inside"),
        ("..\\a.png,anger,,,x", "line 2 .* is not a path inside"),
        ("\\\\server\\a.png,anger,,,x", "line 2 .* is not a path inside"),
        ("inner\\..\\a.png,anger,,,x", "line 2 .* is not a path inside"),
        ('"a.png" b,anger,,,x', "line 2 is not a comma-separated row"),
    ],
)
def test_rejects_an_invalid_row(tmp_path, rows, reason):
    path = make_set(tmp_path / "set", f"image,emotion,subject,action_units,note\n{rows}\n")
    Image.new("L", (20, 30)).save(tmp_path / "a.png")  # a path that leaves the set would find it
    for source in (path, zip_folder(path)):
        with pytest.raises(DataError, match=reason) as caught:
            label_folder(source)
        assert str(source) in str(caught.value)
        assert "labels.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("", "lacks the columns image and"),
        ("image,name\na.png,x\n", "lacks the columns image and"),
        ("emotion\nanger\n", "lacks the columns image and"),
        ("image,emotion,image\na.png,anger,a.png\n", "has the column image twice"),
    ],
)
def test_rejects_a_table_without_the_required_columns(tmp_path, header, reason):
    with pytest.raises(DataError, match=f"line 1 {reason}"):
        label_folder(make_set(tmp_path / "set", header))


@pytest.mark.parametrize("name", ["./a.png", "inner//b.png", "inner/./b.png", "inner\\b.png", ".\\a.png"])
def test_normalises_the_path_of_a_picture(tmp_path, name):
    path = make_set(tmp_path / "set", f"image,emotion\n{name},anger\n")
    for source in (path, zip_folder(path)):
        (record,) = label_folder(source)
        assert record.id in ("a.png", "inner/b.png")
        assert record.image.open().mode == "RGB"


def test_rejects_paths_without_labels(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "note.zip").write_text("no zip")
    latin1 = make_set(tmp_path / "latin")
    (latin1 / "labels.csv").write_bytes(b"image,emotion\nf\xe4ce.png,anger\n")
    for name, reason in (
        ("gone", "no data set at"),
        ("empty", r"has no labels\.csv"),
        ("note.zip", "neither a folder nor a zip"),
        ("latin", "not UTF-8"),
    ):
        with pytest.raises(DataError, match=reason):
            label_folder(tmp_path / name)


def test_names_a_damaged_picture_when_it_is_opened(tmp_path):
    path = make_set(tmp_path / "set")
    (path / "a.png").write_bytes(b"damaged")
    for source in (path, zip_folder(path)):
        data = label_folder(source)
        with pytest.raises(DataError, match=r"set.*a\.png cannot be read"):
            data[0].image.open()
        assert data[2].image.open().size == (22, 30)


def test_sample_depends_on_the_seed_only(tmp_path):
    names = tuple(f"{number}.png" for number in range(20))
    rows = "".join(f"{name},anger\n" for name in names)
    data = label_folder(make_set(tmp_path / "set", "image,emotion\n" + rows, names))
    first = sample(data, 8, seed=3)
    assert first == sample(data, 8, seed=3)
    assert first != sample(data, 8, seed=4)
    assert len({record.id for record in first}) == 8
    assert [data.index(record) for record in first] == sorted(data.index(record) for record in first)
    assert sample(data, None) == sample(data, 20) == sample(data, 99) == list(data)
