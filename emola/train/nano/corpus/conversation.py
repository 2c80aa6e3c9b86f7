"""Whole conversations about one face: which questions come in which order, as chat-template messages."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import partial
from typing import Any

from emola.faba.messages import chat_messages
from emola.train.nano.corpus import back_turns, casual_turns, degree_turns, turns
from emola.train.nano.corpus.facts import FaceFacts
from emola.train.nano.corpus.foreign_turns import ask_foreign
from emola.train.nano.corpus.picking import pick_alike
from emola.train.nano.corpus.state import Exchange, Maker, Talk


def build_conversation(facts: FaceFacts, rng: random.Random) -> list[dict[str, Any]]:
    """Chat-template messages of two to six turns about one face; the first question carries the image."""
    return chat_messages((exchange.question, exchange.answer) for exchange in exchanges(facts, rng))


def build_drill(facts: FaceFacts, rng: random.Random) -> list[dict[str, Any]]:
    """Chat-template messages of short questions whose answers are nothing but facts of the face.

    Every token to learn depends on the face, so a model learns to read faces from these first, and
    to speak well from conversations after.
    """
    about_emotion = rng.choice((turns.ask_aside("word"), partial(turns.ask_emotion, why=False)))
    makers = [about_emotion, turns.ask_aside("brief_units")]
    rng.shuffle(makers)
    if facts.units is not None:
        makers += [turns.ask_unit("bare"), turns.ask_unit("bare")]
    return _talk(facts, rng, makers)


def build_contrast(facts: FaceFacts, rng: random.Random) -> list[dict[str, Any]]:
    """Chat-template messages of six questions, of which a face answers three.

    So that what is to be answered and what is to be declined are told apart by what is asked: both are short
    and long, in plain words, in a chat, and in other languages, as often first as last.
    """
    share = 0.65  # in other languages, of both: a language must not tell them apart
    makers: list[Maker] = [rng.choice((turns.ask_list, turns.ask_emotion))]
    makers += [_drawn(rng, _ANSWERED_FIRST), _drawn(rng, _ANSWERED_FIRST)]
    makers = [_drawn(rng, _ABROAD) if rng.random() < share else maker for maker in makers]
    makers += [partial(turns.ask_decline, foreign=share)] * 3
    rng.shuffle(makers)
    return _talk(facts, rng, makers)


def build_lesson(facts: FaceFacts, rng: random.Random) -> list[dict[str, Any]]:
    """Chat-template messages of questions about action units as such, and a few about those of the face.

    What each of so many codes stands for has to be known by heart, and is asked too seldom elsewhere. Asked
    side by side, whether a unit is active goes on being read from the face, not recalled.
    """
    makers: list[Maker] = [turns.ask_unit_by_heart] * 5 + [turns.ask_unit("yes_no")] * 2
    makers.append(rng.choice((turns.ask_emotion, turns.ask_list)))
    rng.shuffle(makers)
    for _ in range(2):
        makers.insert(rng.randrange(1, len(makers) + 1), back_turns.ask_back)
    return _talk(facts, rng, makers)


def build_check(facts: FaceFacts, rng: random.Random) -> list[dict[str, Any]]:
    """Chat-template messages of a list of units and yes/no questions that have to agree with it.

    A code's digits are tokens of their own, so a small model takes one unit for another that is written
    alike.
    """
    makers: list[Maker] = [turns.ask_unit(kind, pick=pick_alike) for kind in _YES_NO] * 2
    makers += _about_units(facts, rng, _YES_NO)
    rng.shuffle(makers)
    return _talk(facts, rng, (turns.ask_list, *makers))


def build_quiz(facts: FaceFacts, rng: random.Random) -> list[dict[str, Any]]:
    """Chat-template messages of questions about single units that no list has answered before.

    So that they are read from the face, and not denied because most units are inactive in most faces. At
    times the emotion comes before them, and a list after them that agrees.
    """
    makers = _about_units(facts, rng, (*_YES_NO, *_YES_NO, "strength"))
    rng.shuffle(makers)
    if rng.random() < 0.4:
        back = rng.choice((back_turns.ask_back, ask_foreign("support")))
        makers.insert(rng.randrange(1, len(makers) + 1), back)
    if rng.random() < 0.5:
        makers.insert(rng.choice((0, 0, 1)), turns.ask_emotion)
    if not facts.active or rng.random() < 0.4:
        makers.append(turns.ask_list)
    return _talk(facts, rng, makers)


def build_doubt(facts: FaceFacts, rng: random.Random) -> list[dict[str, Any]]:
    """Chat-template messages that ask of several emotions whether the face shows them, and why.

    To say yes or no to an emotion, a model has to read the face and compare before the first word. At times a
    list of units comes in between, so that a bare "why?" is about the emotion now, and about the list then.
    """
    about: list[Maker] = [_drawn(rng, _OF_AN_EMOTION) for _ in range(rng.choice((2, 2, 3)))]
    about.insert(rng.randrange(1, len(about) + 1), turns.ask_about_emotion("support"))
    if rng.random() < 0.4:
        about.insert(0, rng.choice((turns.ask_emotion, turns.ask_emotion, turns.ask_aside("word"))))
    if rng.random() < 0.5:
        of_list: list[Maker] = [turns.ask_list, back_turns.ask_back]
        about = of_list + about if rng.random() < 0.5 else about + of_list
    return _talk(facts, rng, about)


_YES_NO = ("click", "yes_no")


def _about_units(facts: FaceFacts, rng: random.Random, kinds: Sequence[str]) -> list[Maker]:
    """Questions of these kinds about as many active as inactive units, four at most and one at least."""
    active = [turns.ask_unit(rng.choice(kinds), 1.0) for _ in facts.active[:4]]
    inactive = [
        turns.ask_unit(rng.choice(kinds), 0.0, rng.choice((None, None, pick_alike)))
        for _ in range(max(len(active), 1))
    ]
    return active + inactive


def _drawn(rng: random.Random, weighted: Sequence[tuple[Maker, float]]) -> Maker:
    """One of the makers, by their weights."""
    return rng.choices([maker for maker, _ in weighted], [weight for _, weight in weighted])[0]


def _talk(facts: FaceFacts, rng: random.Random, makers: Sequence[Maker]) -> list[dict[str, Any]]:
    """Chat-template messages of what these makers ask, in order."""
    so_far = Talk(facts, rng)
    for maker in makers:
        _add(so_far, maker)
    return chat_messages((exchange.question, exchange.answer) for exchange in so_far.done)


def exchanges(facts: FaceFacts, rng: random.Random) -> list[Exchange]:
    """The questions and answers of one conversation, in order; the same for the same state of ``rng``."""
    so_far = Talk(facts, rng)
    count = rng.choices((2, 3, 4, 5), (0.1, 0.35, 0.35, 0.2))[0]
    plan: list[Maker] = []
    if facts.emotion is not None and rng.random() < 0.87:
        plan.append(_ask_emotion if rng.random() < _FOREIGN_SHARE else turns.ask_emotion)
    if rng.random() < 0.77:
        plan.append(_ask_list if rng.random() < _FOREIGN_SHARE else turns.ask_list)
    if rng.random() < 0.4:
        plan.reverse()
    if rng.random() < 0.15:
        plan.insert(rng.randrange(len(plan) + 1), rng.choice(_ANYTIME))
    elif rng.random() < 0.55:  # much is asked first of all, before the face is spoken of
        plan.insert(0, _drawn(rng, _DECLINED_FIRST + _ANSWERED_FIRST))
    for maker in plan:
        _add(so_far, maker)
    attempts = 0
    while len(so_far.done) < count and attempts < 30:
        attempts += 1
        _add(so_far, _drawn(rng, _FOLLOW_UPS))
    if rng.random() < 0.03:
        _add(so_far, turns.ask_thanks)
    return so_far.done


def _add(so_far: Talk, maker: Maker) -> None:
    exchange = maker(so_far)
    if exchange is None or any(exchange.answer == before.answer for before in so_far.done):
        return
    if exchange.question[:-1] not in " ".join(before.question for before in so_far.done):
        so_far.done.append(exchange)


_FOREIGN_SHARE = 0.08
_ask_emotion, _ask_list = ask_foreign("emotion"), ask_foreign("list")
_ANYTIME: tuple[Maker, ...] = (
    turns.ask_unit("yes_no"),
    turns.ask_unit("click"),
    turns.ask_decline,
    turns.ask_knowledge,
    turns.ask_greeting,
    turns.ask_off_topic,
    turns.ask_emotion_yes_no,
    turns.ask_self,
    turns.ask_weigh,
    turns.ask_posed,
    turns.ask_aside("word"),
    turns.ask_aside("numbers"),
    turns.ask_aside("brief_units"),
    turns.ask_part,
)
# what is asked first teaches what may be asked at all, so short and foreign questions
# about the face come first at least as often as those to be declined
_ANSWERED_FIRST: tuple[tuple[Maker, float], ...] = (
    (turns.ask_knowledge, 0.3),
    (turns.ask_unit("yes_no"), 0.1),
    (turns.ask_unit("click"), 0.1),
    (ask_foreign("emotion", "emotion", "list", "emotion_yes_no", "choice", "movement", "part", "unit"), 0.6),
    (ask_foreign("meaning"), 0.04),
    (casual_turns.ask_movement, 0.09),
    (casual_turns.ask_part_briefly, 0.06),
    (casual_turns.ask_to_confirm, 0.09),
    (casual_turns.ask_choice, 0.05),
    (casual_turns.ask_count, 0.02),
    (casual_turns.ask_half, 0.03),
    (degree_turns.ask_how_strong, 0.14),
    (degree_turns.ask_how_sure, 0.14),
    (turns.ask_posed, 0.1),
    (ask_foreign("posed"), 0.05),
    (turns.ask_self, 0.07),
    (turns.ask_off_topic, 0.05),
    (turns.ask_greeting, 0.03),
)
_DECLINED_FIRST = ((turns.ask_decline, 0.34),)
# everything that is asked of a face, so that no kind of question abroad is known from declining alone
_ABROAD: tuple[tuple[Maker, float], ...] = (
    (_ask_emotion, 0.12),
    (_ask_list, 0.08),
    (ask_foreign("emotion_yes_no"), 0.2),
    (ask_foreign("choice"), 0.08),
    (ask_foreign("movement"), 0.2),
    (ask_foreign("part"), 0.14),
    (ask_foreign("unit"), 0.04),
    (ask_foreign("posed"), 0.12),
    (ask_foreign("support"), 0.1),
)
_OF_AN_EMOTION: tuple[tuple[Maker, float], ...] = (
    (turns.ask_emotion_yes_no, 0.55),
    (casual_turns.ask_to_confirm, 0.25),
    (ask_foreign("emotion_yes_no"), 0.1),
    (casual_turns.ask_choice, 0.1),
)
_FOLLOW_UPS: tuple[tuple[Maker, float], ...] = (
    (turns.ask_unit("click"), 0.25),
    (turns.ask_unit("yes_no"), 0.3),
    (turns.ask_unit("strength", 0.75), 0.08),
    (turns.ask_unit("sure", 0.6), 0.04),
    (turns.ask_unit("why", 0.8), 0.04),
    (turns.ask_unit("here", 0.8), 0.02),
    (turns.ask_about_emotion("support"), 0.4),
    (turns.ask_about_emotion("against"), 0.1),
    (turns.ask_about_emotion("sure_emotion"), 0.14),
    (turns.ask_about_emotion("strength_emotion"), 0.09),
    (turns.ask_emotion_yes_no, 0.05),
    (ask_foreign("emotion_yes_no", "choice", "movement", "part", "list", "unit", "meaning"), 0.14),
    (ask_foreign("support"), 0.16),
    (casual_turns.ask_movement, 0.08),
    (casual_turns.ask_part_briefly, 0.05),
    (casual_turns.ask_to_confirm, 0.05),
    (casual_turns.ask_choice, 0.04),
    (casual_turns.ask_runner_up, 0.2),
    (casual_turns.ask_count, 0.03),
    (casual_turns.ask_half, 0.05),
    (casual_turns.ask_weakest, 0.02),
    (degree_turns.ask_how_strong, 0.05),
    (degree_turns.ask_how_sure, 0.05),
    (turns.ask_pair, 0.06),
    (back_turns.ask_back, 0.7),
    (turns.ask_posed, 0.06),
    (turns.ask_weigh, 0.05),
    (turns.ask_aside("word"), 0.03),
    (turns.ask_aside("numbers"), 0.06),
    (turns.ask_aside("brief_units"), 0.12),
    (turns.ask_aside("strongest"), 0.03),
    (turns.ask_aside("absent"), 0.08),
    (turns.ask_aside("sides"), 0.03),
    (turns.ask_part, 0.05),
    (turns.ask_knowledge, 0.36),
    (turns.ask_decline, 0.42),
    (turns.ask_off_topic, 0.05),
    (turns.ask_self, 0.05),
    (turns.ask_thanks, 0.02),
)
