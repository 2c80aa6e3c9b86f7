"""The faces that are asked about, and what is known of each beside its label."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from emola import EmoLA, Face
from emola.cli.progress import Bars
from emola.data import Record, SkippedImages
from emola.face import PRIOR_DIM, AUEstimate

CLEAR = 0.8
"""From which probability on the evidence is clear, for a unit or against it."""
Evidence = Callable[[Face], Mapping[int, AUEstimate]]
"""What measures the action units of a face, as ``EmoLA.evidence`` does."""


@dataclass(frozen=True, eq=False)
class Looked:
    """One face of the run: the largest of its picture, or the whole picture where none was found.

    label: its emotion, None when nobody said. measured: the evidence of each action unit, None without a
    prior. brightness: mean luminance of the picture inside the face's box, 0 to 255. yaw: degrees the head is
    turned, either way. side: longer side of the box in pixels; both None where no face was found.
    """

    id: str
    face: Face
    label: str | None
    measured: Mapping[int, AUEstimate] | None
    brightness: float
    yaw: float | None
    side: float | None

    @property
    def found(self) -> bool:
        """Whether landmarks were found."""
        return self.face.prior is not None

    def clear(self, active: bool) -> list[int]:
        """The units whose evidence leaves little doubt that they are active, or that they are not."""
        return [
            code
            for code, one in (self.measured or {}).items()
            if one.probability is not None
            and one.active is active
            and (one.probability if active else 1 - one.probability) >= CLEAR
        ]


def look(title: str, records: Sequence[Record], model: EmoLA, evidence: Evidence) -> list[Looked]:
    """Every picture that can be read, with its largest face."""
    seen = []
    with Bars("Looking at", unit="face") as bars:
        for number, (record, picture) in enumerate(SkippedImages(len(records)).each(records), 1):
            seen.append(looked(record, picture, next(iter(model.look(picture)), None), evidence))
            bars(title, number, len(records))
    return seen


def looked(record: Record, picture: Image.Image, face: Face | None, evidence: Evidence) -> Looked:
    """What is known of the face of a picture; the landmarks are let go of."""
    found = face is not None
    face = face or Face.whole(picture)
    x0, y0, x1, y1 = (float(edge) for edge in face.box)
    reads = face.prior is not None and len(face.prior) == PRIOR_DIM
    return Looked(
        id=record.id,
        face=Face(face.box, np.zeros((0, 2), np.float32), face.prior, face.crop),
        label=record.emotion,
        measured=evidence(face) if reads else None,
        brightness=brightness(picture, (x0, y0, x1, y1)),
        yaw=abs(face.pose.yaw) if face.pose else None,
        side=max(x1 - x0, y1 - y0) if found else None,
    )


def brightness(picture: Image.Image, box: tuple[float, float, float, float]) -> float:
    """Mean luminance inside a box, as far as the picture reaches; 0 to 255."""
    x0, y0 = max(0, round(box[0])), max(0, round(box[1]))
    x1, y1 = max(x0 + 1, min(picture.width, round(box[2]))), max(y0 + 1, min(picture.height, round(box[3])))
    return float(np.asarray(picture.convert("L").crop((x0, y0, x1, y1))).mean())
