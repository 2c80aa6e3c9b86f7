"""Sampling of the next token from one row of logits: pure functions. Shape suffix: V, vocabulary size."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from numbers import Integral, Real

import torch
from torch import Tensor

from emola.errors import ChatError


@dataclass(frozen=True)
class Sampling:
    """Settings of the choice of the next token.

    temperature: 0 selects the most likely token (greedy decoding; ``top_p`` has no effect). top_p: nucleus
    sampling, the probability mass of the candidates, in (0, 1]. no_repeat: forbids a token that would repeat
    an n-gram of the answer, n being this length (0: off; ``no_repeat_ngram_size`` in transformers); a small
    model escapes loops this way, while shorter repetitions remain possible. seed: makes sampling repeatable;
    None draws a new seed.

    Raises ChatError for a value out of range.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    no_repeat: int = 0
    seed: int | None = None

    def __post_init__(self) -> None:
        if not (_is_number(self.temperature) and 0.0 <= self.temperature < math.inf):
            raise ChatError(f"temperature must be a number of 0 or more, not {self.temperature!r}.")
        if not (_is_number(self.top_p) and 0.0 < self.top_p <= 1.0):
            raise ChatError(f"top_p must be a number above 0 and at most 1, not {self.top_p!r}.")
        if not (is_whole(self.no_repeat) and self.no_repeat >= 0):
            raise ChatError(f"no_repeat must be a whole number, 0 (off) or more, not {self.no_repeat!r}.")
        if self.seed is not None and not (is_whole(self.seed) and 0 <= self.seed < 2**63):
            raise ChatError(f"seed must be None or a whole number from 0 to 2**63 - 1, not {self.seed!r}.")

    def generator(self) -> torch.Generator:
        """Return a random number generator on the CPU, seeded with ``seed``."""
        generator = torch.Generator()
        if self.seed is None:
            generator.seed()
        else:
            generator.manual_seed(self.seed)
        return generator


def is_whole(value: object) -> bool:
    """Return whether a value is an integer; True and False are not."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def next_token(
    logits_V: Tensor,
    sampling: Sampling,
    generator: torch.Generator,
    answer: Sequence[int] = (),
    forbidden: Collection[int] = (),
) -> int:
    """Return the id of the next token.

    logits_V: (V,), any floating-point type on any device; not modified. answer: the tokens of this answer so
    far. forbidden: tokens that are never chosen. The choice is made in float32 on the CPU, so that a seed
    gives the same answer on every device.
    """
    excluded = repeats(answer, sampling.no_repeat).union(forbidden)
    if sampling.temperature == 0.0 and (likeliest := int(logits_V.argmax())) not in excluded:
        return likeliest  # without a copy, which takes longer
    scores_V = logits_V.detach().to("cpu", torch.float32, copy=True)
    excluded = {token for token in excluded if token < len(scores_V)}  # the image token may lie beyond
    if excluded:
        scores_V[sorted(excluded)] = -torch.inf
    if sampling.temperature == 0.0:
        return int(scores_V.argmax())
    probabilities_V = nucleus(torch.softmax(scores_V / sampling.temperature, dim=-1), sampling.top_p)
    return int(torch.multinomial(probabilities_V, 1, generator=generator))


def nucleus(probabilities_V: Tensor, top_p: float) -> Tensor:
    """Zero the probabilities outside the nucleus (Holtzman et al., 2020): (V,) -> (V,).

    The nucleus is the smallest set of most likely tokens whose probabilities sum to ``top_p``; the most
    likely token is always in it. The result is not normalised, since ``torch.multinomial`` does that.
    """
    if top_p >= 1.0:
        return probabilities_V
    sorted_V, order_V = probabilities_V.sort(descending=True)
    before_V = sorted_V.cumsum(dim=-1) - sorted_V
    outside_V = before_V >= top_p
    outside_V[0] = False
    kept_V = probabilities_V.clone()
    kept_V[order_V[outside_V]] = 0.0
    return kept_V


def repeats(answer: Sequence[int], size: int) -> set[int]:
    """Return the tokens that would repeat an n-gram of ``answer``, n being ``size``."""
    if size <= 0 or len(answer) < size:
        return set()
    tokens = list(answer)
    tail = tokens[len(tokens) - size + 1 :]
    return {
        tokens[start + size - 1]
        for start in range(len(tokens) - size + 1)
        if tokens[start : start + size - 1] == tail
    }
