"""The real landmarker on the NASA portrait, and the crop on points of our own."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from emola.face import Face, FaceLandmarker, Pose, aligned_crop
from emola.face.detection.contrast import Levels
from emola.face.landmarker import CROP_SIZE
from emola.face.prior import PRIOR_DIM, PRIOR_NAMES

ROOT = Path(__file__).parents[2]
needs_portrait = pytest.mark.network
OUTER_CORNERS = [33, 263]


def width(face: Face) -> float:
    return float(face.box[2] - face.box[0])


def away(found: np.ndarray, expected: np.ndarray, face: Face) -> float:
    """Mean distance of landmarks over the width of the face."""
    return float(np.linalg.norm(found - expected, axis=1).mean()) / width(face)


def level(points: np.ndarray) -> float:
    """Angle of the line through the eyes' outer corners, in degrees."""
    right, left = points[OUTER_CORNERS]
    return math.degrees(math.atan2(left[1] - right[1], left[0] - right[0]))


def room_around(portrait: Image.Image, face: Face, share: float) -> tuple[int, int, int, int]:
    """The face's box with ``share`` of its size around it, as whole pixels."""
    x0, y0, x1, y1 = face.box
    dx, dy = share * (x1 - x0), share * (y1 - y0)
    return int(x0 - dx), int(y0 - dy), int(x1 + dx), int(y1 + dy)


@needs_portrait
class TestPortrait:
    def test_shapes_and_types_of_a_face(self, face, portrait):
        assert face.landmarks.shape == (478, 2) and face.landmarks.dtype == np.float32
        assert face.box.shape == (4,) and face.box.dtype == np.float32
        assert face.prior.shape == (PRIOR_DIM,) and face.prior.dtype == np.float32
        assert face.crop.mode == "RGB" and face.crop.size == (CROP_SIZE, CROP_SIZE)
        assert len(face.blendshapes) == 52
        assert all(0 <= value <= 1 for value in face.blendshapes.values())
        np.testing.assert_allclose(face.prior[-3:] * 90, face.pose, rtol=1e-5)

    def test_coordinates_are_pixels_of_the_picture(self, face):
        """Her face is in the upper middle of 512 by 512 pixels."""
        assert 150 < face.box[0] < face.box[2] < 300 and 40 < face.box[1] < face.box[3] < 230
        assert (face.landmarks.min(0) >= face.box[:2]).all() and (face.landmarks.max(0) <= face.box[2:]).all()
        right, left = face.landmarks[OUTER_CORNERS]
        assert right[0] < left[0], "her right eye is on the picture's left"
        assert face.landmarks[13][1] > face.landmarks[4][1] > left[1], "mouth below nose below eyes"

    def test_she_smiles(self, face):
        assert face.blendshapes["mouthSmileLeft"] > 0.5 and face.blendshapes["mouthSmileRight"] > 0.5
        assert face.blendshapes["mouthFrownLeft"] < 0.1

    def test_a_large_copy_is_mapped_back(self, landmarker, portrait, face):
        large = portrait.resize((2048, 2048), Image.Resampling.BICUBIC)
        (found,) = landmarker.detect(large)
        assert away(found.landmarks / 4, face.landmarks, face) < 0.02
        np.testing.assert_allclose(found.box / 4, face.box, atol=0.02 * width(face))

    def test_a_tight_crop(self, landmarker, portrait, face):
        """A face that fills its picture is missed without surroundings."""
        region = room_around(portrait, face, 0.02)
        (found,) = landmarker.detect(portrait.crop(region))
        assert away(found.landmarks + np.array(region[:2]), face.landmarks, face) < 0.04

    def test_a_small_copy(self, landmarker, portrait, face):
        x0, y0, x1, y1 = room_around(portrait, face, 0.15)
        small = portrait.crop((x0, y0, x1, y1)).resize((64, 64), Image.Resampling.LANCZOS)
        (found,) = landmarker.detect(small)
        back = found.landmarks * np.array([x1 - x0, y1 - y0]) / 64 + [x0, y0]
        assert away(back, face.landmarks, face) < 0.06

    def test_two_faces_in_a_large_picture_largest_first(self, landmarker, portrait, face):
        """From afar small faces are missed or misplaced; each is looked at again from near."""
        canvas = Image.new("RGB", (1200, 800), (120, 130, 140))
        places = {440: (720, 330), 560: (60, 60)}
        for side, place in places.items():
            canvas.paste(portrait.resize((side, side), Image.Resampling.LANCZOS), place)
        found = landmarker.detect(canvas)
        assert len(found) == 2 and found[0].area > found[1].area
        for one, (side, place) in zip(found, sorted(places.items(), reverse=True), strict=True):
            expected = face.landmarks * side / 512 + np.array(place)
            assert away(one.landmarks, expected, one) < 0.06

    def test_no_more_than_asked_for(self, portrait):
        canvas = Image.new("RGB", (1024, 512))
        canvas.paste(portrait, (0, 0))
        canvas.paste(portrait, (512, 0))
        one = FaceLandmarker(max_faces=1)
        assert len(one.detect(canvas)) == 1
        one.close()

    @pytest.mark.parametrize("size", [(640, 480), (40, 40)])
    def test_no_face_is_an_empty_list(self, landmarker, size):
        assert landmarker.detect(Image.new("RGB", size, "white")) == []

    @pytest.mark.parametrize("degrees", [20, -20])
    def test_the_crop_is_upright_and_the_same_when_the_picture_is_turned(
        self, landmarker, portrait, face, degrees
    ):
        turned = portrait.rotate(degrees, Image.Resampling.BICUBIC)  # anticlockwise
        (found,) = landmarker.detect(turned)
        assert level(found.landmarks) == pytest.approx(level(face.landmarks) - degrees, abs=2)
        assert found.pose.roll == pytest.approx(face.pose.roll - degrees, abs=4)
        (again,) = landmarker.detect(found.crop)
        assert abs(level(again.landmarks)) < 2
        straight, crop = (np.asarray(one.convert("L"), float) for one in (face.crop, found.crop))
        assert np.corrcoef(straight.ravel(), crop.ravel())[0, 1] > 0.9

    def test_the_crop_holds_the_face_whole_and_large(self, landmarker, face):
        (again,) = landmarker.detect(face.crop)
        assert (again.landmarks > -2).all() and (again.landmarks < CROP_SIZE + 2).all()
        assert 0.8 < float((again.box[2:] - again.box[:2]).max()) / CROP_SIZE < 1

    def test_left_and_right_are_hers_and_change_places_in_the_mirror(self, landmarker, portrait, face):
        (found,) = landmarker.detect(ImageOps.mirror(portrait))
        assert found.pose.yaw == pytest.approx(-face.pose.yaw, abs=3)
        assert found.pose.roll == pytest.approx(-face.pose.roll, abs=3)
        right, left = (PRIOR_NAMES.index(f"mouth_corner_height_{side}") for side in ("right", "left"))
        np.testing.assert_allclose(found.prior[[right, left]], face.prior[[left, right]], atol=0.05)
        nose = (511 - face.landmarks[4][0], face.landmarks[4][1])
        np.testing.assert_allclose(found.landmarks[4], nose, atol=0.04 * width(face))

    def test_threads_give_the_same_result_as_one(self, landmarker, portrait):
        """MediaPipe's task may not be entered twice: without a lock this crashes or mixes results."""
        pictures = [portrait.resize((side, side)) for side in (160, 200, 240, 300)] * 2
        alone = [landmarker.detect(picture) for picture in pictures]
        with ThreadPoolExecutor(4) as pool:
            together = list(pool.map(landmarker.detect, pictures))
        for one, other in zip(alone, together, strict=True):
            assert len(one) == len(other) == 1
            np.testing.assert_array_equal(one[0].landmarks, other[0].landmarks)

    def test_can_be_closed_twice(self):
        one = FaceLandmarker()
        one.close()
        one.close()


@pytest.mark.parametrize(("size", "bars"), [((200, 100), "top"), ((100, 200), "left"), ((100, 100), None)])
def test_the_whole_picture_as_a_face(size, bars):
    face = Face.whole(Image.new("RGB", size, "white"))
    assert face.box.tolist() == [0, 0, *size] and face.area == size[0] * size[1]
    assert face.landmarks.shape == (0, 2)
    assert (face.prior, face.pose, dict(face.blendshapes)) == (None, None, {})
    crop = np.asarray(face.crop)
    assert crop.shape == (CROP_SIZE, CROP_SIZE, 3)
    middle = CROP_SIZE // 2
    assert crop[middle, middle].tolist() == [255] * 3
    assert bool(crop[0, middle].sum() == 0) == (bars == "top")
    assert bool(crop[middle, 0].sum() == 0) == (bars == "left")


def test_a_face_is_shown_in_one_line():
    face = replace(Face.whole(Image.new("RGB", (20, 10))), landmarks=np.zeros((478, 2)), prior=np.zeros(91))
    assert repr(face) == "<Face: box 0 0 20 10, 478 landmarks, pose none, prior 91 numbers>"
    posed = replace(face, pose=Pose(-10.4, 3.2, 178.7), levels=Levels(0, 100))
    assert "pose yaw -10 pitch 3 roll 179" in repr(posed) and repr(posed).endswith("stretched>")


def spread(centre: tuple[float, float], half: float, degrees: float) -> np.ndarray:
    """478 points that fill an upright square, turned clockwise in the picture; eye corners level."""
    points = np.random.default_rng(0).uniform(-half, half, (478, 2))
    points[:2] = [[-half, -half], [half, half]]
    points[33], points[263] = (-half / 2, -half / 4), (half / 2, -half / 4)
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return (points @ np.array([[cos, sin], [-sin, cos]]) + centre).astype(np.float32)


@pytest.mark.parametrize("degrees", [0, 30, -75])
@pytest.mark.parametrize("half", [30, 200], ids=["enlarged", "shrunk"])
def test_crop_maps_points(degrees, half):
    """Four marks near the corners of the square of points end up near the corners of the crop."""
    picture = Image.new("RGB", (900, 800), "black")
    draw = ImageDraw.Draw(picture)
    points = spread((450, 400), half, degrees)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half * 0.8
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]
    for (x, y), colour in zip(corners @ np.array([[cos, sin], [-sin, cos]]), colours, strict=True):
        radius = half / 10
        draw.ellipse((450 + x - radius, 400 + y - radius, 450 + x + radius, 400 + y + radius), fill=colour)
    crop = np.asarray(aligned_crop(picture, points, size=100, margin=1.25)).astype(int)
    for (x, y), colour in zip(corners / half * 40 + 50, colours, strict=True):
        at = np.argwhere(np.abs(crop - colour).sum(-1) < 120)
        np.testing.assert_allclose(at.mean(0), [y - 0.5, x - 0.5], atol=1.5)


def test_a_crop_is_black_beyond_the_picture():
    crop = np.asarray(aligned_crop(Image.new("RGB", (100, 100), "white"), spread((0, 50), 40, 0), size=80))
    assert crop[40, :30].max() == 0 and crop[40, 50:].min() == 255


def test_a_reduced_crop_is_antialiased():
    """An affine warp alone picks single pixels of a large face: a fine pattern must become grey."""
    fine = np.indices((1200, 1200)).sum(0) % 2 * 255
    crop = aligned_crop(Image.fromarray(fine.astype(np.uint8)).convert("RGB"), spread((600, 600), 450, 10))
    assert np.asarray(crop).std() < 10


def test_a_grey_picture_gives_a_crop_in_colour_mode():
    assert aligned_crop(Image.new("L", (99, 99), 128), spread((50, 50), 20, 0)).mode == "RGB"
