"""The prior experts by name: what finds the faces and says each as the numbers a model was trained on.

A checkpoint names the expert that it needs (``prior_expert`` in its configuration).
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PIL import Image

from emola.errors import CheckpointError
from emola.face.insightface import INSIGHTFACE_EXPERT, InsightFaceExpert
from emola.face.landmarker import Face, FaceLandmarker
from emola.face.prior import PRIOR_EXPERT

__all__ = ["PriorExpert", "prior_expert"]


class PriorExpert(Protocol):
    """What every expert has; all of it may be used from several threads."""

    @property
    def name(self) -> str:
        """The name that checkpoints know it by."""

    @property
    def dim(self) -> int:
        """How many numbers ``Face.prior`` holds."""

    @property
    def missing(self) -> str | None:
        """What is not on this machine and how to get it, in a sentence; None when all is here."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The network files on this machine that its numbers come from."""

    def detect(self, image: Image.Image) -> list[Face]:
        """The faces of an RGB picture, largest first. Raises DownloadError while something is missing."""


def prior_expert(name: str, path: Path | None = None) -> PriorExpert:
    """The expert called ``name``; ``path``: its model file, where it is not the one that is fetched.

    Raises CheckpointError for a name that is none, or a file that is not this expert's model.
    """
    if name == PRIOR_EXPERT:
        return FaceLandmarker(path)
    if name == INSIGHTFACE_EXPERT:
        return InsightFaceExpert(path)
    raise CheckpointError(
        f"There is no prior expert {name!r}; EmoLA has {PRIOR_EXPERT!r} and {INSIGHTFACE_EXPERT!r}."
    )
