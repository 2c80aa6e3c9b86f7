"""Which action unit to ask about next."""

from __future__ import annotations

from collections.abc import Callable

from emola.data.corpus.facts import asking_weight
from emola.data.corpus.state import Talk
from emola.faba import NANO_AUS

Picker = Callable[[Talk], int | None]
"""Picks a unit to ask about, or None where there is none."""


def pick_unit(so_far: Talk, active_share: float = 0.5) -> int | None:
    """A unit not yet asked about, active or not by chance; any unit if the landmarks are missing."""
    facts, rng = so_far.facts, so_far.rng
    if facts.units is None:
        return rng.choice(NANO_AUS)
    active = [code for code in facts.active if code not in so_far.asked()]
    inactive = [code for code in facts.inactive if code not in so_far.asked()]
    if active and (rng.random() < active_share or not inactive):
        return rng.choice(active)
    if not inactive or (not active and rng.random() < 0.5):
        return None
    # half by how common the unit is, half by how close this face comes to it
    near = rng.random() < 0.5
    weights = [0.03 + facts.unit(code).probability if near else asking_weight(code) for code in inactive]
    return rng.choices(inactive, weights)[0]


def pick_alike(so_far: Talk) -> int | None:
    """An inactive unit not yet asked about whose code shares a digit with an active one, if there is any."""
    digits = set("".join(str(code) for code in so_far.facts.active))
    alike = [code for code in so_far.facts.inactive if digits & set(str(code)) and code not in so_far.asked()]
    return so_far.rng.choice(alike) if alike else None
