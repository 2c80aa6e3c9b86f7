"""The trust questions: first questions, follow-ups, and the two lists declined.txt and on_topic.txt."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from emola.bench.readers import STRICT
from emola.bench.trust.catalogue import definition_questions
from emola.bench.trust.subjects import Subject
from emola.faba import ADJECTIVES, EMOTIONS, NANO_AUS, QUESTIONS
from emola.faba.phrases import parse_phrases
from emola.faba.prompts import follow_up

__all__ = [
    "AFTER_EMOTION",
    "FIRST",
    "LISTS",
    "History",
    "Phrasing",
    "Question",
    "confirmation_questions",
    "definition_follow_ups",
    "first_question",
    "list_follow_ups",
    "phrasings",
    "questions_digest",
    "single_unit_questions",
    "spread",
    "why_questions",
    "yes_no_id",
]

History = tuple[tuple[str, str], ...]
"""Earlier questions and answers of a conversation."""

LISTS = ("declined", "on_topic")
"""The files of phrasings: those to decline, and those to answer."""
FIRST = "first question"
AFTER_EMOTION = "after the emotion"

_FOREIGN = "in other languages"
_CONFIRMATIONS = (
    "Is she {adjective}?",
    "Does he look {adjective}?",
    "Is this person {adjective}?",
    "Would you say that he is {adjective}?",
    "Does this face look {adjective}?",
)
_HERE = Path(__file__).parent


@dataclass(frozen=True, eq=False)
class Question:
    """A question about a face after a history; ``id`` is the same in every run."""

    id: str
    subject: Subject
    task: str
    text: str
    history: History = ()


class Phrasing(NamedTuple):
    """A question of a list, with its heading."""

    heading: str
    question: str

    @property
    def topic(self) -> str:
        """The heading without the remark that its questions are in other languages."""
        return self.heading.removesuffix(f", {_FOREIGN}")

    @property
    def foreign(self) -> bool:
        """Whether the question is not in English."""
        return self.heading.endswith(_FOREIGN)


def phrasings(kind: str) -> list[Phrasing]:
    """Return the questions of a list, one of ``LISTS``."""
    groups = parse_phrases((_HERE / f"{kind}.txt").read_text(encoding="utf-8"))
    return [Phrasing(heading, question) for heading, group in groups.items() for question in group]


def questions_digest() -> str:
    """Return eight hexadecimal digits that change with the lists of phrasings."""
    digest = hashlib.sha256()
    for kind in LISTS:
        digest.update((_HERE / f"{kind}.txt").read_bytes())
    return digest.hexdigest()[:8]


def first_question(task: str, subject: Subject, seed: int) -> Question:
    """Return the first question of a face, one of ``emola.faba.QUESTIONS``.

    The draw depends on the seed, the task and the face only.
    """
    text = random.Random(f"{seed} {task} {subject.id}").choice(QUESTIONS[task])
    return Question(f"{task}/{subject.id}", subject, task, text)


def list_follow_ups(first: Question, answer: str) -> list[Question]:
    """Return a yes/no question about every unit, after the list of units."""
    history = ((first.text, answer),)
    return [
        Question(yes_no_id(first.subject, code), first.subject, "au", f"Is AU{code} active?", history)
        for code in NANO_AUS
    ]


def yes_no_id(subject: Subject, code: int) -> str:
    """Return the id of the yes/no question about a unit."""
    return f"yes_no/{code}/{subject.id}"


def single_unit_questions(
    subjects: Sequence[Subject], emotions: Sequence[History], seed: int
) -> dict[str, list[tuple[Question, int]]]:
    """Return the page's question about single units with their codes, for both turns.

    Asks about all units that are clearly active and about as many, at least one, that are clearly not, so
    that denying every unit does not pay. emotions: the question and answer about each face's emotion.
    """
    questions: dict[str, list[tuple[Question, int]]] = {FIRST: [], AFTER_EMOTION: []}
    for subject, emotion in zip(subjects, emotions, strict=True):
        active, inactive = subject.clear(active=True), subject.clear(active=False)
        count = min(max(len(active), 1), len(inactive))
        drawn = random.Random(f"{seed} single_unit {subject.id}").sample(inactive, count)
        for turn, history in ((FIRST, ()), (AFTER_EMOTION, emotion)):
            for code in sorted((*active, *drawn)):
                name = f"single_unit/{turn}/{code}/{subject.id}"
                questions[turn].append((Question(name, subject, "au", follow_up(code), history), code))
    return questions


def why_questions(
    turn: str, task: str, subjects: Sequence[Subject], histories: Sequence[History]
) -> list[Question]:
    """Return a bare "Why?" after each history. turn: what the history ends with, such as "emotion"."""
    return [
        Question(f"why/{turn}/{subject.id}", subject, task, "Why?", history)
        for subject, history in zip(subjects, histories, strict=True)
    ]


def confirmation_questions(
    subjects: Sequence[Subject], emotions: Sequence[History], seed: int
) -> dict[str, list[tuple[Question, str]]]:
    """Return yes/no questions about an emotion with that emotion, for both turns.

    Asks about the emotion that was named and about another, so that neither yes nor no always pays. emotions:
    the question and answer about each face's emotion; a face of which none was named is left out.
    """
    questions: dict[str, list[tuple[Question, str]]] = {FIRST: [], AFTER_EMOTION: []}
    for subject, history in zip(subjects, emotions, strict=True):
        named = STRICT.emotion(history[0][1])
        if named is None:
            continue
        rng = random.Random(f"{seed} confirmation {subject.id}")
        other = rng.choice([emotion for emotion in EMOTIONS if emotion != named])
        for emotion in (named, other):
            text = rng.choice(_CONFIRMATIONS).format(adjective=ADJECTIVES[emotion])
            for turn, before in ((FIRST, ()), (AFTER_EMOTION, history)):
                name = f"confirmation/{turn}/{emotion}/{subject.id}"
                questions[turn].append((Question(name, subject, "emotion", text, before), emotion))
    return questions


def definition_follow_ups(subjects: Sequence[Subject]) -> dict[tuple[str, int], Question]:
    """Return the questions about the units themselves; they need no face, so the faces take turns."""
    return {
        (kind, code): Question(f"definition/{kind}/{code}/{subject.id}", subject, "au", text)
        for ((kind, code), text), subject in zip(
            definition_questions().items(), cycle(subjects), strict=False
        )
    }


def spread(
    kind: str, phrasings: Sequence[Phrasing], subjects: Sequence[Subject], emotions: Sequence[History]
) -> dict[str, list[Question]]:
    """Return each phrasing as a first question and, about another face, after the emotion.

    The faces take turns. Faces without landmarks are used only if there are no others: "the landmarks were
    not found" is a reason, not a refusal. emotions: the question and answer about each face's emotion.
    """
    usable = [index for index, subject in enumerate(subjects) if subject.found] or range(len(subjects))
    questions: dict[str, list[Question]] = {FIRST: [], AFTER_EMOTION: []}
    for number, phrasing in enumerate(phrasings):
        for turn, offset in ((FIRST, 0), (AFTER_EMOTION, len(usable) // 2)):
            index = usable[(number + offset) % len(usable)]
            history = () if turn == FIRST else emotions[index]
            name = f"{kind}/{number + 1}/{turn}/{subjects[index].id}"
            questions[turn].append(Question(name, subjects[index], "emotion", phrasing.question, history))
    return questions
