"""The facts that an answer is compared with: what the evidence shows, and what the model said first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from emola.bench.readers import STRICT, certainty
from emola.bench.trust.subjects import Estimate, Subject
from emola.faba import EMOTIONS, read_emotions

__all__ = ["DOUBTFUL", "LEVELS", "Case", "Facts", "Slots", "Stated", "facts_of", "stated_in"]

DOUBTFUL = (0.35, 0.65)
"""Probabilities between which a unit may be called active or inactive."""

LEVELS = "ABCDE"
"""FACS levels; a level is an index into this string, a fifth of the intensity each."""


@dataclass(frozen=True)
class Facts:
    """What the evidence of a face shows.

    known: whether there is evidence. active, inactive: units that clearly are. doubtful: units that may be
    called either. hidden: units that cannot be seen. over: units over the threshold. levels: by unit. sides:
    levels on the subject's left and right, of units with both.
    """

    known: bool
    active: frozenset[int] = frozenset()
    inactive: frozenset[int] = frozenset()
    doubtful: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()
    over: frozenset[int] = frozenset()
    levels: Mapping[int, int] = field(default_factory=dict)
    sides: Mapping[int, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Stated:
    """What the model says when asked for the emotion.

    emotion: the one asserted most. others: further emotions that the answer asserts. certainty: "strong",
    "weak", "both" or "neither", see ``emola.bench.readers.certainty.group``.
    """

    emotion: str | None = None
    others: frozenset[str] = frozenset()
    certainty: str = "neither"


@dataclass(frozen=True)
class Slots:
    """What a question asks about; unused slots are 0 or empty.

    unit, other: action units. name: the unit whose name is quoted. emotion, rival: the emotion asked about
    and another one. movement: a key of ``emola.bench.asked.propositions``. part: a part of the face.
    """

    unit: int = 0
    other: int = 0
    name: int = 0
    emotion: str = ""
    rival: str = ""
    movement: str = ""
    part: str = ""


@dataclass(frozen=True)
class Case:
    """A question with everything that its answer is judged by. before: the answer of the turn before."""

    kind: str
    question: str
    facts: Facts
    stated: Stated
    slots: Slots = Slots()
    before: str = ""


def facts_of(subject: Subject) -> Facts:
    """Return the facts about a face; none are known without landmarks."""
    evidence = subject.evidence
    if not evidence:
        return Facts(known=False)
    low, high = DOUBTFUL
    probabilities = {code: estimate.probability for code, estimate in evidence.items()}
    seen = {code: value for code, value in probabilities.items() if value is not None}
    return Facts(
        known=True,
        active=frozenset(code for code, value in seen.items() if value >= high),
        inactive=frozenset(code for code, value in seen.items() if value <= low),
        doubtful=frozenset(code for code, value in seen.items() if low < value < high),
        hidden=frozenset(probabilities.keys() - seen.keys()),
        over=frozenset(code for code in seen if evidence[code].active),
        levels={code: _level(evidence[code].intensity) for code in seen},
        sides={code: sides for code in seen if (sides := _sides(evidence[code]))},
    )


def stated_in(answer: str) -> Stated:
    """Return what an answer about the emotion states."""
    emotion = STRICT.emotion(answer)
    others = frozenset(read_emotions(answer).weights) & frozenset(EMOTIONS)
    return Stated(emotion, others - {emotion or ""}, certainty.group(answer))


def _level(intensity: float | None) -> int:
    return min(len(LEVELS) - 1, int((intensity or 0.0) * len(LEVELS)))


def _sides(estimate: Estimate) -> tuple[int, int] | None:
    if estimate.left is None or estimate.right is None:
        return None
    return _level(estimate.left), _level(estimate.right)
