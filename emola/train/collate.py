"""The batches of every training on conversations about faces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.nn.utils.rnn import pad_sequence

from emola.errors import DataError
from emola.model.prompts import IGNORE_INDEX

Example = dict[str, Any]
"""One conversation: input_ids and labels (lists of T), pixel_values (C, S, S), prior_features (D,)."""


class Collate:
    """Encodes the items of a dataset, pads their conversations on the right and stacks their faces.

    encode: makes an ``Example`` of an item. max_length: number of tokens after which conversations are cut;
    None for no limit.
    """

    def __init__(
        self, encode: Callable[[dict[str, Any]], Example], pad_token_id: int, max_length: int | None = None
    ) -> None:
        self.encode, self.pad_token_id, self.max_length = encode, pad_token_id, max_length

    def __call__(self, items: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Return input_ids, attention_mask, labels (B, T), pixel_values (B, C, S, S), prior_features (B, D).

        Raises DataError if no answer lies within ``max_length`` tokens.
        """
        examples = [self.encode(item) for item in items]
        ids = [torch.tensor(example["input_ids"][: self.max_length]) for example in examples]
        labels = [torch.tensor(example["labels"][: self.max_length]) for example in examples]
        if all((row == IGNORE_INDEX).all() for row in labels):
            raise DataError(f"No answer lies within {self.max_length} tokens; raise max_length.")
        return {
            "input_ids": pad_sequence(ids, batch_first=True, padding_value=self.pad_token_id),
            "attention_mask": pad_sequence([torch.ones_like(row) for row in ids], batch_first=True),
            "labels": pad_sequence(labels, batch_first=True, padding_value=IGNORE_INDEX),
            "pixel_values": torch.stack([example["pixel_values"] for example in examples]),
            "prior_features": torch.stack([example["prior_features"] for example in examples]),
        }
