"""Answers about the emotion."""

from __future__ import annotations

from emola.faba.face_reading import FaceReading
from emola.train.nano.corpus import facts as rules
from emola.train.nano.corpus.answers import remarks
from emola.train.nano.corpus.conversation import Conversation, Reply, Subject
from emola.train.nano.corpus.phrases import Slots
from emola.train.nano.corpus.slots import asked_emotion_slots, conditions, emotion_names, movement_slots

_SMILE, _CHEEKS = 12, 6
_CORNERS = (15, 14, 20)


def about(conversation: Conversation, subject: Subject) -> Reply:
    """Answer about the emotion of the face, see :func:`~emola.train.nano.corpus.answers.remarks.support`.

    Slots: those of :func:`~emola.train.nano.corpus.answers.remarks.about_emotion`.
    """
    return Reply(remarks.support(conversation.facts), remarks.about_emotion(conversation))


def smile(conversation: Conversation, subject: Subject) -> Reply:
    """Answer about a smile: "duchenne", "posed", "none", "hidden mouth", "hidden eyes" or "unknown".

    Slots: smile_, cheek_ (AU6), corner_ (what the lip corners do without a smile). Condition: if_no_corner.
    """
    facts, rng = conversation.facts, conversation.rng
    if facts.units is None:
        return Reply("unknown")
    if not facts.shows(_SMILE):
        return Reply("hidden mouth")
    corners = [code for code in _CORNERS if code in facts.active]
    slots = {
        **movement_slots(rng, facts, "smile", [_SMILE]),
        **movement_slots(rng, facts, "cheek", [_CHEEKS]),
        **movement_slots(rng, facts, "corner", corners[:1]),
        **conditions(no_corner=not corners),
    }
    if _SMILE not in facts.active:
        return Reply("none", slots)
    if not facts.shows(_CHEEKS):
        return Reply("hidden eyes", slots)
    return Reply("duchenne" if _CHEEKS in facts.active else "posed", slots)


def asked(conversation: Conversation, subject: Subject) -> Reply:
    """Answer about the emotion in the question.

    State: "true", "second", "neutral" (asked of another face) or "other".
    Slots: asked_emotion and so on, and the remarks of :mod:`~emola.train.nano.corpus.answers.remarks`.
    Conditions: if_asked_support, if_asked_no_support (active units fit it), if_asked_ruled_out;
    if_asked_missing, if_asked_no_missing (visible core units that are not active); if_asked_neutral,
    if_asked_not_neutral; if_asked_second, if_asked_not_second (it is the second candidate).
    """
    facts, emotion = conversation.facts, subject.emotions[0]
    return Reply(_verdict(facts, emotion), _asked_slots(conversation, emotion))


def _asked_slots(conversation: Conversation, emotion: str) -> Slots:
    facts = conversation.facts
    found = rules.evidence(facts, emotion)
    slots = {
        **remarks.about_emotion(conversation),
        **asked_emotion_slots(conversation.rng, facts, emotion),
        **conditions(
            asked_support=bool(found.supporting),
            asked_no_support=not found.supporting,
            asked_ruled_out=emotion in rules.ruled_out(facts),
            asked_missing=bool(found.missing),
            asked_no_missing=not found.missing,
            asked_neutral=emotion == "neutral",
            asked_not_neutral=emotion != "neutral",
            asked_second=emotion == facts.second,
            asked_not_second=emotion != facts.second,
        ),
    }
    return {**slots, **remarks.about_asked(conversation, emotion, slots)}


def _verdict(facts: FaceReading, emotion: str) -> str:
    if emotion == facts.emotion:
        return "true"
    if emotion == facts.second:
        return "second"
    return "neutral" if emotion == "neutral" else "other"


def correction(conversation: Conversation, subject: Subject) -> Reply:
    """Answer a claim that the face shows another emotion: "true", "yield" or "hold"."""
    facts, emotion = conversation.facts, subject.emotions[0]
    reply = asked(conversation, subject)
    if reply.state == "true":
        return reply
    supported = bool(rules.evidence(facts, emotion).supporting)
    yields = facts.certainty != "clear" and (
        reply.state == "second" or (facts.certainty == "unsure" and supported)
    )
    return reply._replace(state="yield" if yields else "hold")


def choice(conversation: Conversation, subject: Subject) -> Reply:
    """Answer which of two emotions it is.

    State: "first" (that of the face is among them), "second" (the second candidate is) or "neither".
    Slots: a_ for the chosen, b_ for the other one; asked_ for the other one too, with its remarks.
    """
    facts, emotions = conversation.facts, list(subject.emotions)
    order = [facts.emotion, facts.second]
    emotions.sort(key=lambda name: order.index(name) if name in order else len(order))
    name = {facts.emotion: "first", facts.second: "second"}.get(emotions[0], "neither")
    names = {**emotion_names("a_", emotions[0]), **emotion_names("b_", emotions[1])}
    return Reply(name, {**_asked_slots(conversation, emotions[1]), **names})


def valence(conversation: Conversation, subject: Subject) -> Reply:
    """Answer about valence: "positive", "negative", "neutral" or "open"."""
    return Reply(rules.valence(conversation.facts), remarks.about_emotion(conversation))


def arousal(conversation: Conversation, subject: Subject) -> Reply:
    """Answer about arousal: "high", "medium" or "low"."""
    return Reply(rules.arousal(conversation.facts), remarks.about_emotion(conversation))
