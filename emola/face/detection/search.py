"""Search of an image for faces of any size, position and rotation.

1. **Upright.** The landmarker reads the whole image, with a border where that helps, and the overlapping
   halves of a large image. The shipped models were trained on faces found in this way.
2. **Tiles.** The detector, which takes a few milliseconds, searches square tiles of the shorter side, half of
   it, a quarter of it and so on. Faces below a quarter of the largest are background and are not searched
   for. :func:`~emola.face.detection.tiles.max_tiles` limits the number of tiles.
3. **Rotated.** An image in which no face was found is searched in eight rotations.
4. **Stretched.** If a face is dark or flat, or if no face was found in a dark or flat image, all steps are
   repeated on a contrast-stretched copy. Well-lit faces keep their first result.

The detector scores an upright face higher than the same face rotated: median 0.87 against 0.67 after a
quarter turn and 0.60 after a half turn, on press photos. A face with a low score is therefore scored in the
other rotations too, and read from a view in which it is upright.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from PIL import Image

from emola.face.arrays import FloatArray
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
from emola.face.detection.tiles import LARGE_SIDE, tile_sides, tiles

_MAX_VIEW_SIDE = 1280  # pixels
_MIN_VIEW_SIDE = 192  # pixels
_MAX_VIEW_PIXELS = 80_000_000  # below the size at which Pillow warns of a decompression bomb
_CLOSE_UP = 0.4  # size of a face, relative to the image's shorter side, from which it is not read again
_LANDMARKER_MARGIN = 2.5  # side of the view of one face for the landmarker, divided by the face's side
_DETECTOR_MARGIN = 2.0  # the same for the detector
_DETECTOR_VIEW_SIDE = 192  # pixels; the detector reduces its input to 128
_MAX_CANDIDATES = 100  # per tile size

_MAX_ROTATION_STEPS = 3  # corrections of the rotation of one face
_UPRIGHT_SCORE = 0.88  # a face with this score is upright, whatever its score in other rotations
_SCORE_GAIN = 0.06  # minimum gain in score for which a rotation is corrected
_CANDIDATE_SCORE = 0.6  # minimum score of a candidate in the best of four rotations
_CONFIRMED_SCORE = 0.72  # minimum score, upright, of a face that was found by the detector
_MAX_ROLL = 35.0  # degrees up to which a face is read without rotating the image


def find_faces(networks: FaceNetworks, image: Image.Image, max_faces: int) -> list[DetectedFace]:
    """Return the faces of an image, largest first and at most ``max_faces``."""
    image = image if image.mode == "RGB" else image.convert("RGB")
    faces = _Search(networks, image).run()
    levels = _levels_to_stretch(image, faces)
    if levels is not None:
        well_lit = [face for face in faces if stretch_levels(image, face.box) is None]
        stretched = _Search(networks, levels.stretch(image)).run()
        new = [face for face in stretched if best_overlap(face.box, well_lit) is None]
        read = [*well_lit, *(replace(face, levels=levels) for face in new)]
        faces = without_duplicates([*read, *(face for face in faces if best_overlap(face.box, read) is None)])
    return faces[:max_faces]


def _levels_to_stretch(image: Image.Image, faces: list[DetectedFace]) -> Levels | None:
    """Return the levels of the largest dark or flat face, or of the whole image if it has no face."""
    if not faces:
        return stretch_levels(image)
    return next((levels for face in faces if (levels := stretch_levels(image, face.box)) is not None), None)


class _Search:
    """One search of an RGB image, in the steps of this module except the contrast stretching."""

    def __init__(self, networks: FaceNetworks, image: Image.Image) -> None:
        self.networks = networks
        self.image = image
        self.pyramid = [image]  # each level half the size of the previous one
        self.short = min(image.size)

    def run(self) -> list[DetectedFace]:
        faces = without_duplicates(self._rotate_upright(face) for face in self._search_upright())
        faces = without_duplicates([*faces, *self._search_tiles(faces)])
        return faces or self._search_rotations()

    # 1. Upright.

    def _search_upright(self) -> list[DetectedFace]:
        width, height = self.image.size
        border = self.short // 4
        regions = [(0, 0, width, height), (-border, -border, width + border, height + border)]
        # A face that fills the image is often missed, because the detector expects surroundings. Small images
        # are nearly always such crops, so the black border is tried first for them and second for others.
        if self.short < _MIN_VIEW_SIDE:
            regions.reverse()
        faces = self._read_region(regions[0]) or self._read_region(regions[1])
        if self.short >= LARGE_SIDE:
            faces = self._with_small_faces(faces)
        return without_duplicates(faces)

    def _with_small_faces(self, faces: list[DetectedFace]) -> list[DetectedFace]:
        """Add the faces of the overlapping halves, and read small faces again from a close view.

        In a view of the whole image, small faces are missed or have inaccurate landmarks.
        """
        width, height = self.image.size
        halves = [
            (x, y, x + width // 2, y + height // 2)
            for x in (0, width // 4, width // 2)
            for y in (0, height // 4, height // 2)
        ]
        found = without_duplicates([*faces, *(face for half in halves for face in self._read_region(half))])
        accurate = []
        for face in found:
            side = float((face.box[2:] - face.box[:2]).max())
            if side > _CLOSE_UP * self.short:
                accurate.append(face)
            elif close := self._read_close(face.centre, side, face.box):
                accurate.append(close)
        return accurate

    def _read_close(self, centre: FloatArray, side: float, box: FloatArray) -> DetectedFace | None:
        """Read the face that overlaps ``box`` most, from an unrotated view around ``centre``."""
        (x, y), reach = centre, max(1.0, _LANDMARKER_MARGIN / 2 * side)
        faces = self._read_region((int(x - reach), int(y - reach), int(x + reach), int(y + reach)))
        return best_overlap(box, faces)

    def _read_region(self, region: tuple[int, int, int, int]) -> list[DetectedFace]:
        """Run the landmarker on a region (x0, y0, x1, y1), which is black outside the image."""
        view = self._crop_region(region)
        scale = min(_MAX_VIEW_SIDE / max(view.size), max(1.0, _MIN_VIEW_SIDE / min(view.size)))
        if scale != 1:
            resampling = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.LANCZOS
            size = max(1, round(view.width * scale)), max(1, round(view.height * scale))
            view = view.resize(size, resampling)
        x0, y0, x1, y1 = region
        faces = []
        for mesh in self.networks.meshes(view):
            xyz = (mesh.xyz * [x1 - x0, y1 - y0, x1 - x0] + [x0, y0, 0]).astype(np.float32)
            points = np.ascontiguousarray(xyz[:, :2])
            faces.append(DetectedFace(points, xyz, mesh.blendshapes, mesh.matrix))
        return faces

    def _crop_region(self, region: tuple[int, int, int, int]) -> Image.Image:
        """Crop a region, from a reduced copy if it would exceed ``_MAX_VIEW_PIXELS``."""
        x0, y0, x1, y1 = region
        halvings = _halvings(math.sqrt((x1 - x0) * (y1 - y0) / _MAX_VIEW_PIXELS))
        return self._reduced(halvings).crop((x0 >> halvings, y0 >> halvings, x1 >> halvings, y1 >> halvings))

    def _reduced(self, halvings: int) -> Image.Image:
        """Return the image with its sides divided by ``2**halvings``."""
        while len(self.pyramid) <= halvings:
            self.pyramid.append(self.pyramid[-1].reduce(2))
        return self.pyramid[halvings]

    # 2. Tiles.

    def _search_tiles(self, faces: list[DetectedFace]) -> Iterator[DetectedFace]:
        """Yield the faces that the detector finds in tiles, without those in ``faces``."""
        largest = max(faces, key=lambda face: face.side, default=None)
        size, rotation = (largest.side, largest.rotation) if largest else (0.0, 0.0)
        for side in tile_sides(self.image.size, size, rotated=rotation != 0):
            squares = tiles(self.image.size, side, rotation)
            candidates = [candidate for square in squares for candidate in self._detect(square)]
            new = self._confirm_all(candidates, faces)
            faces = [*faces, *new]
            yield from new

    def _detect(self, square: UprightSquare) -> list[Candidate]:
        """Run the detector on a square."""
        detections = self.networks.detections(self._detector_view(square))
        centres = square.to_image(np.array([detection.centre for detection in detections]).reshape(-1, 2))
        return [
            Candidate(centre, float(detection.size.max()) * square.side, detection.score, square.degrees)
            for centre, detection in zip(centres, detections, strict=True)
        ]

    def _detector_view(self, square: UprightSquare) -> Image.Image:
        """Crop a square for the detector, from the reduced copy of nearest resolution."""
        halvings = _halvings(square.side / _DETECTOR_VIEW_SIDE / 1.5)
        return square.reduced(2**halvings).crop(self._reduced(halvings), _DETECTOR_VIEW_SIDE)

    def _confirm_all(self, candidates: list[Candidate], known: list[DetectedFace]) -> list[DetectedFace]:
        """Return the faces at the candidates, without those in ``known``."""
        new: list[DetectedFace] = []
        tried: list[Candidate] = []
        for candidate in sorted(candidates, key=lambda candidate: candidate.score, reverse=True):
            if any(candidate.is_inside(face) for face in (*known, *new)):
                continue
            if any(candidate.repeats(other) for other in tried):
                continue
            tried.append(candidate)
            if len(tried) > _MAX_CANDIDATES:
                break
            if (face := self._confirm(candidate)) is not None:
                new.append(face)
        return new

    def _confirm(self, candidate: Candidate) -> DetectedFace | None:
        """Read the face at a candidate; None if the landmarker finds none or its score stays low."""
        rotations = (candidate.rotation + quarter for quarter in (0, 90, 180, 270))
        scored = [self._score(candidate.centre, candidate.side, rotation) for rotation in rotations]
        best = max(scored, key=lambda candidate: candidate.score)
        if best.score < _CANDIDATE_SCORE:
            return None
        face = self._read_rotated(best.centre, best.side, best.rotation)
        if face is None:
            return None
        face = self._rotate_upright(face)
        if self._score(face.centre, face.side, face.roll).score < _CONFIRMED_SCORE:
            return None
        if self._better_rotation(face) is not None:
            return None
        if abs(face.roll) > _MAX_ROLL:
            return face
        return self._read_close(face.centre, face.side, face.box) or face

    # 3. Rotated.

    def _search_rotations(self) -> list[DetectedFace]:
        """Search the whole image in eight rotations."""
        centre, side = np.array(self.image.size) / 2, 1.3 * max(self.image.size)
        squares = [UprightSquare.rotated(centre, side, rotation) for rotation in range(0, 360, 45)]
        return self._confirm_all([candidate for square in squares for candidate in self._detect(square)], [])

    def _rotate_upright(self, face: DetectedFace) -> DetectedFace:
        """Read a rotated face again from a view in which it is upright."""
        for _ in range(_MAX_ROTATION_STEPS):
            if (better := self._better_rotation(face)) is None:
                break
            face = self._read_rotated(better.centre, better.side, better.rotation) or face
        if abs(face.roll) <= _MAX_ROLL and face.rotation == 0:
            return face
        return self._read_rotated(face.centre, face.side, face.roll) or face  # without the remaining roll

    def _better_rotation(self, face: DetectedFace) -> Candidate | None:
        """Return the best candidate in the other rotations, None if its score is not clearly higher."""
        score = self._score(face.centre, face.side, face.roll).score
        if score >= _UPRIGHT_SCORE:
            return None
        rotations = (face.roll + quarter for quarter in (90, 180, 270))
        scored = [self._score(face.centre, face.side, rotation) for rotation in rotations]
        best = max(scored, key=lambda candidate: candidate.score)
        return best if best.score > score + _SCORE_GAIN else None

    def _score(self, centre: FloatArray, side: float, rotation: float) -> Candidate:
        """Run the detector on a face in a view rotated clockwise; the score is 0 if it finds none."""
        detected = self._detect(UprightSquare.rotated(centre, _DETECTOR_MARGIN * side, rotation))
        tolerance = _DETECTOR_MARGIN * side / 3
        near = [candidate for candidate in detected if np.linalg.norm(candidate.centre - centre) < tolerance]
        missed = Candidate(centre, side, 0.0, rotation)
        return max(near, key=lambda candidate: candidate.score, default=missed)

    def _read_rotated(self, centre: FloatArray, side: float, rotation: float) -> DetectedFace | None:
        """Run the landmarker on a face in a view rotated clockwise by ``rotation`` degrees."""
        square = UprightSquare.rotated(centre, _LANDMARKER_MARGIN * side, rotation)
        size = int(np.clip(square.side, _MIN_VIEW_SIDE, _MAX_VIEW_SIDE // 2))
        faces = []
        for mesh in self.networks.meshes(square.crop(self.image, size)):
            points = square.to_image(mesh.xyz[:, :2])
            xyz = (mesh.xyz * square.side).astype(np.float32)
            faces.append(DetectedFace(points, xyz, mesh.blendshapes, mesh.matrix, wrap_degrees(rotation)))
        half = side / 2
        return best_overlap(np.concatenate([centre - half, centre + half]), faces)


def _halvings(ratio: float) -> int:
    """Return how often a length must be halved to shrink it at least by ``ratio``."""
    return math.ceil(math.log2(max(1.0, ratio)))
