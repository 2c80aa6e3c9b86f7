"""The options of a conversation, and the settings of each answer that follow from them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from emola.chat.sampler import Sampling, is_whole
from emola.chat.turns import DEFAULT_MAX_NEW_TOKENS, TurnSettings
from emola.errors import ChatError

RETRY_TEMPERATURE = 0.7
RETRY_TOP_P = 0.9

_DRAWN_SEEDS = 10**9  # nine digits, which a user can type
_SEEDS = 2**63  # of ``Sampling``


@dataclass(frozen=True)
class Options:
    """The options of a conversation, see ``ChatSession``. Raises ChatError for a value out of range."""

    sampling: Sampling
    max_new_tokens: int = DEFAULT_MAX_NEW_TOKENS
    adapter: str | None = None
    prior: bool = True

    def __post_init__(self) -> None:
        if not (is_whole(self.max_new_tokens) and self.max_new_tokens >= 1):
            raise ChatError(
                f"max_new_tokens must be a whole number of at least 1, not {self.max_new_tokens!r}."
            )

    def changed(
        self,
        *,
        temperature: float | None,
        top_p: float | None,
        max_new_tokens: int | None,
        seed: int | None,
        adapter: str | None,
        prior: bool,
    ) -> Options:
        """Return a copy with other values; None keeps a value."""
        sampled = {"temperature": temperature, "top_p": top_p, "seed": seed}
        given = {name: value for name, value in sampled.items() if value is not None}
        return Options(
            replace(self.sampling, **given),  # type: ignore[arg-type]  # the values have the types of Sampling
            self.max_new_tokens if max_new_tokens is None else max_new_tokens,
            adapter or self.adapter,
            bool(prior),
        )

    def settings(self, adapter: str | None, sampling: Sampling) -> TurnSettings:
        """Return the settings of an answer. adapter: the adapter that answers. sampling: with its seed."""
        return TurnSettings(
            adapter,
            float(sampling.temperature),
            float(sampling.top_p),
            int(sampling.no_repeat),
            sampling.seed,
            int(self.max_new_tokens),
            self.prior,
        )

    def first_draw(self) -> Sampling:
        """Return the sampling of the first answer to a question, with its seed."""
        return _with_seed(self.sampling, self.sampling.seed)

    def next_draw(self, draws: int, last_seed: int | None) -> Sampling:
        """Return the sampling of another answer to the same question, with a seed other than ``last_seed``.

        draws: number of answers to this question that were sampled with the seed of these options.
        """
        sampling = self.sampling
        if sampling.temperature == 0.0:  # greedy decoding would repeat the answer
            sampling = replace(sampling, temperature=RETRY_TEMPERATURE, top_p=RETRY_TOP_P)
        seed = None if sampling.seed is None else (sampling.seed + draws) % _SEEDS
        drawn = _with_seed(sampling, seed)
        if drawn.seed is not None and drawn.seed == last_seed:
            drawn = replace(drawn, seed=(drawn.seed + 1) % _SEEDS)
        return drawn


def _with_seed(sampling: Sampling, seed: int | None) -> Sampling:
    """Return a sampling with a known seed, drawn at random for None; without a seed for greedy decoding."""
    if sampling.temperature == 0.0:
        return replace(sampling, seed=None)
    return replace(sampling, seed=secrets.randbelow(_DRAWN_SEEDS) if seed is None else int(seed))
