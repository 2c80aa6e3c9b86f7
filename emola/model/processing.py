"""From faces and conversations to tensors: the one place where prompts are tokenised.

A conversation is a list of chat-template messages. Its prompt is built from pieces, each tokenised
by itself: control tokens by number, ``<image>`` as one token for each patch and prior token, and
text in which nothing is special, so that no question can forge a turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from PIL import Image
from transformers import AutoProcessor, BatchFeature, ProcessorMixin

from emola.errors import ChatError
from emola.model.configuration import EmolaConfig

Message = dict[str, Any]

IGNORE_INDEX = -100
IMAGE_MARK = "<image>"

_TURN_START, _TURN_END = "<|im_start|>", "<|im_end|>"


class EmolaProcessor(ProcessorMixin):
    """Image processor and tokeniser of an EmoLA model.

    image_token: the tokeniser's token whose places the face's embeddings take; image_tokens: how
    many of them one face needs (patches and prior tokens); prior_dim: numbers of the prior.
    """

    def __init__(
        self,
        image_processor: Any = None,
        tokenizer: Any = None,
        image_token: str = IMAGE_MARK,
        image_tokens: int = 1,
        prior_dim: int = 1,
        **kwargs: Any,
    ) -> None:
        self.image_token = image_token
        self.image_token_id = tokenizer.convert_tokens_to_ids(image_token)
        self.image_tokens = image_tokens
        self.prior_dim = prior_dim
        super().__init__(image_processor, tokenizer, **kwargs)

    @property
    def stop_token_ids(self) -> frozenset[int]:
        """Tokens that end an answer."""
        ids = {self.tokenizer.eos_token_id, self.tokenizer.convert_tokens_to_ids(_TURN_END)}
        return frozenset(i for i in ids if i is not None)

    def __call__(  # type: ignore[override]
        self,
        images: Sequence[Image.Image],
        messages: Sequence[Sequence[Message]],
        prior_features: Sequence[np.ndarray | None] | None = None,
        add_generation_prompt: bool = True,
        labels: bool = False,
        return_tensors: str = "pt",
    ) -> BatchFeature:
        """Tensors for a batch of conversations, one face each.

        Returns input_ids and attention_mask (B, T), pixel_values (B, C, S, S), prior_features
        (B, prior_dim) with zeros where a prior is None and, when asked for, labels (B, T) with
        IGNORE_INDEX wherever the model is not to learn. Prompts are padded on the left, so that
        answers begin together; with labels, on the right.
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
            "pixel_values": self.pixel_values(images),
            "prior_features": self.priors(prior_features or [None] * len(images)),
        }
        if labels:
            data["labels"] = _pad([torch.tensor(label) for _, label in pairs], IGNORE_INDEX, side)
        return BatchFeature(data)

    def pixel_values(self, images: Iterable[Image.Image]) -> torch.Tensor:
        """(B, C, S, S) of face crops; a tower of one channel sees greyscale."""
        mode = "L" if len(self.image_processor.image_mean) == 1 else "RGB"
        pixels = [np.asarray(image.convert(mode)) for image in images]
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
        ids = [token for message in messages for token in self._message(message)[0]]
        return ids + self._opening("assistant") if add_generation_prompt else ids

    def tokenize_with_labels(self, messages: Sequence[Message]) -> tuple[list[int], list[int]]:
        """Token ids of a whole conversation and its labels: answers and their ends, else IGNORE_INDEX."""
        ids: list[int] = []
        labels: list[int] = []
        for message in messages:
            tokens, learned = self._message(message)
            ids += tokens
            labels += [token if i in learned else IGNORE_INDEX for i, token in enumerate(tokens)]
        return ids, labels

    def decode(self, ids: Sequence[int], **kwargs: Any) -> str:
        """Text of an answer's tokens, without control tokens."""
        return str(self.tokenizer.decode(list(ids), skip_special_tokens=True, **kwargs))

    def _message(self, message: Message) -> tuple[list[int], range]:
        """Tokens of one message, and which of them an assistant has to learn to say."""
        opening = self._opening(message["role"])
        body = self._content(message["content"])
        end = [self.tokenizer.convert_tokens_to_ids(_TURN_END)]
        tokens = opening + body + end
        learned = range(len(opening), len(tokens)) if message["role"] == "assistant" else range(0)
        return tokens + self._text("\n"), learned

    def _opening(self, role: str) -> list[int]:
        if role not in ("user", "assistant"):
            raise ChatError(f"A message has the role {role!r}; use 'user' or 'assistant'.")
        return [self.tokenizer.convert_tokens_to_ids(_TURN_START), *self._text(f"{role}\n")]

    def _content(self, content: str | Sequence[dict[str, str]]) -> list[int]:
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        ids: list[int] = []
        for part in parts:
            if part["type"] == "image":
                ids += [self.image_token_id] * self.image_tokens + self._text("\n")
            elif part["type"] == "text":
                ids += self._text(part["text"])
            else:
                raise ChatError(f"A message holds {part['type']!r}; only images and text can be read.")
        return ids

    def _text(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True))


def _pad(rows: Sequence[torch.Tensor], value: int, side: str) -> torch.Tensor:
    return torch.nn.utils.rnn.pad_sequence(
        list(rows), batch_first=True, padding_value=value, padding_side=side
    )


AutoProcessor.register(EmolaConfig, EmolaProcessor)
