"""The landmarker on the NASA portrait, and crops of synthetic points."""

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


def face_width(face: Face) -> float:
    return float(face.box[2] - face.box[0])


def mean_error(found: np.ndarray, expected: np.ndarray, face: Face) -> float:
    """Return the mean distance of landmarks, relative to the width of the face."""
    return float(np.linalg.norm(found - expected, axis=1).mean()) / face_width(face)


def eye_angle(points: np.ndarray) -> float:
    """Return the angle of the line through the outer eye corners, in degrees."""
    right, left = points[OUTER_CORNERS]
    return math.degrees(math.atan2(left[1] - right[1], left[0] - right[0]))


def box_with_margin(portrait: Image.Image, face: Face, share: float) -> tuple[int, int, int, int]:
    """Return the box of a face, enlarged by ``share`` of its size on each side, in integers."""
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
        """The face is in the upper middle of 512 by 512 pixels."""
        assert 150 < face.box[0] < face.box[2] < 300 and 40 < face.box[1] < face.box[3] < 230
        assert (face.landmarks.min(0) >= face.box[:2]).all() and (face.landmarks.max(0) <= face.box[2:]).all()
        right, left = face.landmarks[OUTER_CORNERS]
        assert right[0] < left[0], "the subject's right eye is on the left of the picture"
        assert face.landmarks[13][1] > face.landmarks[4][1] > left[1], "mouth below nose below eyes"

    def test_blendshapes_show_the_smile(self, face):
        assert face.blendshapes["mouthSmileLeft"] > 0.5 and face.blendshapes["mouthSmileRight"] > 0.5
        assert face.blendshapes["mouthFrownLeft"] < 0.1

    def test_maps_landmarks_of_a_large_copy_back(self, landmarker, portrait, face):
        large = portrait.resize((2048, 2048), Image.Resampling.BICUBIC)
        (found,) = landmarker.detect(large)
        assert mean_error(found.landmarks / 4, face.landmarks, face) < 0.02
        np.testing.assert_allclose(found.box / 4, face.box, atol=0.02 * face_width(face))

    def test_finds_a_face_in_a_tight_crop(self, landmarker, portrait, face):
        """A face that fills its picture is missed without a border."""
        region = box_with_margin(portrait, face, 0.02)
        (found,) = landmarker.detect(portrait.crop(region))
        assert mean_error(found.landmarks + np.array(region[:2]), face.landmarks, face) < 0.04

    def test_finds_a_face_in_a_small_copy(self, landmarker, portrait, face):
        x0, y0, x1, y1 = box_with_margin(portrait, face, 0.15)
        small = portrait.crop((x0, y0, x1, y1)).resize((64, 64), Image.Resampling.LANCZOS)
        (found,) = landmarker.detect(small)
        mapped = found.landmarks * np.array([x1 - x0, y1 - y0]) / 64 + [x0, y0]
        assert mean_error(mapped, face.landmarks, face) < 0.06

    def test_sorts_two_faces_by_size(self, landmarker, portrait, face):
        """Small faces are refined on an enlarged crop."""
        canvas = Image.new("RGB", (1200, 800), (120, 130, 140))
        positions = {440: (720, 330), 560: (60, 60)}
        for side, position in positions.items():
            canvas.paste(portrait.resize((side, side), Image.Resampling.LANCZOS), position)
        found = landmarker.detect(canvas)
        assert len(found) == 2 and found[0].area > found[1].area
        for detected, (side, position) in zip(found, sorted(positions.items(), reverse=True), strict=True):
            expected = face.landmarks * side / 512 + np.array(position)
            assert mean_error(detected.landmarks, expected, detected) < 0.06

    def test_max_faces_limits_the_result(self, portrait):
        canvas = Image.new("RGB", (1024, 512))
        canvas.paste(portrait, (0, 0))
        canvas.paste(portrait, (512, 0))
        landmarker = FaceLandmarker(max_faces=1)
        assert len(landmarker.detect(canvas)) == 1
        landmarker.close()

    @pytest.mark.parametrize("size", [(640, 480), (40, 40)])
    def test_no_face_is_an_empty_list(self, landmarker, size):
        assert landmarker.detect(Image.new("RGB", size, "white")) == []

    @pytest.mark.parametrize("degrees", [20, -20])
    def test_the_crop_does_not_depend_on_rotation(self, landmarker, portrait, face, degrees):
        turned = portrait.rotate(degrees, Image.Resampling.BICUBIC)  # anticlockwise
        (found,) = landmarker.detect(turned)
        assert eye_angle(found.landmarks) == pytest.approx(eye_angle(face.landmarks) - degrees, abs=2)
        assert found.pose.roll == pytest.approx(face.pose.roll - degrees, abs=4)
        (redetected,) = landmarker.detect(found.crop)
        assert abs(eye_angle(redetected.landmarks)) < 2
        straight, crop = (np.asarray(image.convert("L"), float) for image in (face.crop, found.crop))
        assert np.corrcoef(straight.ravel(), crop.ravel())[0, 1] > 0.9

    def test_the_crop_contains_the_complete_face(self, landmarker, face):
        (redetected,) = landmarker.detect(face.crop)
        assert (redetected.landmarks > -2).all() and (redetected.landmarks < CROP_SIZE + 2).all()
        assert 0.8 < float((redetected.box[2:] - redetected.box[:2]).max()) / CROP_SIZE < 1

    def test_mirroring_exchanges_the_subjects_sides(self, landmarker, portrait, face):
        (found,) = landmarker.detect(ImageOps.mirror(portrait))
        assert found.pose.yaw == pytest.approx(-face.pose.yaw, abs=3)
        assert found.pose.roll == pytest.approx(-face.pose.roll, abs=3)
        right, left = (PRIOR_NAMES.index(f"mouth_corner_height_{side}") for side in ("right", "left"))
        np.testing.assert_allclose(found.prior[[right, left]], face.prior[[left, right]], atol=0.05)
        nose = (511 - face.landmarks[4][0], face.landmarks[4][1])
        np.testing.assert_allclose(found.landmarks[4], nose, atol=0.04 * face_width(face))

    def test_threads_give_the_same_result_as_one(self, landmarker, portrait):
        """MediaPipe tasks are not thread-safe; without a lock this crashes or mixes results."""
        pictures = [portrait.resize((side, side)) for side in (160, 200, 240, 300)] * 2
        sequential = [landmarker.detect(picture) for picture in pictures]
        with ThreadPoolExecutor(4) as pool:
            parallel = list(pool.map(landmarker.detect, pictures))
        for first, second in zip(sequential, parallel, strict=True):
            assert len(first) == len(second) == 1
            np.testing.assert_array_equal(first[0].landmarks, second[0].landmarks)

    def test_can_be_closed_twice(self):
        landmarker = FaceLandmarker()
        landmarker.close()
        landmarker.close()


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


def test_repr_is_one_line():
    face = replace(Face.whole(Image.new("RGB", (20, 10))), landmarks=np.zeros((478, 2)), prior=np.zeros(91))
    assert repr(face) == "<Face: box 0 0 20 10, 478 landmarks, pose none, prior 91 numbers>"
    posed = replace(face, pose=Pose(-10.4, 3.2, 178.7), levels=Levels(0, 100))
    assert "pose yaw -10 pitch 3 roll 179" in repr(posed) and repr(posed).endswith("stretched>")


def square_landmarks(centre: tuple[float, float], half: float, degrees: float) -> np.ndarray:
    """Return 478 points that fill a square with level eye corners, turned clockwise."""
    points = np.random.default_rng(0).uniform(-half, half, (478, 2))
    points[:2] = [[-half, -half], [half, half]]
    points[33], points[263] = (-half / 2, -half / 4), (half / 2, -half / 4)
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return (points @ np.array([[cos, sin], [-sin, cos]]) + centre).astype(np.float32)


@pytest.mark.parametrize("degrees", [0, 30, -75])
@pytest.mark.parametrize("half", [30, 200], ids=["enlarged", "shrunk"])
def test_crop_maps_points(degrees, half):
    """Marks near the corners of the landmark square appear near the corners of the crop."""
    picture = Image.new("RGB", (900, 800), "black")
    draw = ImageDraw.Draw(picture)
    points = square_landmarks((450, 400), half, degrees)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half * 0.8
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]
    for (x, y), colour in zip(corners @ np.array([[cos, sin], [-sin, cos]]), colours, strict=True):
        radius = half / 10
        draw.ellipse((450 + x - radius, 400 + y - radius, 450 + x + radius, 400 + y + radius), fill=colour)
    crop = np.asarray(aligned_crop(picture, points, size=100, margin=1.25)).astype(int)
    for (x, y), colour in zip(corners / half * 40 + 50, colours, strict=True):
        position = np.argwhere(np.abs(crop - colour).sum(-1) < 120)
        np.testing.assert_allclose(position.mean(0), [y - 0.5, x - 0.5], atol=1.5)


def test_a_crop_is_black_outside_the_picture():
    crop = np.asarray(
        aligned_crop(Image.new("RGB", (100, 100), "white"), square_landmarks((0, 50), 40, 0), size=80)
    )
    assert crop[40, :30].max() == 0 and crop[40, 50:].min() == 255


def test_a_reduced_crop_is_antialiased():
    """A fine pattern must become grey; an affine warp alone would sample single pixels."""
    fine = np.indices((1200, 1200)).sum(0) % 2 * 255
    crop = aligned_crop(
        Image.fromarray(fine.astype(np.uint8)).convert("RGB"), square_landmarks((600, 600), 450, 10)
    )
    assert np.asarray(crop).std() < 10


def test_a_grey_picture_gives_a_crop_in_colour_mode():
    assert aligned_crop(Image.new("L", (99, 99), 128), square_landmarks((50, 50), 20, 0)).mode == "RGB"
