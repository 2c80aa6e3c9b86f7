"""From faces and conversations to tensors.

A conversation is a list of chat-template messages; :mod:`emola.model.prompts` makes tokens of it,
``<image>`` becoming one token for each patch and prior token.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import torch
from PIL import Image
from transformers import AutoProcessor, BatchFeature, ProcessorMixin

from emola.faba.messages import Message
from emola.model.configuration import EmolaConfig
from emola.model.prompts import IGNORE_INDEX, PROMPTS

IMAGE_MARK = "<image>"

WORDS_OF_CERTAINTY = ("clearly", "certainly", "definitely", "obviously", "surely", "undoubtedly")
"""Words that need a face that can be seen well."""


class EmolaProcessor(ProcessorMixin):
    """Image processor and tokeniser of an EmoLA model.

    image_token: the tokeniser's token whose places the face's embeddings take; image_tokens: how
    many of them one face needs (patches and prior tokens); prior_dim: numbers of the prior; prompt: the
    style of its prompts, a name of ``PROMPTS``.
    """

    def __init__(
        self,
        image_processor: Any = None,
        tokenizer: Any = None,
        image_token: str = IMAGE_MARK,
        image_tokens: int = 1,
        prior_dim: int = 1,
        prompt: str = "chatml",
        **kwargs: Any,
    ) -> None:
        self.image_token = image_token
        self.image_token_id = tokenizer.convert_tokens_to_ids(image_token)
        self.image_tokens = image_tokens
        self.prior_dim = prior_dim
        self.prompt = prompt
        super().__init__(image_processor, tokenizer, **kwargs)
        self._style = PROMPTS[prompt](tokenizer, [self.image_token_id] * image_tokens)

    @property
    def stop_token_ids(self) -> frozenset[int]:
        """Tokens that end an answer."""
        return self._style.stop_token_ids

    @cached_property
    def certainty_token_ids(self) -> frozenset[int]:
        """Tokens that are a word of certainty each; a word of several tokens has none."""
        spellings = [
            f"{space}{w}" for word in WORDS_OF_CERTAINTY for w in (word, word.title()) for space in ("", " ")
        ]
        ids = [self.tokenizer.encode(spelling, add_special_tokens=False) for spelling in spellings]
        return frozenset(token for tokens in ids if len(tokens) == 1 for token in tokens)

    def __call__(  # type: ignore[override]
        self,
        images: Sequence[Image.Image],
        messages: Sequence[Sequence[Message]],
        prior_features: Sequence[np.ndarray | None] | None = None,
        add_generation_prompt: bool = True,
        labels: bool = False,
        pad_to_square: bool = False,
        return_tensors: str = "pt",
    ) -> BatchFeature:
        """Tensors for a batch of conversations, one face each.

        Returns input_ids and attention_mask (B, T), pixel_values (B, C, S, S), prior_features
        (B, prior_dim) with zeros where a prior is None and, when asked for, labels (B, T) with
        IGNORE_INDEX wherever the model is not to learn. Prompts are padded on the left, so that
        answers begin together; with labels, on the right. pad_to_square: see ``pixel_values``.
        """
        if return_tensors != "pt":
            raise ValueError(f"return_tensors={return_tensors!r} is not supported; use 'pt'.")
        if labels:
            pairs = [self.tokenize_with_labels(turns) for turns in messages]
        else:
            pairs = [(self.tokenize(turns, add_generation_prompt), []) for turns in messages]
        side = "right" if labels else "left"
        ids = [torch.tensor(ids) for ids, _ in pairs]
        data = {
            "input_ids": _pad(ids, self.tokenizer.pad_token_id, side),
            "attention_mask": _pad([torch.ones_like(one) for one in ids], 0, side),
            "pixel_values": self.pixel_values(images, pad_to_square=pad_to_square),
            "prior_features": self.priors(prior_features or [None] * len(images)),
        }
        if labels:
            data["labels"] = _pad([torch.tensor(label) for _, label in pairs], IGNORE_INDEX, side)
        return BatchFeature(data)

    def pixel_values(self, images: Iterable[Image.Image], *, pad_to_square: bool = False) -> torch.Tensor:
        """(B, C, S, S) of face crops; a tower of one channel sees greyscale.

        pad_to_square: fill up the shorter side with the tower's mean colour first, as the published
        training does and its evaluation does not.
        """
        mode = "L" if len(self.image_processor.image_mean) == 1 else "RGB"
        crops = [image.convert(mode) for image in images]
        if pad_to_square:
            crops = [squared(crop, self.image_processor.image_mean) for crop in crops]
        pixels = [np.asarray(crop) for crop in crops]
        if mode == "L":
            pixels = [one[..., None] for one in pixels]
        return self.image_processor(pixels, input_data_format="channels_last", return_tensors="pt")[
            "pixel_values"
        ]

    def priors(self, priors: Iterable[np.ndarray | None]) -> torch.Tensor:
        """(B, prior_dim) float32; zeros for a missing prior."""
        rows = [np.zeros(self.prior_dim) if prior is None else np.asarray(prior) for prior in priors]
        for row in rows:
            if row.shape != (self.prior_dim,):
                raise ValueError(f"A prior has shape {row.shape}; ({self.prior_dim},) is needed.")
        return torch.from_numpy(np.stack(rows).astype(np.float32))

    def tokenize(self, messages: Sequence[Message], add_generation_prompt: bool = True) -> list[int]:
        """Token ids of a conversation, ready for the assistant to speak when asked for."""
        return self._style.tokenize(messages, add_generation_prompt)

    def tokenize_with_labels(self, messages: Sequence[Message]) -> tuple[list[int], list[int]]:
        """Token ids of a whole conversation and its labels: answers and their ends, else IGNORE_INDEX."""
        return self._style.tokenize_with_labels(messages)

    def decode(self, ids: Sequence[int], **kwargs: Any) -> str:
        """Text of an answer's tokens, without control tokens."""
        return str(self.tokenizer.decode(list(ids), skip_special_tokens=True, **kwargs))


def squared(image: Image.Image, mean: Sequence[float]) -> Image.Image:
    """The image in the middle of a square of the mean colour (``expand2square`` of llava/mm_utils.py)."""
    side = max(image.size)
    if image.size == (side, side):
        return image
    colour = tuple(int(share * 255) for share in mean)
    square = Image.new(image.mode, (side, side), colour if len(colour) > 1 else colour[0])
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square


def _pad(rows: Sequence[torch.Tensor], value: int, side: str) -> torch.Tensor:
    return torch.nn.utils.rnn.pad_sequence(
        list(rows), batch_first=True, padding_value=value, padding_side=side
    )


AutoProcessor.register(EmolaConfig, EmolaProcessor)
