"""Conversations of seven kinds, each of which teaches something else."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from emola.train.nano.corpus.ask import add, draw
from emola.train.nano.corpus.conversation import Conversation, Picker
from emola.train.nano.corpus.facts import FaceFacts
from emola.train.nano.corpus.kinds import KINDS
from emola.train.nano.corpus.mixture import OTHER, Mixture
from emola.train.nano.corpus.phrases import Phrasebook
from emola.train.nano.corpus.subjects import active_unit, inactive_unit, similar_unit

_MOST_ATTEMPTS = 30
_MOST_UNITS = 4
Plan = list[tuple[str, Picker | None]]


class Writer:
    """Writes conversations about faces.

    Raises:
        RecipeError: if the mixture names a kind of question or a language that does not exist.
    """

    def __init__(self, book: Phrasebook, mixture: Mixture) -> None:
        mixture.check(KINDS, book.languages)
        self.book, self.mixture = book, mixture

    @classmethod
    def load(cls, phrases: Path, mixture: Mixture) -> Writer:
        """Read the phrases in a folder."""
        return cls(Phrasebook.load(phrases), mixture)

    def start(self, facts: FaceFacts, rng: random.Random) -> Conversation:
        """Return a conversation without turns."""
        return Conversation(facts, rng, self.book, self.mixture, self.mixture.subjects.shown_unit)

    def build(self, kind: str, facts: FaceFacts, rng: random.Random) -> list[dict[str, Any]]:
        """Return chat-template messages of a conversation; ``kind`` is one of :data:`BUILDERS`.

        The same state of ``rng`` gives the same conversation.
        """
        conversation = self.start(facts, rng)
        BUILDERS[kind](conversation)
        return conversation.messages()


def converse(conversation: Conversation) -> None:
    """Hold a free conversation of two to six turns: the main questions, then follow-ups."""
    rng, shares = conversation.rng, conversation.mixture.conversation
    count = int(draw(rng, shares.turns))
    plan = []
    for name, share in (("emotion", shares.emotion), ("list", shares.list)):
        if (name == "list" or conversation.facts.emotion is not None) and rng.random() < share:
            plan.append(f"{OTHER}/{name}" if rng.random() < shares.other else name)
    if rng.random() < shares.list_before:
        plan.reverse()
    if rng.random() < shares.anytime_share:
        plan.insert(rng.randrange(len(plan) + 1), draw(rng, shares.anytime))
    elif rng.random() < shares.first_share:
        plan.insert(0, draw(rng, {**shares.first_declined, **conversation.mixture.first}))
    for name in plan:
        add(conversation, name)
    attempts = 0
    while len(conversation.turns) < count and attempts < _MOST_ATTEMPTS:
        attempts += 1
        add(conversation, draw(rng, shares.follow_ups))
    if rng.random() < shares.closing:
        add(conversation, "thanks")


def drill(conversation: Conversation) -> None:
    """Ask short questions whose answers are facts of the face.

    Every token of the answers depends on the face, so a model learns to read faces from these first.
    """
    rng = conversation.rng
    plan = [draw(rng, conversation.mixture.drill.main), "brief_units"]
    rng.shuffle(plan)
    if conversation.facts.units is not None:
        plan += ["bare", "bare"]
    for name in plan:
        add(conversation, name)


def contrast(conversation: Conversation) -> None:
    """Ask three questions that a face answers and three that it does not, in random order.

    Teaches the model to decline by topic, not by length, wording or language.
    """
    rng, shares = conversation.rng, conversation.mixture.contrast
    answered = [draw(rng, shares.main), *(draw(rng, conversation.mixture.first) for _ in range(2))]
    plan = [draw(rng, shares.other_answered) if rng.random() < shares.other else name for name in answered]
    plan += [f"{OTHER}/decline" if rng.random() < shares.other else "decline" for _ in range(3)]
    rng.shuffle(plan)
    for name in plan:
        add(conversation, name)


def lesson(conversation: Conversation) -> None:
    """Ask what action units are, and between these questions a few about the face.

    The model has to know every code by heart; whether a unit is active, it still reads from the face.
    """
    rng, shares = conversation.rng, conversation.mixture.lesson
    conversation.shown_unit = 0.0
    plan = [*(draw(rng, shares.units) for _ in range(5)), "yes_no", "yes_no", draw(rng, shares.main)]
    rng.shuffle(plan)
    for _ in range(2):
        plan.insert(rng.randrange(1, len(plan) + 1), "back")
    for name in plan:
        add(conversation, name)


def check(conversation: Conversation) -> None:
    """Ask for the list of units, and yes/no questions that have to agree with it.

    Half of the questions are about codes that resemble an active one: a code's digits are tokens of their
    own, so a small model confuses such codes.
    """
    yes_no = ("click", "yes_no")
    plan: Plan = [(name, similar_unit) for name in (*yes_no, *yes_no)]
    plan += _about_units(conversation, dict.fromkeys(yes_no, 1.0), similar=1 / 3)
    conversation.rng.shuffle(plan)
    _ask_all(conversation, [("list", None), *plan])


def quiz(conversation: Conversation) -> None:
    """Ask about single units before any list, as often about active as about inactive ones.

    Teaches the model to read a unit from the face, not to deny it because most units are inactive in most
    faces.
    """
    rng, shares = conversation.rng, conversation.mixture.quiz
    plan = _about_units(conversation, shares.units, shares.alike)
    rng.shuffle(plan)
    if rng.random() < shares.follow_up:
        plan.insert(rng.randrange(1, len(plan) + 1), (draw(rng, shares.follow_ups), None))
    if rng.random() < shares.emotion:
        plan.insert(rng.choice((0, 0, 1)), ("emotion", None))
    if not conversation.facts.active or rng.random() < shares.list:
        plan.append(("list", None))
    _ask_all(conversation, plan)


def doubt(conversation: Conversation) -> None:
    """Ask of several emotions whether the face shows them, and why.

    The model has to compare before the first word of the answer. A list of units before or after makes a bare
    "why?" refer to the list or to the emotion.
    """
    rng, shares = conversation.rng, conversation.mixture.doubt
    plan = [draw(rng, shares.asked) for _ in range(int(draw(rng, shares.count)))]
    plan.insert(rng.randrange(1, len(plan) + 1), "any_support")
    if rng.random() < shares.main_share:
        plan.insert(0, draw(rng, shares.main))
    if rng.random() < shares.list:
        of_list = ["list", "back"]
        plan = of_list + plan if rng.random() < shares.list_before else plan + of_list
    for name in plan:
        add(conversation, name)


def _about_units(conversation: Conversation, weights: dict[str, float], similar: float) -> Plan:
    """Plan questions about up to four active units, and as many, at least one, about inactive units.

    similar: share of the inactive units whose code resembles an active one.
    """
    rng = conversation.rng
    count = len(conversation.facts.active[:_MOST_UNITS])
    plan: Plan = [(draw(rng, weights), active_unit) for _ in range(count)]
    for _ in range(max(count, 1)):
        plan.append((draw(rng, weights), similar_unit if rng.random() < similar else inactive_unit))
    return plan


def _ask_all(conversation: Conversation, plan: Sequence[tuple[str, Picker | None]]) -> None:
    for name, pick in plan:
        add(conversation, name, pick)


BUILDERS: dict[str, Callable[[Conversation], None]] = {
    "conversation": converse,
    "drill": drill,
    "contrast": contrast,
    "lesson": lesson,
    "check": check,
    "quiz": quiz,
    "doubt": doubt,
}
"""The kinds of conversations by name."""
