"""Turns asked as in a chat, and some that narrow a question down: how many, which half, what else."""

from __future__ import annotations

import random
from collections.abc import Sequence

from emola.faba import ADJECTIVES, EMOTIONS
from emola.train.nano.corpus import units
from emola.train.nano.corpus.asked import casual, plain
from emola.train.nano.corpus.emotion import a_face_of
from emola.train.nano.corpus.facts import FaceFacts
from emola.train.nano.corpus.grammar import expand, listed, sentences
from emola.train.nano.corpus.movements import name, the_name
from emola.train.nano.corpus.state import Exchange, Talk
from emola.train.nano.corpus.turns import ABOUT_EMOTION, PARTS, emotion_yes_no_answer, typed_exchange

_UPPER = (1, 2, 4, 5, 6, 7, 43)


def pick_movement(so_far: Talk, movements: Sequence[tuple[int, ...]]) -> tuple[int, ...] | None:
    """One of ``movements`` not yet asked about; one that is there at least half of the time, if any is."""
    rng = so_far.rng
    left = [codes for codes in movements if not set(codes) & so_far.asked()]
    there = [codes for codes in left if set(codes) & set(so_far.facts.active)]
    choices = there if there and rng.random() < 0.5 else left
    return rng.choice(choices) if choices else None


def ask_movement(so_far: Talk) -> Exchange | None:
    """A movement in a word or two: "smiling?"."""
    codes = pick_movement(so_far, tuple(casual.MOVES))
    if codes is None:
        return None
    kind, answer, code = movement_answer(so_far, codes)
    return typed_exchange(so_far, kind, casual.movement(so_far.rng, codes), answer, code)


def movement_answer(so_far: Talk, codes: tuple[int, ...]) -> tuple[str, str, int | None]:
    """Whether a movement is there: the kind of exchange, the answer, and the unit if it is one alone."""
    rng, facts = so_far.rng, so_far.facts
    if len(codes) > 1:
        return "movements", units.pair_answer(rng, facts, *codes), None
    return "yes_no", units.yes_no_answer(rng, facts, codes[0], strength=False), codes[0]


def ask_part_briefly(so_far: Talk) -> Exchange | None:
    """A part of the face in a word or two."""
    rng = so_far.rng
    part = rng.choice(("brows", "eyes", "eyes", "cheeks", "nose", "mouth", "mouth"))
    answer = units.part_answer(rng, so_far.facts, PARTS[part], part)
    return typed_exchange(so_far, "part", casual.part_question(rng, part), answer)


def ask_to_confirm(so_far: Talk) -> Exchange | None:
    """A statement about the emotion, to be confirmed or corrected: true half of the time."""
    rng, true = so_far.rng, so_far.facts.emotion
    if true is None:
        return None
    asked = plain.emotion_to_ask(rng, true)
    answer = emotion_yes_no_answer(rng, true, asked)
    return typed_exchange(so_far, "emotion_yes_no", casual.confirm(rng, asked), answer)


def ask_choice(so_far: Talk) -> Exchange | None:
    """Which of two emotions; at times neither."""
    two = of_two(so_far)
    if two is None:
        return None
    pair, answer = two
    return typed_exchange(so_far, "choice", casual.choice(so_far.rng, *pair), answer)


def of_two(so_far: Talk) -> tuple[list[str], str] | None:
    """Two emotions to choose from, mostly the true one among them, and the answer; None to ask nothing."""
    rng, true = so_far.rng, so_far.facts.emotion
    if true is None or so_far.had("choice"):
        return None
    others = rng.sample([other for other in EMOTIONS if other != true], 2)
    pair = others if rng.random() < 0.2 else [true, others[0]]
    rng.shuffle(pair)
    if true in pair:
        text = (
            "[{adjective}|I would say {adjective}|rather {adjective}|{noun}, I think|of the two, {noun}"
            "|the face looks {adjective}|more {adjective}]."
        )
    else:
        text = "neither: [the face looks {adjective}|I would call it {noun}|I see {noun}]."
    return pair, sentences(expand(rng, text, adjective=ADJECTIVES[true], noun=a_face_of(true)))


def ask_runner_up(so_far: Talk) -> Exchange | None:
    """Which emotion comes next, after an answer about the emotion, where that is known."""
    rng, facts = so_far.rng, so_far.facts
    if facts.emotion is None or facts.beliefs is None or so_far.had("runner_up"):
        return None
    if so_far.last_kind not in ABOUT_EMOTION:
        return None
    if facts.runner_up:
        text = (
            "[after {first}, {second} comes [closest|next]|{first} first, then {second}"
            "|I read {first}, but {second} is the next likeliest"
            "|{first} is my reading; after it comes {second}|{first}, or else {second}]."
        )
    else:
        text = (
            "[nothing else comes close: I read {first}|I only see {first}|I stay with {first}"
            "|{first}; no other emotion comes close|just {first}, nothing else is likely]."
        )
    slots = {"first": a_face_of(facts.emotion), "second": a_face_of(facts.runner_up)}
    answer = sentences(expand(rng, text, **slots))
    return typed_exchange(so_far, "runner_up", casual.casual(rng, "runner_up"), answer)


def ask_count(so_far: Talk) -> Exchange | None:
    """How many units are active."""
    rng, facts = so_far.rng, so_far.facts
    if so_far.had("count"):
        return None
    answer = _count(rng, facts) if facts.units is not None else units.no_landmarks(rng)
    return typed_exchange(so_far, "count", casual.casual(rng, "count"), answer)


def _count(rng: random.Random, facts: FaceFacts) -> str:
    number = len(facts.active)
    if not number:
        return expand(rng, "[None is active.|None.|No unit is active.]")
    codes = listed([f"AU{code}" for code in facts.active])
    text = (
        "[{number}: {codes}|{number} {word}, {codes}|{number} {are} active: {codes}"
        "|I count {number}: {codes}]."
    )
    word, are = ("unit", "is") if number == 1 else ("units", "are")
    return expand(rng, text, number=str(number), codes=codes, word=word, are=are)


def ask_half(so_far: Talk) -> Exchange | None:
    """The active units of the upper or the lower face."""
    rng, facts = so_far.rng, so_far.facts
    half = rng.choice(("upper", "lower"))
    if so_far.had(half):
        return None
    if facts.units is None:
        answer = units.no_landmarks(rng)
    else:
        codes = [code for code in facts.active if (code in _UPPER) == (half == "upper")]
        answer = _half(rng, codes, half)
    return typed_exchange(so_far, half, casual.casual(rng, half), answer)


def _half(rng: random.Random, codes: list[int], half: str) -> str:
    if not codes:
        return expand(
            rng, "[None [there|in the {half} face]|No unit is active there|Nothing there].", half=half
        )
    named = listed([f"AU{code} ({name(code)})" for code in codes])
    plain = listed([f"AU{code}" for code in codes])
    return expand(
        rng, "[{named}|{plain}|In the {half} face: {named}|{Half}: {plain}].",
        named=named, plain=plain, half=half, Half=half.capitalize(),
    )  # fmt: skip


def ask_weakest(so_far: Talk) -> Exchange | None:
    """Which active unit is the weakest, where there are several."""
    rng, facts = so_far.rng, so_far.facts
    if len(facts.active) < 2 or so_far.had("weakest"):
        return None
    code = min(facts.active, key=lambda active: facts.unit(active).intensity)
    text = "[AU{code}, {the_name}|AU{code} is the weakest|AU{code} ({name}) is the faintest|it is AU{code}]."
    answer = sentences(expand(rng, text, code=str(code), name=name(code), the_name=the_name(code)))
    return typed_exchange(so_far, "weakest", casual.casual(rng, "weakest"), answer)
