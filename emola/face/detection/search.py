"""The search of one picture: faces of any size, anywhere, turned at any angle.

1. **As it is.** The landmarker reads the picture, with a border where that helps, and the overlapping
   halves of a larger picture. The shipped models were trained on faces that were found in this way.
2. **In tiles.** The detector, which takes a few milliseconds, searches square tiles of the short side, of its
   half, of its quarter ... for smaller faces. Faces below a quarter of the largest are background and are
   not searched for. The number of calls is limited, see :func:`~emola.face.detection.tiles.max_tiles`.
3. **Turned.** A picture without a face is searched in eight turns.
4. **Stretched.** Where a face is dark or flat, or where none was found in a dark or flat picture, all of
   this is done again on a copy whose levels are stretched; well lit faces stay as they were read.

The detector rates an upright face higher than the same face turned: median 0.87 against 0.67 for a
quarter turn and 0.60 for a half turn, on press photos. So each face that it rates low as it is gets rated in
the other turns, and is read from a view in which it is upright.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from PIL import Image

from emola.face.crop import UprightSquare
from emola.face.detection.candidates import (
    Candidate,
    DetectedFace,
    best_overlap,
    without_duplicates,
    wrap_degrees,
)
from emola.face.detection.contrast import Levels, stretch_levels
from emola.face.detection.networks import FaceNetworks
from emola.face.detection.tiles import LARGE, tile_sides, tiles

_LONGEST_SIDE = 1280
_SHORTEST_SIDE = 192
_LARGEST_PART = 80_000_000  # pixels; Pillow warns of larger ones and then refuses them
_NEAR = 0.4  # a face at least this much of the picture's shorter side was seen from near
_REACH = 2.5  # side of the view in which one face is read, over the face's longer side

_TURNS = 3  # a face that was misread is read again in other turns at most so often
_UPRIGHT = 0.88  # a face that the detector rates so high is upright, whatever its score in other turns
_BETTER = 0.06  # another turn must be rated so much higher
_POSSIBLE = 0.6  # score of a spot in the best of four turns, up to 45 degrees from upright
_LIKELY = 0.72  # score of a face that only the detector has seen, upright
_LEVEL = 35.0  # degrees of roll up to which a face is read as it stands in the picture
_RATED_REACH = 2.0  # side of the view in which a face is rated, over the face's longer side

_DETECTOR_VIEW = 192  # pixels of a view of the detector, which reduces them to 128
_MOST_SPOTS = 100  # of the tiles of a size, the likeliest


def find_faces(networks: FaceNetworks, image: Image.Image, max_faces: int) -> list[DetectedFace]:
    """The faces of an RGB picture, largest first and at most ``max_faces``."""
    image = image if image.mode == "RGB" else image.convert("RGB")
    found = _Search(networks, image).run()
    levels = _stretching(image, found)
    if levels is not None:
        light = [one for one in found if stretch_levels(image, one.box) is None]
        stretched = _Search(networks, levels.stretch(image)).run()
        read = [
            *light,
            *(replace(one, levels=levels) for one in stretched if best_overlap(one.box, light) is None),
        ]
        found = without_duplicates([*read, *(one for one in found if best_overlap(one.box, read) is None)])
    return found[:max_faces]


def _stretching(image: Image.Image, found: list[DetectedFace]) -> Levels | None:
    """The levels to stretch for the largest dark or flat face, or for a picture without a face."""
    if not found:
        return stretch_levels(image)
    return next((levels for one in found if (levels := stretch_levels(image, one.box)) is not None), None)


class _Search:
    def __init__(self, networks: FaceNetworks, image: Image.Image) -> None:
        self.networks = networks
        self.image = image
        self.copies = [image]  # each half the size of the previous one
        self.short = min(image.size)

    def run(self) -> list[DetectedFace]:
        found = without_duplicates(self._turned_upright(one) for one in self._as_it_is())
        found = without_duplicates([*found, *self._in_tiles(found)])
        return found or self._in_other_turns()

    # 1. As it is.

    def _as_it_is(self) -> list[DetectedFace]:
        width, height = self.image.size
        border = self.short // 4
        views = [(0, 0, width, height), (-border, -border, width + border, height + border)]
        # A face that fills its picture is often missed: the detector expects surroundings. Small
        # pictures are nearly always such crops, so they get a black border first, others second.
        if self.short < _SHORTEST_SIDE:
            views.reverse()
        found = self._meshes_in(views[0]) or self._meshes_in(views[1])
        if self.short >= LARGE:
            found = self._with_small_faces(found)
        return without_duplicates(found)

    def _with_small_faces(self, found: list[DetectedFace]) -> list[DetectedFace]:
        """Faces of the picture and of its overlapping halves, the small ones read again from near.

        From afar, small faces are missed or their landmarks are off.
        """
        width, height = self.image.size
        parts = [
            (x, y, x + width // 2, y + height // 2)
            for x in (0, width // 4, width // 2)
            for y in (0, height // 4, height // 2)
        ]
        candidates = without_duplicates([*found, *(one for part in parts for one in self._meshes_in(part))])
        sure = []
        for one in candidates:
            side = float((one.box[2:] - one.box[:2]).max())
            if side > _NEAR * self.short:
                sure.append(one)
            elif near := self._from_near(one.centre, side, one.box):
                sure.append(near)
        return sure

    def _from_near(self, centre: np.ndarray, side: float, box: np.ndarray) -> DetectedFace | None:
        """The face that overlaps ``box`` most, read as it stands in the picture."""
        (x, y), reach = centre, max(1.0, _REACH / 2 * side)
        near = self._meshes_in((int(x - reach), int(y - reach), int(x + reach), int(y + reach)))
        return best_overlap(box, near)

    def _meshes_in(self, region: tuple[int, int, int, int]) -> list[DetectedFace]:
        """Faces in a region (x0, y0, x1, y1) of the picture; black where it reaches beyond."""
        view = self._part(region)
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
            found.append(DetectedFace(points, xyz, mesh.blendshapes, mesh.matrix))
        return found

    def _part(self, region: tuple[int, int, int, int]) -> Image.Image:
        """A region of the picture, from a copy where it would be larger than Pillow allows."""
        x0, y0, x1, y1 = region
        halvings = _halvings(math.sqrt((x1 - x0) * (y1 - y0) / _LARGEST_PART))
        return self._copy(halvings).crop((x0 >> halvings, y0 >> halvings, x1 >> halvings, y1 >> halvings))

    def _copy(self, halvings: int) -> Image.Image:
        """The picture, halved so many times."""
        while len(self.copies) <= halvings:
            self.copies.append(self.copies[-1].reduce(2))
        return self.copies[halvings]

    # 2. In tiles.

    def _in_tiles(self, found: list[DetectedFace]) -> Iterator[DetectedFace]:
        """Faces that the detector finds in square tiles, without those that were found before."""
        largest = max(found, key=lambda one: one.side, default=None)
        size, turn = (largest.side, largest.turn) if largest else (0.0, 0.0)
        for side in tile_sides(self.image.size, size, turned=turn != 0):
            squares = tiles(self.image.size, side, turn)
            spots = [spot for square in squares for spot in self._spots(square)]
            new = self._read_all(spots, found)
            found = [*found, *new]
            yield from new

    def _spots(self, square: UprightSquare) -> list[Candidate]:
        """What the detector finds in a square."""
        found = self.networks.detections(self._view(square))
        centres = square.to_image(np.array([one.centre for one in found]).reshape(-1, 2))
        return [
            Candidate(centre, float(one.size.max()) * square.side, one.score, square.degrees)
            for centre, one in zip(centres, found, strict=True)
        ]

    def _view(self, square: UprightSquare) -> Image.Image:
        """A square as the detector gets it, cut from a copy of the picture that is about as fine."""
        halvings = _halvings(square.side / _DETECTOR_VIEW / 1.5)
        return square.reduced(2**halvings).crop(self._copy(halvings), _DETECTOR_VIEW)

    # 3. Turned.

    def _turned_upright(self, one: DetectedFace) -> DetectedFace:
        """The same face read from a view in which it is upright, if it is not."""
        for _ in range(_TURNS):
            if (better := self._better(one)) is None:
                break
            one = self._in_square(better.centre, better.side, better.turn) or one
        if abs(one.roll) <= _LEVEL and one.turn == 0:
            return one
        return self._in_square(one.centre, one.side, one.roll) or one  # without the roll that is left

    def _better(self, one: DetectedFace) -> Candidate | None:
        """What the detector sees of a face in another turn, if it rates it clearly higher there."""
        own = self._rated(one.centre, one.side, one.roll).score
        if own >= _UPRIGHT:
            return None
        turns = (one.roll + turn for turn in (90, 180, 270))
        best = max((self._rated(one.centre, one.side, turn) for turn in turns), key=lambda spot: spot.score)
        return best if best.score > own + _BETTER else None

    def _rated(self, centre: np.ndarray, side: float, turn: float) -> Candidate:
        """What the detector sees of a face in a view that is turned clockwise by ``turn`` degrees.

        A spot with a score of 0 where it sees none.
        """
        seen = self._spots(UprightSquare.turned(centre, _RATED_REACH * side, turn))
        near = [spot for spot in seen if np.linalg.norm(spot.centre - centre) < _RATED_REACH * side / 3]
        return max(near, key=lambda spot: spot.score, default=Candidate(centre, side, 0.0, turn))

    def _read_all(self, spots: list[Candidate], found: list[DetectedFace]) -> list[DetectedFace]:
        """The faces at the spots that hold one, without those in ``found``."""
        new: list[DetectedFace] = []
        tried: list[Candidate] = []
        for spot in sorted(spots, key=lambda spot: spot.score, reverse=True):
            if any(spot.is_in(one) for one in (*found, *new)) or any(spot.repeats(one) for one in tried):
                continue
            tried.append(spot)
            if len(tried) > _MOST_SPOTS:
                break
            if (one := self._read(spot)) is not None:
                new.append(one)
        return new

    def _read(self, spot: Candidate) -> DetectedFace | None:
        """The face at a spot; None when the landmarker finds none there, or the detector doubts it."""
        turns = (spot.turn + turn for turn in (0, 90, 180, 270))
        best = max((self._rated(spot.centre, spot.side, turn) for turn in turns), key=lambda one: one.score)
        if best.score < _POSSIBLE or (one := self._in_square(best.centre, best.side, best.turn)) is None:
            return None
        one = self._turned_upright(one)
        if self._rated(one.centre, one.side, one.roll).score < _LIKELY:
            return None
        if self._better(one) is not None:
            return None
        if abs(one.roll) > _LEVEL:
            return one
        return self._from_near(one.centre, one.side, one.box) or one

    def _in_square(self, centre: np.ndarray, side: float, turn: float) -> DetectedFace | None:
        """The face around a point, read from a view that is turned clockwise by ``turn`` degrees."""
        square = UprightSquare.turned(centre, _REACH * side, turn)
        size = int(np.clip(square.side, _SHORTEST_SIDE, _LONGEST_SIDE // 2))
        found = []
        for mesh in self.networks.meshes(square.crop(self.image, size)):
            points = square.to_image(mesh.xyz[:, :2])
            xyz = (mesh.xyz * square.side).astype(np.float32)
            found.append(DetectedFace(points, xyz, mesh.blendshapes, mesh.matrix, wrap_degrees(turn)))
        half = side / 2
        return best_overlap(np.concatenate([centre - half, centre + half]), found)

    def _in_other_turns(self) -> list[DetectedFace]:
        """Faces of the whole picture in eight turns."""
        middle, side = np.array(self.image.size) / 2, 1.3 * max(self.image.size)
        squares = [UprightSquare.turned(middle, side, turn) for turn in range(0, 360, 45)]
        return self._read_all([spot for square in squares for spot in self._spots(square)], [])


def _halvings(ratio: float) -> int:
    """How often a length must be halved that is ``ratio`` times too long."""
    return math.ceil(math.log2(max(1.0, ratio)))
