"""Faces as conversations see them: the crop and prior that are read, and the embeddings made from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from torch import Tensor

from emola.errors import ChatError

Features = npt.NDArray[np.float32]
"""(F,): the mean patch feature of a face."""


class FaceLike(Protocol):
    """The part of :class:`emola.face.Face` that the engine uses. Hashed by identity."""

    @property
    def crop(self) -> Any:
        """The aligned crop, an RGB PIL image."""

    @property
    def prior(self) -> Any:
        """(prior_dim,) float32, or None."""

    @property
    def visibility(self) -> Any:
        """``emola.face.Visibility``; None when it was not assessed."""


def require_face(face: object) -> None:
    """Raise ChatError unless ``face`` is a face such as ``EmoLA.look`` returns."""
    if not (hasattr(face, "crop") and hasattr(face, "prior")):
        raise ChatError(
            f"A conversation needs a face, not {type(face).__name__}: use one that look() returned, such as "
            "model.look(picture)[0]."
        )


@dataclass(frozen=True, eq=False)
class EncodedFace:
    """The embeddings of one face. Compared by identity.

    embeds: (1, image tokens, hidden size). mean_patch: (F,) float32, the mean patch feature. adapter: the
    adapter whose projectors made the embeddings, and which answers about them; None for a model without
    adapters. forbidden: tokens that no answer about this face may contain.
    """

    embeds: Tensor
    mean_patch: Features
    adapter: str | None = None
    forbidden: frozenset[int] = frozenset()


def forbidden_tokens(model: Any, processor: Any, face: FaceLike) -> frozenset[int]:
    """Return the tokens that no answer about a face may contain.

    These are the image token and, for a face that is not clearly visible, words of certainty ("clearly").
    """
    unsure = face.visibility is not None and not face.visibility.clear
    certainty = processor.certainty_token_ids if unsure else frozenset()
    return frozenset({model.config.image_token_id}) | certainty
