"""The network for closed eyes."""

import numpy as np
import pytest
from example_faces import PORTRAITS, example_face, largest_face, with_closed_eyes
from PIL import Image, ImageEnhance

from emola.errors import CheckpointError
from emola.face import UprightSquare
from emola.face.visibility.lids import HEIGHT, LIDS_FILE, SHAPES, WIDTH, LidNet, eye_crop

pytestmark = pytest.mark.slow


def test_the_shipped_network_is_small():
    assert LIDS_FILE.stat().st_size < 100_000
    assert set(LidNet.load(LIDS_FILE).tensors) == set(SHAPES)


def test_rejects_and_names_a_missing_or_other_file(tmp_path):
    with pytest.raises(CheckpointError, match=str(tmp_path / "none")):
        LidNet.load(tmp_path / "none")
    tensors = {name: np.zeros(shape, np.float32) for name, shape in SHAPES.items()}
    LidNet(tensors | {"outer.bias": np.zeros(2)}).save(tmp_path / "other")
    with pytest.raises(CheckpointError, match="other does not hold the network for closed eyes"):
        LidNet.load(tmp_path / "other")


def test_eye_crops_are_invariant_to_brightness_and_may_be_black():
    network = LidNet.load(LIDS_FILE)
    grey = np.random.default_rng(0).integers(60, 200, (90, 90)).astype(np.uint8)
    points = np.random.default_rng(1).uniform(20, 70, (478, 2))
    dark = (grey // 2).astype(np.uint8)
    bright, dim = (eye_crop(pixels, points, "left") for pixels in (grey, dark))
    assert bright.shape == (HEIGHT, WIDTH)
    np.testing.assert_allclose(bright, dim, atol=0.1)
    assert np.isfinite(network.closed_probability(eye_crop(np.zeros_like(grey), points, "right")))


@pytest.mark.network
@pytest.mark.parametrize("name", PORTRAITS)
def test_recognises_drawn_winks_in_grey_dim_and_mirrored_pictures(name):
    assert max(example_face(name)[1].lids) < 0.2
    for side in ("right", "left"):
        other = "left" if side == "right" else "right"
        wink = with_closed_eyes(name, (side,))
        for picture in (wink, wink.convert("L").convert("RGB"), ImageEnhance.Brightness(wink).enhance(0.6)):
            lids = largest_face(picture).lids
            assert getattr(lids, side) > 0.5 > getattr(lids, other)
        mirrored = largest_face(wink.transpose(Image.Transpose.FLIP_LEFT_RIGHT)).lids
        assert getattr(mirrored, other) > 0.5 > getattr(mirrored, side)


@pytest.mark.network
def test_eye_crop_is_upright_with_the_outer_corner_on_the_left():
    _, face = example_face("astronaut.png")
    points = UprightSquare.around(face.landmarks).to_crop(face.landmarks, face.crop.width)
    for side, outer, inner in (("right", 33, 133), ("left", 263, 362)):
        grey = np.full((face.crop.height, face.crop.width), 100, np.uint8)
        for landmark, value in ((outer, 250), (inner, 10), (223 if side == "right" else 443, 180)):
            x, y = points[landmark].astype(int)
            grey[y - 3 : y + 4, x - 3 : x + 4] = value
        eye = eye_crop(grey, points, side)
        assert eye[HEIGHT // 2 - 2 : HEIGHT // 2 + 2, :8].max() == eye.max()
        assert eye[HEIGHT // 2 - 2 : HEIGHT // 2 + 2, -8:].min() == eye.min()
        assert eye[: HEIGHT // 2 - 2, 8:16].max() > eye[HEIGHT // 2 + 2 :, 8:16].max(), "the brow is above"
