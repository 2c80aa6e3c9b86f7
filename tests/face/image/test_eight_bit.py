"""Images of any bit depth look like their eight-bit versions."""

from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image

from emola.errors import ImageError
from emola.face import load_image
from emola.face.image.eight_bit import to_eight_bits

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def colour(portrait):
    """The NASA portrait, reduced, as (160, 160, 3) uint8."""
    return np.asarray(portrait.resize((160, 160)))


@pytest.fixture(scope="module")
def grey(colour):
    return np.asarray(Image.fromarray(colour).convert("L"))


def png(levels: np.ndarray) -> bytes:
    return cv2.imencode(".png", levels[..., ::-1] if levels.ndim == 3 else levels)[1].tobytes()


def tiff(levels: np.ndarray, order: str = "<") -> bytes:
    """Encode an uncompressed 16-bit TIFF in either byte order, which OpenCV and Pillow cannot write."""
    height, width = levels.shape[:2]
    bands = 1 if levels.ndim == 2 else levels.shape[2]
    head, start = (b"II*\0" if order == "<" else b"MM\0*"), 8
    bits_at = start + levels.size * 2
    entries = [
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, bands, bits_at if bands > 1 else 16),
        (259, 3, 1, 1), (262, 3, 1, 1 if bands == 1 else 2), (273, 4, 1, start),
        (277, 3, 1, bands), (278, 4, 1, height), (279, 4, 1, levels.size * 2),
    ]  # fmt: skip
    long, short = order + "u4", order + "u2"
    out = head + np.array([bits_at + 6], long).tobytes() + levels.astype(short).tobytes()
    out += np.array([16, 16, 16], short).tobytes() + np.array([len(entries)], short).tobytes()
    for tag, kind, count, value in entries:
        size = short if kind == 3 and count == 1 else long
        field = np.array([value], size).tobytes().ljust(4, b"\0")
        out += np.array([tag, kind], short).tobytes() + np.array([count], long).tobytes() + field
    return out + bytes(4)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def scaled_to(levels: np.ndarray, bits: int) -> np.ndarray:
    """Scale eight-bit levels to ``bits`` bits, as uint16."""
    return np.rint(levels * ((2**bits - 1) / 255)).astype(np.uint16)


def assert_loads_as(source, expected: np.ndarray, tolerance: int = 2):
    loaded = np.asarray(load_image(source)).astype(int)
    expected = np.dstack([expected] * 3) if expected.ndim == 2 else expected
    assert np.abs(loaded - expected).max() <= tolerance


@pytest.mark.network
@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize(
    "write",
    [
        lambda levels: levels,
        lambda levels: levels.astype(np.int32),
        lambda levels: levels.astype(">u2"),
        png,
        tiff,
        lambda levels: tiff(levels, ">"),
        lambda levels: cv2.imencode(".tiff", levels[..., ::-1] if levels.ndim == 3 else levels)[1].tobytes(),
    ],
    ids=["array", "int32", "big-endian", "png", "tiff", "big-endian tiff", "lzw tiff"],
)
def test_reads_integers_of_any_depth(colour, grey, bits, write):
    assert_loads_as(write(scaled_to(grey, bits)), grey)
    assert_loads_as(write(scaled_to(colour, bits)), colour)


@pytest.mark.network
@pytest.mark.parametrize("maximum", [200, 255, 1023, 4095, 65535])
def test_reads_portable_maps_of_any_depth(colour, grey, maximum):
    """The header defines the white level, so a dark picture stays dark."""
    for picture, magic in ((grey, "P5"), (colour, "P6"), (grey // 20 if maximum < 65535 else grey, "P5")):
        levels = np.rint(picture * (maximum / 255)).astype(">u2" if maximum > 255 else np.uint8)
        size = f"{picture.shape[1]} {picture.shape[0]}"
        data = f"{magic}\n# a comment\n{size}\n{maximum}\n".encode() + levels.tobytes()
        assert_loads_as(data, picture)


@pytest.mark.network
@pytest.mark.parametrize(
    "change",
    [
        lambda levels: levels / 255,
        lambda levels: (levels / 255).astype(np.float16),
        lambda levels: levels / 127.5 - 1,
        lambda levels: levels.astype(np.float32),
        lambda levels: levels.astype(np.int64),
        lambda levels: levels.astype(np.uint16),
        lambda levels: levels.astype(np.uint16) * 257,
        lambda levels: levels.astype(np.uint16) << 8,
        lambda levels: np.clip(levels / 255 * 1.08 - 0.04, -0.03, 1.03),
    ],
    ids=["0 to 1", "half", "-1 to 1", "float", "int64", "uint16", "times 257", "times 256", "overshoot"],
)
@pytest.mark.parametrize("brightness", [1, 0.2])
def test_reads_arrays_of_eight_bit_pictures(colour, change, brightness):
    """A picture of known scale is never brightened."""
    levels = (colour * brightness).astype(np.uint8)
    assert_loads_as(change(levels), levels, tolerance=13 if change(np.full(1, 255)).max() == 1.03 else 1)


@pytest.mark.network
@pytest.mark.parametrize(
    ("low", "high", "dtype"),
    [
        (20.0, 37.5, np.float32),
        (293.15, 310.65, np.float64),
        (-12.5, 37.5, np.float32),
        (29000, 31000, np.uint16),
        (2900, 3300, np.int32),
        (-500, 3700, np.int16),
        (100_000, 3_000_000, np.int64),
        (1e-9, 1e9, np.float64),
    ],
)
def test_stretches_a_narrow_or_unusual_range(grey, low, high, dtype):
    """As for thermal pictures, in degrees or counts."""
    levels = (low + grey / 255.0 * (high - low)).astype(dtype)
    assert_loads_as(levels, grey, tolerance=8)
    if dtype in (np.uint16, np.float32, np.int32):
        assert_loads_as(encoded(Image.fromarray(levels), "TIFF"), grey, tolerance=8)


@pytest.mark.network
def test_dead_pixels_and_missing_values_do_not_set_the_scale(grey):
    for levels, dead in (
        (scaled_to(grey, 12), (0, 65535)),
        (20 + grey / 15, (np.nan, np.inf, -np.inf, 1e30)),
    ):
        for number, value in enumerate(dead):
            levels[number, :5] = value
        loaded = np.asarray(load_image(levels))[..., 0].astype(int)
        assert np.abs(loaded - grey)[len(dead) :].max() <= 8
        assert loaded[0, 0] == 0


@pytest.mark.network
def test_alpha_is_scaled_separately(colour):
    """Alpha of 65535 must not turn twelve-bit colours black."""
    opaque = np.full(colour.shape[:2], 65535, np.uint16)
    assert_loads_as(np.dstack([scaled_to(colour, 12), opaque]), colour)
    assert_loads_as(np.dstack([colour.astype(float), np.ones(colour.shape[:2])]), colour)
    assert_loads_as(png(np.dstack([opaque, scaled_to(colour, 12)])), colour)  # OpenCV reverses the channels
    assert_loads_as(np.dstack([scaled_to(colour, 12), 0 * opaque]), np.full_like(colour, 255))


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (np.full((20, 40), 7.0), 7),
        (np.full((20, 40), 0.5), 128),
        (np.full((20, 40), 30000, np.uint16), 117),
        (np.zeros((20, 40), np.int64), 0),
        (np.zeros((20, 40)), 0),
        (np.full((20, 40), -3.0), 0),
        (np.full((20, 40), True), 255),
    ],
)
def test_reads_uniform_images(levels, expected):
    assert load_image(levels).getpixel((5, 5)) == (expected,) * 3


def test_eight_bit_levels_are_unchanged():
    levels = np.random.default_rng(0).integers(0, 40, (20, 40, 3), np.uint8)
    assert to_eight_bits(levels) is levels
    for source in (levels, png(levels), Image.fromarray(levels)):
        assert load_image(source).tobytes() == levels.tobytes()


def test_rejects_an_image_without_finite_levels():
    with pytest.raises(ImageError, match="no finite level"):
        load_image(encoded(Image.fromarray(np.full((20, 40), np.nan, np.float32)), "TIFF"))
