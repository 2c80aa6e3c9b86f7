"""How well a face can be seen: light, sharpness, size, turn of the head, and covered parts.

The limits are where the evidence begins to err. 70 photos, posed and from the press, of faces of 125 pixels
were made darker, flatter, smaller or blurred. So many of 20 units changed in a face, or became wrong with a
probability of 0.85 or more:

| changed to | contrast | sharpness | units changed | surely wrong |
|---|---|---|---|---|
| half the light; half the contrast | 0.08; 0.09 | 0.23 | 0.3; 0.4 | 0.03; 0.03 |
| 30 % of the light; 25 % of the contrast | 0.05; 0.05 | 0.23; 0.26 | 0.8; 0.9 | 0.14; 0.17 |
| 20 % of the light; 12 % of the contrast | 0.03; 0.03 | 0.23; 0.30 | 1.2; 1.8 | 0.41; 0.55 |
| 48; 36; 26; 18 pixels | 0.16 | 0.21; 0.18; 0.15; 0.12 | 0.3; 0.4; 0.7; 1.3 | 0.04; 0.11; 0.17; 0.51 |
| blurred over 2; 3; 4.5 pixels | 0.15 | 0.14; 0.10; 0.08 | 0.3; 0.7; 1.4 | 0.09; 0.27; 0.54 |

Darkness counts by the contrast that it leaves: a dark skin in good light is as clear as a fair one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from emola.faba.regions import REGIONS, SIDES, region
from emola.face.crop import UprightSquare
from emola.face.visibility.covers import shipped_network
from emola.face.visibility.regions import face_mask, regions_outside

SIDEWAYS = 30.0
"""Yaw in degrees from which the far side of the face counts as hidden.

Over 9,900 photos, the blink of the one eye and of the other correlate with 0.9 in faces turned by less than
20 degrees, with 0.7 up to 30 degrees, and with 0.3 beyond; the lowering of the brows falls from 0.8 to 0.3.
"""
TILTED = 25.0
"""Pitch in degrees from which a face counts as turned up or down.

Smiles are found in faces of 20 degrees as in level ones; of the photos, one in a thousand lies beyond 25.
"""
SMALL = 40.0
"""Pixels below which a face is unsure."""
FLAT = 0.06
"""Contrast below which a face is unsure."""
OVEREXPOSED = 0.97
"""Median brightness from which a face is unsure: half of it is white, whatever the rest shows."""
BLURRED = 0.1
"""Sharpness below which a face is unsure."""
_SMEARED = 0.06  # below this sharpness nobody can tell a cover from the blur

_DARK, _BRIGHT = 0.35, 0.75  # a face without contrast is called dark below, and bright above
_MEASURED_AT = 64  # pixels: what the vision tower sees, too
_PARTS = ("eye", "mouth", "brow")
_MOST_SENTENCES = 3


@dataclass(frozen=True)
class Visibility:
    """How well one face can be seen.

    size: longer side of the face in picture pixels. brightness: median grey value of the face, 0 (black) to
    1 (white). contrast: deviation of its grey values on the same scale. sharpness: share of the contrast that
    is in details of two or three pixels when the face is 64 pixels wide; 0 when blurred away. yaw, pitch:
    degrees, as in ``Pose``. covered: regions of :data:`~emola.faba.regions.REGIONS` with something in front;
    outside: regions beyond the edges of the picture.
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
        """The regions that cannot be seen: covered, outside, or on the far side of a face turned far away."""
        far = self._far_side
        return self.covered | self.outside | {name for name in REGIONS if far and name.endswith(far)}

    @property
    def clear(self) -> bool:
        """Whether all of the face can be seen so well that words like "clearly" are allowed."""
        return not self.hidden and not any(self._reasons())

    @property
    def sentences(self) -> tuple[str, ...]:
        """What keeps the face from being clear, for users: at most three short sentences, the worst first."""
        hidden = (*_named(self.outside, "outside the picture"), *_named(self.covered, "covered"))
        return (*hidden, *self._reasons())[:_MOST_SENTENCES]

    def shows(self, au: int, side: str | None = None) -> bool:
        """Whether an action unit can be seen: on the subject's "left" or "right", or with None on either.

        Raises KeyError for an unknown unit or side.
        """
        if side not in (None, *SIDES):
            raise KeyError(side)
        return any(region(au, name) not in self.hidden for name in ([side] if side else SIDES))

    def as_dict(self) -> dict[str, Any]:
        """Everything as JSON-ready values."""
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
        """The subject's side that is turned away, empty when none is."""
        return "" if abs(self.yaw) < SIDEWAYS else "left" if self.yaw > 0 else "right"

    def _reasons(self) -> Iterator[str]:
        """Why the whole face is unsure."""
        if self.brightness >= OVEREXPOSED:
            yield "The picture is too bright to be sure."
        elif self.contrast < FLAT:
            dark, bright = self.brightness < _DARK, self.brightness > _BRIGHT
            fault = "is too dark" if dark else "is too bright" if bright else "has too little contrast"
            yield f"The picture {fault} to be sure."
        if self.size < SMALL:
            yield f"The face is small: {self.size:.0f} pixels."
        elif self.sharpness < BLURRED:
            yield "The picture is blurred."
        if self._far_side:
            yield "The face is turned far to the side."
        if abs(self.pitch) >= TILTED:
            yield f"The face is turned far {'down' if self.pitch > 0 else 'up'}."


def assess_visibility(
    crop: Image.Image, landmarks: np.ndarray, yaw: float, pitch: float, picture: tuple[int, int]
) -> Visibility:
    """How well a face can be seen.

    crop: what ``aligned_crop`` cuts out around landmarks, (478, 2) picture pixels. yaw, pitch: degrees.
    picture: width and height of the picture.
    """
    points = UprightSquare.around(landmarks).to_crop(landmarks, crop.width)
    grey = crop.convert("L").resize((_MEASURED_AT, _MEASURED_AT), Image.Resampling.BICUBIC)
    inside = face_mask(points * (_MEASURED_AT / crop.width), _MEASURED_AT)
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
        outside=regions_outside(landmarks, picture),
    )


def _listed(things: list[str]) -> str:
    """ "eyes", "eyes and mouth", "eyes, mouth and nose"."""
    return " and ".join([", ".join(things[:-1]), things[-1]] if len(things) > 1 else things)


def _named(regions: frozenset[str], state: str) -> Iterator[str]:
    """Sentences that say which regions are in a state, such as "covered"."""
    whole = [part for part in _PARTS if all(f"{part}_{side}" in regions for side in SIDES)]
    names = {"eye": "eyes", "mouth": "mouth", "brow": "brows"}
    things = [names[part] for part in whole] + ["nose"] * ("nose" in regions)
    if things:
        verb = "is" if things in (["mouth"], ["nose"]) else "are"
        yield f"The {_listed(things)} {verb} {state}."
    for part in _PARTS:
        for side in SIDES:
            if part not in whole and f"{part}_{side}" in regions:
                what = f"{side} side of the mouth" if part == "mouth" else f"{side} {part}"
                yield f"The {what} is {state}."
