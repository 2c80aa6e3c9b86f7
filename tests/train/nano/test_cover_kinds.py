"""Covers drawn on the NASA portrait."""

import numpy as np
import pytest

from emola import downloads
from emola.face import FaceLandmarker, UprightSquare, load_image
from emola.face.visibility.regions import region_masks
from emola.train.nano.covers import DECOYS, HELD_OUT_COVERS, TRAINING_COVERS, Canvas, cover, decoy

pytestmark = pytest.mark.network
SIDE = 160


@pytest.fixture(scope="module")
def face():
    """(SIDE, SIDE) grey values and (478, 2) landmarks of the portrait's face."""
    image = load_image(downloads.path("astronaut.png"))
    found = FaceLandmarker().detect(image)[0]
    square = UprightSquare.around(found.landmarks, 1.6)
    pixels = np.asarray(square.crop(image, SIDE).convert("L"), dtype=np.float64)
    return pixels, square.to_crop(found.landmarks, SIDE).astype(np.float64)


def canvas(face, seed: int = 0) -> Canvas:
    pixels, points = face
    return Canvas(pixels, points, pixels[::-1, ::-1], np.random.default_rng(seed))


def shares(face, hidden: np.ndarray) -> dict[str, float]:
    return {name: float(hidden[mask].mean()) for name, mask in region_masks(face[1], SIDE).items()}


@pytest.mark.parametrize("kind", [*TRAINING_COVERS, *HELD_OUT_COVERS])
def test_cover_changes_only_the_pixels_it_hides(face, kind):
    for seed in range(4):
        drawn, hidden = cover(canvas(face, seed), kind)
        assert drawn.shape == hidden.shape == (SIDE, SIDE)
        assert hidden.min() >= 0 and hidden.max() <= 1 and hidden.max() > 0.8
        untouched = hidden == 0
        assert np.array_equal(drawn[untouched], face[0][untouched])
        assert np.abs(drawn - face[0])[hidden > 0.8].mean() > 2


@pytest.mark.parametrize(
    ("kind", "covered", "free"),
    [
        ("surgical mask", {"mouth_right", "mouth_left"}, {"eye_right", "eye_left", "brow_left"}),
        ("cloth mask", {"mouth_right", "mouth_left"}, {"eye_right", "eye_left", "brow_left"}),
        ("scarf", {"mouth_right", "mouth_left"}, {"eye_right", "eye_left", "brow_left"}),
        ("veil", {"mouth_right", "mouth_left"}, {"eye_right", "eye_left", "brow_left"}),
        ("sunglasses", {"eye_right", "eye_left"}, {"mouth_right", "mouth_left"}),
        ("goggles", {"eye_right", "eye_left"}, {"mouth_right", "mouth_left"}),
        ("blindfold", {"eye_right", "eye_left"}, {"mouth_right", "mouth_left"}),
        ("cap", {"brow_right"}, {"mouth_right", "mouth_left", "nose"}),
    ],
)
def test_covers_hide_their_regions(face, kind, covered, free):
    mean = {
        name: np.mean([shares(face, cover(canvas(face, seed), kind)[1])[name] for seed in range(6)])
        for name in covered | free
    }
    assert all(mean[name] > 0.6 for name in covered), mean
    assert all(mean[name] < 0.1 for name in free), mean


def test_patch_hides_one_eye(face):
    for seed in range(6):
        hidden = shares(face, cover(canvas(face, seed), "eye patch")[1])
        weak, strong = sorted((hidden["eye_right"], hidden["eye_left"]))
        assert weak < 0.45 and strong > 0.7, "but for a strap"


@pytest.mark.parametrize("kind", DECOYS)
def test_decoy_leaves_the_face_visible(face, kind):
    """Regression: clear glasses, labelled as uncovered, had opaque lenses."""
    eye = region_masks(face[1], SIDE)["eye_left"]
    for seed in range(6):
        drawn = decoy(canvas(face, seed), kind)
        assert not np.array_equal(drawn, face[0])
        before, after = face[0][eye], drawn[eye]
        assert np.corrcoef(before, after)[0, 1] > 0.4 and after.std() > 0.1 * before.std()


def test_same_seed_draws_the_same_cover(face):
    for kind in TRAINING_COVERS:
        first, second = (cover(canvas(face, 3), kind)[0] for _ in range(2))
        assert np.array_equal(first, second)
