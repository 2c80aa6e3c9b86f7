"""Image sources: accepted types, and rejected devices, URLs and oversized files."""

import os
import socket
import threading
from io import BytesIO, StringIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from emola.errors import ImageError
from emola.face import load_image
from emola.face.image import sources

PICTURE = Image.new("RGB", (40, 20), (230, 180, 20))


def png() -> bytes:
    out = BytesIO()
    PICTURE.save(out, "PNG")
    return out.getvalue()


class SlowStream:
    """A stream without seek that returns a few bytes at a time, like a network response."""

    def __init__(self, data: bytes):
        self._data = BytesIO(data)

    def read(self, size: int) -> bytes:
        return self._data.read(min(size, 10))


def test_reads_buffers_and_file_objects(tmp_path):
    file = tmp_path / "picture.png"
    file.write_bytes(png())
    positioned_at_end = BytesIO()
    PICTURE.save(positioned_at_end, "PNG")
    with file.open("rb") as opened:
        buffers = (png(), bytearray(png()), memoryview(png()))
        for source in (
            *buffers,
            BytesIO(png()),
            positioned_at_end,
            opened,
            SlowStream(png()),
            file,
            str(file),
        ):
            assert load_image(source).tobytes() == PICTURE.tobytes()
        assert not opened.closed


def test_expands_the_home_folder(tmp_path, monkeypatch):
    (tmp_path / "picture.png").write_bytes(png())
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert load_image("~/picture.png").size == (40, 20)
    assert load_image(Path("~/picture.png")).size == (40, 20)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (None, "type NoneType is not a picture: give a path"),
        (3, "type int"),
        (["a.png"], "type list"),
        ({"path": "a.png"}, "type dict"),
        ("", "path of the picture is empty"),
        ("a\0b.png", r"a\?b\.png cannot be read"),
        ("a\udc80.png", r"a\?\.png"),
        ("gone\x1b[31m.png", r"no picture at gone\?\[31m\.png"),
        ("x" * 5000, "x cannot be read: File name too long"),
        ("data:image/png;base64," + "A" * 5000, "A data URI is not read"),
        ("http://127.0.0.1:1/a.png", "is an address: only files on this machine"),
        ("HTTPS://example.org/a.png", "is an address"),
        ("file:///etc/passwd", "is an address"),
        ("ftp://example.org/a.png", "is an address"),
        (Path("https://example.org/a.png"), "is an address"),
        (b"", "is empty"),
        (b"photo.png", "not a picture in a format that can be read: JPEG, PNG"),
        (BytesIO(), "is empty"),
        (StringIO("text"), "gives str, not bytes"),
    ],
)
def test_rejects_other_sources_in_one_short_sentence(source, reason):
    with pytest.raises(ImageError, match=reason) as caught:
        load_image(source)
    message = str(caught.value)
    assert len(message) < 220
    assert message.isprintable()
    assert "AAAA" not in message


def test_rejects_a_tensor_and_lists_the_accepted_types():
    torch = pytest.importorskip("torch")
    with pytest.raises(ImageError, match=r"type Tensor is not a picture: .* NumPy array"):
        load_image(torch.zeros(3, 20, 40))


def test_rejects_a_closed_file_object():
    closed = BytesIO(png())
    closed.close()
    with pytest.raises(ImageError, match="closed file"):
        load_image(closed)


@pytest.fixture
def within_two_seconds():
    """Run a function in a thread with a timeout; opening a FIFO may block forever."""

    def run(work):
        errors = []

        def target():
            try:
                work()
            except ImageError as error:
                errors.append(str(error))

        thread = threading.Thread(target=target, daemon=True)
        thread.start()
        thread.join(2)
        assert not thread.is_alive()
        return errors

    return run


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFO")
def test_rejects_devices_and_fifos_without_waiting(tmp_path, within_two_seconds):
    fifo = tmp_path / "fifo.png"
    os.mkfifo(fifo)
    link = tmp_path / "link.png"
    link.symlink_to("/dev/zero")
    for path in (fifo, "/dev/zero", "/dev/null", "/dev/tty", link):
        (message,) = within_two_seconds(lambda path=path: load_image(path))
        assert "is not a regular file" in message or "cannot be read" in message
    with fifo.open("r+b", buffering=0):  # also with a writer
        (message,) = within_two_seconds(lambda: load_image(fifo))
        assert "is not a regular file" in message


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no sockets in files")
def test_rejects_sockets(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # socket paths have a short limit
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("picture.png")
        with pytest.raises(ImageError, match=r"picture\.png"):
            load_image("picture.png")


def test_rejects_large_files_without_reading_them(tmp_path, monkeypatch):
    sparse = tmp_path / "sparse.png"
    with sparse.open("wb") as file:
        file.truncate(10 * 2**30)
    with pytest.raises(ImageError, match=r"sparse\.png is too large: at most 256 MB"):
        load_image(sparse)
    monkeypatch.setattr(sources, "MAX_BYTES", 1000)
    assert load_image(png()).size == (40, 20)
    noise = BytesIO()
    Image.effect_noise((100, 100), 90).save(noise, "PNG")
    data = noise.getvalue()
    for source in (data, bytearray(data), memoryview(data), noise, SlowStream(data)):
        with pytest.raises(ImageError, match="too large"):
            load_image(source)


def test_reads_an_array_of_a_subclass():
    masked = np.ma.masked_array(np.asarray(PICTURE), mask=False)
    assert load_image(masked).tobytes() == PICTURE.tobytes()
