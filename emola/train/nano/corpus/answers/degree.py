"""Strength and sureness of the emotion, asked before the emotion was named: the answer names it first."""

from __future__ import annotations

import random

from emola.train.nano.corpus.answers.emotion import as_noun, plain_answer
from emola.train.nano.corpus.answers.movements import clause
from emola.train.nano.corpus.answers.reasons import telling_sign
from emola.train.nano.corpus.facts import STRENGTHS, FaceFacts
from emola.train.nano.corpus.grammar import expand, sentences

_EXPRESSIONS = (STRENGTHS[0], *(f"a {word} expression" for word in STRENGTHS[1:]))


def strength_answer(rng: random.Random, facts: FaceFacts) -> str:
    """Name the emotion (not None) and the strength of its most telling movement."""
    return _strength(rng, facts, scale=False)


def strength_on_scale(rng: random.Random, facts: FaceFacts) -> str:
    """Name the emotion (not None) and the strength of its most telling movement as a number from 1 to 5."""
    return _strength(rng, facts, scale=True)


def _strength(rng: random.Random, facts: FaceFacts, scale: bool) -> str:
    lead = plain_answer(rng, facts)[:-1]
    code = telling_sign(facts)
    if facts.units is None:
        text = (
            "[. The landmarks were not found, so I have no measure of its strength"
            "|; its strength I do not have, as the landmarks were not found"
            "|. No landmarks were found, and without them I measure no strength]"
        )
        return sentences(lead + expand(rng, text) + ".")
    if facts.emotion == "neutral":
        return sentences(lead + _of_a_calm_face(rng, facts) + ".")
    if code is None:
        text = (
            "[, but [weak|faint|not strong]: no movement [stands out for it|carries it]"
            "|. It is [weak|faint|not strong]: no movement [stands out for it|carries it]]"
        )
        return sentences(lead + expand(rng, text) + ("; low on the scale." if scale else "."))
    unit = facts.unit(code)
    plain = (
        "[. {Strength}, going by AU{code}|; it is {an_expression}, going by AU{code}"
        "|. It is {an_expression}: {clause} (AU{code})|: {an_expression}, as {clause}"
        "|. I would call it {strength}: {clause}|. {Strength}: AU{code} shows it most]"
    )
    counted = (
        "[, about {level} of 5: AU{code} is {strength}|. {level} of 5: {clause}|: {level} of 5, {strength}]"
    )
    text = counted if scale or rng.random() < 0.2 else plain
    slots = {
        "strength": unit.strength,
        "Strength": unit.strength.capitalize(),
        "an_expression": _EXPRESSIONS[unit.band],
        "clause": clause(rng, code, unit),
        "level": str(unit.band + 1),
        "code": str(code),
    }
    return sentences(lead + expand(rng, text, **slots) + ".")


def _of_a_calm_face(rng: random.Random, facts: FaceFacts) -> str:
    code = facts.strongest
    if code is None:
        return expand(
            rng,
            "[: nothing moves|: no movement is active|. [Brows, eyes and mouth|The features] are at rest]"
            "[, so there is no strength to [give|name]|]",
        )
    return expand(
        rng,
        "[. The strongest movement is AU{code}, and it is {strength}"
        "|; what moves most is AU{code}, {strength}"
        "|. Little to measure: AU{code} is the most, {strength}]",
        code=str(code),
        strength=facts.unit(code).strength,
    )


def sureness_answer(rng: random.Random, facts: FaceFacts) -> str:
    """Name the emotion (not None) and how sure it is, by the picture and by how well the movements fit."""
    lead = plain_answer(rng, facts)[:-1]
    slots = {"name": as_noun(facts.emotion), "other": as_noun(facts.runner_up)}
    return sentences(lead + expand(rng, _how_sure(facts), **slots) + ".")


def _how_sure(facts: FaceFacts) -> str:
    evidence = facts.evidence
    fits = len(evidence.supporting) > 1 and not evidence.contrary
    if facts.certainty == "perhaps":
        rest = (
            "[: it could also be {other}|; {other} is possible too|, and {other} is possible too]"
            if facts.runner_up
            else ""
        )
        return f"[, and I am not very sure|. I am not very sure of it|. I may [well |]be wrong]{rest}"
    clear = facts.certainty == "clearly"
    if facts.units is None:
        word = "quite" if clear else "fairly" if facts.beliefs else "not very"
        return f"[; I am {word} sure|, and I am {word} sure], by the picture alone: no landmarks were found"
    if fits or (facts.emotion == "neutral" and not facts.active):
        word = "[quite|very]" if clear else "[fairly|reasonably]"
        why = "[: the movements fit {name} well|, as {name} fits what I see|]"
        if not facts.active:
            why = "[: nothing moves|, as no movement is active|]"
        return f"[: I am {word} sure|, and I am {word} sure of it|. I am {word} sure]{why}"
    if not evidence.supporting:
        doubt = "[though|although] the movements do not settle it"
        return (
            f"[; I am fairly sure|. I am fairly sure], {doubt}"
            if clear
            else "[, but I am not very sure|. I am not very sure]: the movements do not settle it"
        )
    word = "fairly" if clear else "moderately"
    return (
        f"[; I am {word} sure|, and I am {word} sure|. I am {word} sure]"
        "[: the movements fit {name} in part|, as the movements fit it only in part]"
    )
