"""Outlines of the regions among the landmarks."""

import dataclasses
from itertools import combinations

import numpy as np
import pytest
from example_faces import PORTRAITS, example_face
from mean_face import mean_face, mean_face_106
from PIL import Image

from emola.faba.face_map import FACE_REGIONS
from emola.face import Face, FaceLandmarker, Visibility
from emola.face.face_map import _MIRROR_478, _mirror, mesh_lines, region_outlines, visible_landmarks
from emola.face.visibility.regions import convex_hull, polygon_mask

SIZE = 400

PLACES = [(key, side) for key, region in FACE_REGIONS.items() for side in region.sides]

# A landmark in the middle of each region, or the mean of two on either side of its middle.
INSIDE = {
    ("inner_brow", "right"): (66, 65),
    ("outer_brow", "right"): (63, 53),
    ("glabella", None): (9, 8),
    ("upper_lid", "right"): (27, 159),
    ("lower_lid", "right"): (23, 145),
    ("cheek", "right"): (50, 101),
    ("nose", None): (5, 195),
    ("upper_lip", "right"): (167, 165),
    ("lips", None): (0, 17),
    ("lip_corner", "right"): (57, 61),
    ("chin", None): (199, 200),
    ("jaw", None): (152, 175),
}


def shown(face: Face) -> Face:
    """Return a face moved and scaled to the middle of a picture of SIZE pixels."""
    low, high = face.landmarks.min(0), face.landmarks.max(0)
    landmarks = (face.landmarks - low) / (high - low).max() * 0.9 * SIZE + 0.05 * SIZE
    return dataclasses.replace(face, landmarks=landmarks)


def centres(face: Face) -> dict[tuple[str, str | None], np.ndarray]:
    return {place: outline.mean(0) for place, outline in region_outlines(face).items()}


FRONTAL = [mean_face(), mean_face_106()]
KINDS = pytest.mark.parametrize("face", FRONTAL, ids=["mediapipe", "insightface"])


@KINDS
def test_every_region_has_an_outline_on_each_of_its_sides(face):
    outlines = region_outlines(face)
    assert list(outlines) == PLACES
    assert all(outline.shape[1] == 2 and len(outline) >= 5 for outline in outlines.values())
    assert all(np.isfinite(outline).all() for outline in outlines.values())


@KINDS
def test_the_outlines_lie_within_the_face(face):
    face = shown(face)
    inside = polygon_mask(convex_hull(face.landmarks), SIZE)
    for place, outline in region_outlines(face).items():
        mask = polygon_mask(outline, SIZE)
        assert mask.sum() > 60, place
        assert (mask & ~inside).sum() <= 0.02 * mask.sum(), place


@KINDS
def test_the_regions_hardly_overlap(face):
    masks = {place: polygon_mask(outline, SIZE) for place, outline in region_outlines(shown(face)).items()}
    for one, other in combinations(masks, 2):
        common = (masks[one] & masks[other]).sum() / min(masks[one].sum(), masks[other].sum())
        assert common < 0.15, (one, other, common)


@KINDS
def test_the_regions_follow_each_other_down_the_face(face):
    centre = centres(face)
    for side in ("right", "left"):
        order = ("inner_brow", "upper_lid", "lower_lid", "cheek", "upper_lip", "lip_corner")
        heights = [centre[key, side][1] for key in order]
        assert heights == sorted(heights), side
    outlines = region_outlines(face)
    lowest = [outlines[key, None][:, 1].max() for key in ("glabella", "nose", "lips", "chin", "jaw")]
    assert lowest == sorted(lowest)
    assert centre["outer_brow", "right"][0] < centre["inner_brow", "right"][0]
    assert centre["inner_brow", "left"][0] < centre["outer_brow", "left"][0]


@KINDS
def test_left_and_right_are_the_subjects_own(face):
    """A person who faces the camera has the right side on the left of the image."""
    centre, middle = centres(face), face.landmarks[:, 0].mean()
    for key, region in FACE_REGIONS.items():
        if region.sided:
            assert centre[key, "right"][0] < middle < centre[key, "left"][0], key


@KINDS
def test_the_sides_of_a_symmetric_face_are_mirror_images(face):
    """Guards against wrong pairs of mirrored landmarks."""
    face = shown(face)
    middle = face.landmarks[:, 0].min() / 2 + face.landmarks[:, 0].max() / 2
    outlines = region_outlines(face)
    for key, region in FACE_REGIONS.items():
        right, left = (outlines[key, side] for side in (region.sides * 2)[:2])
        mirrored = right * (-1, 1) + (2 * middle, 0)
        nearest = np.linalg.norm(left[:, None] - mirrored[None], axis=2).min(1)
        assert nearest.max() < 0.02 * SIZE, key


def test_the_mirrored_pairs_are_a_symmetry_of_the_mesh():
    mirror = _mirror(_MIRROR_478)
    edges, _ = mesh_lines(478)
    known = {frozenset(edge) for edge in edges}
    moved = [
        frozenset(mirror.get(index, index) for index in edge) for edge in edges if set(edge) <= set(mirror)
    ]
    assert len(moved) > 150
    assert sum(edge not in known for edge in moved) <= 4, "one diagonal beside each eye differs"


@pytest.mark.parametrize("name", [None, *PORTRAITS])
def test_a_region_contains_its_middle(name):
    face = shown(mean_face() if name is None else example_face(name)[1])
    outlines = region_outlines(face)
    assert INSIDE.keys() == {place for place in PLACES if place[1] != "left"}
    for place, middle in INSIDE.items():
        x, y = face.landmarks[list(middle)].mean(0)
        assert polygon_mask(outlines[place], SIZE)[round(float(y)), round(float(x))], place


@pytest.mark.parametrize("degrees", [-60, 30, 90])
def test_the_outlines_turn_with_the_head(degrees):
    """The outlines are linear in the landmarks."""
    face = mean_face()
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = region_outlines(dataclasses.replace(face, landmarks=face.landmarks @ turn.T))
    for place, outline in region_outlines(face).items():
        np.testing.assert_allclose(turned[place], outline @ turn.T, atol=1e-2)


@pytest.mark.parametrize("name", PORTRAITS[:2])
def test_the_outlines_turn_with_the_photo(name, landmarker: FaceLandmarker):
    """The landmarks of a photo that was rotated give the rotated outlines."""
    image, face = example_face(name)
    (rotated, *_) = landmarker.detect(image.transpose(Image.Transpose.ROTATE_90))
    size = np.ptp(face.landmarks, axis=0).max()
    for place, centre in centres(face).items():
        expected = np.array([centre[1], image.width - centre[0]])
        assert np.linalg.norm(centres(rotated)[place] - expected) < 0.05 * size, place


@pytest.mark.parametrize("count", [0, 5, 468])
def test_other_landmarks_have_no_regions_and_no_mesh(count):
    face = dataclasses.replace(mean_face(), landmarks=np.zeros((count, 2), np.float32))
    assert region_outlines(face) == {}
    assert mesh_lines(count) == ((), ())


def test_the_triangles_of_mediapipe_and_the_outlines_of_both_networks():
    thin, thick = mesh_lines(478)
    assert len(thin) > 1300 and all(a < b for a, b in thin)
    assert {(33, 246), (469, 470)} <= set(thick)
    assert mesh_lines(106)[0] == () and max(map(max, mesh_lines(106)[1])) == 105


def test_landmarks_of_hidden_regions_are_not_visible():
    covered = Visibility(200, 0.5, 0.2, 0.3, 0, 0, covered=frozenset({"mouth_left", "mouth_right"}))
    visible = visible_landmarks(mean_face(visibility=covered))
    assert not visible[[0, 17, 61, 291]].any() and visible[[33, 263, 105]].all()
    assert visible_landmarks(mean_face()).all()
