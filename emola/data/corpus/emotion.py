"""Answers about the emotion: what it is, what supports it, what speaks against it.

The emotion is the human label. The movements named are active ones; where they do not support the label,
the answer says that the expression is weak or mixed and gives the overall impression.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from emola.data.corpus.facts import FaceFacts
from emola.data.corpus.grammar import expand, listed, sentences, with_article
from emola.data.corpus.movements import MOVEMENTS, act, clause, thing
from emola.faba import ADJECTIVES
from emola.faba.emotions import CORE_AUS, is_posed_smile

_ATTRIBUTE = {**ADJECTIVES, "fear": "fearful"}

_LEADS = (
    "[this|the] face looks {adjective}",
    "{noun}",
    "I [read|see] {noun} [here|in this face]",
    "[the|this] expression is one of {noun}",
    "[this|it] looks like {noun}",
    "[the|this] face [shows|expresses] {noun}",
    "I would call [this|it] {noun}",
    "my reading is {noun}",
    "{noun} is what [I see|the face shows|comes across]",
    "the emotion is {noun}",
    "[the|this] expression [suggests|points to|speaks of] {noun}",
    "what I see is {noun}",
    "[here|in this picture] the face looks {adjective}",
    "[this is|I see] {a_adjective} [face|expression]",
    "{a_adjective} [face|expression]",
    "the overall impression is {noun}",
    "{noun}, I would say",
    "the face comes across as {adjective}",
)
_CALM_LEADS = (
    "[this|the] face looks neutral",
    "neutral",
    "[this is|I see] a neutral [face|expression]",
    "a neutral [face|expression]",
    "[the|this] expression is neutral",
    "I would call [this|it] neutral",
    "my reading is neutral",
    "[I see|there is|the face shows] no clear emotion",
    "[here|in this picture] the face looks neutral",
    "the face comes across as neutral",
    "the overall impression is neutral",
    "neutral, I would say",
    "no strong emotion [shows|comes across]",
)
_BECAUSE = (
    ": {clauses}",
    ", because {clauses}",
    ". {clauses}",
    ", with {things}",
    ". I go by {things}",
    ". I [see|notice] {things}",
    ". It shows in {things}",
    ". What [tells me|gives it away]: {things}",
    ". The signs: {things}",
    ". {acts}",
)
_THEN = (
    "{clauses}, so {conclusion}",
    "{clauses}. {conclusion}",
    "{clauses}: {conclusion}",
    "with {things}, {conclusion}",
    "given {things}, {conclusion}",
    "going by {things}, {conclusion}",
    "{things}: {conclusion}",
    "there [are|is] {things}, so {conclusion}",
    "I see {things}, so {conclusion}",
    "I notice {things}. {conclusion}",
    "{acts}, so {conclusion}",
)
_CONCLUSIONS = (
    "[the|this] face looks {adjective}",
    "I read {noun}",
    "this looks like {noun}",
    "the expression is one of {noun}",
    "the face shows {noun}",
    "I would call this {noun}",
    "it is {a_adjective} expression",
)
_CALM_CONCLUSIONS = ("the face looks neutral", "I would call this neutral", "the expression is neutral")


def _names(emotion: str) -> dict[str, str]:
    noun = "no clear emotion" if emotion == "neutral" else emotion
    return {
        "noun": noun,
        "adjective": ADJECTIVES[emotion],
        "a_adjective": with_article(_ATTRIBUTE[emotion]),
    }


def _lead(rng: random.Random, facts: FaceFacts) -> str:
    emotion = facts.emotion or "neutral"
    leads = _CALM_LEADS if emotion == "neutral" else _LEADS
    lead = leads[facts.flavour % len(leads)] if rng.random() < 0.4 else rng.choice(leads)
    return expand(rng, lead, **_names(emotion))


def _conclusion(rng: random.Random, emotion: str) -> str:
    choices = _CALM_CONCLUSIONS if emotion == "neutral" else _CONCLUSIONS
    return expand(rng, rng.choice(choices), **_names(emotion))


def emotion_word(rng: random.Random, facts: FaceFacts) -> str:
    """The emotion in one or two words, for who asks for a short answer."""
    emotion = facts.emotion or "neutral"
    return rng.choice((emotion, ADJECTIVES[emotion])).capitalize() + "."


def emotion_answer(rng: random.Random, facts: FaceFacts) -> str:
    """One to three sentences that name ``facts.emotion`` (not None) and the movements behind it."""
    emotion = facts.emotion
    assert emotion is not None
    if facts.units is None:
        text = _from_picture_alone(rng, facts, emotion)
    elif emotion == "neutral":
        text = _calm(rng, facts)
    elif set(facts.evidence.supporting) & set(CORE_AUS[emotion]):
        text = _supported(rng, facts, emotion)
    else:
        text = _unsupported(rng, facts, emotion)
    return sentences(text + ".")


def _from_picture_alone(rng: random.Random, facts: FaceFacts, emotion: str) -> str:
    why = expand(
        rng,
        "[the landmarks were not found|no landmarks were found|I have no landmarks for this face]"
        "[, so I go by the picture alone|, so this is from the picture alone|; I judge by the picture alone]",
    )
    lead = _lead(rng, facts)
    return f"{lead}. {why}" if rng.random() < 0.85 else f"{why}. {_conclusion(rng, emotion)}"


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
    rng.shuffle(codes)
    slots = movement_slots(rng, facts, codes)
    if rng.random() < 0.6:
        text = _lead(rng, facts) + expand(rng, rng.choice(_BECAUSE), **slots)
    else:
        then = expand(rng, rng.choice(_THEN), conclusion=_conclusion(rng, emotion), **slots)
        plural = len(codes) > 1 or not MOVEMENTS[codes[0]].things[0].startswith("a ")
        text = then.replace("there is ", "there are ") if plural else then.replace("there are ", "there is ")
    return text + _afterthought(rng, facts, emotion)


def _afterthought(rng: random.Random, facts: FaceFacts, emotion: str) -> str:
    """Sometimes a last sentence: how strong it is, what does not fit, what is missing."""
    evidence, choices = facts.evidence, [""] * 5
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


def _agree(text: str) -> str:
    """Put "do" or "does" right after "Only ..."."""
    if ". Only a " in text:
        return text.replace(" do not", " does not")
    return text.replace(" does not fit", " do not fit") if ". Only " in text else text


def _calm(rng: random.Random, facts: FaceFacts) -> str:
    lead, end = _lead(rng, facts), _conclusion(rng, "neutral")
    if not facts.active:
        rest = expand(
            rng,
            "[no movement stands out|nothing in it moves much|brows, eyes and mouth are at rest"
            "|the features are at rest"
            "|brows and mouth stay at rest|I see no clear movement"
            "|the brows, the lids and the lips are relaxed]",
        )
        return expand(
            rng,
            "[{lead}: {rest}|{lead}. {rest}|{rest}, so {end}|{rest}: {end}]",
            lead=lead,
            rest=rest,
            end=end,
        )
    code = facts.strongest
    assert code is not None
    unit = facts.unit(code)
    slots = {"lead": lead, "end": end, "thing": thing(rng, code, unit), "clause": clause(rng, code, unit)}
    if unit.band <= 1:
        return expand(
            rng,
            "[{lead}. I only [see|notice] {thing}|{lead}, with no more than {thing}"
            "|{clause}, but that is not much: {end}"
            "|{lead}: {clause}, and that is little|I see {thing} and little else, so {end}]",
            **slots,
        )
    return expand(
        rng,
        "[{lead}, although {clause}|{clause}, but overall {end}"
        "|{lead}. {clause}, but the face as a whole stays calm"
        "|I see {thing}, but overall {end}|{lead}, even with {thing}]",
        **slots,
    )


def _unsupported(rng: random.Random, facts: FaceFacts, emotion: str) -> str:
    impression = expand(
        rng,
        "[the overall impression is {noun}|overall the face looks {adjective}|I would call it {noun}"
        "|the face as a whole looks {adjective}|my overall impression is {noun}]",
        **_names(emotion),
    )
    if not facts.active:
        return expand(
            rng,
            "[[the movements are weak|little moves in this face|the expression is faint"
            "|no single movement stands out"
            "|the signs are weak], but {impression}|{impression}, but [the movements are weak"
            "|the expression is faint"
            "|only faintly: no single movement stands out|the signs in the face are weak]"
            "|[a weak|a faint] expression; {impression}]",
            impression=impression,
        )
    codes = [code for code in (facts.strongest,) if code is not None]
    slots = movement_slots(rng, facts, codes)
    return expand(
        rng,
        "[the [signs|movements] are mixed: {clauses}. [Still,|Even so,] {impression}"
        "|{impression}, [although|even though] {clauses}"
        "|{clauses}, which does not settle it, but {impression}"
        "|a mixed expression with {things}; {impression}|I see {things}, which [alone "
        "|]does not settle it. Still, {impression}"
        "|{impression}, but the movements are mixed: {clauses}]",
        impression=impression,
        **slots,
    )
