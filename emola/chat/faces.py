"""Faces as conversations see them: the crop and prior that are read, and the embeddings made from them.

A face can be read without its prior. The model then sees the pixels alone: it is given no landmarks, and
nothing that was derived from them, as for a picture in which no landmarks were found.
"""

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


@dataclass(frozen=True)
class _UnknownView:
    """The visibility of a face without landmarks: no hidden part and no fault is known.

    clear: as in the visibility of the face, since words of certainty stay wrong for an unclear face.
    """

    clear: bool
    hidden: frozenset[str] = frozenset()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class FaceWithoutPrior:
    """A face as a model sees it without the prior. Hashed by identity: it is encoded and read on its own."""

    crop: Any
    visibility: Any
    prior: None = None


class Subject:
    """The face of a conversation, with and without its prior."""

    def __init__(self, face: FaceLike) -> None:
        require_face(face)
        self.face = face
        self._without_prior: FaceLike = face
        if face.prior is not None:
            view = None if face.visibility is None else _UnknownView(bool(face.visibility.clear))
            self._without_prior = FaceWithoutPrior(face.crop, view)

    def seen(self, prior: bool) -> FaceLike:
        """Return the face as the model sees it. A face that has no prior is the same in both cases."""
        return self.face if prior else self._without_prior

    @property
    def views(self) -> tuple[FaceLike, ...]:
        """The face with and without its prior, each once."""
        return tuple(dict.fromkeys((self.face, self._without_prior)))


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
