"""Turns asked in another language and answered in English."""

from __future__ import annotations

from emola.faba import ACTION_UNITS
from emola.train.nano.corpus import back_turns, emotion, knowledge, lists, reasons, turns, units
from emola.train.nano.corpus.asked import foreign, plain
from emola.train.nano.corpus.casual_turns import movement_answer, of_two, pick_movement
from emola.train.nano.corpus.picking import pick_unit
from emola.train.nano.corpus.state import Exchange, Maker, Talk


def ask_foreign(*kinds: str) -> Maker:
    """A question of one of ``kinds`` in another language.

    kinds: "emotion", "list", "emotion_yes_no", "choice", "movement", "unit", "meaning", "support", "part" or
    "posed".
    """

    def make(so_far: Talk) -> Exchange | None:
        exchange = _MAKERS[so_far.rng.choice(kinds)](so_far)
        if exchange is None:
            return None
        answer = foreign.in_english(so_far.rng, exchange.answer)
        return Exchange(exchange.kind, exchange.question, answer, exchange.code)

    return make


def _emotion(so_far: Talk) -> Exchange | None:
    rng, facts = so_far.rng, so_far.facts
    if facts.emotion is None or so_far.had("emotion"):
        return None
    return Exchange("emotion", foreign.question(rng, "emotion"), emotion.emotion_answer(rng, facts))


def _list(so_far: Talk) -> Exchange | None:
    if so_far.had("list"):
        return None
    return Exchange("list", foreign.question(so_far.rng, "au"), lists.list_answer(so_far.rng, so_far.facts))


def _emotion_yes_no(so_far: Talk) -> Exchange | None:
    rng, true = so_far.rng, so_far.facts.emotion
    if true is None:
        return None
    asked = plain.emotion_to_ask(rng, true)
    question = foreign.emotion_question(rng, asked)
    return Exchange("emotion_yes_no", question, turns.emotion_yes_no_answer(rng, true, asked))


def _choice(so_far: Talk) -> Exchange | None:
    two = of_two(so_far)
    if two is None:
        return None
    pair, answer = two
    return Exchange("choice", foreign.choice_question(so_far.rng, *pair), answer)


def _movement(so_far: Talk) -> Exchange | None:
    codes = pick_movement(so_far, tuple(foreign.MOVEMENTS))
    if codes is None:
        return None
    kind, answer, code = movement_answer(so_far, codes)
    return Exchange(kind, foreign.movement_question(so_far.rng, codes), answer, code)


def _unit(so_far: Talk) -> Exchange | None:
    rng = so_far.rng
    code = pick_unit(so_far)
    if code is None:
        return None
    answer = units.yes_no_answer(rng, so_far.facts, code, strength=False)
    return Exchange("yes_no", foreign.unit_question(rng, code), answer, code)


def _meaning(so_far: Talk) -> Exchange:
    rng = so_far.rng
    code = rng.choice(list(ACTION_UNITS))
    return Exchange("knowledge", foreign.meaning_question(rng, code), knowledge.what_is(rng, code)[1])


def _support(so_far: Talk) -> Exchange | None:
    rng, facts = so_far.rng, so_far.facts
    # a bare "why?" is about the last answer
    kind, answer, code = "support", None, None
    if so_far.last_kind in ("emotion", "word", "emotion_yes_no", "choice") and facts.units is not None:
        answer = None if so_far.had("support") else reasons.support_answer(rng, facts)
    elif reason := back_turns.reason(so_far):
        kind, answer, code = reason
    return Exchange(kind, foreign.question(rng, "support"), answer, code) if answer else None


def _part(so_far: Talk) -> Exchange | None:
    rng = so_far.rng
    part = rng.choice(("mouth", "brows", "eyes"))
    answer = units.part_answer(rng, so_far.facts, turns.PARTS[part], part)
    return Exchange("part", foreign.question(rng, part), answer)


def _posed(so_far: Talk) -> Exchange | None:
    if turns.posed_is_out_of_place(so_far):
        return None
    rng = so_far.rng
    return Exchange("posed", foreign.question(rng, "posed"), units.posed_answer(rng, so_far.facts))


_MAKERS: dict[str, Maker] = {
    "emotion": _emotion,
    "list": _list,
    "emotion_yes_no": _emotion_yes_no,
    "choice": _choice,
    "movement": _movement,
    "unit": _unit,
    "meaning": _meaning,
    "support": _support,
    "part": _part,
    "posed": _posed,
}
