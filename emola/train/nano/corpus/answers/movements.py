"""The movement of each action unit in words, drawn from :data:`emola.faba.movements.MOVEMENTS`."""

from __future__ import annotations

import random
from collections.abc import Sequence

from emola.faba import ACTION_UNITS
from emola.faba.movements import MOVEMENTS
from emola.train.nano.corpus.facts import FaceFacts, UnitFact
from emola.train.nano.corpus.grammar import listed


def clause(rng: random.Random, code: int, unit: UnitFact | None = None) -> str:
    """Return a clause: "the nose is strongly wrinkled"; without ``unit``, no word of intensity."""
    return rng.choice(MOVEMENTS[code].clauses).format(how=_adverb(code, unit))


def moves(rng: random.Random, facts: FaceFacts, codes: Sequence[int]) -> str:
    """List the movements: "the cheeks are raised (AU6) and the lips are slightly parted (AU25)"."""
    return listed([f"{clause(rng, code, facts.unit(code))} (AU{code})" for code in codes])


def thing(rng: random.Random, code: int, unit: UnitFact | None = None) -> str:
    """Return a noun phrase: "a strongly wrinkled nose"; without ``unit``, no word of intensity."""
    return rng.choice(MOVEMENTS[code].things).format(how=_adverb(code, unit))


def act(rng: random.Random, code: int) -> str:
    """Return a predicate: "wrinkles the nose"."""
    return rng.choice(MOVEMENTS[code].acts)


def name(code: int) -> str:
    """Return the name of a unit in running text: "nose wrinkler"."""
    return ACTION_UNITS[code].name.lower()


def the_name(code: int) -> str:
    """Return the name as a noun phrase: "the nose wrinkler"; "lips part", which is none, in quotes."""
    return f'"{name(code)}"' if code in (25, 43) else f"the {name(code)}"


def _adverb(code: int, unit: UnitFact | None) -> str:
    return "" if unit is None else MOVEMENTS[code].adverbs[unit.band]
