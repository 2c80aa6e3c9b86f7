"""Answers about the emotion: what it is, what supports it, what speaks against it.

The emotion is the human label. The movements named are active ones; where they do not support the label,
the answer says that the expression is weak or mixed and gives the overall impression.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from emola.data.corpus.facts import FaceFacts
from emola.data.corpus.grammar import expand, fitting, listed, sentences, with_article
from emola.data.corpus.movements import act, clause, thing
from emola.faba import ADJECTIVES
from emola.faba.emotions import CORE_AUS, is_posed_smile

_ATTRIBUTE = {**ADJECTIVES, "fear": "fearful"}

_LEADS = (
    "this face looks {sure}{adjective}",
    "{noun}{surely}",
    "I read {noun} here{surely}",
    "{sure}{adjective}",
    "an expression of {noun}{surely}",
    "it looks {sure}{adjective}",
    "the face shows {noun}{surely}",
    "I would call it {noun}{surely}",
    "my reading: {noun}{surely}",
    "{noun} is what I see{surely}",
    "{a_adjective} face{surely}",
    "I see {noun}{surely}",
)
_CALM_LEADS = (
    "this face looks {sure}neutral",
    "neutral{surely}",
    "I read it as neutral{surely}",
    "{sure}neutral",
    "a neutral expression{surely}",
    "no clear emotion",
    "I would call it neutral{surely}",
    "my reading: neutral{surely}",
    "a neutral face{surely}",
    "I see no clear emotion",
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
)
_THEN = (
    "{clauses}, so {conclusion}",
    "{things}: {conclusion}",
    "{clauses}. {conclusion}",
    "with {things}, {conclusion}",
    "{clauses}: {conclusion}",
    "{acts}, so {conclusion}",
    "given {things}, {conclusion}",
    "I see {things}, so {conclusion}",
)
_CONCLUSIONS = (
    "the face looks {sure}{adjective}",
    "I read {noun}{surely}",
    "it looks {sure}{adjective}",
    "the face shows {noun}{surely}",
    "I would call it {noun}{surely}",
    "{a_adjective} expression{surely}",
)
_CALM_CONCLUSIONS = (
    "the face looks {sure}neutral",
    "I would call it neutral{surely}",
    "the expression is {sure}neutral",
)
_IMPRESSIONS = (
    "overall the face looks {sure}{adjective}",
    "the impression is {noun}{surely}",
    "I would call it {noun}{surely}",
    "as a whole it looks {sure}{adjective}",
)


def _names(facts: FaceFacts) -> dict[str, str]:
    emotion = facts.emotion or "neutral"
    return {
        "noun": emotion,
        "adjective": ADJECTIVES[emotion],
        "a_adjective": with_article(_ATTRIBUTE[emotion]),
        "sure": f"{facts.certainty} " if facts.certainty else "",
        "surely": f", {facts.certainty}" if facts.certainty else "",
    }


def _lead(rng: random.Random, facts: FaceFacts) -> str:
    leads = _CALM_LEADS if facts.emotion == "neutral" else _LEADS
    return expand(rng, fitting(rng, facts.place, leads), **_names(facts))


def _conclusion(rng: random.Random, facts: FaceFacts) -> str:
    choices = _CALM_CONCLUSIONS if facts.emotion == "neutral" else _CONCLUSIONS
    return expand(rng, fitting(rng, facts.place, choices), **_names(facts))


def emotion_word(rng: random.Random, facts: FaceFacts) -> str:
    """The emotion in one or two words, for who asks for a short answer."""
    emotion = facts.emotion or "neutral"
    return rng.choice((emotion, ADJECTIVES[emotion])).capitalize() + "."


def emotion_answer(rng: random.Random, facts: FaceFacts) -> str:
    """One to three sentences that name ``facts.emotion`` (not None) and the movements behind it."""
    emotion = facts.emotion
    assert emotion is not None
    if facts.units is None:
        text = _from_picture_alone(rng, facts)
    elif emotion == "neutral":
        text = _calm(rng, facts)
    elif set(facts.evidence.supporting) & set(CORE_AUS[emotion]):
        text = _supported(rng, facts, emotion)
    else:
        text = _unsupported(rng, facts)
    return sentences(text + ".")


def _from_picture_alone(rng: random.Random, facts: FaceFacts) -> str:
    why = expand(
        rng,
        "[the landmarks were not found|no landmarks were found|I have no landmarks for this face]"
        "[, so I go by the picture alone|, so this is from the picture alone|; I judge by the picture alone]",
    )
    lead = _lead(rng, facts)
    return f"{lead}. {why}" if rng.random() < 0.85 else f"{why}. {_conclusion(rng, facts)}"


def movement_slots(rng: random.Random, facts: FaceFacts, codes: Sequence[int]) -> dict[str, str]:
    """The same movements as ``clauses``, ``things`` and ``acts``, with words of intensity where they fit."""
    # intensity on at most two of them: on each it reads like a table
    graded = set(rng.sample(list(codes), min(len(codes), rng.choice((0, 1, 1, 2)))))
    units = {code: facts.unit(code) if code in graded else None for code in codes}
    return {
        "clauses": listed([clause(rng, code, units[code]) for code in codes]),
        "things": listed([thing(rng, code, units[code]) for code in codes]),
        "acts": listed([f"AU{code} {act(rng, code)}" for code in sorted(codes)]),
    }


def one_per_thing(codes: Sequence[int], limit: int) -> list[int]:
    """The first ``limit`` codes, leaving out what says nearly the same as one before."""
    kept: list[int] = []
    for code in codes:
        if not any({code, other} in ({26, 27}, {25, 27}, {23, 24}, {25, 26}) for other in kept):
            kept.append(code)
    return kept[:limit]


def _supported(rng: random.Random, facts: FaceFacts, emotion: str) -> str:
    codes = one_per_thing(facts.evidence.supporting, rng.choice((2, 2, 3)))
    codes.sort(key=lambda code: -facts.unit(code).intensity)
    slots = movement_slots(rng, facts, codes)
    form = fitting(rng, facts.place, _BECAUSE + _THEN, turn=facts.prominent)
    if form in _BECAUSE:
        text = _lead(rng, facts) + expand(rng, form, **slots)
    else:
        text = expand(rng, form, conclusion=_conclusion(rng, facts), **slots)
    return text + _afterthought(rng, facts, emotion)


def _afterthought(rng: random.Random, facts: FaceFacts, emotion: str) -> str:
    """Sometimes a last sentence: how strong it is, what does not fit, what is missing."""
    evidence, choices = facts.evidence, [""] * 5
    if facts.certainty == "perhaps" and facts.runner_up:
        choices = [expand(rng, ". It could also be {other}", other=a_face_of(facts.runner_up))] * 6 + choices[
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


def a_face_of(emotion: str | None) -> str:
    """The emotion as a noun in running text: "fear", "a neutral face"."""
    return "a neutral face" if emotion == "neutral" else emotion or ""


def _agree(text: str) -> str:
    """Put "do" or "does" right after "Only ..."."""
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
_CALM = ("{lead}: {rest}", "{rest}, so {end}", "{lead}. {rest}", "{rest}: {end}")
_CALM_WITH_LITTLE = (
    "{lead}, with no more than {thing}",
    "{clause}, but that is not much: {end}",
    "{lead}. I only see {thing}",
    "{lead}: {clause}, and that is little",
    "I see {thing} and little else, so {end}",
)
_CALM_WITH_MORE = (
    "{lead}, although {clause}",
    "{clause}, but overall {end}",
    "{lead}. {clause}, but the face as a whole stays calm",
    "I see {thing}, but overall {end}",
    "{lead}, even with {thing}",
)
_WEAK = (
    "{impression}, but the movements are weak",
    "the movements are weak, but {impression}",
    "{impression}, but faintly: no single movement stands out",
    "little moves in this face, but {impression}",
    "{impression}. The signs in the face are weak",
    "no single movement stands out, but {impression}",
    "a faint expression; {impression}",
)
_MIXED = (
    "{impression}, although {clauses}",
    "the signs are mixed: {clauses}. Still, {impression}",
    "{clauses}, which does not settle it, but {impression}",
    "{impression}, but the movements are mixed: {clauses}",
    "I see {things}, which does not settle it. Still, {impression}",
    "a mixed expression with {things}; {impression}",
)


def _calm(rng: random.Random, facts: FaceFacts) -> str:
    slots = {"lead": _lead(rng, facts), "end": _conclusion(rng, facts)}
    code = facts.strongest
    forms: tuple[str, ...] = _CALM
    if code is None:
        slots["rest"] = fitting(rng, facts.place, _AT_REST)
    else:
        unit = facts.unit(code)
        slots |= {"thing": thing(rng, code, unit), "clause": clause(rng, code, unit)}
        forms = _CALM_WITH_LITTLE if unit.band <= 1 else _CALM_WITH_MORE
    return expand(rng, fitting(rng, facts.place, forms, turn=facts.prominent), **slots)


def _unsupported(rng: random.Random, facts: FaceFacts) -> str:
    impression = expand(rng, fitting(rng, facts.place, _IMPRESSIONS), **_names(facts))
    forms: tuple[str, ...] = _WEAK
    slots = {"impression": impression}
    if facts.strongest is not None:
        forms, slots = _MIXED, slots | movement_slots(rng, facts, [facts.strongest])
    return expand(rng, fitting(rng, facts.place, forms, turn=facts.prominent), **slots)
