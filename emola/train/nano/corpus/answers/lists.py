"""Answers about the active units as a whole and about parts of the face."""

from __future__ import annotations

from emola.faba.face_reading import FaceReading
from emola.train.nano.corpus import facts as rules
from emola.train.nano.corpus.answers import movements as words
from emola.train.nano.corpus.conversation import Conversation, Reply, Subject
from emola.train.nano.corpus.slots import movement_slots, present


def state(facts: FaceReading) -> str:
    """Return "unknown" (no landmarks), "none" or "some" active units."""
    return "unknown" if facts.units is None else "some" if facts.active else "none"


def about(conversation: Conversation, subject: Subject) -> Reply:
    """Answer about all active units, see :func:`state`."""
    return Reply(state(conversation.facts))


def upper(conversation: Conversation, subject: Subject) -> Reply:
    """Answer about the upper half of the face: "unknown", "none", "some" or "hidden" (all of it)."""
    return _half(conversation, rules.UPPER_AUS)


def lower(conversation: Conversation, subject: Subject) -> Reply:
    """Answer about the lower half of the face: "unknown", "none", "some" or "hidden" (all of it)."""
    return _half(conversation, rules.LOWER_AUS)


def _half(conversation: Conversation, codes: tuple[int, ...]) -> Reply:
    facts = conversation.facts
    if facts.units is None:
        return Reply("unknown")
    if not any(facts.shows(code) for code in codes):
        return Reply("hidden")
    return Reply("some" if set(codes) & set(facts.active) else "none")


def sides(conversation: Conversation, subject: Subject) -> Reply:
    """Answer about left against right: "unknown", "none" (no active unit), "uneven" or "even"."""
    facts = conversation.facts
    if not facts.active:
        return Reply(state(facts))
    units = facts.units or {}
    return Reply("uneven" if any(units[code].stronger_side for code in facts.active) else "even")


def part(conversation: Conversation, subject: Subject) -> Reply:
    """Answer about a part of the face: "unknown", "hidden", "active" or "rest".

    Slots: part, are ("is"), part_ (its active units) and part_rest ("the brows are level").
    """
    facts, rng = conversation.facts, conversation.rng
    if facts.units is None:
        return Reply("unknown", subject.slots)
    if not any(facts.shows(code) for code in subject.codes):
        return Reply("hidden", subject.slots)
    active = [code for code in subject.codes if code in facts.active]
    rest = words.rest_clause(rng, facts, subject.codes[0])
    slots = {**subject.slots, **movement_slots(rng, facts, "part", active), **present(part_rest=rest)}
    return Reply("active" if active else "rest", slots)
