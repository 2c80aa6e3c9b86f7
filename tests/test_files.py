import os
from io import BytesIO

import pytest

from emola.files import (
    append_lines,
    complete_lines,
    drop_incomplete_line,
    replacing,
    sha256,
    sha256_stream,
    sha256_text,
)


def test_replacing_creates_folders_and_overwrites(tmp_path):
    file = tmp_path / "folder" / "figures.json"
    for text in ("first", "second"):
        with replacing(file) as partial:
            partial.write_text(text, "utf-8")
        assert file.read_text("utf-8") == text
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_an_error_leaves_only_the_old_file(tmp_path, error):
    file = tmp_path / "figures.json"
    file.write_text("old", "utf-8")

    def fail(partial):
        partial.write_text("incomplete", "utf-8")
        raise error

    with pytest.raises(error), replacing(file) as partial:
        fail(partial)
    assert file.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_an_error_before_the_first_write_is_raised_unchanged(tmp_path):
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "never"):
        raise ZeroDivisionError
    assert not list(tmp_path.iterdir())


def test_the_partial_file_of_a_killed_process_is_overwritten(tmp_path):
    (tmp_path / "a.npy.partial").write_text("left by a killed process, and longer", "utf-8")
    with replacing(tmp_path / "a.npy") as partial:
        partial.write_text("new", "utf-8")
    assert [(file.name, file.read_text("utf-8")) for file in tmp_path.iterdir()] == [("a.npy", "new")]


def test_partial_files_with_different_suffixes_are_separate(tmp_path):
    with replacing(tmp_path / "1.npy") as numbers, replacing(tmp_path / "1.jpg") as picture:
        numbers.write_text("numbers", "utf-8")
        picture.write_text("picture", "utf-8")
    assert (tmp_path / "1.npy").read_text("utf-8") == "numbers"
    assert (tmp_path / "1.jpg").read_text("utf-8") == "picture"


def test_a_hard_link_to_the_old_file_keeps_it(tmp_path):
    """A fine-tuned checkpoint shares files with its base: replacing one must not change the base."""
    file, base = tmp_path / "README.md", tmp_path / "base.md"
    base.write_text("base", "utf-8")
    os.link(base, file)
    with replacing(file) as partial:
        partial.write_text("fine-tuned", "utf-8")
    assert base.read_text("utf-8") == "base"


def test_an_incomplete_line_is_not_read_and_can_be_dropped(tmp_path):
    file = tmp_path / "answers.jsonl"
    assert complete_lines(file, b"{") == []
    append_lines(file, '{"id": 1}\n{"id": 2}\n')
    append_lines(file, '{"i')
    assert complete_lines(file, b'{"run"', b'{"id"') == [b'{"id": 1}', b'{"id": 2}']
    drop_incomplete_line(file)
    append_lines(file, '{"id": 3}\n')
    assert file.read_text("utf-8") == '{"id": 1}\n{"id": 2}\n{"id": 3}\n'
    drop_incomplete_line(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_file_of_another_kind_is_an_error(tmp_path):
    file = tmp_path / "letter.txt"
    file.write_text("Dear all,\nregards", "utf-8")
    with pytest.raises(ValueError, match=r"letter\.txt ends in a line of another kind"):
        complete_lines(file, b'{"id"')


def test_hashes_of_a_file_a_stream_and_a_text_agree(tmp_path):
    path = tmp_path / "file"
    path.write_text("abc")
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    with path.open("rb") as stream:
        assert sha256(path) == sha256_stream(stream) == sha256_text("abc") == expected


def test_hash_of_a_section_of_a_stream():
    stream = BytesIO(b"-abc-")
    stream.seek(1)
    assert sha256_stream(stream, 3) == sha256_text("abc")
    assert stream.read() == b"-"


def test_hash_of_a_truncated_stream_is_an_error():
    with pytest.raises(EOFError, match="2 bytes are missing"):
        sha256_stream(BytesIO(b"abc"), 5)
