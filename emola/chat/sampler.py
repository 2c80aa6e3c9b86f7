"""From one row of logits to one token: pure functions, no state of their own.

Shape suffix: V is the size of the vocabulary.
"""

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
    """How the next token is chosen.

    ``temperature`` 0 takes the likeliest token (``top_p`` then has no say). ``top_p`` in (0, 1]
    keeps the likeliest tokens that together hold that much probability. ``no_repeat`` n > 0 forbids
    a token that would complete a run of n tokens this answer already holds: a small model that has
    fallen into a loop is made to leave it, while an answer's ordinary repetitions, which are
    shorter, stay possible. ``seed`` makes sampling repeatable; None draws a fresh one.
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
        """A source of random numbers on the CPU, seeded as the setting says."""
        generator = torch.Generator()
        if self.seed is None:
            generator.seed()
        else:
            generator.manual_seed(self.seed)
        return generator


def is_whole(value: object) -> bool:
    """Whether a value is a whole number; True and False are not."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def next_token(
    logits_V: Tensor,
    sampling: Sampling,
    generator: torch.Generator,
    answer: Sequence[int] = (),
    never: Collection[int] = (),
) -> int:
    """Choose the next token.

    ``logits_V`` is any floating dtype on any device and is left as it was; ``answer`` is what this
    answer holds so far; tokens in ``never`` are not chosen, however likely. The choice itself is made
    in float32 on the CPU, so that one seed gives one answer on every device.
    """
    scores_V = logits_V.detach().to("cpu", torch.float32, copy=True)
    # An image token may have a number behind the vocabulary; it cannot be chosen anyway.
    forbidden = {token for token in repeats(answer, sampling.no_repeat).union(never) if token < len(scores_V)}
    if forbidden:
        scores_V[sorted(forbidden)] = -torch.inf
    if sampling.temperature == 0.0:
        return int(scores_V.argmax())
    probabilities_V = nucleus(torch.softmax(scores_V / sampling.temperature, dim=-1), sampling.top_p)
    return int(torch.multinomial(probabilities_V, 1, generator=generator))


def nucleus(probabilities_V: Tensor, top_p: float) -> Tensor:
    """Set to zero what lies outside the smallest set of likeliest tokens holding ``top_p``.

    The likeliest token always stays. The result is not normalised again (sampling does not need it).
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
    """The tokens that would complete a run of ``size`` tokens that ``answer`` already holds."""
    if size <= 0 or len(answer) < size:
        return set()
    held = list(answer)
    tail = held[len(held) - size + 1 :]
    return {
        held[start + size - 1]
        for start in range(len(held) - size + 1)
        if held[start : start + size - 1] == tail
    }
