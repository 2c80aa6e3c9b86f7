"""Answers to follow-ups about the emotion: support, contrary evidence, strength, sureness."""

from __future__ import annotations

import random

from emola.faba.emotions import CORE_AUS
from emola.train.nano.corpus.answers.emotion import as_noun, movement_slots, one_per_thing
from emola.train.nano.corpus.answers.movements import thing
from emola.train.nano.corpus.facts import STRENGTHS, FaceFacts
from emola.train.nano.corpus.grammar import expand, sentences


def picture_only(rng: random.Random) -> str:
    """Say that the landmarks were not found, in answer to a follow-up about the emotion."""
    return expand(
        rng,
        "[I cannot say more|Hard to say|That I cannot tell]: the landmarks were not found, and I [have"
        "|had] only the picture[ to go by|].",
    )


def support_answer(rng: random.Random, facts: FaceFacts) -> str:
    """Name the movements that support the emotion (not None), without codes.

    Reasons for a list of units begin differently: a small model confuses the two, since "why?" asks for
    either.
    """
    return _support(
        rng,
        facts,
        "[mainly {things}|{noun} shows in {things}|{clauses}|above all {things}|I go by {things}"
        "|what speaks for {noun}: {things}|for {noun}: {things}].",
    )


def support_by_units(rng: random.Random, facts: FaceFacts) -> str:
    """Name the action units that support the emotion (not None), with codes."""
    return _support(rng, facts, "[{acts}|for {noun}: {acts}|{noun} shows in this: {acts}].")


def _support(rng: random.Random, facts: FaceFacts, text: str) -> str:
    if facts.units is None:
        return picture_only(rng)
    emotion = facts.emotion or "neutral"
    codes = one_per_thing(facts.evidence.supporting, 4)
    if emotion == "neutral":
        if facts.active:
            return expand(
                rng,
                "[That little moves[: a neutral face is known by what is missing|]|How little moves"
                "|The [lack|absence] of strong movements"
                "|The calm of [the face|its features] as a whole].",
            )
        return expand(
            rng,
            "[That nothing moves|The [lack|absence] of [any |]movement|That [all|everything] is at rest"
            "|[Brows, eyes and mouth|The features] are at rest][: the face is neutral"
            "|, and that means neutral|, as in a neutral face|].",
        )
    if not codes:
        return sentences(
            expand(
                rng,
                "[{noun} is [only |]my impression of the whole face|I go by the whole face"
                "|the face as a whole|my overall impression is {noun}][;|:] "
                "no [single |]movement [clearly |]shows [it|{noun}].",
                noun=emotion,
            )
        )
    return sentences(expand(rng, text, noun=emotion, **movement_slots(rng, facts, codes)))


def against_answer(rng: random.Random, facts: FaceFacts) -> str:
    """Name the evidence against the emotion (not None)."""
    if facts.units is None:
        return picture_only(rng)
    emotion, evidence = facts.emotion or "neutral", facts.evidence
    if evidence.contrary:
        slots = movement_slots(rng, facts, evidence.contrary[:1])
        return sentences(
            expand(
                rng,
                "[{clauses}, which [does|would] not fit {name}|{clauses}: that is unusual for {name}"
                "|against it: {things}|yes: {clauses}|mainly {things}].",
                name=as_noun(emotion),
                **slots,
            )
        )
    if evidence.missing:
        missed = thing(rng, evidence.missing[0])
        return sentences(
            expand(
                rng,
                "[there {are} no {lacking}|I see no {lacking}|at most that I see no {lacking}"
                "|no {lacking}, for one"
                "|I find no {lacking}]"
                "[, which {name} often has|, often part of {name}|].",
                lacking=missed.removeprefix("a "),
                are="is" if missed.startswith("a ") else "are",
                name=emotion,
            )
        )
    return expand(
        rng, "[Nothing that I can see|Nothing in the movements|I find nothing against it|Nothing clear]."
    )


def weigh_answer(rng: random.Random, facts: FaceFacts) -> str:
    """Name the evidence for and against the emotion (not None), and the emotion."""
    emotion = facts.emotion or "neutral"
    if facts.units is None:
        return sentences(f"I would call it {emotion}. {picture_only(rng)}")
    return sentences(f"{_for(rng, facts, emotion)} {_against(rng, facts)}")


def _for(rng: random.Random, facts: FaceFacts, emotion: str) -> str:
    codes = one_per_thing(facts.evidence.supporting, 3)
    if emotion == "neutral" and facts.active:
        return expand(rng, "[overall it looks neutral|I call it neutral all the same].")
    if emotion == "neutral":
        return expand(
            rng,
            "[for a neutral face: [how little moves|brows, eyes and mouth are calm]"
            "|I call it neutral: little moves].",
        )
    if not codes:
        return expand(
            rng,
            "[{name} is my overall impression; no movement clearly supports it"
            "|for {name}: the overall impression].",
            name=emotion,
        )
    agreeing = "|{things} [speak|count] for {name}" if len(codes) > 1 else ""
    return expand(
        rng,
        f"[for {{name}}: {{things}}|in favour of {{name}}: {{things}}{agreeing}].",
        name=emotion,
        things=movement_slots(rng, facts, codes)["things"],
    )


def _against(rng: random.Random, facts: FaceFacts) -> str:
    evidence = facts.evidence
    if evidence.contrary:
        odd = movement_slots(rng, facts, evidence.contrary[:1])["things"]
        return expand(rng, "[against it|what does not fit|on the other side]: {odd}.", odd=odd)
    if evidence.missing:
        missed = thing(rng, evidence.missing[0])
        lacking = missed.removeprefix("a ")
        return expand(
            rng, "[against it: no {lacking}|what is missing: {missed}].", lacking=lacking, missed=missed
        )
    return expand(
        rng, "[nothing clear speaks against it|against it I see nothing|I find nothing against it]."
    )


def telling_sign(facts: FaceFacts) -> int | None:
    """Return the strongest active unit of those most telling of the emotion; None if none is active."""
    signs = set(facts.evidence.supporting) & set(CORE_AUS[facts.emotion or "neutral"])
    return max(sorted(signs), key=lambda sign: facts.unit(sign).intensity, default=None)


def strength_of_emotion(rng: random.Random, facts: FaceFacts) -> str:
    """Say how strong the expression is, by its strongest telling movement."""
    if facts.units is None:
        return picture_only(rng)
    code = telling_sign(facts)
    if code is None:
        return expand(rng, "[Not strong|Weak|Faint]: no movement [stands out for it|carries it].")
    band = facts.unit(code).band
    return sentences(f"{STRENGTHS[band]}, going by AU{code}.")


def sureness_of_emotion(rng: random.Random, facts: FaceFacts) -> str:
    """Say how sure the emotion is, by how clear the picture is and how well the movements fit."""
    if facts.units is None:
        return picture_only(rng)
    evidence, name = facts.evidence, facts.emotion
    fits = len(evidence.supporting) > 1 and not evidence.contrary
    sure = fits if name != "neutral" else not facts.active
    if facts.certainty == "perhaps":
        text = "[not very|no, not very sure|not quite]: it is perhaps {name}"
        text += ", but it could also be {other}." if facts.runner_up else "."
    elif sure:
        text = "[fairly sure|yes, fairly|quite sure]: [the movements fit {name} well|{name} fits what I see]."
    elif evidence.supporting:
        text = "[not entirely|moderately|only moderately]: the movements fit {name} in part."
    else:
        text = (
            "[not very|no, not very sure"
            "|not quite]: the movements do not settle it, {name} is only my impression."
        )
    return sentences(expand(rng, text, name=as_noun(name), other=as_noun(facts.runner_up)))
