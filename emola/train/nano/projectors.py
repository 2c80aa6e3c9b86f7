"""Initialisation of the projectors with known directions, expressed in the language model's embeddings.

The projectors start by producing word embeddings: a patch token is a mixture of emotion words, weighted by
the tower's emotion head; a prior token is the name of an action unit and "active" or "absent". From a
random start, a small model would spend most of its training on finding these directions. Training changes
all weights.

Shape suffixes: N faces or patches, C features, K known directions, H hidden size, O outputs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import gelu

from emola.faba import ACTION_UNITS, ADJECTIVES, EMOTIONS, NANO_AUS
from emola.face.evidence import EXCLUDES, AUEvidence
from emola.train.nano.evidence import LEAST_MOVEMENT

STEEPNESS = 1.5
"""Slope of an emotion direction, per standard deviation of the head's logit."""

RAMP, SHARPNESS = 0.5, 3.0
"""Half the range of log odds, around the threshold, in which a unit turns from absent to active; slope."""

BACKGROUND = 0.3
"""Scale of the random directions, relative to the embeddings."""


@dataclass(frozen=True)
class Known:
    """Directions with a known meaning, and the embeddings that express them.

    weights: (K, C); offsets: (K,); words: (K, O), the output per unit of a direction's activation; always:
    (O,), the constant output.
    """

    weights: torch.Tensor
    offsets: torch.Tensor
    words: torch.Tensor
    always: torch.Tensor


class Words:
    """Embeds phrases in the language model's input space."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.table: torch.Tensor = model.get_input_embeddings().weight
        self.tokenizer = tokenizer
        self.norm = self.table.norm(dim=1).mean()

    def __call__(self, *phrases: str) -> torch.Tensor:
        """Return (H,) the mean embedding of the phrases' tokens, at the mean norm of all embeddings."""
        ids = [i for phrase in phrases for i in self.tokenizer.encode(f" {phrase}", add_special_tokens=False)]
        mean = self.table[ids].mean(0)
        return torch.as_tensor(mean * self.norm / mean.norm())


def known_emotions(heads: dict[str, torch.Tensor], features_NC: torch.Tensor, words: Words) -> Known:
    """Return two directions per emotion, for and against, from the tower's emotion head.

    heads: its weights; features_NC: patches, which set the scales.
    """
    weight, bias = heads["emotion_head.weight"], heads["emotion_head.bias"]
    logits = features_NC @ weight.T + bias
    scale = STEEPNESS / logits.std(0)
    weights, offsets = weight * scale[:, None], (bias - logits.mean(0)) * scale
    weights, offsets = torch.cat([weights, -weights]), torch.cat([offsets, -offsets])
    named = torch.stack([words(emotion, ADJECTIVES[emotion]) for emotion in EMOTIONS]) / 2
    typical = gelu(features_NC @ weights.T + offsets).square().mean(0).sqrt()
    return Known(weights, offsets, torch.cat([named, -named]) / typical[:, None], torch.zeros(named.shape[1]))


def known_units(evidence: AUEvidence, tokens: int, words: Words) -> Known:
    """Return two directions per action unit, whose token is the unit's name and "active" or "absent".

    The second direction cancels the growth of the first beyond ``RAMP``, so that the token switches at the
    threshold. A single direction would make units just above and just below it almost equal. An active unit
    that excludes another one also marks that one as absent.
    """
    weights = SHARPNESS * torch.from_numpy(evidence.weights).float()
    offsets = SHARPNESS * torch.from_numpy(evidence.bias).float()
    width = SHARPNESS * RAMP
    yes, no = words("active"), words("absent")
    output = torch.zeros(len(NANO_AUS), tokens, len(yes))
    always = torch.zeros(tokens, len(yes))
    active = (yes - no) / (2 * width)
    stronger, weaker = (NANO_AUS.index(au) for au in EXCLUDES)
    output[stronger, weaker % tokens] -= active
    for i, code in enumerate(NANO_AUS):
        output[i, i % tokens] += active
        always[i % tokens] += words(f"AU{code}", ACTION_UNITS[code].name) + no
    output = output.flatten(1)
    return Known(
        torch.cat([weights, weights]),
        torch.cat([offsets + width, offsets - width]),
        torch.cat([output, -output]),
        always.flatten(),
    )


@torch.no_grad()
def initialise(projector: Any, features_NC: torch.Tensor, known: Known, size: float, seed: int) -> None:
    """Set both layers of a projector: known directions in the first hidden units, random ones in the rest.

    features_NC: typical inputs; size: standard deviation of the language model's embeddings.
    """
    first, last = projector.linear_1, projector.linear_2
    generator = torch.Generator().manual_seed(seed)
    # Features that are almost constant would dominate if they were scaled to unit variance.
    mean, std = features_NC.mean(0), features_NC.std(0).clamp_min(LEAST_MOVEMENT)
    weight = torch.randn(first.weight.shape, generator=generator) / first.in_features**0.5 / std
    bias = -(weight @ mean)
    count = len(known.weights)
    weight[:count], bias[:count] = known.weights, known.offsets
    first.weight.copy_(weight)
    first.bias.copy_(bias)

    hidden_NH = projector.act(first(features_NC))
    mixed = torch.randn(last.weight.shape, generator=generator)
    mixed[:, :count] = 0.0
    background = (hidden_NH - hidden_NH.mean(0)) @ mixed.T
    mixed *= BACKGROUND * size / background.std()
    last.weight.copy_(mixed)
    last.weight[:, :count] += known.words.T
    last.bias.copy_(known.always - mixed @ hidden_NH.mean(0))
