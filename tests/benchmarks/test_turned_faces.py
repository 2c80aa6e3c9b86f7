"""The figures of turned faces, with a fake model that finds the face by its colour."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from benchmarks import turned_faces
from emola.face import Face, Pose


class Model:
    """Finds one upright face on the red pixels, shifted by ``error`` pixels in turned pictures."""

    def __init__(self, error: float = 0.0) -> None:
        self.error = error
        self.looks = 0

    def look(self, picture: Image.Image) -> list[Face]:
        self.looks += 1
        red = np.argwhere(np.asarray(picture)[..., 0] > 128)[:, ::-1].mean(0) + 0.5
        if self.looks > 1:
            red = red + self.error
        landmarks = red + np.random.default_rng(0).uniform(-0.5, 0.5, (478, 2))
        landmarks[:2] = red + np.array([[-20, 0], [20, 0]])
        crop = Image.new("RGB", (8, 8))
        return [Face(np.zeros(4, np.float32), landmarks, None, crop, pose=Pose(0, 0, 0))]

    def evidence(self, face: Face) -> dict[int, SimpleNamespace]:
        return {12: SimpleNamespace(active=True), 4: SimpleNamespace(active=self.looks > 1)}


@pytest.fixture
def picture() -> Image.Image:
    """A red square away from the centre."""
    picture = Image.new("RGB", (200, 100))
    picture.paste((255, 0, 0), (150, 20, 160, 30))
    return picture


@pytest.mark.parametrize("degrees", [0, 30, 90, 200])
def test_points_turn_with_the_picture(picture: Image.Image, degrees: float) -> None:
    """Regression: points were turned in the other direction, or about another centre."""
    turned, to_turned = turned_faces.turn(picture, degrees)
    red = np.argwhere(np.asarray(turned)[..., 0] > 128)[:, ::-1].mean(0) + 0.5
    np.testing.assert_allclose(red, to_turned(np.array([[155.0, 25.0]]))[0], atol=0.6)


@pytest.mark.parametrize(("error", "found"), [(0, [1, 1]), (10, [0, 0])])
def test_only_a_face_at_the_turned_landmarks_is_found(picture, error: float, found: list[int]) -> None:
    """Regression: a face elsewhere in the picture counted as the turned face."""
    rows = turned_faces.measure(Model(error), picture, 2)
    assert [row["found"] for row in rows] == found
    assert [row["degrees"] for row in rows] == [0, 180]
    assert [row["roll"] for row in rows] == [0, 180]
    assert [row["changed"] for row in rows] == [1, 1]
    assert turned_faces.report({"a.png": rows}).endswith(
        f"Found: {sum(found)} of 2 faces. At most one unit changed: 2 of 2 pictures."
    )


def test_a_missed_face_counts_as_an_error(picture) -> None:
    """Regression: pictures without a detected face were excluded from the figures."""
    face = Model().look(picture)[0]
    assert turned_faces.match(face, face.landmarks, []) == (None, float("inf"))
    assert turned_faces.roll_error(None, face, 10) == 180
