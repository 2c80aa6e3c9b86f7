"""Turns that refer back: "why?", "sure?", "is it active here?" are about the answer before."""

from __future__ import annotations

from emola.faba import NANO_AUS
from emola.train.nano.corpus import declines, knowledge, lists, units
from emola.train.nano.corpus.asked import plain
from emola.train.nano.corpus.state import Exchange, Talk
from emola.train.nano.corpus.turns import typed_exchange

_LISTS = ("list", "brief_units", "numbers")
_STATES = ("yes_no", "strength", "sure", "it_strength", "it_sure", "it_active")
_REASONS = ("why", "here", "it_why")
_DECLINED = ("decline", "decline_again")


def reason(so_far: Talk) -> tuple[str, str, int | None] | None:
    """Why the last answer is as it is: the kind of exchange, the answer, and the unit if it is about one.

    None where the last answer is not about units, or has said why itself.
    """
    if not so_far.done or so_far.facts.units is None:
        return None
    rng, facts, last = so_far.rng, so_far.facts, so_far.done[-1]
    if last.kind in _LISTS and len(facts.active) <= 6:
        return "list_why", lists.reason_answer(rng, facts), None
    if last.code is None or last.kind not in _STATES:
        return None
    return "it_why", units.reason_answer(rng, facts, last.code), last.code


def ask_back(so_far: Talk) -> Exchange | None:
    """A question that does not name what it is about: a unit, a list of them, or what was declined."""
    if not so_far.done:
        return None
    rng, last = so_far.rng, so_far.done[-1]
    if last.kind in _DECLINED:
        question = plain.aside(rng, "decline_again")
        return typed_exchange(so_far, "decline_again", question, declines.again(rng))
    if so_far.facts.units is None:
        return None
    if last.kind in _LISTS:
        return _of_list(so_far)
    return None if last.code is None else _of_unit(so_far, last.code)


def _of_list(so_far: Talk) -> Exchange | None:
    because = reason(so_far)
    if because is None or so_far.rng.random() < 0.4:
        kind, answer = "list_sure", lists.sureness_answer(so_far.rng, so_far.facts)
    else:
        kind, answer, _ = because
    return typed_exchange(so_far, kind, plain.aside(so_far.rng, kind), answer)


def _of_unit(so_far: Talk, code: int) -> Exchange | None:
    rng, facts, because = so_far.rng, so_far.facts, reason(so_far)
    kinds = ["muscle", "look"]
    if so_far.last_kind in (*_STATES, *_REASONS):
        kinds += ["sure"]
        kinds += ["strength"] * 3 if code in facts.active else []
        kinds += ["why"] * 3 if because else []
    elif code in NANO_AUS:  # spoken of by heart
        kinds += ["active"] * 4
    kind = rng.choice(kinds)
    if kind == "strength":
        answer = units.strength_answer(rng, facts, code)
    elif kind == "sure":
        answer = units.sureness_answer(rng, facts, code)
    elif kind == "active":
        answer = units.yes_no_answer(rng, facts, code, strength=False)
    elif kind == "why" and because:
        answer = because[1]
    else:
        answer = (knowledge.muscle if kind == "muscle" else knowledge.look)(rng, code)[1]
    return typed_exchange(so_far, f"it_{kind}", plain.aside(rng, f"it_{kind}"), answer, code)
