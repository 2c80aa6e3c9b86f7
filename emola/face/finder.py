"""The search of one picture: faces of any size, anywhere, turned at any angle.

1. **As it is.** The landmarker reads the picture, with a border where that helps, and the overlapping
   halves of a larger picture. The shipped models were trained on faces that were found in this way.
2. **In tiles.** The detector, which takes a few milliseconds, searches square tiles of the short side, of its
   half, of its quarter ... for smaller faces. Faces below a quarter of the largest are background and are
   not searched for. The number of calls is limited, see :func:`_calls`.
3. **Turned.** A picture without a face is searched in eight turns.
4. **Stretched.** Where the largest dark or flat face is, or where no face was found in a dark or flat picture, all
   of this is done again on a copy whose levels are stretched.

The detector rates an upright face higher than the same face turned: median 0.87 against 0.67 for a
quarter turn and 0.60 for a half turn, on press photos. So each face that it rates low as it is gets rated in
the other turns, and is read from a view in which it is upright.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from emola.face.crop import UprightSquare
from emola.face.light import Levels, stretching
from emola.face.networks import FaceNetworks, Mesh
from emola.face.prior import head_angles

_LONGEST_SIDE = 1280
_SHORTEST_SIDE = 192
_SAME_FACE = 0.3  # overlap over union
_GROUP_SIDE = 480  # pictures at least so large may hold small faces
_NEAR = 0.4  # a face at least this much of the picture's shorter side was seen from near
_REACH = 2.5  # side of the view in which one face is read, over the face's longer side

_UPRIGHT = 0.82  # a face that the detector rates so high is upright, whatever its score in other turns
_BETTER = 0.03  # a turned view must be rated so much higher
_LIKELY = 0.65  # score of a face that only the detector has seen, upright
_LEVEL = 35.0  # degrees of roll up to which a face is read as it stands in the picture
_RATED_VIEW, _RATED_REACH = 192, 2.0  # view in which a face is rated: pixels, and its side over the face's

_TILE_VIEW = 192  # pixels of a tile as the detector gets it, which reduces them to 128
_SMALLEST_TILE = 128
_FACES_IN_TILE = 7.0  # a tile is searched for faces down to this part of its side
_BACKGROUND = 0.25  # faces smaller than this part of the largest are not searched for


@dataclass(frozen=True, eq=False)
class Found:
    """One face of a picture.

    points: (478, 2) float32, picture pixels. xyz: (478, 3) float32, pixels of the view in which it was read, at
    the scale of the picture; blendshapes and matrix as in :class:`~emola.face.networks.Mesh`.
    turn: degrees by which that view is turned clockwise in the picture. levels: those that were stretched
    before the face was read; None as it is.
    """

    points: np.ndarray
    xyz: np.ndarray
    blendshapes: dict[str, float]
    matrix: np.ndarray
    turn: float = 0.0
    levels: Levels | None = None

    @property
    def box(self) -> np.ndarray:
        """(4,) float32, x0 y0 x1 y1 in picture pixels."""
        return np.concatenate([self.points.min(0), self.points.max(0)])

    @property
    def centre(self) -> np.ndarray:
        """(2,) the middle of the box."""
        return (self.box[:2] + self.box[2:]) / 2

    @property
    def side(self) -> float:
        """The longer side of the face's upright box, in picture pixels."""
        return float(np.ptp(self.xyz[:, :2], axis=0).max())

    @property
    def roll(self) -> float:
        """Degrees clockwise in the picture, -180 to 180."""
        return _wrapped(head_angles(self.matrix)[2] + self.turn)


def find_faces(networks: FaceNetworks, image: Image.Image, max_faces: int) -> list[Found]:
    """The faces of an RGB picture, largest first and at most ``max_faces``."""
    image = image if image.mode == "RGB" else image.convert("RGB")
    found = _Search(networks, image).run()
    levels = _stretching(image, found)
    if levels is not None:
        light = [one for one in found if stretching(image, one.box) is None]
        stretched = _Search(networks, levels.stretch(image)).run()
        read = [*light, *(replace(one, levels=levels) for one in stretched if _at(one.box, light) is None)]
        found = _distinct([*read, *(one for one in found if _at(one.box, read) is None)])
    return found[:max_faces]


def _stretching(image: Image.Image, found: list[Found]) -> Levels | None:
    """The levels to stretch for the largest dark or flat face, or for a picture without a face."""
    if not found:
        return stretching(image)
    return next((levels for one in found if (levels := stretching(image, one.box)) is not None), None)


class _Search:
    def __init__(self, networks: FaceNetworks, image: Image.Image) -> None:
        self.networks = networks
        self.image = image
        self.short = min(image.size)

    def run(self) -> list[Found]:
        found = _distinct(self._turned_upright(one) for one in self._as_it_is())
        found = _distinct([*found, *self._in_tiles(found)])
        return found or _distinct(self._in_other_turns())

    # 1. As it is.

    def _as_it_is(self) -> list[Found]:
        width, height = self.image.size
        border = self.short // 4
        views = [(0, 0, width, height), (-border, -border, width + border, height + border)]
        # A face that fills its picture is often missed: the detector expects surroundings. Small
        # pictures are nearly always such crops, so they get a black border first, others second.
        if self.short < _SHORTEST_SIDE:
            views.reverse()
        found = self._meshes_in(views[0]) or self._meshes_in(views[1])
        if self.short >= _GROUP_SIDE:
            found = self._with_small_faces(found)
        return _distinct(found)

    def _with_small_faces(self, found: list[Found]) -> list[Found]:
        """Faces of the picture and of its overlapping halves, the small ones read again from near.

        From afar, small faces are missed or their landmarks are off.
        """
        width, height = self.image.size
        parts = [
            (x, y, x + width // 2, y + height // 2)
            for x in (0, width // 4, width // 2)
            for y in (0, height // 4, height // 2)
        ]
        candidates = _distinct([*found, *(one for part in parts for one in self._meshes_in(part))])
        sure = []
        for one in candidates:
            side = float((one.box[2:] - one.box[:2]).max())
            if side > _NEAR * self.short:
                sure.append(one)
            elif near := self._from_near(one.centre, side, one.box):
                sure.append(near)
        return sure

    def _from_near(self, centre: np.ndarray, side: float, box: np.ndarray) -> Found | None:
        """The face that overlaps ``box`` most, read as it stands in the picture."""
        (x, y), reach = centre, _REACH / 2 * side
        near = self._meshes_in((int(x - reach), int(y - reach), int(x + reach), int(y + reach)))
        return _at(box, near)

    def _meshes_in(self, region: tuple[int, int, int, int]) -> list[Found]:
        """Faces in a region (x0, y0, x1, y1) of the picture; black where it reaches beyond."""
        view = self.image.crop(region)
        scale = min(_LONGEST_SIDE / max(view.size), max(1.0, _SHORTEST_SIDE / min(view.size)))
        if scale != 1:
            resampling = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.LANCZOS
            size = max(1, round(view.width * scale)), max(1, round(view.height * scale))
            view = view.resize(size, resampling)
        x0, y0, x1, y1 = region
        found = []
        for mesh in self.networks.meshes(view):
            xyz = (mesh.xyz * [x1 - x0, y1 - y0, x1 - x0] + [x0, y0, 0]).astype(np.float32)
            points = np.ascontiguousarray(xyz[:, :2])
            found.append(Found(points, xyz, mesh.blendshapes, mesh.matrix))
        return found

    # 2. In tiles.

    def _in_tiles(self, found: list[Found]) -> Iterator[Found]:
        """Faces that the detector finds in square tiles, without those that were found before."""
        seen = [(one.centre, one.side) for one in found]
        for side in self._tile_sides(max((one.side for one in found), default=0.0)):
            for corner in _corners(self.image.size, side):
                for centre, face_side in self._detections_in(corner, side):
                    if any(_near(centre, face_side, *other) for other in seen):
                        continue
                    if (one := self._read(centre, face_side)) is not None:
                        seen.append((one.centre, one.side))
                        yield one

    def _tile_sides(self, largest: float) -> Iterator[float]:
        """Sides of the tiles, from large to small, until the faces or the calls are used up."""
        width, height = self.image.size
        aspect = max(width, height) / self.short
        calls = 0
        for power in range(-1, 10):
            side = 1.5 * self.short if power < 0 else self.short / 2**power
            if (power < 0 and aspect < 1.5) or (power == 0 and aspect < 1.2):
                continue  # searched as it is
            if power == 1 and aspect < 1.2 and self.short >= _GROUP_SIDE:
                continue  # searched in halves
            smallest = max(_SMALLEST_TILE, _BACKGROUND * largest * _FACES_IN_TILE)
            if power > 0 and side < smallest:
                return
            calls += len(_corners(self.image.size, side))
            if power > 0 and calls > _calls(width * height):
                return
            yield side

    def _detections_in(self, corner: tuple[int, int], side: float) -> list[tuple[np.ndarray, float]]:
        """Centre and side of the faces in a tile, picture pixels."""
        x, y = corner
        tile = self.image.crop((x, y, x + round(side), y + round(side)))
        tile = tile.resize((_TILE_VIEW, _TILE_VIEW), Image.Resampling.BICUBIC, reducing_gap=2.0)
        return [
            (one.centre * side + corner, float(one.size.max()) * side)
            for one in self.networks.detections(tile)
        ]

    # 3. Turned.

    def _turned_upright(self, one: Found) -> Found:
        """The same face read from a view in which it is upright, if it is not."""
        turn = self._best_turn(one.centre, one.side, one.roll)
        if turn is not None:
            one = self._in_square(one.centre, one.side, turn) or one
        if abs(one.roll) <= _LEVEL and one.turn == 0:
            return one
        return self._in_square(one.centre, one.side, one.roll) or one  # without the roll that is left

    def _best_turn(self, centre: np.ndarray, side: float, roll: float = 0.0) -> float | None:
        """The turn in which the detector rates a face highest; None as it is, given its ``roll``."""
        own = self._rating(centre, side, roll)
        if own >= _UPRIGHT:
            return None
        turns = [roll + turn for turn in range(45, 360, 45)]
        ratings = [self._rating(centre, side, turn) for turn in turns]
        best = int(np.argmax(ratings))
        return turns[best] if ratings[best] > own + _BETTER else None

    def _rating(self, centre: np.ndarray, side: float, turn: float) -> float:
        """The detector's score of a face in a view that is turned clockwise by ``turn`` degrees."""
        view = _square(centre, _RATED_REACH * side, turn).cut(self.image, _RATED_VIEW)
        scores = [one.score for one in self.networks.detections(view) if np.abs(one.centre - 0.5).max() < 0.25]
        return max(scores, default=0.0)

    def _read(self, centre: np.ndarray, side: float) -> Found | None:
        """A face that only the detector has seen; None when the landmarker does not see it there."""
        one = self._in_square(centre, side, self._best_turn(centre, side) or 0.0)
        if one is None:
            return None
        one = self._turned_upright(one)
        if self._rating(one.centre, one.side, one.roll) < _LIKELY:
            return None
        if abs(one.roll) > _LEVEL:
            return one
        return self._from_near(one.centre, one.side, one.box) or one

    def _in_square(self, centre: np.ndarray, side: float, turn: float) -> Found | None:
        square = _square(centre, _REACH * side, turn)
        size = int(np.clip(square.side, _SHORTEST_SIDE, _LONGEST_SIDE // 2))
        found = []
        for mesh in self.networks.meshes(square.cut(self.image, size)):
            points = square.to_picture(mesh.xyz[:, :2])
            xyz = (mesh.xyz * square.side).astype(np.float32)
            found.append(Found(points, xyz, mesh.blendshapes, mesh.matrix, _wrapped(turn)))
        half = side / 2
        return _at(np.concatenate([centre - half, centre + half]), found)

    def _in_other_turns(self) -> Iterator[Found]:
        """Faces of the whole picture in eight turns, for pictures in which none was found."""
        width, height = self.image.size
        middle = np.array([width / 2, height / 2])
        seen: list[tuple[np.ndarray, float]] = []
        for turn in range(0, 360, 45):
            square = _square(middle, 1.3 * max(width, height), turn)
            for one in self.networks.detections(square.cut(self.image, _LONGEST_SIDE // 4)):
                (centre,) = square.to_picture(one.centre[None])
                side = float(one.size.max()) * square.side
                if any(_near(centre, side, *other) for other in seen):
                    continue
                if (face := self._read(centre, side)) is not None:
                    seen.append((face.centre, face.side))
                    yield face


def _calls(pixels: int) -> int:
    """The most calls of the detector in tiles below the short side: 120 for each root of a megapixel.

    120 up to a megapixel, 415 for 12 megapixels, 1315 for 120; a call takes about 4 milliseconds.
    """
    return int(120 * max(1.0, math.sqrt(pixels / 1e6)))


def _corners(size: tuple[int, int], side: float) -> list[tuple[int, int]]:
    """Upper left corners of square tiles that cover a picture and overlap by a third or more."""
    along = []
    for length in size:
        if length <= side:
            along.append([round((length - side) / 2)])
        else:
            steps = math.ceil((length - side) / (side * 2 / 3))
            along.append([round(i * (length - side) / steps) for i in range(steps + 1)])
    return [(x, y) for y in along[1] for x in along[0]]


def _square(centre: np.ndarray, side: float, turn: float) -> UprightSquare:
    angle = math.radians(turn)
    return UprightSquare(np.asarray(centre, dtype=np.float64), np.array([math.cos(angle), math.sin(angle)]), side)


def _near(centre: np.ndarray, side: float, other: np.ndarray, other_side: float) -> bool:
    """Whether two faces, given by centre and side, are the same or mostly cover each other."""
    return float(np.abs(centre - other).max()) < 0.5 * max(side, other_side)


def _at(box: np.ndarray, found: Iterable[Found]) -> Found | None:
    """The face that overlaps a box most, None when none does."""
    best = max(found, key=lambda one: _overlap(box, one.box), default=None)
    return best if best is not None and _overlap(box, best.box) > 0 else None


def _distinct(found: Iterable[Found]) -> list[Found]:
    """Largest first, without those that mostly cover a larger one."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: float(np.prod(one.box[2:] - one.box[:2])), reverse=True):
        if not any(_overlap(one.box, other.box) > _SAME_FACE for other in kept):
            kept.append(one)
    return kept


def _overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union of two boxes."""
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    common = float(np.prod(np.clip(high - low, 0, None)))
    union = float(np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2])) - common
    return common / union if union > 0 else 0.0


def _wrapped(degrees: float) -> float:
    """An angle from -180 to 180 degrees."""
    return degrees if abs(degrees) <= 180 else (degrees + 180) % 360 - 180
