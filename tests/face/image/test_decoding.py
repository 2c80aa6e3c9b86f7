"""Limits of size, memory and time, checked before decoding."""

import struct
import warnings
from io import BytesIO

import numpy as np
import pytest
from image_files import chunk, drawn, encoded
from PIL import Image

from emola.errors import ImageError
from emola.face import load_image
from emola.face.image import decoding
from emola.face.image.formats import FORMATS
from emola.face.image.jpeg import count_scans


def with_claimed_size(kind: str, width: int, height: int) -> bytes:
    """Return a small file whose header claims the given size."""
    if kind == "PNG":
        png = encoded(drawn(), "PNG")
        return png[:8] + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + png[33:]
    if kind == "BMP":
        bmp = encoded(drawn(), "BMP")
        return bmp[:18] + struct.pack("<ii", width, height) + bmp[26:]
    if kind == "GIF":
        return b"GIF89a" + struct.pack("<HH", width, height) + encoded(drawn(), "GIF")[10:]
    if kind == "PPM":
        return f"P6\n{width} {height}\n255\n".encode() + bytes(100)
    jpeg = encoded(drawn(), "JPEG", progressive=kind == "progressive JPEG")
    frame = jpeg.index(b"\xff\xc2" if kind == "progressive JPEG" else b"\xff\xc0")
    return jpeg[: frame + 5] + struct.pack(">HH", height, width) + jpeg[frame + 9 :]


@pytest.mark.parametrize(
    ("kind", "width", "height"),
    [
        ("PNG", 10_900, 10_900),
        ("PNG", 8001, 8000),
        ("PNG", 2**31 - 1, 2**31 - 1),
        ("BMP", 100_000, 100_000),
        ("GIF", 65_535, 65_535),
        ("PPM", 99_999, 99_999),
        ("JPEG", 16_001, 16_000),
        ("progressive JPEG", 8001, 8000),
    ],
)
def test_checks_the_size_in_the_header(kind, width, height, monkeypatch):
    def fail(*args):
        pytest.fail("pixels were decoded")

    monkeypatch.setattr(decoding, "_load", fail)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Pillow warns about large pictures
        with pytest.raises(
            ImageError, match=f"too large: {width} x {height} pixels, and at most (64|256) mega"
        ):
            load_image(with_claimed_size(kind, width, height))


def test_accepts_the_sizes_of_phone_sensors():
    for sensor in (8064 * 6048, 8192 * 6144, 9504 * 6336):
        assert sensor <= decoding.MAX_PIXELS
    assert decoding._pixel_limit(FORMATS[0], encoded(drawn(), "JPEG"), 16_320 * 12_240)[0] >= 16_320 * 12_240


def test_a_large_jpeg_is_decoded_at_half_its_scale(monkeypatch):
    monkeypatch.setattr(decoding, "MAX_PIXELS", 5_000)
    jpeg, picture = encoded(drawn((97, 64)), "JPEG", quality=95, subsampling=0), drawn((97, 64))
    half = load_image(jpeg)
    assert half.size == (49, 32)
    assert np.abs(np.asarray(half, int) - np.asarray(picture.resize((49, 32)), int)).mean() < 4
    small = encoded(drawn((64, 64)), "JPEG")
    assert load_image(small).size == (64, 64)
    for kind, options in (("PNG", {}), ("JPEG", {"progressive": True})):
        with pytest.raises(ImageError, match="too large: 97 x 64"):
            load_image(encoded(picture, kind, **options))
    for source in (picture, np.asarray(picture), Image.open(BytesIO(jpeg))):
        with pytest.raises(ImageError, match="too large: 97 x 64"):
            load_image(source)


def test_counts_the_scans_of_a_jpeg():
    picture = drawn()
    exif = Image.Exif()
    exif[0x010F] = "maker\xff\xda\xff\xc2" * 20  # bytes like markers inside a segment
    assert count_scans(encoded(picture, "JPEG", exif=exif)) == (1, True)
    assert count_scans(encoded(picture.convert("L"), "JPEG")) == (1, True)
    count, by_line = count_scans(encoded(picture, "JPEG", progressive=True))
    assert 5 < count < 20
    assert not by_line
    assert count_scans(encoded(picture, "JPEG", restart_marker_rows=1)) == (1, True)
    assert count_scans(b"\xff\xd8\xff\xc0") == (0, True)


def test_rejects_a_progressive_jpeg_of_many_scans(monkeypatch):
    """Each scan decodes all pixels, so a small file can take hours."""
    jpeg = encoded(drawn(), "JPEG", progressive=True)
    last = jpeg.rindex(b"\xff\xda")
    bomb = jpeg[:last] + jpeg[last:-2] * 300 + jpeg[-2:]
    monkeypatch.setattr(decoding, "_MAX_SCANNED_PIXELS", 20 * 96 * 64)
    assert load_image(jpeg).size == (96, 64)
    with pytest.raises(ImageError, match=r"JPEG of 3\d\d scans"):
        load_image(bomb)


def test_reads_a_long_strip():
    """Any aspect ratio is accepted; only the length of the short side is limited."""
    assert load_image(encoded(Image.new("L", (16, 41_000)), "PNG")).size == (16, 41_000)
    with pytest.raises(ImageError, match="too small: 15 x 41000 pixels, and 16 are needed"):
        load_image(encoded(Image.new("L", (15, 41_000)), "PNG"))


def test_a_lower_limit_is_checked_before_decoding(monkeypatch):
    """Guards against a server that decodes a photo which is larger than its operator allows."""
    data = encoded(drawn(), "PNG")
    pixels = drawn().width * drawn().height
    assert load_image(data, max_pixels=pixels).size == drawn().size
    monkeypatch.setattr(decoding, "_load", lambda *_: pytest.fail("the picture was decoded"))
    with pytest.raises(ImageError, match="too large"):
        load_image(data, max_pixels=pixels - 1)
    with pytest.raises(ImageError, match="at most 64 megapixels"):
        load_image(with_claimed_size("PNG", 20_000, 20_000), max_pixels=10**12)


@pytest.mark.parametrize(
    ("limit", "words"), [(1_000_000, "at most 1 megapixel can"), (2_000_000, "at most 2 megapixels can")]
)
def test_names_the_limit_of_the_server(limit, words):
    with pytest.raises(ImageError, match=words):
        decoding.check_size(2000, 1001, limit)
