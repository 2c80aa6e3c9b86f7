"""Conditions for asking: what must be known of the face, and what must have been asked before."""

from __future__ import annotations

from emola.faba import NANO_AUS
from emola.train.nano.corpus.conversation import Conversation, Need

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
LISTS = ("list", "brief_units", "numbers")
STATES = ("yes_no", "strength", "sure", "it_strength", "it_sure", "it_active")
"""Kinds whose answer says whether a unit is active, or how strongly or surely."""
REASONS = ("why", "here", "it_why")
_LONGEST_EXPLAINED_LIST = 6
_ASKED_WITHOUT_SMILE = 0.4


def not_had(*kinds: str) -> Need:
    """None of ``kinds`` was asked."""
    return lambda conversation: not any(conversation.had(kind) for kind in kinds)


def had(kind: str) -> Need:
    """``kind`` was asked."""
    return lambda conversation: conversation.had(kind)


def after(*kinds: str) -> Need:
    """The last question was one of ``kinds``."""
    return lambda conversation: conversation.last is not None and conversation.last.kind in kinds


after_emotion = after(*ABOUT_EMOTION)
after_list = after(*LISTS)


def at_start(conversation: Conversation) -> bool:
    """Nothing was asked yet."""
    return not conversation.turns


def not_at_start(conversation: Conversation) -> bool:
    """Something was asked."""
    return bool(conversation.turns)


def has_emotion(conversation: Conversation) -> bool:
    """The emotion is known."""
    return conversation.facts.emotion is not None


def knows_runner_up(conversation: Conversation) -> bool:
    """It is known how likely each emotion is."""
    return conversation.facts.beliefs is not None


def has_units(conversation: Conversation) -> bool:
    """The landmarks were found, so the action units are known."""
    return conversation.facts.units is not None


def has_two_active(conversation: Conversation) -> bool:
    """Two units at least are active."""
    return len(conversation.facts.active) > 1


def no_landmarks_or(need: Need) -> Need:
    """The landmarks are missing, which the answer says, or ``need`` holds."""
    return lambda conversation: not has_units(conversation) or need(conversation)


def has_sides(conversation: Conversation) -> bool:
    """An active unit was measured on each side of the face."""
    facts = conversation.facts
    return any(facts.unit(code).left is not None for code in facts.active)


def has_telling_strength(conversation: Conversation) -> bool:
    """The strength of the expression is defined: not of a neutral face with active units."""
    facts = conversation.facts
    return facts.emotion != "neutral" or not facts.active


def may_smile(conversation: Conversation) -> bool:
    """There is a smile; without one, the question is asked in two of five draws."""
    return 12 in conversation.facts.active or conversation.rng.random() < _ASKED_WITHOUT_SMILE


def has_short_list(conversation: Conversation) -> bool:
    """The active units are few enough to explain each."""
    return len(conversation.facts.active) <= _LONGEST_EXPLAINED_LIST


def after_unit(conversation: Conversation) -> bool:
    """The last question was about one unit, which is known."""
    last = conversation.last
    return has_units(conversation) and last is not None and last.code is not None


def after_active_unit(conversation: Conversation) -> bool:
    """The last question was about one unit, and it is active."""
    last = conversation.last
    return after_unit(conversation) and last is not None and last.code in conversation.facts.active


def after_definition(conversation: Conversation) -> bool:
    """The last question was about a unit as such, and Nano can tell whether this face shows it."""
    last = conversation.last
    if last is None or not after_unit(conversation):
        return False
    return last.kind not in (*STATES, *REASONS) and last.code in NANO_AUS
