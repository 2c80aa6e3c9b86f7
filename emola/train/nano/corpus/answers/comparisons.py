"""Answers that compare emotions: yes or no to one, which of two, which comes next."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from emola.faba import ADJECTIVES
from emola.train.nano.corpus.answers.emotion import as_noun
from emola.train.nano.corpus.facts import FaceFacts
from emola.train.nano.corpus.grammar import expand, sentences


def emotion_yes_no_answer(rng: random.Random, facts: FaceFacts, asked: str) -> str:
    """Say whether the face shows the emotion ``asked``; ``facts.emotion`` is not None."""
    true = facts.emotion or "neutral"
    if asked == true:
        answer = (
            "[yes, the face looks {adjective}|yes, I would call it {true}|yes, {adjective}"
            "|yes: the expression looks {adjective}]."
        )
    else:
        answer = (
            "[no, the face looks {adjective}|no, I would call it {true}|no, rather {adjective}"
            "|no, I see {seen}, not {noun}"
            "|I do not think so: the face looks {adjective}]."
        )
    slots = {"adjective": ADJECTIVES[true], "true": true, "seen": as_noun(true), "noun": as_noun(asked)}
    return sentences(expand(rng, answer, **slots))


def choice_answer(rng: random.Random, facts: FaceFacts, pair: Sequence[str]) -> str:
    """Say which of two emotions the face shows, or neither; ``facts.emotion`` is not None."""
    true = facts.emotion or "neutral"
    if true in pair:
        text = (
            "[{adjective}|I would say {adjective}|rather {adjective}|{noun}, I think|of the two, {noun}"
            "|the face looks {adjective}|more {adjective}]."
        )
    else:
        text = "neither: [the face looks {adjective}|I would call it {noun}|I see {noun}]."
    return sentences(expand(rng, text, adjective=ADJECTIVES[true], noun=as_noun(true)))


def runner_up_answer(rng: random.Random, facts: FaceFacts) -> str:
    """Name the emotion that is likeliest after the one shown; ``facts.emotion`` is not None."""
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
    slots = {"first": as_noun(facts.emotion), "second": as_noun(facts.runner_up)}
    return sentences(expand(rng, text, **slots))


def correction(rng: random.Random, facts: FaceFacts, asked: str) -> str:
    """Say that the face shows its own emotion and not ``asked``."""
    emotion = facts.emotion or "neutral"
    text = (
        "[I see {seen}, not {noun}|[this face looks|it looks] {sure}{adjective}, not {other}"
        "|to me it looks {adjective}, not {other}"
        "|{sure}{adjective}, not {other}|I read it as {adjective}, not {other}"
        "|the face looks {adjective}, not {other}|rather {adjective} than {other}]."
    )
    slots = {
        "seen": as_noun(emotion),
        "noun": as_noun(asked),
        "adjective": ADJECTIVES[emotion],
        "other": ADJECTIVES[asked],
        "sure": f"{facts.certainty} " if facts.certainty else "",
    }
    return sentences(expand(rng, text, **slots))


def if_true(
    answer: Callable[[random.Random, FaceFacts], str],
) -> Callable[[random.Random, FaceFacts, str], str]:
    """Wrap an answer about the emotion shown: a question about another emotion is corrected."""

    def answer_or_correct(rng: random.Random, facts: FaceFacts, asked: str) -> str:
        return answer(rng, facts) if asked == facts.emotion else correction(rng, facts, asked)

    return answer_or_correct
