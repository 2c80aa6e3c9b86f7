"""Which action unit to ask about next."""

from __future__ import annotations

from collections.abc import Callable

from emola.faba import NANO_AUS
from emola.train.nano.corpus.state import Talk

Picker = Callable[[Talk], int | None]
"""Picks a unit to ask about, or None where there is none."""


_RATES = {
    25: 0.33, 6: 0.18, 12: 0.18, 2: 0.14, 26: 0.12, 1: 0.09, 16: 0.09, 7: 0.08, 15: 0.05, 10: 0.04, 43: 0.04
}  # fmt: skip
_RARE = 0.025


def _rate(code: int) -> float:
    """In how many of the faces that Nano learns from a unit is active, roughly."""
    return _RATES.get(code, _RARE)


def pick_unit(so_far: Talk, active_share: float = 0.5) -> int | None:
    """A unit not yet asked about, active or not by chance; any unit if the landmarks are missing.

    Of active units rather a rare one, of inactive ones rather a common one, so that "yes" is about as common
    as "no" for each unit.
    """
    facts, rng = so_far.facts, so_far.rng
    if facts.units is None:
        return rng.choice(NANO_AUS)
    active = [code for code in facts.active if code not in so_far.asked()]
    inactive = [code for code in facts.inactive if code not in so_far.asked()]
    if active and (rng.random() < active_share or not inactive):
        return rng.choices(active, [1 / _rate(code) for code in active])[0]
    if not inactive or (not active and rng.random() < 0.5):
        return None
    # half of them by how close this face comes to them
    near = rng.random() < 0.5
    weights = [0.03 + facts.unit(code).probability if near else _rate(code) for code in inactive]
    return rng.choices(inactive, weights)[0]


def pick_alike(so_far: Talk) -> int | None:
    """An inactive unit not yet asked about whose code shares a digit with an active one, if there is any."""
    digits = set("".join(str(code) for code in so_far.facts.active))
    alike = [code for code in so_far.facts.inactive if digits & set(str(code)) and code not in so_far.asked()]
    return so_far.rng.choice(alike) if alike else None
