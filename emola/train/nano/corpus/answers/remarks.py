"""Sentences that answers about the emotion share: reasons, objections, doubts and limits of the view.

Each is drawn from the phrases ``answer to remark <state>`` and is "" where there is nothing to say, so that
an answer can put several of them one after the other.
"""

from __future__ import annotations

from emola.faba.emotions import CORE_AUS, EmotionEvidence
from emola.faba.face_reading import FaceReading
from emola.train.nano.corpus import facts as rules
from emola.train.nano.corpus.answers import movements as words
from emola.train.nano.corpus.conversation import Conversation
from emola.train.nano.corpus.face_slots import view_slots
from emola.train.nano.corpus.grammar import as_sentences, listed
from emola.train.nano.corpus.phrases import ENGLISH, Slots
from emola.train.nano.corpus.slots import conditions, emotion_slots, movement_slots, present


def support(facts: FaceReading) -> str:
    """Return how the units support the emotion.

    "unknown": no landmarks. "still", "calm": a neutral face without and with active units. "supported": a
    core unit is active. "hinted": another typical unit is. "unsupported": none is.
    """
    if facts.units is None:
        return "unknown"
    if facts.emotion == "neutral":
        return "calm" if facts.active else "still"
    supporting = rules.evidence(facts).supporting
    if set(supporting) & set(CORE_AUS[facts.emotion or "neutral"]):
        return "supported"
    return "hinted" if supporting else "unsupported"


def about_emotion(conversation: Conversation) -> Slots:
    """Return sentences about the emotion of the face, and the slots that they are made of.

    reason: what shows it, or on what else the reading rests. caveat: what contradicts it, or what is
    missing. objection: the same, with the codes. uncertain: the second candidate, or a unit for or against
    it that is not sure. view: what is hidden or hard to see. limit: the view, or else what is uncertain.
    rest_parts: visible parts without a movement. are_hidden: "is hidden" or "are hidden", to follow the
    hidden parts. Conditions: if_one_support, if_several_support; if_moving; if_units_known,
    if_none_ruled_out.
    """
    facts = conversation.facts
    slots = _face_slots(conversation)
    objection = _objection(facts)
    doubtful, covered = "doubtful_codes" in slots, "hidden_core_codes" in slots
    uncertain, limit = _uncertainty(facts, doubtful), _limit(facts, covered)
    return {
        **slots,
        **_remark(conversation, "reason", f"reason {support(facts)}", slots),
        **_remark(conversation, "caveat", objection and f"caveat {objection}", slots),
        **_remark(conversation, "objection", objection and f"objection {objection}", slots),
        **_remark(conversation, "uncertain", uncertain, slots),
        **_remark(conversation, "view", limit, slots),
        **_remark(conversation, "limit", limit or uncertain, slots),
    }


def _face_slots(conversation: Conversation) -> Slots:
    facts, rng = conversation.facts, conversation.rng
    units = facts.units or {}
    found = rules.evidence(facts)
    telling = facts.active if facts.emotion == "neutral" else (*found.supporting, *found.contrary)
    unsure = [code for code in telling if not units[code].sure]
    hidden = [code for code in CORE_AUS[facts.emotion or "neutral"] if code in facts.covered]
    covered = facts.units is not None and bool(hidden)
    return {
        **emotion_slots(rng, facts),
        **view_slots(facts),
        **movement_slots(rng, facts, "doubtful", unsure),
        **present(
            rest_parts=listed([f"the {part}" for part in rules.HIDEABLE if _rests(facts, part)]),
            are_hidden=f"{words.are(rules.hidden_parts(facts))} hidden",
            hidden_core_codes=words.codes_listed(hidden, "or") if covered else None,
        ),
        **conditions(
            one_support=len(rules.distinct(found.supporting, 3)) == 1,
            several_support=len(rules.distinct(found.supporting, 3)) > 1,
            moving=bool(facts.active),
            units_known=facts.units is not None,
            none_ruled_out=facts.units is not None and not rules.ruled_out(facts),
        ),
    }


def about_asked(conversation: Conversation, emotion: str, slots: Slots) -> Slots:
    """Return sentences about an emotion that the question names.

    asked_for: what would fit it. asked_against: what speaks against it or is missing. asked_fits,
    asked_besides: the same beside the reason, by codes where the reason describes the movements already.
    asked_relax: what contradicts it and would have to relax. asked_has: what fits it already. asked_unseen:
    its core units that are hidden. Replaces the reason of a neutral face by one without movements. slots: of
    :func:`~emola.train.nano.corpus.slots.asked_emotion_slots` and :func:`about_emotion`.
    """
    facts = conversation.facts
    found = rules.evidence(facts, emotion)
    known = facts.units is not None and emotion != facts.emotion
    calm = known and support(facts) == "calm"
    hidden = [code for code in CORE_AUS[emotion] if facts.units is not None and code in facts.covered]
    slots = {**slots, **present(asked_hidden_codes=words.codes_listed(hidden, "or"))}
    fits = _asked_fits(found, emotion) if known else ""
    against = _asked_against(found, emotion) if known else ""
    told = set(rules.distinct(rules.evidence(facts).supporting, 3))  # the reason describes these
    fits_beside = f"{fits} told" if told & set(found.supporting) else fits
    against_beside = "asked contrary told" if told & set(found.contrary) and not calm else against
    return {
        **_remark(conversation, "asked_for", fits, slots),
        **_remark(conversation, "asked_against", against, slots),
        **_remark(conversation, "asked_fits", fits_beside if known else "", slots),
        **_remark(conversation, "asked_besides", against_beside if known else "", slots),
        **_remark(conversation, "asked_relax", "relax" if found.contrary else "", slots),
        **(_remark(conversation, "reason", "reason whole", slots) if calm else {}),
        **_remark(conversation, "asked_unseen", "unseen" if hidden else "", slots),
        **_remark(conversation, "asked_has", "has" if found.supporting else "", slots),
    }


def _asked_fits(found: EmotionEvidence, emotion: str) -> str:
    if found.supporting:
        return "asked support"
    return "" if emotion == "neutral" else "asked unsupported"


def _asked_against(found: EmotionEvidence, emotion: str) -> str:
    if found.contrary:
        return "asked contrary neutral" if emotion == "neutral" else "asked contrary"
    if found.missing:
        return "asked missing"
    return "" if emotion == "neutral" else "asked open"


def _remark(conversation: Conversation, slot: str, state: str, slots: Slots) -> Slots:
    if not state:
        return {slot: ("",)}
    text = conversation.book.draw(conversation.rng, "answer to remark", ENGLISH, state, slots)
    return {slot: (as_sentences(text),)}


def _rests(facts: FaceReading, part: str) -> bool:
    return facts.part(part) != "hidden" and not set(rules.PART_AUS[part]) & set(facts.active)


def _objection(facts: FaceReading) -> str:
    found = rules.evidence(facts)
    if facts.units is None or (facts.emotion == "neutral" and not facts.active):
        return ""
    if found.contrary:
        return "contrary neutral" if facts.emotion == "neutral" else "contrary"
    return "missing" if found.missing else "none"


def _uncertainty(facts: FaceReading, doubtful: bool) -> str:
    if facts.second and (facts.certainty != "clear" or not doubtful):
        return "rival"
    return "doubt" if doubtful else ""


def _limit(facts: FaceReading, covered: bool) -> str:
    if facts.faults:
        return "fault"
    if facts.units is None or not facts.hidden:
        return ""
    return "core hidden" if covered else "hidden" if facts.covered else "side hidden"
