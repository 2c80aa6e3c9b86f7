"""The turns of a conversation: each maker asks one kind of question and answers it from the facts."""

from __future__ import annotations

import random

from emola.faba import ACTION_UNITS, ADJECTIVES, NANO_AUS
from emola.train.nano.corpus import declines, emotion, knowledge, lists, reasons, talk, units
from emola.train.nano.corpus.asked import plain
from emola.train.nano.corpus.asked.typing_habits import typed
from emola.train.nano.corpus.grammar import expand, sentences
from emola.train.nano.corpus.picking import Picker, pick_unit
from emola.train.nano.corpus.state import Exchange, Maker, Talk

PARTS: dict[str, tuple[int, ...]] = {
    "brows": (1, 2, 4),
    "eyes": (5, 7, 43),
    "cheeks": (6,),
    "nose": (9,),
    "mouth": (10, 12, 14, 15, 16, 20, 23, 24, 25, 26, 27),
}
"""The units that move each part of the face."""
ABOUT_EMOTION = (
    "emotion",
    "word",
    "emotion_yes_no",
    "choice",
    "support",
    "against",
    "sure_emotion",
    "strength_emotion",
    "runner_up",
)
"""Kinds of questions whose answer is about the emotion."""


def typed_exchange(so_far: Talk, kind: str, question: str, answer: str, code: int | None = None) -> Exchange:
    """An exchange with its question as somebody might type it."""
    return Exchange(kind, typed(so_far.rng, question), answer, code)


def ask_emotion(so_far: Talk, why: bool = True) -> Exchange | None:
    """Which emotion, and ``why``."""
    rng, facts = so_far.rng, so_far.facts
    if facts.emotion is None or so_far.had("emotion"):
        return None
    answer = (emotion.emotion_answer if why else emotion.plain_answer)(rng, facts)
    return typed_exchange(so_far, "emotion", plain.task_question(rng, "emotion"), answer)


def ask_list(so_far: Talk) -> Exchange | None:
    """Which units are active."""
    rng, facts = so_far.rng, so_far.facts
    if so_far.had("list"):
        return None
    answer = lists.list_answer(rng, facts)
    return typed_exchange(so_far, "list", plain.task_question(rng, "au"), answer)


def ask_unit(kind: str, active_share: float = 0.5, pick: Picker | None = None) -> Maker:
    """A question of ``kind`` about one unit, as in :func:`~.asked.plain.unit_question`.

    pick: which unit, where not any with its share of active ones.
    """

    def make(so_far: Talk) -> Exchange | None:
        rng, facts = so_far.rng, so_far.facts
        code = pick(so_far) if pick else pick_unit(so_far, active_share)
        if code is None:
            return None
        question = plain.unit_question(rng, kind, code)
        if kind == "strength":
            answer = units.strength_answer(rng, facts, code)
        elif kind == "sure":
            answer = units.sureness_answer(rng, facts, code)
        elif kind == "bare":
            answer = "Yes." if code in facts.active else "No."
        elif kind in ("why", "here"):
            answer = units.why_answer(rng, facts, code, why=kind == "why")
        else:
            answer = units.yes_no_answer(rng, facts, code, strength=kind == "click")
        if kind == "click":
            return Exchange("yes_no", question, answer, code)
        return typed_exchange(so_far, kind, question, answer, code)

    return make


def ask_emotion_yes_no(so_far: Talk) -> Exchange | None:
    """Whether it is a certain emotion: the true one half of the time."""
    rng, true = so_far.rng, so_far.facts.emotion
    if true is None:
        return None
    asked = plain.emotion_to_ask(rng, true)
    question = plain.emotion_yes_no(rng, asked)
    return typed_exchange(so_far, "emotion_yes_no", question, emotion_yes_no_answer(rng, true, asked))


def emotion_yes_no_answer(rng: random.Random, true: str, asked: str) -> str:
    """Whether the face, whose emotion is ``true``, shows the emotion ``asked``."""
    slots = {
        "adjective": ADJECTIVES[true],
        "true": true,
        "seen": emotion.a_face_of(true),
        "noun": emotion.a_face_of(asked),
    }
    if asked == true:
        answer = (
            "[yes, the face looks {adjective}|yes, I would call it {true}|yes, {adjective}"
            "|yes: the expression looks {adjective}]."
        )
    else:
        answer = (
            "[no, the face looks {adjective}|no, I would call it {true}|no, rather {adjective}"
            "|no, I see {seen}, not {noun}"
            "|I do not think so: the face looks {adjective}]."
        )
    return sentences(expand(rng, answer, **slots))


def ask_about_emotion(kind: str) -> Maker:
    """Follow-ups that need an emotion already named in the conversation, and landmarks for a full answer."""

    def make(so_far: Talk) -> Exchange | None:
        rng, facts = so_far.rng, so_far.facts
        # "why?" and "sure?" are about the last answer
        fits = so_far.had("emotion") if kind == "against" else so_far.last_kind in ABOUT_EMOTION
        if not fits or so_far.had(kind):
            return None
        question = plain.aside(rng, kind)
        if facts.units is None:
            answer = reasons.picture_only(rng)
        elif kind == "support":
            answer = reasons.support_answer(rng, facts, coded="AU" in question or "units" in question)
        elif kind == "against":
            answer = reasons.against_answer(rng, facts)
        elif kind == "strength_emotion":
            if facts.emotion == "neutral" and facts.active:
                return None
            answer = reasons.strength_of_emotion(rng, facts)
        else:
            answer = reasons.sureness_of_emotion(rng, facts)
        return typed_exchange(so_far, kind, question, answer)

    return make


def ask_weigh(so_far: Talk) -> Exchange | None:
    """For and against the emotion, in one answer."""
    rng, facts = so_far.rng, so_far.facts
    if facts.emotion is None or so_far.had("weigh") or so_far.had("against"):
        return None
    return typed_exchange(so_far, "weigh", plain.aside(rng, "weigh"), reasons.weigh_answer(rng, facts))


def ask_posed(so_far: Talk) -> Exchange | None:
    """Whether the smile is felt or posed, less often where there is none."""
    if posed_is_out_of_place(so_far):
        return None
    answer = units.posed_answer(so_far.rng, so_far.facts)
    return typed_exchange(so_far, "posed", plain.aside(so_far.rng, "posed"), answer)


def posed_is_out_of_place(so_far: Talk) -> bool:
    """Whether not to ask about a felt smile: without landmarks, twice, and mostly where there is no smile."""
    rng, facts = so_far.rng, so_far.facts
    return facts.units is None or so_far.had("posed") or (12 not in facts.active and rng.random() < 0.6)


def ask_aside(kind: str) -> Maker:
    """A short question that needs no unit named, such as "numbers" or "sides"."""

    def make(so_far: Talk) -> Exchange | None:
        rng, facts = so_far.rng, so_far.facts
        if so_far.had(kind):
            return None
        if kind == "word":
            if facts.emotion is None:
                return None
            answer = emotion.emotion_word(rng, facts)
        elif facts.units is None:
            answer = units.no_landmarks(rng)
        elif kind == "numbers":
            answer = lists.numbers_answer(facts)
        elif kind == "brief_units":
            answer = lists.brief_answer(rng, facts)
        elif kind == "absent":
            answer = units.absent_answer(rng, facts)
        elif kind == "sides":
            if not any(facts.unit(code).left is not None for code in facts.active):
                return None
            answer = units.sides_answer(rng, facts)
        elif len(facts.active) < 2:
            return None
        else:
            answer = units.strongest_answer(rng, facts)
        return typed_exchange(so_far, kind, plain.aside(rng, kind), answer)

    return make


def ask_pair(so_far: Talk) -> Exchange | None:
    """Two units in one question, often neighbours that are confused."""
    rng, facts = so_far.rng, so_far.facts
    first = pick_unit(so_far)
    if first is None:
        return None
    near = [other.code for other in ACTION_UNITS[first].neighbours if other.code in NANO_AUS]
    second = rng.choice(near) if near and rng.random() < 0.5 else rng.choice(NANO_AUS)
    if second == first:
        return None
    question = plain.pair_question(rng, first, second)
    return typed_exchange(so_far, "pair", question, units.pair_answer(rng, facts, first, second))


def ask_part(so_far: Talk) -> Exchange | None:
    """What one part of the face does."""
    rng = so_far.rng
    part = rng.choice(list(PARTS))
    do = "does" if part in ("mouth", "nose") else "do"
    question = expand(
        rng,
        "[What {do} the {part} [do|say|show|tell you|tell us]?|And the {part}?|What about the {part}?"
        "|What happens at the {part}?"
        "|Describe the {part}.|How {are} the {part}?|What can you read in the {part}?"
        "|What {do} the {part} say about the [emotion|expression]?|{Do} the {part} show anything?]",
        part=part,
        do=do,
        Do=do.capitalize(),
        are="is" if do == "does" else "are",
    )
    return typed_exchange(so_far, "part", question, units.part_answer(rng, so_far.facts, PARTS[part], part))


def ask_knowledge(so_far: Talk) -> Exchange | None:
    """A question about the coding system, most often about one of its units."""
    rng = so_far.rng
    if rng.random() < 0.35:
        return typed_exchange(so_far, "knowledge", *knowledge.of_no_unit(rng))
    shown = so_far.facts.active
    return _ask_by_heart(so_far, rng.choice(shown if shown and rng.random() < 0.4 else list(ACTION_UNITS)))


def ask_unit_by_heart(so_far: Talk) -> Exchange | None:
    """A question about any unit of the catalogue."""
    return _ask_by_heart(so_far, so_far.rng.choice(list(ACTION_UNITS)))


def _ask_by_heart(so_far: Talk, code: int) -> Exchange:
    about = so_far.rng.choice(knowledge.OF_A_UNIT)
    question, answer = about(so_far.rng, code)
    alone = about is not knowledge.difference
    return typed_exchange(so_far, "knowledge", question, answer, code if alone else None)


def ask_decline(so_far: Talk, foreign: float = 0.1) -> Exchange | None:
    """A question that a face does not answer; ``foreign`` is the share of those in other languages."""
    return typed_exchange(so_far, "decline", *declines.decline(so_far.rng, foreign))


def ask_off_topic(so_far: Talk) -> Exchange | None:
    """A question about something else."""
    return typed_exchange(so_far, "off_topic", *talk.off_topic(so_far.rng))


def ask_self(so_far: Talk) -> Exchange | None:
    """A question about the model."""
    return typed_exchange(so_far, "self", *talk.about_itself(so_far.rng))


def ask_greeting(so_far: Talk) -> Exchange | None:
    """A greeting, at the start only."""
    return None if so_far.done else typed_exchange(so_far, "greeting", *talk.greeting(so_far.rng))


def ask_thanks(so_far: Talk) -> Exchange | None:
    """Thanks or goodbye, never at the start."""
    return typed_exchange(so_far, "thanks", *talk.thanks(so_far.rng)) if so_far.done else None
