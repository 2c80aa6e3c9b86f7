"""Turns that ask how strong or how sure before the emotion was spoken of."""

from __future__ import annotations

from collections.abc import Collection

from emola.faba import NANO_AUS
from emola.train.nano.corpus import degree, units
from emola.train.nano.corpus.asked import degree as asked_degree
from emola.train.nano.corpus.asked import foreign, plain
from emola.train.nano.corpus.state import Exchange, Talk
from emola.train.nano.corpus.turns import PARTS, typed_exchange

_FOREIGN = 0.25


def ask_how_strong(so_far: Talk) -> Exchange | None:
    """How strong the expression is, an emotion named in the question, one movement or a part of the face."""
    chance = so_far.rng.random()
    if chance < 0.3:
        return _strength_of_movement(so_far)
    if chance < 0.38:
        return _strength_of_part(so_far)
    return _of_one_emotion(so_far, "strength") if chance < 0.55 else _of_expression(so_far, "strength")


def ask_how_sure(so_far: Talk) -> Exchange | None:
    """How sure the emotion is, an emotion named in the question, or one movement."""
    chance = so_far.rng.random()
    if chance < 0.2:
        return _sureness_of_movement(so_far)
    return _of_one_emotion(so_far, "sure") if chance < 0.45 else _of_expression(so_far, "sure")


def _of_expression(so_far: Talk, kind: str) -> Exchange | None:
    rng, facts = so_far.rng, so_far.facts
    if facts.emotion is None or so_far.had(f"{kind}_emotion"):
        return None
    abroad = rng.random() < _FOREIGN
    scale = kind == "strength" and not abroad and rng.random() < 0.2
    if kind == "sure":
        answer = degree.sureness_answer(rng, facts)
    else:
        answer = degree.strength_answer(rng, facts, scale)
    if abroad:
        return Exchange(f"{kind}_emotion", foreign.question(rng, kind), foreign.in_english(rng, answer))
    question = asked_degree.degree(rng, "scale" if scale else kind)
    return typed_exchange(so_far, f"{kind}_emotion", question, answer)


def _of_one_emotion(so_far: Talk, kind: str) -> Exchange | None:
    """An emotion named in the question, the true one half of the time."""
    rng, facts = so_far.rng, so_far.facts
    if facts.emotion is None or so_far.had("emotion_yes_no"):
        return None
    asked = plain.emotion_to_ask(rng, facts.emotion)
    question = asked_degree.degree_of(rng, kind, asked)
    if asked != facts.emotion:
        answer = degree.not_that(rng, facts, asked)
    elif kind == "sure":
        answer = degree.sureness_answer(rng, facts)
    else:
        answer = degree.strength_answer(rng, facts, scale="5" in question)
    return typed_exchange(so_far, "emotion_yes_no", question, answer)


def _strength_of_movement(so_far: Talk) -> Exchange | None:
    code = _pick(so_far, asked_degree.NAMED if so_far.rng.random() < 0.8 else NANO_AUS)
    question = asked_degree.strength_of_movement(so_far.rng, code)
    answer = units.strength_answer(so_far.rng, so_far.facts, code)
    return typed_exchange(so_far, "strength", question, answer, code)


def _strength_of_part(so_far: Talk) -> Exchange | None:
    rng, facts = so_far.rng, so_far.facts
    part = rng.choice(("brows", "eyes", "cheeks", "nose", "mouth", "mouth"))
    question = asked_degree.strength_of_part(rng, part)
    return typed_exchange(so_far, "part", question, units.part_answer(rng, facts, PARTS[part], part))


def _sureness_of_movement(so_far: Talk) -> Exchange | None:
    code = _pick(so_far, NANO_AUS)
    question = asked_degree.sureness_of_movement(so_far.rng, code)
    answer = units.sureness_answer(so_far.rng, so_far.facts, code)
    return typed_exchange(so_far, "sure", question, answer, code)


def _pick(so_far: Talk, codes: Collection[int]) -> int:
    """One of ``codes``, mostly an active one where there is any."""
    active = [code for code in so_far.facts.active if code in codes]
    return so_far.rng.choice(active if active and so_far.rng.random() < 0.75 else sorted(codes))
