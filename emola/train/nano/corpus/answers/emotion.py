"""Answers about the emotion: what it is and which movements show it.

The movements named are active ones. Where they do not support the emotion, the answer calls the expression
weak or mixed and gives the overall impression.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from emola.faba import ADJECTIVES
from emola.faba.emotions import CORE_AUS, is_posed_smile
from emola.train.nano.corpus.answers.movements import act, clause, thing
from emola.train.nano.corpus.facts import FaceFacts
from emola.train.nano.corpus.grammar import expand, fitting, listed, sentences, with_article

_ATTRIBUTE = {**ADJECTIVES, "fear": "fearful"}

# Each lead fits each emotion: the first words of an answer must not give the emotion away before the face was
# read. The commonest leads are short. Most faces in photos are calm or smile, and the reasons that follow
# tell these answers apart; a small model that is unsure which lead to use takes the same one every time.
_LEADS = (
    "{adjective}{surely}",
    "{sure}{adjective}",
    "{noun}{surely}",
    "looks {sure}{adjective}",
    "what I see: {noun}{surely}",
    "this face looks {sure}{adjective}",
    "the expression is {sure}{attribute}",
    "this is {sure}{noun}",
    "I would say {sure}{adjective}",
    "it looks {sure}{adjective}",
    "{a_attribute} face{surely}",
    "{a_attribute} expression{surely}",
    "{sure}{noun}",
    "this looks {sure}{adjective}",
    "my impression: {noun}{surely}",
    "to me, {adjective}{surely}",
    "the emotion is {sure}{noun}",
    "the face looks {sure}{adjective}",
    "it reads as {adjective}{surely}",
    "my reading: {noun}{surely}",
    "the face is {sure}{attribute}",
)
_BECAUSE = (
    ": {clauses}",
    ", with {things}",
    ", because {clauses}",
    ". {clauses}",
    ". I go by {things}",
    ": {things}",
    ". I [see|notice] {things}",
    ". The signs: {things}",
    ". {acts}",
    ", going by {things}",
    ". What shows it: {things}",
)


def _names(facts: FaceFacts) -> dict[str, str]:
    emotion = facts.emotion or "neutral"
    return {
        "noun": emotion,
        "adjective": ADJECTIVES[emotion],
        "attribute": _ATTRIBUTE[emotion],
        "a_attribute": with_article(_ATTRIBUTE[emotion]),
        "sure": f"{facts.certainty} " if facts.certainty else "",
        "surely": f", {facts.certainty}" if facts.certainty else "",
    }


def _lead(rng: random.Random, facts: FaceFacts) -> str:
    return expand(rng, fitting(rng, facts.fine_variant, _LEADS), **_names(facts))


def emotion_word(rng: random.Random, facts: FaceFacts) -> str:
    """Name the emotion in one or two words."""
    emotion = facts.emotion or "neutral"
    return rng.choice((emotion, ADJECTIVES[emotion])).capitalize() + "."


def plain_answer(rng: random.Random, facts: FaceFacts) -> str:
    """Name the emotion and how clear it is in one short sentence, without reasons."""
    return sentences(f"{_lead(rng, facts)}.")


def emotion_answer(rng: random.Random, facts: FaceFacts) -> str:
    """Name ``facts.emotion`` (not None) and the movements that show it, in one to three sentences."""
    emotion = facts.emotion
    assert emotion is not None
    if facts.units is None:
        reasons = _from_picture_alone(rng)
    elif emotion == "neutral":
        reasons = _calm(rng, facts)
    elif set(facts.evidence.supporting) & set(CORE_AUS[emotion]):
        reasons = _supported(rng, facts, emotion)
    elif facts.evidence.supporting:
        reasons = _hinted(rng, facts)
    else:
        reasons = _unsupported(rng, facts)
    return sentences(f"{_lead(rng, facts)}{reasons}.")


def _from_picture_alone(rng: random.Random) -> str:
    return expand(
        rng,
        ". [the landmarks were not found|no landmarks were found|I have no landmarks for this face]"
        "[, so I go by the picture alone|, so this is from the picture alone|; I judge by the picture alone]",
    )


def movement_slots(rng: random.Random, facts: FaceFacts, codes: Sequence[int]) -> dict[str, str]:
    """Return slots with the same movements as ``clauses``, ``things`` and ``acts``, some with intensity."""
    # intensity on at most two of them: on each, it reads like a table
    graded = set(rng.sample(list(codes), min(len(codes), rng.choice((0, 1, 1, 2)))))
    units = {code: facts.unit(code) if code in graded else None for code in codes}
    return {
        "clauses": listed([clause(rng, code, units[code]) for code in codes]),
        "things": listed([thing(rng, code, units[code]) for code in codes]),
        "acts": listed([f"AU{code} {act(rng, code)}" for code in sorted(codes)]),
    }


def one_per_thing(codes: Sequence[int], limit: int) -> list[int]:
    """Return the first ``limit`` codes without those that say nearly the same as an earlier one."""
    kept: list[int] = []
    for code in codes:
        if not any({code, other} in ({26, 27}, {25, 27}, {23, 24}, {25, 26}) for other in kept):
            kept.append(code)
    return kept[:limit]


def _supported(rng: random.Random, facts: FaceFacts, emotion: str) -> str:
    codes = one_per_thing(facts.evidence.supporting, rng.choice((2, 2, 3)))
    codes.sort(key=lambda code: -facts.unit(code).intensity)
    slots = movement_slots(rng, facts, codes)
    because = expand(rng, fitting(rng, facts.variant, _BECAUSE), **slots)
    return because + _afterthought(rng, facts, emotion)


def _afterthought(rng: random.Random, facts: FaceFacts, emotion: str) -> str:
    """Add in some draws a last sentence: how strong it is, what does not fit, what is missing."""
    evidence, choices = facts.evidence, [""] * 5
    if facts.certainty == "perhaps" and facts.runner_up:
        choices = [expand(rng, ". It could also be {other}", other=as_noun(facts.runner_up))] * 6 + choices[
            :2
        ]
    peak = max(facts.unit(code).band for code in evidence.supporting)
    if peak <= 1:
        choices += expand(rng, ". [The signs are weak|It is a faint expression|All of it is slight]"), ""
    if peak >= 3:
        choices += [
            expand(rng, ". [It is a strong expression|The signs are strong|The expression is strong]")
        ]
    if evidence.contrary:
        odd = thing(rng, rng.choice(evidence.contrary))
        choices += [
            expand(
                rng, ". [Only {odd} [do|does] not fit|It does not quite fit that I also see {odd}]", odd=odd
            )
        ]
    if facts.turned:
        choices += [expand(rng, ". The head is turned, so one side is partly hidden")]
    if emotion == "happiness" and is_posed_smile(facts.active) and 6 in facts.inactive:
        choices += [expand(rng, ". The cheeks stay down, so the smile may be posed")] * 3
    text = rng.choice(choices)
    return _agree(text)


def as_noun(emotion: str | None) -> str:
    """Return the emotion as a noun: "fear", "a neutral face"; "" for None."""
    return "a neutral face" if emotion == "neutral" else emotion or ""


def _agree(text: str) -> str:
    """Make "do" or "does" after "Only ..." agree with what is named."""
    if ". Only a " in text:
        return text.replace(" do not", " does not")
    return text.replace(" does not fit", " do not fit") if ". Only " in text else text


_AT_REST = (
    "brows, eyes and mouth are at rest",
    "nothing in it moves much",
    "no movement stands out",
    "the features are at rest",
    "I see no clear movement",
    "the brows, the lids and the lips are relaxed",
)
_CALM = (": {rest}", ". {rest}", "; {rest}", ", because {rest}")
_CALM_WITH_LITTLE = (
    ", with no more than {things}",
    ". I only see {things}",
    ": {clauses}, and that is little",
    ". All that I see is {things}",
    ", because {clauses} and little else moves",
)
_CALM_WITH_MORE = (
    ", although {clauses}",
    ". {clauses}, but the face as a whole stays calm",
    ", even with {things}",
    ". I see {things}, but the rest of the face is calm",
)
_WEAK = (
    ", but the movements are weak",
    ", but faintly: no single movement stands out",
    ". The single movements are weak",
    ", although little moves in this face",
    ". It is a faint expression: no single movement stands out",
    ". I go by the whole face, as no single movement shows it",
)
_MIXED = (
    ", although {clauses}",
    ", but the movements are mixed: {clauses}",
    ". {clauses}, which does not settle it",
    ". I see {things}, which does not settle it",
    ". The signs are mixed; I see {things}",
    ", going by the whole face; {clauses}",
)
_HINTED = (
    ": {clauses}, which fits but is not much",
    ". {clauses}, which fits, though it does not settle it",
    ". I see {things}, which fits but does not settle it",
    ". I see {things}, and otherwise go by the whole face",
    ", going by the whole face; {clauses}",
)


def _calm(rng: random.Random, facts: FaceFacts) -> str:
    code = facts.strongest
    if code is None:
        return expand(
            rng,
            fitting(rng, facts.runner_up_variant, _CALM),
            rest=fitting(rng, facts.runner_up_variant, _AT_REST),
        )
    unit = facts.unit(code)
    slots = {"things": thing(rng, code, unit), "clauses": clause(rng, code, unit)}
    forms = _CALM_WITH_LITTLE if unit.band <= 1 else _CALM_WITH_MORE
    return expand(rng, fitting(rng, facts.variant, forms), **slots)


def _hinted(rng: random.Random, facts: FaceFacts) -> str:
    """Name the strongest unit that often comes with the emotion; none of the most telling is active."""
    code = max(facts.evidence.supporting, key=lambda code: facts.unit(code).intensity)
    return expand(rng, fitting(rng, facts.variant, _HINTED), **movement_slots(rng, facts, [code]))


def _unsupported(rng: random.Random, facts: FaceFacts) -> str:
    if facts.strongest is None:
        return fitting(rng, facts.runner_up_variant, _WEAK)
    slots = movement_slots(rng, facts, [facts.strongest])
    return expand(rng, fitting(rng, facts.variant, _MIXED), **slots)
