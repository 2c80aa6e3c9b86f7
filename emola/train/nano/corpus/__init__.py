"""Nano's instruction corpus: conversations about a face, made from what is known of it.

A grammar writes them: the same fact always gets the same words, the carrier phrases vary, and every
sentence about the face is entailed by its :class:`FaceFacts`.
"""

from emola.train.nano.corpus.conversation import (
    build_check,
    build_contrast,
    build_conversation,
    build_doubt,
    build_drill,
    build_lesson,
    build_quiz,
    exchanges,
)
from emola.train.nano.corpus.facts import FaceFacts, UnitFact
from emola.train.nano.corpus.state import Exchange

__all__ = [
    "Exchange",
    "FaceFacts",
    "UnitFact",
    "build_check",
    "build_contrast",
    "build_conversation",
    "build_doubt",
    "build_drill",
    "build_lesson",
    "build_quiz",
    "exchanges",
]
