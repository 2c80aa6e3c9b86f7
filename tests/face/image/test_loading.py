"""Loading of images; the test image has a dark left and a light right half."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

from emola.errors import ImageError
from emola.face.image import load_image

SIZE = (40, 20)
DARK, LIGHT = (16, 24, 200), (230, 180, 20)
ORIENTATION = 0x0112


def two_halves() -> Image.Image:
    """Return the test image: dark blue on the left, yellow on the right."""
    picture = Image.new("RGB", SIZE, DARK)
    picture.paste(LIGHT, (20, 0, 40, 20))
    return picture


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def swapped_profile() -> bytes:
    """Return a colour profile with red and blue swapped."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))
    return profile.replace(b"rXYZ", b"tmp_", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"tmp_", b"bXYZ", 1)


def assert_close(pixel, expected, tolerance=4):
    assert np.abs(np.subtract(pixel, expected)).max() <= tolerance, f"{pixel} is not {expected}"


@pytest.mark.parametrize("kind", ["PNG", "BMP", "WEBP", "TIFF"])
def test_bytes_paths_and_pil_images_give_the_same_pixels(kind, tmp_path):
    data = encoded(two_halves(), kind, **({"lossless": True} if kind == "WEBP" else {}))
    file = tmp_path / "picture"
    file.write_bytes(data)
    for source in (data, file, str(file), Image.open(BytesIO(data))):
        loaded = load_image(source)
        assert loaded.mode == "RGB"
        assert loaded.tobytes() == two_halves().tobytes()


@pytest.mark.parametrize(
    ("orientation", "size", "left_or_top"),
    [
        (1, (40, 20), DARK),
        (2, (40, 20), LIGHT),
        (3, (40, 20), LIGHT),
        (6, (20, 40), DARK),
        (8, (20, 40), LIGHT),
    ],
)
def test_exif_orientation_is_applied_then_dropped(orientation, size, left_or_top):
    """Keeping the tag would rotate the image again in later code."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    loaded = load_image(encoded(two_halves(), "JPEG", quality=95, subsampling=0, exif=exif))
    assert loaded.size == size
    assert_close(loaded.getpixel((2, 2)), left_or_top, 12)
    assert ORIENTATION not in loaded.getexif()
    assert load_image(loaded).size == size


def test_ignores_a_broken_exif_block():
    data = encoded(two_halves(), "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff garbage")
    assert load_image(data).size == SIZE


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_composes_transparency_on_white(mode):
    picture = two_halves().convert("L").convert(mode) if mode != "RGBA" else two_halves().convert("RGBA")
    alpha = Image.new("L", SIZE, 255)
    alpha.paste(0, (0, 0, 20, 20))
    picture.putalpha(alpha)
    loaded = load_image(picture)
    assert loaded.getpixel((5, 5)) == (255, 255, 255)
    assert loaded.getpixel((35, 5)) != (255, 255, 255)


def test_blends_partial_transparency_with_white():
    picture = Image.new("RGBA", SIZE, (0, 0, 0, 128))
    assert_close(load_image(encoded(picture, "PNG")).getpixel((5, 5)), (127, 127, 127), 1)


def test_reads_a_palette_with_a_transparent_colour():
    picture = two_halves().convert("P", palette=Image.Palette.ADAPTIVE, colors=4)
    loaded = load_image(encoded(picture, "PNG", transparency=picture.getpixel((5, 5))))
    assert loaded.getpixel((5, 5)) == (255, 255, 255)
    assert_close(loaded.getpixel((35, 5)), LIGHT)


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "YCbCr", "HSV", "LAB"])
def test_other_modes_become_rgb(mode):
    loaded = load_image(
        two_halves().convert(mode) if mode != "LAB" else Image.new("LAB", SIZE, (250, 128, 128))
    )
    assert loaded.mode == "RGB"
    assert loaded.size == SIZE
    assert np.asarray(loaded)[:, 20:].mean() > 100


def test_reads_a_cmyk_photograph():
    loaded = load_image(encoded(two_halves().convert("CMYK"), "JPEG", quality=95, subsampling=0))
    assert_close(loaded.getpixel((35, 5)), LIGHT, 12)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_an_animation_gives_its_first_frame(kind):
    frames = [Image.new("RGB", SIZE, color) for color in (LIGHT, DARK)]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    assert_close(load_image(data).getpixel((5, 5)), LIGHT, 8)


def test_a_pil_image_gives_its_current_frame():
    """The frame position of the caller's image does not change."""
    data = encoded(two_halves(), "GIF", save_all=True, append_images=[Image.new("RGB", SIZE, DARK)])
    animation = Image.open(BytesIO(data))
    animation.seek(1)
    assert_close(load_image(animation).getpixel((35, 5)), DARK, 8)
    assert animation.tell() == 1


def test_reads_arrays():
    rgb = np.asarray(two_halves())
    assert load_image(rgb).tobytes() == two_halves().tobytes()
    assert load_image(rgb / 255.0).tobytes() == two_halves().tobytes()
    assert load_image(rgb[:, ::-1]).getpixel((2, 2)) == LIGHT  # a view with negative strides
    assert load_image(rgb[:, :, :1]).getpixel((2, 2)) == (16, 16, 16)
    assert load_image(rgb[:, :, 0] > 100).getpixel((35, 2)) == (255, 255, 255)
    transparent = np.dstack([rgb, np.zeros((20, 40), np.uint8)])
    assert load_image(transparent).getpixel((2, 2)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.zeros((20, 40, 2), np.uint8), r"\(20, 40, 2\)"),
        (np.zeros((3, 20, 40), np.uint8), r"\(3, 20, 40\)"),
        (np.zeros(20, np.uint8), r"\(20,\)"),
        (np.zeros((0, 40, 3), np.uint8), r"\(0, 40, 3\)"),
        (np.full((20, 40), np.nan), "no finite level"),
        (np.zeros((20, 40), complex), "complex128"),
        (np.full((20, 40), None), "object"),
        (np.zeros((15, 40), np.uint8), "too small"),
    ],
)
def test_rejects_arrays_that_are_not_images(array, reason):
    with pytest.raises(ImageError, match=reason):
        load_image(array)


def test_the_result_is_a_copy():
    picture = two_halves()
    load_image(picture).putpixel((0, 0), (1, 2, 3))
    array = np.asarray(two_halves()).copy()
    load_image(array).putpixel((0, 0), (1, 2, 3))
    assert picture.getpixel((0, 0)) == DARK
    assert tuple(array[0, 0]) == DARK


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
def test_drops_metadata(kind):
    exif = Image.Exif()
    exif[ORIENTATION], exif[0x010F] = 6, "maker"
    exif.get_ifd(0x8825)[1] = "N"  # the GPS position
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = two_halves()
    data = encoded(picture, kind, exif=exif, icc_profile=profile, dpi=(300, 300), comment="a comment")
    for source in (data, Image.open(BytesIO(data))):
        loaded = load_image(source)
        assert loaded.size == (20, 40)
        assert type(loaded) is Image.Image
        assert loaded.info == {}
        assert not loaded.getexif()
        assert set(vars(loaded)) <= set(vars(Image.new("RGB", SIZE))) | {"_exif"}


def test_converts_wide_gamuts_to_srgb():
    """Phones save Display P3; dropping its profile would make all colours too pale."""
    picture = Image.new("RGB", SIZE, (200, 100, 80))
    for profile in (swapped_profile(), b"damaged"):
        loaded = load_image(encoded(picture, "PNG", icc_profile=profile))
        expected = (80, 100, 200) if profile != b"damaged" else (200, 100, 80)
        assert_close(loaded.getpixel((5, 5)), expected, 8)


def test_states_why_an_image_is_rejected(tmp_path, monkeypatch):
    note = tmp_path / "note.jpg"
    note.write_text("not a picture")
    png = encoded(Image.effect_noise((200, 200), 90), "PNG")
    with pytest.raises(ImageError, match=r"no picture at .*gone\.png"):
        load_image(tmp_path / "gone.png")
    with pytest.raises(ImageError, match="is a folder"):
        load_image(tmp_path)
    with pytest.raises(ImageError, match=r"note\.jpg is not a picture"):
        load_image(note)
    with pytest.raises(ImageError, match="not a picture"):
        load_image(b"")
    with pytest.raises(ImageError, match="damaged"):
        load_image(png[: len(png) // 2])
    with pytest.raises(ImageError, match="too small: 3 x 200"):
        load_image(Image.new("RGB", (3, 200)))
    with pytest.raises(ImageError, match="too small: 200 x 3"):
        load_image(encoded(Image.new("RGB", (200, 3)), "PNG"))
