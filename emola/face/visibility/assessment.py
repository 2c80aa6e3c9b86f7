"""Assessment of how well a face can be seen.

Covers exposure, sharpness, size, head pose and hidden regions. The thresholds mark where the action-unit
evidence begins to err. They come from 70 posed and press photos with faces of 125 pixels, which were
darkened, flattened, reduced or blurred. The last two columns count, out of 20 units per face, those that
changed and those that became wrong with a probability of 0.85 or more:

| change | contrast | sharpness | changed units | confident errors |
|---|---|---|---|---|
| half the light; half the contrast | 0.08; 0.09 | 0.23 | 0.3; 0.4 | 0.03; 0.03 |
| 30 % of the light; 25 % of the contrast | 0.05; 0.05 | 0.23; 0.26 | 0.8; 0.9 | 0.14; 0.17 |
| 20 % of the light; 12 % of the contrast | 0.03; 0.03 | 0.23; 0.30 | 1.2; 1.8 | 0.41; 0.55 |
| 48; 36; 26; 18 pixels | 0.16 | 0.21; 0.18; 0.15; 0.12 | 0.3; 0.4; 0.7; 1.3 | 0.04; 0.11; 0.17; 0.51 |
| blurred over 2; 3; 4.5 pixels | 0.15 | 0.14; 0.10; 0.08 | 0.3; 0.7; 1.4 | 0.09; 0.27; 0.54 |

Exposure is judged by contrast, not by brightness, so that dark skin in good light is as clear as fair skin.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from emola.faba.regions import REGIONS, SIDES, region
from emola.face.arrays import FloatArray
from emola.face.crop import UprightSquare
from emola.face.visibility.covers import shipped_network
from emola.face.visibility.regions import face_mask, regions_outside

SIDEWAYS = 30.0
"""Yaw in degrees from which the far side of the face counts as hidden.

Over 9,900 photos, the correlation between the blinks of both eyes is 0.9 at a yaw below 20 degrees, 0.7 up to
30 degrees and 0.3 above; that of the lowering of the brows falls from 0.8 to 0.3.
"""
TILTED = 25.0
"""Pitch in degrees from which a face is not clear.

Smiles are found as often at 20 degrees as in level faces; one photo in a thousand exceeds 25.
"""
SMALL = 40.0
"""Size in pixels below which a face is not clear."""
FLAT = 0.06
"""Contrast below which a face is not clear."""
OVEREXPOSED = 0.97
"""Median brightness from which a face is not clear, because half of it is white."""
BLURRED = 0.1
"""Sharpness below which a face is not clear."""
_SMEARED = 0.06  # sharpness below which covers cannot be told from blur

_DARK, _BRIGHT = 0.35, 0.75  # brightness limits for the wording of a face without contrast
_MEASURED_SIDE = 64  # pixels; the resolution of the vision tower
_PARTS = ("eye", "mouth", "brow")
_MAX_SENTENCES = 3
_SENTENCES = {
    "bright": "The picture is too bright to be sure.",
    "dark": "The picture is too dark to be sure.",
    "flat": "The picture has too little contrast to be sure.",
    "small": "The face is small: {size:.0f} pixels.",
    "blurred": "The picture is blurred.",
    "turned left": "The face is turned far to the side.",
    "turned right": "The face is turned far to the side.",
    "tilted down": "The face is turned far down.",
    "tilted up": "The face is turned far up.",
}


@dataclass(frozen=True)
class Visibility:
    """How well one face can be seen.

    size: longer side of the face in image pixels. brightness: median grey value of the face, 0 (black) to 1
    (white). contrast: standard deviation of its grey values, on the same scale. sharpness: share of the
    contrast in details of two or three pixels, with the face scaled to 64 pixels; 0 if fully blurred. yaw,
    pitch: degrees, as in ``Pose``. covered: covered regions, of :data:`~emola.faba.regions.REGIONS`. outside:
    regions outside the image.
    """

    size: float
    brightness: float
    contrast: float
    sharpness: float
    yaw: float
    pitch: float
    covered: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()

    @property
    def hidden(self) -> frozenset[str]:
        """The regions that are covered, outside the image, or on the far side of a face turned sideways."""
        far = self._far_side
        return self.covered | self.outside | {name for name in REGIONS if far and name.endswith(far)}

    @property
    def clear(self) -> bool:
        """Whether nothing limits the evidence, so that answers may say "clearly"."""
        return not self.hidden and not self.faults

    @property
    def sentences(self) -> tuple[str, ...]:
        """Reasons why the face is not clear, for users: at most three short sentences, the worst first."""
        hidden = (*_sentences(self.outside, "outside the picture"), *_sentences(self.covered, "covered"))
        return (*hidden, *map(self._sentence, self.faults))[:_MAX_SENTENCES]

    @property
    def faults(self) -> tuple[str, ...]:
        """Faults of the whole view, the worst first, such as "dark", "small" or "turned left"."""
        return tuple(self._faults())

    def shows(self, au: int, side: str | None = None) -> bool:
        """Whether the region of an action unit is visible.

        side: the subject's "left" or "right", None for either. Raises KeyError for an unknown unit or side.
        """
        if side not in (None, *SIDES):
            raise KeyError(side)
        return any(region(au, name) not in self.hidden for name in ([side] if side else SIDES))

    def as_dict(self) -> dict[str, Any]:
        """Return all values as JSON types."""
        numbers = ("brightness", "contrast", "sharpness", "yaw", "pitch", "size")
        return {
            **{name: round(float(getattr(self, name)), 3) for name in numbers},
            "covered": [name for name in REGIONS if name in self.covered],
            "outside": [name for name in REGIONS if name in self.outside],
            "hidden": [name for name in REGIONS if name in self.hidden],
            "clear": self.clear,
            "sentences": list(self.sentences),
        }

    @property
    def _far_side(self) -> str:
        """The subject's side that is turned away, "" if neither is."""
        return "" if abs(self.yaw) < SIDEWAYS else "left" if self.yaw > 0 else "right"

    def _faults(self) -> Iterator[str]:
        if self.brightness >= OVEREXPOSED:
            yield "bright"
        elif self.contrast < FLAT:
            yield "dark" if self.brightness < _DARK else "bright" if self.brightness > _BRIGHT else "flat"
        if self.size < SMALL:
            yield "small"
        elif self.sharpness < BLURRED:
            yield "blurred"
        if self._far_side:
            yield f"turned {self._far_side}"
        if abs(self.pitch) >= TILTED:
            yield "tilted down" if self.pitch > 0 else "tilted up"

    def _sentence(self, fault: str) -> str:
        return _SENTENCES[fault].format(size=self.size)


def assess_visibility(
    crop: Image.Image, landmarks: FloatArray, yaw: float, pitch: float, image_size: tuple[int, int]
) -> Visibility:
    """Assess how well a face can be seen.

    crop: the result of ``aligned_crop`` for the landmarks. landmarks: (478, 2) image pixels. yaw, pitch:
    degrees. image_size: width and height.
    """
    points = UprightSquare.around(landmarks).to_crop(landmarks, crop.width)
    grey = crop.convert("L").resize((_MEASURED_SIDE, _MEASURED_SIDE), Image.Resampling.BICUBIC)
    inside = face_mask(points * (_MEASURED_SIDE / crop.width), _MEASURED_SIDE)
    values = np.asarray(grey, dtype=np.float64)
    coarse = np.asarray(grey.filter(ImageFilter.GaussianBlur(1)), dtype=np.float64)
    face, details = values[inside] / 255, (values - coarse)[inside] / 255
    contrast = float(face.std())
    sharpness = float(details.std()) / max(contrast, 1 / 255)
    return Visibility(
        size=float(np.ptp(landmarks, axis=0).max()),
        brightness=float(np.median(face)),
        contrast=contrast,
        sharpness=sharpness,
        yaw=yaw,
        pitch=pitch,
        covered=frozenset() if sharpness < _SMEARED else shipped_network().covered(crop, points),
        outside=regions_outside(landmarks, image_size),
    )


def _sentences(regions: frozenset[str], state: str) -> Iterator[str]:
    """Yield sentences that name the regions in a state, such as "covered"."""
    both_sides = [part for part in _PARTS if all(f"{part}_{side}" in regions for side in SIDES)]
    names = {"eye": "eyes", "mouth": "mouth", "brow": "brows"}
    nouns = [names[part] for part in both_sides] + ["nose"] * ("nose" in regions)
    if nouns:
        verb = "is" if nouns in (["mouth"], ["nose"]) else "are"
        yield f"The {_enumerate(nouns)} {verb} {state}."
    for part in _PARTS:
        for side in SIDES:
            if part not in both_sides and f"{part}_{side}" in regions:
                noun = f"{side} side of the mouth" if part == "mouth" else f"{side} {part}"
                yield f"The {noun} is {state}."


def _enumerate(nouns: list[str]) -> str:
    """Join words: "eyes", "eyes and mouth", "eyes, mouth and nose"."""
    return " and ".join([", ".join(nouns[:-1]), nouns[-1]] if len(nouns) > 1 else nouns)
