"""Ablations of the prior: switched off, or shuffled among faces."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from emola.errors import RecipeError

PRIORS = ("on", "off", "shuffled")
"""Each face gets its own prior, no prior, or the prior of another face."""


def check_prior(prior: str) -> None:
    """Raise RecipeError unless ``prior`` is one of :data:`PRIORS`."""
    if prior not in PRIORS:
        raise RecipeError(f"The prior can be {', '.join(PRIORS)}, not {prior!r}.")


def shuffled_rows(count: int, seed: int) -> npt.NDArray[np.int64]:
    """Return (count,) row numbers in random order, none in its own place where there are two or more."""
    order = np.random.default_rng(seed).permutation(count)
    others = np.empty_like(order)
    others[order] = np.roll(order, 1)
    return others
