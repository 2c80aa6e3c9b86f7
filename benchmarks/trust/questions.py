"""What is asked: first questions as in training, yes/no follow-ups, and two lists of phrasings of our own."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from benchmarks.trust import catalogue
from benchmarks.trust.faces import Looked
from emola.bench import STRICT
from emola.chat.batch import Completion, Exchanges
from emola.faba import ADJECTIVES, EMOTIONS, NANO_AUS
from emola.faba.prompts import follow_up
from emola.train.nano.corpus.asked.plain import task_question

HERE = Path(__file__).parent
CONFIRMING = (
    "Is she {adjective}?",
    "Does he look {adjective}?",
    "Is this person {adjective}?",
    "Would you say that he is {adjective}?",
    "Does this face look {adjective}?",
)
"""Wordings of whether a face shows an emotion."""
FILES = {"declined": HERE / "declined.txt", "on_topic": HERE / "on_topic.txt"}


@dataclass(frozen=True, eq=False)
class Ask:
    """One question about a face, after what was said before; ``id`` is the same in every run."""

    id: str
    looked: Looked
    task: str
    question: str
    before: Exchanges = ()


class Phrasing(NamedTuple):
    """A question of a list, and the heading that it stands under."""

    topic: str
    question: str


def phrasings(file: Path) -> list[Phrasing]:
    """The questions of a list: one a line under headings that begin with #."""
    found: list[Phrasing] = []
    topic = ""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            topic = line.lstrip("# ").strip()
        elif line.strip():
            found.append(Phrasing(topic, line.strip()))
    return found


def first_question(task: str, looked: Looked, seed: int) -> Ask:
    """A wording that the model was trained on, drawn for this face and seed, whatever else is asked."""
    question = task_question(random.Random(f"{seed} {task} {looked.id}"), task)
    return Ask(f"{task}/{looked.id}", looked, task, question)


def follow_ups(first: Ask, said: Completion) -> list[Ask]:
    """A yes/no question about every unit after the list of them."""
    before = ((first.question, said.text),)
    return [
        Ask(follow_up_id(first.looked, code), first.looked, "au", f"Is AU{code} active?", before)
        for code in NANO_AUS
    ]


def follow_up_id(looked: Looked, code: int) -> str:
    """The id of a yes/no question."""
    return f"yes_no/{code}/{looked.id}"


def unlisted(
    faces: Sequence[Looked], firsts: Sequence[Exchanges], seed: int
) -> dict[str, list[tuple[Ask, int]]]:
    """The page's question about single units, and which: as a first question, and after the emotion.

    All units that are clearly active, and as many (one at least) that clearly are not, so that denying every
    one does not pay. firsts: what was said of the emotion of each face.
    """
    asks: dict[str, list[tuple[Ask, int]]] = {"first of all": [], "after the emotion": []}
    for one, first in zip(faces, firsts, strict=True):
        active, inactive = one.clear(True), one.clear(False)
        count = min(max(len(active), 1), len(inactive))
        drawn = random.Random(f"{seed} unlisted {one.id}").sample(inactive, count)
        for (turn, some), before in zip(asks.items(), ((), first), strict=True):
            for code in sorted((*active, *drawn)):
                name = f"unlisted/{turn}/{code}/{one.id}"
                some.append((Ask(name, one, "au", follow_up(code), before), code))
    return asks


def why(faces: Sequence[Looked], firsts: Sequence[Exchanges]) -> list[Ask]:
    """A bare "Why?" right after the emotion of each face; firsts: what was said of it."""
    return [
        Ask(f"why/{one.id}", one, "emotion", "Why?", first) for one, first in zip(faces, firsts, strict=True)
    ]


def confirming(
    faces: Sequence[Looked], firsts: Sequence[Exchanges], seed: int
) -> dict[str, list[tuple[Ask, str]]]:
    """Whether a face shows an emotion, and which: as a first question, and after the emotion.

    The one that was named, and another, so that neither yes nor no pays always. firsts: what was said of the
    emotion of each face. A face of which none was named is left out.
    """
    asks: dict[str, list[tuple[Ask, str]]] = {"first of all": [], "after the emotion": []}
    for one, first in zip(faces, firsts, strict=True):
        named = STRICT.emotion(first[0][1])
        if named is None:
            continue
        rng = random.Random(f"{seed} confirming {one.id}")
        other = rng.choice([emotion for emotion in EMOTIONS if emotion != named])
        for emotion in (named, other):
            question = rng.choice(CONFIRMING).format(adjective=ADJECTIVES[emotion])
            for (turn, some), before in zip(asks.items(), ((), first), strict=True):
                name = f"confirming/{turn}/{emotion}/{one.id}"
                some.append((Ask(name, one, "emotion", question, before), emotion))
    return asks


def by_heart(faces: Sequence[Looked]) -> dict[tuple[str, int], Ask]:
    """What is asked of each unit of the catalogue; no face is needed for it, so the faces take turns."""
    return {
        (kind, code): Ask(f"catalogue/{kind}/{code}/{one.id}", one, "au", question)
        for ((kind, code), question), one in zip(catalogue.questions().items(), cycle(faces), strict=False)
    }


def spread(
    kind: str, some: Sequence[Phrasing], faces: Sequence[Looked], firsts: Sequence[Exchanges]
) -> tuple[list[Ask], list[Ask]]:
    """Each phrasing as a first question, and as a second one after an emotion was described.

    The faces take turns, for the second question another than for the first. firsts: what was said of the
    emotion of each face. Faces without landmarks are asked only where there are no others: "the landmarks
    were not found" is a reason, not a refusal.
    """
    places = [place for place, one in enumerate(faces) if one.found] or list(range(len(faces)))
    one_turn, two_turns = [], []
    for number, phrasing in enumerate(some):
        first = places[number % len(places)]
        second = places[(number + len(places) // 2) % len(places)]
        name = f"{kind}/{number + 1}"
        one_turn.append(Ask(f"{name}/1/{faces[first].id}", faces[first], "emotion", phrasing.question))
        two_turns.append(
            Ask(f"{name}/2/{faces[second].id}", faces[second], "emotion", phrasing.question, firsts[second])
        )
    return one_turn, two_turns
