"""Conditions for asking: what must be known of the face, and what must have been asked before."""

from __future__ import annotations

from emola.faba import NANO_AUS
from emola.train.nano.corpus.conversation import Conversation, Need

ABOUT_EMOTION = ("emotion", "feelings", "support", "reasoning", "against", "runner_up", "weigh", "summary")
"""Kinds whose answer can be shortened or told at greater length."""
LISTS = ("list", "codes", "levels", "facs_code")
_ASKED_WITHOUT_SMILE = 0.4


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


def has_units(conversation: Conversation) -> bool:
    """The landmarks were found, so the action units are known."""
    return conversation.facts.units is not None


def may_smile(conversation: Conversation) -> bool:
    """There is a smile; without a smile, True in two of five draws."""
    return 12 in conversation.facts.active or conversation.rng.random() < _ASKED_WITHOUT_SMILE


def after_unit(conversation: Conversation) -> bool:
    """The last question was about one unit of this face."""
    last = conversation.last
    return last is not None and last.kind == "unit" and last.code is not None


def after_definition(conversation: Conversation) -> bool:
    """The last question was about a unit in general, and the unit is one that Nano measures."""
    last = conversation.last
    return last is not None and last.kind == "knowledge" and last.code in NANO_AUS
