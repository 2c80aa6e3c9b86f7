"""Prior experts by name: each finds faces and describes them by the feature vector a model was trained on.

A checkpoint names its expert in its configuration (``prior_expert``).
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
    """Interface of all experts; implementations are thread-safe."""

    @property
    def name(self) -> str:
        """Name of the expert in checkpoints."""

    @property
    def dim(self) -> int:
        """Length of ``Face.prior``."""

    @property
    def missing(self) -> str | None:
        """A sentence that names the missing file and how to get it; None if no file is missing."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The network files in use, without missing ones."""

    def detect(self, image: Image.Image) -> list[Face]:
        """Return the faces of an RGB image, largest first. Raises DownloadError if a file is missing."""


def prior_expert(name: str, path: Path | None = None) -> PriorExpert:
    """Create the expert called ``name``.

    path: its model file; the downloaded one if None. Raises CheckpointError if the name is unknown or the
    file is not a model of this expert.
    """
    if name == PRIOR_EXPERT:
        return FaceLandmarker(path)
    if name == INSIGHTFACE_EXPERT:
        return InsightFaceExpert(path)
    raise CheckpointError(
        f"There is no prior expert {name!r}; EmoLA has {PRIOR_EXPERT!r} and {INSIGHTFACE_EXPERT!r}."
    )
