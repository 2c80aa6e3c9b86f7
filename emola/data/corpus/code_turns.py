"""Turns that tell action units apart whose codes look alike: AU2, AU24 and AU26 where AU25 is active."""

from __future__ import annotations

from emola.data.corpus import units
from emola.data.corpus.asked import plain
from emola.data.corpus.state import Exchange, Talk
from emola.data.corpus.turns import typed_exchange


def ask_alike(so_far: Talk) -> Exchange | None:
    """Whether an inactive unit is active whose code shares a digit with an active one, if any does."""
    rng, facts = so_far.rng, so_far.facts
    digits = set("".join(str(code) for code in facts.active))
    alike = [code for code in facts.inactive if digits & set(str(code)) and code not in so_far.asked()]
    if not alike:
        return None
    code = rng.choice(alike)
    question = plain.unit_question(rng, rng.choice(("click", "yes_no", "yes_no")), code)
    answer = units.yes_no_answer(rng, facts, code, strength=False)
    return typed_exchange(so_far, "yes_no", question, answer, code)
