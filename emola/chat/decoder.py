"""Decoders: they turn the prompt of a conversation into the tokens of an answer.

The engine owns faces, readings, the choice of the adapter and tokenisation. A decoder gets token ids and the
embeddings of a face, and keeps to itself how it computes and what it caches. The local decoder is
``emola.chat.batching.LocalDecoder``.

Shape suffixes: B batch (always 1 here), T tokens, H hidden size.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from emola.chat.faces import EncodedFace
from emola.chat.sampler import Sampling

__all__ = ["Decoder", "embed_prompt"]


class Decoder(Protocol):
    """What the engine needs of a decoder. Every method may be called from any thread."""

    def generate(
        self,
        owner: int,
        face: EncodedFace,
        prompt: list[int],
        room: int,
        sampling: Sampling,
        stopped: Callable[[], bool],
    ) -> Generator[int, None, None]:
        """Yield the tokens of an answer, without the stop token that ends it.

        Nothing is computed before the first token is requested; later tokens may be computed ahead. Closing
        the generator ends the answer.

        owner: number of the conversation; one owner's prompts usually share a long prefix. face: what the
        image tokens of the prompt stand for; its adapter answers, and its forbidden tokens never occur. room:
        longest answer in tokens, 1 or more. stopped: ends the answer within one token when it returns true;
        called from any thread.
        """

    def release(self, owner: int) -> None:
        """Free what is kept for a conversation, also if it is being answered."""

    def memory(self, owner: int) -> int:
        """Return what is kept for a conversation on this machine, in bytes."""

    def close(self) -> None:
        """End all answers with ChatError, refuse further ones, and free all memory. May be repeated."""


def embed_prompt(model: Any, face: EncodedFace, prompt: Sequence[int], start: int = 0) -> Tensor:
    """Return the embeddings (T, H) of the tokens of a prompt from ``start`` on, with those of the face."""
    image_token = model.config.image_token_id
    rest = prompt[start:]
    image_BTH = None
    if image_token in rest:
        image_BTH = face.embeds[:, prompt[:start].count(image_token) :]
    ids_BT = torch.tensor([rest], device=model.device)
    with torch.inference_mode():
        embeds_BTH: Tensor = model.embed(ids_BT, image_BTH)
    return embeds_BTH[0]
