"""EmoLA as its users meet it: load a model, look at a picture, chat about a face."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from emola.chat import routing
from emola.chat.engine import Engine
from emola.chat.session import ChatSession
from emola.errors import CheckpointError
from emola.face.evidence import EVIDENCE_NAME, AUEstimate, AUEvidence
from emola.face.experts import PriorExpert, prior_expert
from emola.face.image import load_image
from emola.face.landmarker import Face

if TYPE_CHECKING:
    from emola.model import EmolaForConditionalGeneration, EmolaProcessor
    from emola.model.loading import Device, Quantisation

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
        prior: PriorExpert,
        *,
        quantize: str | None = None,
        evidence: AUEvidence | None = None,
    ) -> None:
        self.model, self.processor, self.prior = model, processor, prior
        self._evidence = evidence
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

    @property
    def adapters(self) -> tuple[str, ...]:
        """The names that :meth:`use` takes besides "auto"."""
        return self._engine.adapters

    def use(self, adapter: str) -> None:
        """Let this adapter answer: "au" or "emotion" for the published model, or "auto".

        With "auto", the default, each question is answered by the adapter for what it asks about. Holds
        for all conversations that name none themselves, from their next question on. Raises ChatError.
        """
        self._engine.use = routing.check(adapter, self.adapters)

    def look(self, image: str | Path | bytes | Image.Image | np.ndarray) -> list[Face]:
        """The faces in a picture, largest first; empty when there is none.

        At most ``emola.face.MAX_FACES`` are reported; a picture with that many may hold more.
        Raises ImageError when the picture cannot be read.
        """
        return self.prior.detect(load_image(image))

    def evidence(self, face: Face) -> dict[int, AUEstimate]:
        """What is measured of each action unit in a face, to hold the model's words against; by code.

        Nothing for a face without landmarks. Raises CheckpointError for a model that brings no such
        measurement, as the published one.
        """
        if self._evidence is None:
            raise CheckpointError(f"{self.name} measures no action units; EmoLA-Nano does.")
        if face.prior is None:
            return {}
        features = self._engine.features(face) if self._evidence.features else None
        return self._evidence.estimate(face.prior, features)

    def chat(self, face: Face, **options: Any) -> ChatSession:
        """A new conversation about a face; the options are those of ``ChatSession``."""
        return ChatSession(self._engine, face, **options)


def load(
    model: str | Path = "nano",
    *,
    device: Device = "auto",
    dtype: str = "auto",
    quantize: Quantisation | None = None,
) -> EmoLA:
    """Load a model: "nano", a checkpoint folder, or a name on the hub ("owner/name", "owner/name@revision").

    device: "auto" (a GPU if there is one), torch's name of a device, "offload" (a GPU as far as the model
    fits, and main memory for the rest), or a device map. dtype: "auto" or torch's name of a type.
    quantize: "nf4" (4 bits), "int8", or None. Fetches what is missing on first use.
    Raises CheckpointError when there is no such model or it does not fit into memory, DownloadError when
    something cannot be fetched.
    """
    from emola.model.loading import load_checkpoint, read_config

    folder = _folder(model)
    config = read_config(folder)
    expert = prior_expert(config.prior_expert)  # before the weights, which may take minutes
    if expert.dim != config.prior_dim:
        raise CheckpointError(
            f"{folder} reads {config.prior_dim} numbers of a prior, but {expert.name!r} gives "
            f"{expert.dim}; was it trained with another expert?"
        )
    network, processor = load_checkpoint(folder, device=device, dtype=dtype, quantize=quantize)
    measured = folder / EVIDENCE_NAME
    evidence = AUEvidence.load(measured) if measured.is_file() else None
    return EmoLA(network, processor, expert, quantize=quantize, evidence=evidence)


def _folder(model: str | Path) -> Path:
    """The checkpoint folder that a name stands for; fetched when it is on the hub."""
    from emola.model import hub
    from emola.model.loading import NANO

    if model == "nano":
        return NANO
    if Path(model).is_dir():
        return Path(model)
    named = hub.parse(str(model))
    if named is None:
        raise CheckpointError(
            f"There is no model {str(model)!r}; give 'nano', a checkpoint folder or a name on the hub."
        )
    return hub.fetch(*named)
