"""The processor: faces and conversations to tensors.

A conversation is a list of chat-template messages, which :mod:`emola.model.prompts` converts to tokens;
``<image>`` expands to one image token per patch and prior token.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from transformers import AutoProcessor, BatchFeature, ProcessorMixin

from emola.faba.messages import Message
from emola.model.configuration import IMAGE_TOKEN, EmolaConfig
from emola.model.prompts import IGNORE_INDEX, PROMPTS

Prior = npt.NDArray[np.floating[Any]]
"""(prior_dim,): the output of the prior expert for one face."""

WORDS_OF_CERTAINTY = ("clearly", "certainly", "definitely", "obviously", "surely", "undoubtedly")
"""Words that require a clearly visible face."""


class EmolaProcessor(ProcessorMixin):  # type: ignore[misc]
    """Image processor and tokeniser of an EmoLA model.

    image_token: the token that is replaced by face embeddings. image_tokens: number of image tokens per face
    (patches and prior tokens). prior_dim: size of the prior. prompt: prompt format, a key of ``PROMPTS``.
    """

    def __init__(
        self,
        image_processor: Any = None,
        tokenizer: Any = None,
        image_token: str = IMAGE_TOKEN,
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
        self._format = PROMPTS[prompt](tokenizer, [self.image_token_id] * image_tokens)

    @property
    def stop_token_ids(self) -> frozenset[int]:
        """Tokens that end an answer."""
        return self._format.stop_token_ids

    @cached_property
    def certainty_token_ids(self) -> frozenset[int]:
        """Ids of the words of certainty that are a single token."""
        spellings = [
            f"{space}{w}" for word in WORDS_OF_CERTAINTY for w in (word, word.title()) for space in ("", " ")
        ]
        ids = [self.tokenizer.encode(spelling, add_special_tokens=False) for spelling in spellings]
        return frozenset(token for tokens in ids if len(tokens) == 1 for token in tokens)

    def __call__(
        self,
        images: Sequence[Image.Image],
        messages: Sequence[Sequence[Message]],
        prior_features: Sequence[Prior | None] | None = None,
        add_generation_prompt: bool = True,
        labels: bool = False,
        pad_to_square: bool = False,
        return_tensors: str = "pt",
    ) -> BatchFeature:
        """Return the model inputs of a batch of conversations, one face each.

        They are input_ids and attention_mask (B, T), pixel_values (B, C, S, S), prior_features (B, prior_dim)
        with zeros for a missing prior and, with ``labels``, labels (B, T) with IGNORE_INDEX outside answers.
        Prompts are padded on the left, so that all answers start at the same position; with ``labels``, on
        the right. pad_to_square: see :meth:`pixel_values`.

        Raises ValueError for a prior of another shape, and ChatError for messages that cannot be tokenised.
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
            "attention_mask": _pad([torch.ones_like(row) for row in ids], 0, side),
            "pixel_values": self.pixel_values(images, pad_to_square=pad_to_square),
            "prior_features": self.priors(prior_features or [None] * len(images)),
        }
        if labels:
            data["labels"] = _pad([torch.tensor(label) for _, label in pairs], IGNORE_INDEX, side)
        return BatchFeature(data)

    def pixel_values(self, images: Iterable[Image.Image], *, pad_to_square: bool = False) -> torch.Tensor:
        """Return preprocessed face crops: (B, C, S, S) float32, in greyscale for a tower of one channel.

        pad_to_square: first pad the shorter side with the mean colour, as the published training does (the
        published evaluation does not).
        """
        mode = "L" if len(self.image_processor.image_mean) == 1 else "RGB"
        crops = [image.convert(mode) for image in images]
        if pad_to_square:
            crops = [expand_to_square(crop, self.image_processor.image_mean) for crop in crops]
        pixels = [np.asarray(crop) for crop in crops]
        if mode == "L":
            pixels = [channel[..., None] for channel in pixels]
        processed = self.image_processor(pixels, input_data_format="channels_last", return_tensors="pt")
        values: torch.Tensor = processed["pixel_values"]
        return values

    def priors(self, priors: Iterable[Prior | None]) -> torch.Tensor:
        """Return stacked priors: (B, prior_dim) float32, zeros for a missing prior. Raises ValueError."""
        rows = [np.zeros(self.prior_dim) if prior is None else np.asarray(prior) for prior in priors]
        for row in rows:
            if row.shape != (self.prior_dim,):
                raise ValueError(f"A prior has shape {row.shape}; ({self.prior_dim},) is needed.")
        return torch.from_numpy(np.stack(rows).astype(np.float32))

    def tokenize(self, messages: Sequence[Message], add_generation_prompt: bool = True) -> list[int]:
        """Return the token ids of a conversation, with the start of an answer unless disabled."""
        return self._format.tokenize(messages, add_generation_prompt)

    def tokenize_with_labels(self, messages: Sequence[Message]) -> tuple[list[int], list[int]]:
        """Return ids and labels of a conversation; see ``PromptFormat.tokenize_with_labels``."""
        return self._format.tokenize_with_labels(messages)

    def decode(self, ids: Sequence[int], **kwargs: Any) -> str:
        """Return the text of an answer's tokens, without control tokens."""
        return str(self.tokenizer.decode(list(ids), skip_special_tokens=True, **kwargs))


def expand_to_square(image: Image.Image, mean: Sequence[float]) -> Image.Image:
    """Return the image centred on a square of the mean colour (``expand2square`` of llava/mm_utils.py)."""
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
