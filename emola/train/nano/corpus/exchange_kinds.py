"""Kinds of questions of the written exchanges."""

from __future__ import annotations

__all__ = ["BACK_REFERENCES", "CODED", "EMOTION", "KINDS", "KNOWLEDGE", "STYLE", "TALK", "UNITS"]

EMOTION = (
    "emotion",
    "emotion_word",
    "feelings",
    "emotion_yes_no",
    "choice",
    "runner_up",
    "support",
    "reasoning",
    "against",
    "weigh",
    "why_not",
    "change",
    "ruled_out",
    "sure_emotion",
    "strength_emotion",
    "emotion_percent",
    "emotion_scale",
    "ranking",
    "valence",
    "arousal",
    "posed",
    "mixed",
    "correct_emotion",
    "key_units",
)
"""About the emotion."""

UNITS = (
    "list",
    "list_and_emotion",
    "codes",
    "json",
    "facs_code",
    "count",
    "upper",
    "lower",
    "absent",
    "strongest",
    "weakest",
    "sides",
    "unit_side",
    "yes_no",
    "pair",
    "compare",
    "level",
    "levels",
    "unit_scale",
    "unit_percent",
    "why_unit",
    "sure_unit",
    "where",
    "movement",
    "brows",
    "eyes",
    "cheeks",
    "nose",
    "mouth",
    "chin",
    "hidden",
    "bare",
    "correct_unit",
    "confusion",
)
"""About action units and parts of the face."""

STYLE = (
    "describe",
    "summary",
    "shorter",
    "longer",
    "two_sentences",
    "one_sentence",
    "child",
    "no_jargon",
    "bullets",
    "class",
)
"""About the whole reading, in a given form."""

BACK_REFERENCES = (
    "other_side",
    "it_sure",
    "it_why",
    "it_strength",
    "it_muscle",
    "it_look",
    "and_part",
    "and_unit",
    "repeat",
)
"""They refer to the turn before."""

KNOWLEDGE = (
    "what_is",
    "code_of",
    "look",
    "muscle",
    "difference",
    "same_unit",
    "prototype",
    "felt_smile",
    "facs",
    "prove",
)
"""About FACS, not about the face."""

TALK = (
    "greeting",
    "thanks",
    "praise",
    "goodbye",
    "self_name",
    "self_abilities",
    "self_examples",
    "self_errors",
    "self_storage",
    "self_method",
    "self_languages",
    "self_training",
    "self_feelings",
    "off_topic",
    "scene",
    "ignore",
    "decline",
    "insult",
)
"""About the model, small talk, and what it declines."""

KINDS = (*EMOTION, *UNITS, *STYLE, *BACK_REFERENCES, *KNOWLEDGE, *TALK)
"""All kinds."""

CODED = ("codes", "json", "facs_code")
"""Kinds whose answer is no sentence."""
