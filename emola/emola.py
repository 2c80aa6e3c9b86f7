"""EmoLA as its users meet it: load a model, look at a picture, chat about a face."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from emola.chat.engine import Engine
from emola.chat.session import ChatSession
from emola.errors import CheckpointError
from emola.face.image import load_image
from emola.face.landmarker import Face, FaceLandmarker
from emola.face.prior import PRIOR_EXPERT

if TYPE_CHECKING:
    from emola.model import EmolaForConditionalGeneration, EmolaProcessor
    from emola.model.loading import Quantisation

__all__ = ["EmoLA", "load"]


class EmoLA:
    """A model that looks at faces and talks about them.

    model, processor: the transformers objects; prior: the prior expert, which finds the faces.
    Safe to use from several threads: forward passes take turns.
    """

    def __init__(
        self,
        model: EmolaForConditionalGeneration,
        processor: EmolaProcessor,
        prior: FaceLandmarker,
        *,
        quantize: str | None = None,
    ) -> None:
        self.model, self.processor, self.prior = model, processor, prior
        self._quantize = quantize
        self._engine = Engine(model, processor)

    @property
    def name(self) -> str:
        """The model's name as people say it."""
        return str(self.model.config.title)

    @property
    def info(self) -> Mapping[str, Any]:
        """Facts about the model: "parameters" (int), "device" (str), "quantize" (str or None)."""
        parameters = sum(p.numel() for p in self.model.parameters())
        return {"parameters": parameters, "device": str(self.model.device), "quantize": self._quantize}

    def look(self, image: str | Path | bytes | Image.Image | np.ndarray) -> list[Face]:
        """The faces in a picture, largest first; empty when there is none.

        Raises ImageError when the picture cannot be read.
        """
        return self.prior.detect(load_image(image))

    def chat(self, face: Face, **options: Any) -> ChatSession:
        """A new conversation about a face; the options are those of ``ChatSession``."""
        return ChatSession(self._engine, face, **options)


def load(
    model: str | Path = "nano",
    *,
    device: str = "auto",
    dtype: str = "auto",
    quantize: Quantisation | None = None,
) -> EmoLA:
    """Load a model: "nano", or a checkpoint folder.

    device: "auto" (a GPU if there is one) or torch's name of a device. dtype: "auto" or torch's name
    of a type. quantize: "nf4" (4 bits), "int8", or None. Fetches what is missing on first use.
    Raises CheckpointError when there is no such model, DownloadError when something cannot be fetched.
    """
    from emola.model.loading import NANO, load_checkpoint

    folder = NANO if model == "nano" else Path(model)
    if not folder.is_dir():
        raise CheckpointError(f"There is no model {str(model)!r}; give 'nano' or a checkpoint folder.")
    network, processor = load_checkpoint(folder, device=device, dtype=dtype, quantize=quantize)
    expert = network.config.prior_expert
    if expert != PRIOR_EXPERT:
        raise CheckpointError(
            f"{folder} needs the prior expert {expert!r}; only {PRIOR_EXPERT!r} is available."
        )
    return EmoLA(network, processor, FaceLandmarker(), quantize=quantize)
