"""Supported formats, and damaged, unusual or hostile files."""

import contextlib
import struct
import subprocess
import sys
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from image_files import chunk, drawn, encoded
from PIL import Image, PngImagePlugin

from emola.errors import ImageError
from emola.face import IMAGE_SUFFIXES, load_image
from emola.face.image.formats import FORMATS

ROOT = Path(__file__).parents[3]


def heic(*pictures: Image.Image, **options: object) -> bytes:
    file = pillow_heif.HeifFile()
    for picture in pictures:
        file.add_from_pillow(picture)
    out = BytesIO()
    file.save(out, quality=90, **options)
    return out.getvalue()


def with_chunk(png: bytes, new: bytes, before: bytes) -> bytes:
    """Insert a chunk into a PNG file before the first chunk of type ``before``."""
    position = png.index(before) - 4
    return png[:position] + new + png[position:]


WRITTEN = {
    "JPEG": ("JPEG", {"quality": 95}), "PNG": ("PNG", {}), "GIF": ("GIF", {}), "BMP": ("BMP", {}),
    "TIFF": ("TIFF", {}), "WebP": ("WEBP", {"quality": 95}), "AVIF": ("AVIF", {"quality": 95}),
    "JPEG 2000": ("JPEG2000", {}), "PGM/PPM": ("PPM", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", [format_.name for format_ in FORMATS])
def test_reads_every_format_by_its_content(name, tmp_path):
    picture = drawn()
    data = heic(picture) if name == "HEIC" else encoded(picture, WRITTEN[name][0], **WRITTEN[name][1])
    (tmp_path / "picture.txt").write_bytes(data)
    loaded = load_image(tmp_path / "picture.txt")
    assert np.abs(np.asarray(loaded, int) - np.asarray(picture, int)).mean() < 4


def test_suffixes_cover_common_formats_only():
    expected = ".jpg .jpeg .jpe .jfif .png .gif .bmp .tif .tiff .webp .avif .heic .heif .jp2 .pgm .ppm .pnm"
    assert set(expected.split()) <= IMAGE_SUFFIXES
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in IMAGE_SUFFIXES)
    assert not {".eps", ".ps", ".svg", ".pdf", ".mp4", ".txt"} & IMAGE_SUFFIXES


@pytest.mark.parametrize(
    "data",
    [
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n{} loop\n",
        b"\xc5\xd0\xd3\xc6" + bytes(100),
        b"%PDF-1.7\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"8BPS" + bytes(100),
        b"P3\n2 2\n255\n" + b"1 " * 12,
        b"P4\n16 16\n" + bytes(32),
        b"\0\0\1\0" + bytes(100),
        bytes(100),
    ],
)
def test_rejects_other_formats_without_decoding(data, tmp_path, monkeypatch):
    """Pillow would run Ghostscript for PostScript with an image suffix."""
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **options: pytest.fail("a program was run"))
    file = tmp_path / "picture.jpg"
    file.write_bytes(data)
    with pytest.raises(ImageError, match=r"picture\.jpg is not a picture in a format that can be read: JPEG"):
        load_image(file)


def test_reading_does_not_reconfigure_pillow():
    """Pillow's global formats and limits stay unchanged for other code."""
    script = (
        "import sys\nfrom PIL import Image\nfrom emola.face import load_image\n"
        "limit = Image.MAX_IMAGE_PIXELS\n"
        "load_image(sys.stdin.buffer.read())\n"
        "print('HEIF' in Image.OPEN, 'EPS' in Image.OPEN, Image.MAX_IMAGE_PIXELS == limit)"
    )
    process = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, input=heic(drawn()), capture_output=True, check=True
    )
    assert process.stdout.split() == [b"False", b"False", b"True"]


def test_reads_heic_of_phones():
    """Covers ten bits, several pictures, and rotation boxes that take precedence over EXIF."""
    picture = drawn()
    other = Image.new("RGB", picture.size)
    for data in (heic(picture, other), heic(other, picture, primary_index=1)):
        assert load_image(data).getpixel((30, 30))[0] > 200
    deep = np.asarray(picture).astype(np.uint16) << 8
    file = pillow_heif.from_bytes("RGB;16", picture.size, deep.tobytes())
    out = BytesIO()
    file.save(out, quality=90)
    assert load_image(out.getvalue()).getpixel((30, 30))[0] > 200
    exif = Image.Exif()
    exif[0x0112] = 6
    file = pillow_heif.from_bytes("RGB", picture.size, picture.tobytes())
    file.info["exif"] = exif.tobytes()
    out = BytesIO()
    file.save(out, quality=90)  # also writes a rotation box, as phones do
    loaded = load_image(out.getvalue())
    assert loaded.size == (64, 96)
    assert loaded.getpixel((33, 30))[0] > 200
    assert loaded.info == {}


# -- damage --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [format_.name for format_ in FORMATS])
def test_a_truncated_file_is_read_or_rejected(name):
    picture = Image.effect_noise((96, 64), 90).convert("RGB")
    data = heic(picture) if name == "HEIC" else encoded(picture, WRITTEN[name][0])
    for part in (0.02, 0.1, 0.5, 0.95):
        with contextlib.suppress(ImageError):
            assert load_image(data[: int(len(data) * part)]).size == picture.size, part


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0\0\0"),
        b"P5\nabc\n255\n",
        b"P6\n40 20\n4095\n" + bytes(100),
        b"\xff\xd8\xff\xe0" + bytes(40),
        b"BM" + bytes(60),
        b"II*\0\xff\xff\xff\xff",
        b"GIF89a" + b"\xff" * 20,
        b"RIFF\xff\xff\xff\xffWEBPVP8L" + bytes(20),
        b"\0\0\0\x20ftypavif" + bytes(40),
        b"\0\0\0\x20ftypheic" + bytes(40),
        b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(40),
    ],
)
def test_rejects_a_header_without_data(data):
    with pytest.raises(ImageError, match="is damaged or of a kind that cannot be read"):
        load_image(data)


@pytest.mark.parametrize("step", ["_open", "load_prepare", "load_end"])
def test_every_decoder_exception_becomes_an_image_error(step, monkeypatch, tmp_path):
    file = tmp_path / "holiday.png"
    file.write_bytes(encoded(drawn(), "PNG"))
    sentence = r"holiday\.png is damaged or of a kind that cannot be read \({}\)"
    for error in (
        RuntimeError, SyntaxError, struct.error, OverflowError, RecursionError, IndexError, OSError,
        ZeroDivisionError, AssertionError, UnicodeError, EOFError, UserWarning,
    ):  # fmt: skip

        def fail(*args, error=error):
            raise error(error.__name__)

        monkeypatch.setattr(PngImagePlugin.PngImageFile, step, fail)
        with pytest.raises(ImageError, match=sentence.format(error.__name__)):
            load_image(file)


def test_reports_lack_of_memory(monkeypatch):
    def fail(*args):
        raise MemoryError

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load_prepare", fail)
    with pytest.raises(ImageError, match="not enough memory"):
        load_image(encoded(drawn(), "PNG"))
    with pytest.raises(ImageError, match="not enough memory"):
        load_image(Image.open(BytesIO(encoded(drawn(), "PNG"))))


def test_ignores_long_texts_and_damaged_chunks_of_a_png():
    """Some programs write megabytes of compressed text, which is not part of the picture."""
    png, picture = encoded(drawn(), "PNG"), drawn()
    long = zlib.compress(b"a" * 3_000_000)
    for before in (b"IDAT", b"IEND"):
        for extra in (
            chunk(b"zTXt", b"Comment\0\0" + long),
            chunk(b"iTXt", b"Comment\0\1\0\0\0" + long),
            chunk(b"iCCP", b"profile\0\0" + long),
            chunk(b"iCCP", b"profile\0\0not compressed"),
            chunk(b"pHYs", b"\0"),
            chunk(b"tEXt", b"Comment\0short")[:-1] + b"?",  # invalid checksum
        ):
            assert load_image(with_chunk(png, extra, before)).tobytes() == picture.tobytes()


def test_applies_the_xmp_orientation_of_a_png():
    xmp = b'XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta tiff:Orientation="6"></x:xmpmeta>'
    data = with_chunk(encoded(drawn(), "PNG"), chunk(b"iTXt", xmp), b"IDAT")
    assert load_image(data).size == (64, 96)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
def test_later_frames_are_not_decoded(kind, monkeypatch):
    frames = [Image.new("RGB", (40, 20), (level, 0, 0)) for level in range(0, 250, 25)]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    middle = data.index(b"ANMF", len(data) // 2) if kind == "WEBP" else len(data) - 60
    damaged = data[:middle] + bytes(8) + data[middle + 8 :]
    assert load_image(damaged if kind in ("GIF", "PNG") else data).getpixel((5, 5))[0] < 12
