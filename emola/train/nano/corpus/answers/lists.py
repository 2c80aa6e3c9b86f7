"""Answers about the active units as a whole and about parts of the face."""

from __future__ import annotations

from emola.faba.face_reading import FaceReading
from emola.train.nano.corpus import facts as rules
from emola.train.nano.corpus.answers import movements as words
from emola.train.nano.corpus.answers.description import at_rest, coded, otherwise
from emola.train.nano.corpus.conversation import Conversation, Reply, Subject
from emola.train.nano.corpus.grammar import listed
from emola.train.nano.corpus.slots import conditions, movement_slots, present

_FEW = 3


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


def absent(conversation: Conversation, subject: Subject) -> Reply:
    """Answer about inactive units: "unknown", "all" (as asked), "some", or "none" (nothing is visible)."""
    facts = conversation.facts
    if facts.units is None:
        return Reply("unknown")
    return Reply("none" if not facts.inactive else subject.topic or "some")


def certainty(conversation: Conversation, subject: Subject) -> Reply:
    """Answer how sure the units are: "none" (active), "sure", "unsure" (some are not), "doubtful" (all)."""
    facts = conversation.facts
    if not facts.active:
        return Reply("none")
    sure = [unit.sure for unit in (facts.units or {}).values()]
    return Reply("sure" if all(sure) else "unsure" if any(sure) else "doubtful")


def hidden(conversation: Conversation, subject: Subject) -> Reply:
    """Answer what cannot be seen: "unknown", "parts" (whole parts), "half" (one side) or "nothing"."""
    facts = conversation.facts
    if facts.units is None:
        return Reply("unknown")
    return Reply("parts" if facts.covered else "half" if facts.hidden else "nothing")


def repeated(conversation: Conversation, subject: Subject) -> Reply:
    """Repeat the last answer."""
    last = conversation.last
    return Reply("", present(answer=last.answer if last else None))


def part(conversation: Conversation, subject: Subject) -> Reply:
    """Answer about a part of the face: "unknown", "hidden", "active" or "rest".

    Slots: part, are ("is"), part_ (its active units), part_told (the same with strength, side and code),
    part_rest ("the brows are level, ..."), part_none ("AU9 is not active"), part_doubt (units that are not
    sure) and part_also (what is at rest).
    """
    facts, rng = conversation.facts, conversation.rng
    if facts.units is None:
        return Reply("unknown", subject.slots)
    if not any(facts.shows(code) for code in subject.codes):
        return Reply("hidden", subject.slots)
    active = [code for code in subject.codes if code in facts.active]
    parts = ("mouth", "lips") if subject.topic == "mouth" else (subject.topic,)
    rest = ". ".join(at_rest(rng, name) for name in parts)
    units = facts.units
    none = [code for code in subject.codes if code in facts.inactive]
    told = listed([coded(rng, facts, code) for code in active])
    doubt = words.codes_listed([code for code in active if not units[code].sure])
    also = _also(facts, subject.topic, active)
    slots = {
        **subject.slots,
        **movement_slots(rng, facts, "part", active),
        **present(part_rest=rest, part_none=_none(none), part_told=told, part_doubt=doubt, part_also=also),
        **conditions(part_sure=not doubt),
    }
    return Reply("active" if active else "rest", slots)


def _none(codes: list[int]) -> str:
    """Say that no unit of a part is active."""
    if len(codes) == 1:
        return words.inactive(codes)
    named = len(codes) <= _FEW
    return f"none of {words.codes_listed(codes)} is active" if named else "no unit there is active"


def _also(facts: FaceReading, part: str, active: list[int]) -> str:
    """Say what stays at rest in a part that moves: "the mouth is closed"."""
    if part == "mouth":
        return "" if {25, 26, 27} & set(active) else "the mouth is closed"
    return otherwise(facts, part)
