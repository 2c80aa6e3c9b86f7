"""Outlines of the regions of :data:`emola.faba.face_map.FACE_REGIONS` among the landmarks, and mesh lines.

Indices refer to MediaPipe's 478 points or InsightFace's 106. The outlines follow the landmarks, so they turn
and move with the face. Left and right are the subject's.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np

from emola.faba.face_map import FACE_REGIONS
from emola.faba.regions import REGIONS
from emola.face.arrays import BoolArray, FloatArray
from emola.face.landmarker import Face
from emola.face.visibility import nearest_regions

Lines = tuple[tuple[int, int], ...]
"""Lines between landmarks, as pairs of indices."""

# Right half of each outline: for a region in the middle from its top to its bottom on the midline, which is
# then mirrored; for others the whole outline. Each vertex is a landmark or the mean of several: 66+66+69 is a
# third of the way from 66 to 69.
_OUTLINES_478 = {
    "inner_brow": "55 65 52 105+105+104 66+66+69 107+107+108",
    "outer_brow": "52 53 46 70+156 70+70+71 63+63+68 105+105+104",
    "glabella": "9+9+151 107+107+108 107 55 55+193 168",
    "upper_lid": "33 246 161 160 159 158 157 173 133 190 56+221 28+222 27+223 29+224 30+225 247",
    "lower_lid": "133 155 154 153 145 144 163 7 33 25+25+31 110+228 24+229 23+230 22+231 26+232 112",
    "cheek": "117+31 118+229 119+230 120+231 100 142+36 203+36 206+205 207+205 187 123 116",
    "nose": "168+6 122 188+174 217 209 129 98 97 2",
    "upper_lip": "2 97 98 203+165 206+92 92+186 40 39 37 0",
    "lips": "0 37 39 40 185 61 146 91 181 84 17",
    "lip_corner": "61 185 186 186+216 216+212 212 212+202 202+43 43 146",
    "chin": "18 18+83 83+182 182+194 194 32 171 175",
    "jaw": "152 148 176 149 150 136 172 172+215 192+135 169+210 170+211 140+32 171 175",
}
_OUTLINES_106 = {
    "inner_brow": "50 51 49+51 45+47 47 46",
    "outer_brow": "49+51 49 48 43 44 45 45+47",
    "glabella": "50+102 50 46 72",
    "upper_lid": "35 41 40 42 39 42+42+46 40+40+47 41+41+45",
    "lower_lid": "39 37 33 36 35 36+36+36+36+36+52 33+33+33+33+33+52 37+37+37+37+37+77",
    "cheek": "36+36+36+52 33+33+33+52 37+37+77 77+77+52 52+52+33+12 12+13+52 11+12+36",
    "nose": "72 75 76 77 78 79 80",
    "upper_lip": "80 79 78 77+52 64 63 71",
    "lips": "71 63 64 52 55 56 53",
    "lip_corner": "64+52 52+52+77 52+52+52+12 52+52+52+3 52+55 52",
    "chin": "53+53+0 56+56+7 55+6 7+7+56 53+0+0+0",
    "jaw": "0 8 7 6 5 4 3 2 16 16+16+52 3+3+52 5+5+55 7+7+56 53+0+0+0",
}

# Landmarks on the right and their mirror images on the left; landmarks on the midline are not listed.
_MIRROR_478 = (
    "7-249 25-255 26-256 22-252 23-253 24-254 27-257 28-258 29-259 30-260 31-261 32-262 33-263 36-266 "
    "37-267 39-269 40-270 43-273 46-276 52-282 53-283 55-285 56-286 61-291 62-292 63-293 65-295 66-296 "
    "68-298 69-299 70-300 71-301 83-313 84-314 91-321 92-322 97-326 98-327 100-329 104-333 105-334 "
    "107-336 108-337 110-339 112-341 116-345 117-346 118-347 119-348 120-349 122-351 123-352 129-358 "
    "133-362 135-364 136-365 140-369 142-371 144-373 145-374 146-375 148-377 149-378 150-379 153-380 "
    "154-381 155-382 156-383 157-384 158-385 159-386 160-387 161-388 163-390 165-391 169-394 170-395 "
    "171-396 172-397 173-398 174-399 176-400 181-405 182-406 185-409 186-410 187-411 188-412 190-414 "
    "192-416 193-417 194-418 202-422 203-423 205-425 206-426 207-427 209-429 210-430 211-431 212-432 "
    "215-435 216-436 217-437 221-441 222-442 223-443 224-444 225-445 228-448 229-449 230-450 231-451 "
    "232-452 246-466 247-467"
)
_MIRROR_106 = (
    "2-18 3-19 4-20 5-21 6-22 7-23 8-24 11-27 12-28 13-29 16-32 33-87 35-93 36-91 37-90 39-89 40-94 "
    "41-96 42-95 43-101 44-100 45-99 46-97 47-98 48-105 49-104 50-102 51-103 52-61 55-58 56-59 63-67 "
    "64-68 65-69 75-81 76-82 77-83 78-84 79-85"
)

# Outlines of InsightFace's 106 points: chin line, brows, eyes, nose and lips, in the numbering of its markup
# image (github.com/deepinsight/insightface, alignment/coordinate_reg).
_MESH_106: tuple[str, ...] = (
    "1 9 10 11 12 13 14 15 16 2 3 4 5 6 7 8 0 24 23 22 21 20 19 18 32 31 30 29 28 27 26 25 17",
    "43 48 49 51 50 46 47 45 44 43",
    "101 105 104 103 102 97 98 99 100 101",
    "35 41 40 42 39 37 33 36 35",
    "89 95 94 96 93 91 87 90 89",
    "72 73 74 86",
    "75 76 77 78 79 80 85 84 83 82 81",
    "52 64 63 71 67 68 61 58 59 53 56 55 52",
    "65 66 62 70 69 57 60 54 65",
)

Outline = tuple[tuple[int, ...], ...]
"""The vertices of an outline, each the mean of landmarks."""


def region_outlines(face: Face) -> dict[tuple[str, str | None], FloatArray]:
    """Return the outline of each region, a closed polygon of (N, 2) image pixels.

    The keys are (region, side); side is None for a region in the middle. Returns an empty dictionary for a
    face without the landmarks of MediaPipe or InsightFace.
    """
    return {
        place: np.array([face.landmarks[list(vertex)].mean(0) for vertex in outline])
        for place, outline in _outlines(len(face.landmarks)).items()
    }


def visible_landmarks(face: Face) -> BoolArray:
    """Return which landmarks do not belong to a hidden region, where they are guesses, (N,) bool."""
    if face.visibility is None or not len(face.landmarks):
        return np.ones(len(face.landmarks), dtype=bool)
    hidden = np.array([name in face.visibility.hidden for name in REGIONS])
    return np.asarray(~hidden[nearest_regions(face.landmarks)])


@cache
def mesh_lines(count: int) -> tuple[Lines, Lines]:
    """Return the thin and the thick lines between landmarks: the triangles, and the outlines of the parts.

    count: number of landmarks, 478 for MediaPipe and 106 for InsightFace, whose mesh has no triangles. There
    are no lines between any other number.
    """
    if count == 106:
        chains = [[int(index) for index in chain.split()] for chain in _MESH_106]
        return (), tuple(pair for chain in chains for pair in pairwise(chain))
    if count != 478:
        return (), ()
    from mediapipe.tasks.python.vision.face_landmarker import FaceLandmarksConnections as Mesh

    edges = {(min(c.start, c.end), max(c.start, c.end)) for c in Mesh.FACE_LANDMARKS_TESSELATION}
    irises = (*Mesh.FACE_LANDMARKS_LEFT_IRIS, *Mesh.FACE_LANDMARKS_RIGHT_IRIS)
    outlines = tuple((c.start, c.end) for c in (*Mesh.FACE_LANDMARKS_CONTOURS, *irises))
    return tuple(sorted(edges)), outlines


@cache
def _outlines(count: int) -> dict[tuple[str, str | None], Outline]:
    """Return the outlines of all regions for a number of landmarks; none for an unknown number."""
    if count not in (106, 478):
        return {}
    halves, pairs = (_OUTLINES_478, _MIRROR_478) if count == 478 else (_OUTLINES_106, _MIRROR_106)
    mirror = _mirror(pairs)
    outlines: dict[tuple[str, str | None], Outline] = {}
    for key, region in FACE_REGIONS.items():
        right = _parse(halves[key])
        left = tuple(tuple(mirror.get(index, index) for index in vertex) for vertex in right)
        if region.sided:
            outlines |= {(key, "right"): right, (key, "left"): left}
        else:
            outlines[key, None] = right + left[-2:0:-1]
    return outlines


def _parse(text: str) -> Outline:
    return tuple(tuple(int(index) for index in vertex.split("+")) for vertex in text.split())


def _mirror(pairs: str) -> dict[int, int]:
    """Return the mirror image of each landmark that is not on the midline."""
    sides = [tuple(map(int, pair.split("-"))) for pair in pairs.split()]
    return {a: b for right, left in sides for a, b in ((right, left), (left, right))}
