"""Projectors that begin with what is known of faces, written in the language model's own words.

A language model reads words. So the embeddings that a face starts from are made of its words'
embeddings: a patch says the emotions as far as the tower sees them, a prior token says the name of an
action unit and whether it is active. Training moves all of it; a random start would first have to
find what these directions already tell, which takes a small model most of its lessons.

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
"""How sharply a patch begins to say an emotion, in standard deviations of what the head sees."""

RAMP, SHARPNESS = 0.5, 3.0
"""How many log odds around its threshold a unit takes to turn from absent to active; the slope of it."""

BACKGROUND = 0.3
"""Size of what the random directions add, beside embeddings of size 1."""


@dataclass(frozen=True)
class Known:
    """Directions that mean something, and what to write when a feature lies along them.

    weights: (K, C); offsets: (K,); words: (K, O), said in proportion to the direction's activation;
    always: (O,), said of every face.
    """

    weights: torch.Tensor
    offsets: torch.Tensor
    words: torch.Tensor
    always: torch.Tensor


class Words:
    """Phrases as vectors of the size of the language model's embeddings."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.table: torch.Tensor = model.get_input_embeddings().weight
        self.tokenizer = tokenizer
        self.norm = self.table.norm(dim=1).mean()

    def __call__(self, *phrases: str) -> torch.Tensor:
        """(H,): the mean embedding of the phrases' tokens, at the norm of an embedding."""
        ids = [i for phrase in phrases for i in self.tokenizer.encode(f" {phrase}", add_special_tokens=False)]
        mean = self.table[ids].mean(0)
        return mean * self.norm / mean.norm()


def known_emotions(heads: dict[str, torch.Tensor], features_NC: torch.Tensor, words: Words) -> Known:
    """What the tower's emotion head sees in each patch: for and against each emotion."""
    weight, bias = heads["emotion_head.weight"], heads["emotion_head.bias"]
    logits = features_NC @ weight.T + bias
    scale = STEEPNESS / logits.std(0)
    weights, offsets = weight * scale[:, None], (bias - logits.mean(0)) * scale
    weights, offsets = torch.cat([weights, -weights]), torch.cat([offsets, -offsets])
    said = torch.stack([words(emotion, ADJECTIVES[emotion]) for emotion in EMOTIONS]) / 2
    usual = gelu(features_NC @ weights.T + offsets).square().mean(0).sqrt()
    return Known(weights, offsets, torch.cat([said, -said]) / usual[:, None], torch.zeros(said.shape[1]))


def known_units(evidence: AUEvidence, tokens: int, words: Words) -> Known:
    """The evidence for each action unit: a token says its name, and "active" or "absent".

    It turns from one to the other around the threshold, by two hidden units of which the second undoes what
    the first would go on to add: said in proportion to the evidence, a unit just over its threshold could
    not be told from one just under it. Where a unit excludes another, it says of that one "absent".
    """
    weights = SHARPNESS * torch.from_numpy(evidence.weights).float()
    offsets = SHARPNESS * torch.from_numpy(evidence.bias).float()
    turn = SHARPNESS * RAMP
    yes, no = words("active"), words("absent")
    said = torch.zeros(len(NANO_AUS), tokens, len(yes))
    always = torch.zeros(tokens, len(yes))
    active = (yes - no) / (2 * turn)
    stronger, weaker = (NANO_AUS.index(au) for au in EXCLUDES)
    said[stronger, weaker % tokens] -= active
    for i, code in enumerate(NANO_AUS):
        said[i, i % tokens] += active
        always[i % tokens] += words(f"AU{code}", ACTION_UNITS[code].name) + no
    said = said.flatten(1)
    return Known(
        torch.cat([weights, weights]),
        torch.cat([offsets + turn, offsets - turn]),
        torch.cat([said, -said]),
        always.flatten(),
    )


@torch.no_grad()
def initialise(projector: Any, features_NC: torch.Tensor, known: Known, size: float, seed: int) -> None:
    """Set both layers of a projector: the known directions first, random ones for the rest.

    features_NC: what it will be shown; size: standard deviation of the language model's embeddings.
    """
    first, last = projector.linear_1, projector.linear_2
    generator = torch.Generator().manual_seed(seed)
    # Some features hardly ever move; divided by what little they do, they would drown the rest.
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
