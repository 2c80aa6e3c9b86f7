"""Picking what a question is about: an action unit, a movement, an emotion, a part of the face, a topic."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from emola.faba import ACTION_UNITS, ADJECTIVES, EMOTIONS, NANO_AUS, QUESTION, QUESTIONS
from emola.faba.emotions import CORE_AUS
from emola.faba.movements import MOVEMENTS
from emola.faba.prompts import follow_up
from emola.train.nano.corpus.answers.movements import are, name, the_name
from emola.train.nano.corpus.conversation import Conversation, Picker, Subject
from emola.train.nano.corpus.facts import PART_AUS, SIDED_AUS
from emola.train.nano.corpus.grammar import listed, with_article
from emola.train.nano.corpus.phrases import Slots

_ACTIVE_RATES = {
    25: 0.33, 6: 0.18, 12: 0.18, 2: 0.14, 26: 0.12, 1: 0.09, 16: 0.09, 7: 0.08, 15: 0.05, 10: 0.04, 43: 0.04
}  # fmt: skip
"""Approximate share of Nano's training faces in which a unit is active."""
_RARE = 0.025
"""The same for units that are not listed."""
_PERSONS = ("man", "woman", "person")
_ACTIVE_SHARE, _SIDED_ACTIVE, _HIDDEN_SHARE = 0.6, 0.8, 0.3
"""How often an active unit is asked about; the same for units with sides; and how often a hidden one is."""
_COMPLETE_SHARE, _OF_FACE_SHARE = 0.3, 0.3
"""How often a list is to be complete, and how often a question about FACS is about an active unit."""
_TRUE_SHARE, _SECOND_SHARE, _NEITHER_SHARE = 0.4, 0.25, 0.25
"""How often the emotion of the face is named, the second candidate, and neither of two emotions is right."""


def about_unit(code: int) -> Subject:
    """Return one action unit as the subject of a question."""
    shown, look = f"AU{code}", ACTION_UNITS[code].appearance
    look = look[0].lower() + look[1:-1]
    slots: dict[str, str | tuple[str, ...]] = {
        "au": (*[shown] * 8, f"AU {code}", f"au{code}"),
        "code": (str(code),),
        "name": (name(code),),
        "the_name": (the_name(code),),
        "motion": f"motion {shown}",
        "follow_up": (follow_up(code),),
        "look": (look,),
        "muscle": (ACTION_UNITS[code].muscle,),
        "act": (f"works like this: {look}",),
    }
    if code in MOVEMENTS:
        words = MOVEMENTS[code]
        slots |= {"asks": words.asks, "act": words.acts}
        slots["clause"] = tuple(clause.format(how="") for clause in words.clauses)
    return Subject(shown, (code,), slots=slots)


def scope(conversation: Conversation, languages: Sequence[str]) -> Subject:
    """Pick "all" or, more often, nothing: whether a list is to be complete."""
    return Subject("all" if conversation.rng.random() < _COMPLETE_SHARE else "")


def unit(conversation: Conversation, languages: Sequence[str]) -> Subject | None:
    """Pick a unit not yet asked about, mostly an active one."""
    code = _pick_code(conversation, _ACTIVE_SHARE)
    return None if code is None else about_unit(code)


def sided_unit(conversation: Conversation, languages: Sequence[str]) -> Subject | None:
    """Pick a unit that is measured on each side, mostly an active one."""
    rng = conversation.rng
    active = [code for code in conversation.facts.active if code in SIDED_AUS]
    return about_unit(rng.choice(active if active and rng.random() < _SIDED_ACTIVE else SIDED_AUS))


def _pick_code(conversation: Conversation, active_share: float) -> int | None:
    """Pick an action unit that was not asked about yet; any if the landmarks are missing.

    Rare units are preferred among the active ones, common units among the inactive ones: "yes" is about as
    frequent as "no" for each unit. Some questions are about units that are not visible. None if no unit is
    left, and sometimes if no active one is.
    """
    facts, rng = conversation.facts, conversation.rng
    if facts.units is None:
        return rng.choice(NANO_AUS)
    if facts.covered and rng.random() < _HIDDEN_SHARE:
        return rng.choice(facts.covered)
    active = [code for code in facts.active if code not in conversation.asked_units]
    inactive = [code for code in facts.inactive if code not in conversation.asked_units]
    if active and (rng.random() < active_share or not inactive):
        return rng.choices(active, [1 / _ACTIVE_RATES.get(code, _RARE) for code in active])[0]
    if not inactive or (not active and rng.random() < 0.5):
        return None
    return rng.choices(inactive, [_ACTIVE_RATES.get(code, _RARE) for code in inactive])[0]


def known_unit(conversation: Conversation, languages: Sequence[str]) -> Subject:
    """Pick any unit of the catalogue, or one that this face shows."""
    rng, active = conversation.rng, conversation.facts.active
    of_face = active and rng.random() < _OF_FACE_SHARE
    return about_unit(rng.choice(active if of_face else list(ACTION_UNITS)))


def last_unit(conversation: Conversation, languages: Sequence[str]) -> Subject | None:
    """Pick the unit of the last turn."""
    last = conversation.last
    return about_unit(last.code) if last is not None and last.code is not None else None


def _two_units(rng: random.Random, first: int, second: int, in_order: bool) -> Subject:
    codes = (first, second)
    shown = codes if in_order or rng.random() < 0.5 else (second, first)
    slots = {slot: (str(code),) for slot, code in zip(("a", "b"), shown, strict=True)}
    return Subject(codes=codes, slots={**slots, "code": (str(first),)})


def pair(conversation: Conversation, languages: Sequence[str]) -> Subject | None:
    """Pick two units, half of the time units that are easily confused."""
    rng = conversation.rng
    first = _pick_code(conversation, 0.5)
    if first is None:
        return None
    near = [other.code for other in ACTION_UNITS[first].neighbours if other.code in NANO_AUS]
    second = rng.choice(near) if near and rng.random() < 0.5 else rng.choice(NANO_AUS)
    return None if second == first else _two_units(rng, first, second, in_order=True)


def neighbours(conversation: Conversation, languages: Sequence[str]) -> Subject:
    """Pick a unit of the catalogue and one that it is easily confused with."""
    code = known_unit(conversation, languages).code
    other = conversation.rng.choice(ACTION_UNITS[code].neighbours)
    subject = _two_units(conversation.rng, code, other.code, in_order=False)
    return replace(subject, slots={**subject.slots, "difference": (other.difference.rstrip("."),)})


def compared(conversation: Conversation, languages: Sequence[str]) -> Subject | None:
    """Pick two units to compare, mostly two active ones, in any order."""
    rng = conversation.rng
    active = list(conversation.facts.active)
    first = rng.choice(active or NANO_AUS)
    others = [code for code in active if code != first and rng.random() < 0.8] or list(NANO_AUS)
    second = rng.choice(others)
    if second == first:
        return None
    first, second = rng.sample([first, second], 2)
    return _two_units(rng, first, second, in_order=True)


def movement(heading: str) -> Picker:
    """Return a picker of a movement, the topic of a heading such as ``<heading> AU1+AU2``.

    Half of the time a movement of this face, if one is left that was not asked about.
    """

    def pick(conversation: Conversation, languages: Sequence[str]) -> Subject | None:
        rng, facts = conversation.rng, conversation.facts
        topics = {
            topic: tuple(int(code) for code in topic.replace("AU", "").split("+"))
            for topic in conversation.book.topics(heading, languages)
        }
        left = [topic for topic, codes in topics.items() if not set(codes) & conversation.asked_units]
        shown = [topic for topic in left if set(topics[topic]) & set(facts.active)]
        choices = shown if shown and rng.random() < 0.5 else left
        if not choices:
            return None
        topic = rng.choice(choices)
        return Subject(topic, topics[topic])

    return pick


def part(name: str) -> Picker:
    """Return a picker of a part of the face."""
    verb = are([name])
    do = "does" if verb == "is" else "do"
    slots: Slots = {
        "part": (name,),
        "do": (do,),
        "Do": (do.capitalize(),),
        "are": (verb,),
    }
    return lambda conversation, languages: Subject(name, PART_AUS[name], slots=slots)


def any_part(conversation: Conversation, languages: Sequence[str]) -> Subject | None:
    """Pick any part of the face."""
    return part(conversation.rng.choice(list(PART_AUS)))(conversation, languages)


def asked_topic(heading: str) -> Picker:
    """Return a picker of a topic that has questions under ``<heading> <topic>``.

    The slot "noun" is filled with the words that stand under ``noun <topic>``.
    """

    def pick(conversation: Conversation, languages: Sequence[str]) -> Subject:
        topics = conversation.book.topics(heading, languages)
        if not topics:
            return Subject()
        topic = conversation.rng.choice(topics)
        return Subject(topic, slots={"noun": f"noun {topic}"})

    return pick


def task(name: str) -> Picker:
    """Return a picker that adds the words of a main question: ``name`` is "emotion" or "au"."""
    slots: Slots = {"canonical": (QUESTION[name],), "published": QUESTIONS[name]}
    return lambda conversation, languages: Subject(slots=slots)


def emotion(conversation: Conversation, languages: Sequence[str]) -> Subject:
    """Pick an emotion to ask about: that of the face, the second candidate, or any other."""
    rng, facts = conversation.rng, conversation.facts
    if rng.random() < _TRUE_SHARE:
        return about_emotion(facts.emotion or "neutral")
    return other_emotion(conversation, languages)


def other_emotion(conversation: Conversation, languages: Sequence[str]) -> Subject:
    """Pick an emotion that is not that of the face, often the second candidate."""
    rng, facts = conversation.rng, conversation.facts
    if facts.second and rng.random() < _SECOND_SHARE:
        return about_emotion(facts.second)
    return about_emotion(rng.choice([other for other in EMOTIONS if other != facts.emotion]))


def about_emotion(asked: str) -> Subject:
    """Return an emotion as the subject of a question."""
    adjective = ADJECTIVES[asked]
    slots: Slots = {
        "emotion": (asked,),
        "adjective": (adjective,),
        "a_adjective": (with_article("fearful" if asked == "fear" else adjective),),
        "feels": f"feels {asked}",
        "a": f"word {asked}",
    }
    return Subject(asked, emotions=(asked,), slots=slots)


def two_emotions(conversation: Conversation, languages: Sequence[str]) -> Subject:
    """Pick two emotions to choose from, mostly with the true one among them."""
    rng, true = conversation.rng, conversation.facts.emotion or "neutral"
    others = rng.sample([other for other in EMOTIONS if other != true], 2)
    neither = rng.random() < _NEITHER_SHARE
    first, second = others if neither else rng.sample([true, others[0]], 2)
    prefix = "feels" if languages == ("en",) else "word"
    slots = {"a": f"{prefix} {first}", "b": f"{prefix} {second}"}
    return Subject(emotions=(first, second), slots=slots)


def typical_emotion(conversation: Conversation, languages: Sequence[str]) -> Subject:
    """Pick an emotion and the units that are most telling of it."""
    chosen = conversation.rng.choice(EMOTIONS[:-1])
    units = listed([f"AU{code} ({name(code)})" for code in sorted(CORE_AUS[chosen][:3])])
    return Subject(emotions=(chosen,), slots={"emotion": (chosen,), "units": (units,)})


def declined_topic(conversation: Conversation, languages: Sequence[str]) -> Subject:
    """Pick a topic to decline, and the person whom the question is about."""
    rng, weights = conversation.rng, conversation.mixture.declined
    topic = rng.choices(list(weights), list(weights.values()))[0]
    person = rng.choice(_PERSONS)
    of_person = {slot: f"{slot} of the {person}" for slot in ("p", "his", "o")}
    of_topic = {slot: f"{slot} {topic}" for slot in ("state", "thing", "own", "face", "clause", "noun")}
    words = dict.fromkeys(("a", "b"), f"word {topic}")
    return Subject(topic, slots={**of_person, **of_topic, **words})
