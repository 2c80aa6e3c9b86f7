"""Finding, naming and checking pictures in files and folders."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from emola.data.pictures import check_pictures, find_pictures
from emola.errors import DataError, ImageError


def picture(file: Path, seed: int = 0, side: int = 40) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(file, format="PNG" if file.suffix in (".png", ".PNG") else "JPEG")
    return file


@pytest.fixture
def faces(tmp_path, monkeypatch):
    """Three pictures, one in a subfolder; the working directory is elsewhere."""
    folder = tmp_path / "work" / "faces"
    for number, name in enumerate(("a.jpg", "b.JFIF", "inner/c.png")):
        picture(folder / name, number)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return folder


NAMES = ["a.jpg", "b.JFIF", "inner/c.png"]


def ids(*paths):
    return [record.id for record in find_pictures([Path(path) for path in paths]).records]


def test_ids_do_not_depend_on_the_spelling_of_a_path(faces, tmp_path, monkeypatch):
    (tmp_path / "link").symlink_to(faces)
    spellings = [faces, f"{faces}/", "../work/faces", "../work/./faces/inner/..", tmp_path / "link"]
    for path in spellings:
        assert ids(path) == NAMES
    assert ids(*spellings) == NAMES, "given together"
    monkeypatch.chdir(faces)
    assert ids(".") == ids("a.jpg", "./b.JFIF", "inner/../inner/c.png") == NAMES
    assert ids("a.jpg") == ids(faces / "a.jpg") == ["a.jpg"]
    assert ids(".", "a.jpg", faces / "a.jpg", "inner") == NAMES


def test_ids_do_not_depend_on_the_location(faces, tmp_path):
    faces.rename(tmp_path / "moved")
    assert ids(tmp_path / "moved") == NAMES


def test_ids_differ_between_folders(faces, tmp_path):
    other = picture(tmp_path / "work" / "more" / "a.jpg", 9).parent
    assert ids(faces, other) == ids(other, faces) == [*(f"faces/{name}" for name in NAMES), "more/a.jpg"]


def test_counts_a_linked_picture_once(faces, tmp_path):
    (faces / "0.jpg").symlink_to(faces / "a.jpg")
    (faces / "again").symlink_to(faces, target_is_directory=True)
    assert ids(faces) == NAMES
    outside = picture(tmp_path / "outside" / "x.jpg", 7)
    (faces / "d.jpg").symlink_to(outside)
    (faces / "e").symlink_to(outside.parent, target_is_directory=True)
    assert ids(faces) == ["a.jpg", "b.JFIF", "d.jpg", "inner/c.png"]


def test_ignores_files_of_the_operating_system(faces):
    for name in (
        *("._a.jpg", ".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX/._a.jpg", "__MACOSX/a.jpg"),
        *("@eaDir/a.jpg/thumb.jpg", ".thumbnails/a.jpg", "inner/.hidden.png"),
    ):
        (faces / name).parent.mkdir(parents=True, exist_ok=True)
        (faces / name).write_bytes(b"x")
    found = find_pictures([faces])
    assert [record.id for record in found.records] == NAMES
    assert found.others == {}


def test_takes_common_suffixes_and_counts_other_files(tmp_path):
    endings = "jpg jpeg jpe jfif png gif bmp tif tiff webp avif heic heif jp2 ppm pgm pnm JPG Jpe".split()
    for ending in (*endings, "txt", "TXT", "mp4"):
        (tmp_path / f"{ending}.{ending}").write_bytes(b"x")
    (tmp_path / "README").write_text("x")
    for output in ("answers.jsonl", "answers.summary.json"):
        (tmp_path / output).write_text("x")
    found = find_pictures(
        [tmp_path], leave_out=[tmp_path / "answers.jsonl", tmp_path / "answers.summary.json"]
    )
    assert sorted(Path(record.id).stem for record in found.records) == sorted(endings)
    assert found.others == {".txt": 2, ".mp4": 1, "no ending": 1}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_ignores_a_pipe(faces):
    os.mkfifo(faces / "pipe.jpg")
    assert ids(faces) == NAMES
    with pytest.raises(ImageError, match="neither a file nor a folder"):
        ids(faces / "pipe.jpg")


def test_takes_a_given_file_with_any_suffix(faces):
    (faces / "a.jpg").rename(faces / "a.data")
    assert ids(faces / "a.data") == ["a.data"]
    assert ids(faces) == NAMES[1:]


def test_rejects_paths_without_pictures(tmp_path):
    with pytest.raises(ImageError, match="There is no picture at"):
        ids(tmp_path / "gone.png")
    with pytest.raises(DataError, match="holds no pictures"):
        ids(tmp_path)
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(DataError, match="holds no pictures among 1 files"):
        ids(tmp_path)


def test_finds_all_unreadable_pictures(faces):
    """Truncated pictures have a valid header; only decoding reveals them."""
    complete = picture(faces / "cut.jpg", 5, side=200).read_bytes()
    (faces / "cut.jpg").write_bytes(complete[: len(complete) // 2])
    (faces / "text.png").write_text("no picture")
    (faces / "empty.gif").write_bytes(b"")
    picture(faces / "tiny.png", side=3)
    records = find_pictures([faces]).records
    steps = []
    checked = check_pictures(records, jobs=3, progress=lambda *step: steps.append(step))
    assert [record.id for record in checked.records] == NAMES
    assert list(checked.bad) == ["cut.jpg", "empty.gif", "text.png", "tiny.png"]
    assert checked.bad["cut.jpg"].startswith("is damaged")
    assert "too small" in checked.bad["tiny.png"]
    assert steps[-1] == (7, 7) and len(steps) == 7
    digests = {record.digest for record in checked.records}
    assert len(digests) == 3 and all(len(digest) == 16 for digest in digests)


def test_reason_does_not_repeat_the_path(tmp_path):
    """Regression: the reason began with the shortened path."""
    folder = tmp_path / ("long" * 20)
    folder.mkdir()
    picture(folder / "good.png")
    (folder / "bad.png").write_bytes(b"no picture")
    checked = check_pictures(find_pictures([folder]).records)
    assert checked.bad["bad.png"].startswith("is not a picture")


def test_hashes_answered_pictures_without_decoding_them(faces):
    (faces / "a.jpg").write_bytes(b"damaged later")
    records = find_pictures([faces]).records
    checked = check_pictures(records, answered=["a.jpg"])
    assert [record.id for record in checked.records] == NAMES
    before = {record.id: record.digest for record in checked.records}
    os.utime(faces / "b.JFIF", (1, 1))
    (faces / "a.jpg").write_bytes(b"damaged again")
    after = {record.id: record.digest for record in check_pictures(records, answered=["a.jpg"]).records}
    assert [name for name in NAMES if before[name] != after[name]] == ["a.jpg"]
