"""The figures: accuracy, recall and F1 of emotions, F1 of action units. All lie between 0 and 1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

__all__ = [
    "Pair",
    "UnitScore",
    "accuracy",
    "class_recalls",
    "confusion",
    "f1",
    "macro_f1",
    "mean_accuracy",
    "mean_f1",
    "occurs",
    "pairs_of",
    "unit_scores",
]

Pair = tuple[bool, bool]
"""Of one face and one action unit: is it active, was it said."""


class UnitScore(NamedTuple):
    """F1 of one action unit, None when it does not count, and in how many faces it is active.

    accuracy: in which share of the faces it was rightly said or left out; None as for F1.
    """

    f1: float | None
    support: int
    accuracy: float | None


def accuracy(labels: Sequence[str], predictions: Sequence[str | None]) -> float:
    """The share of predictions that are right; None, an answer that names no emotion, is wrong."""
    return sum(label == named for label, named in zip(labels, predictions, strict=True)) / len(labels)


def class_recalls(labels: Sequence[str], predictions: Sequence[str | None]) -> dict[str, float]:
    """For each emotion that occurs among the labels, the share of its faces that are named so."""
    recalls = {}
    for emotion in sorted(set(labels)):
        named = [predicted for label, predicted in zip(labels, predictions, strict=True) if label == emotion]
        recalls[emotion] = named.count(emotion) / len(named)
    return recalls


def macro_f1(labels: Sequence[str], predictions: Sequence[str | None]) -> float:
    """The mean over the emotions that occur among the labels of each one's F1."""
    present = set(labels)
    pairs = list(zip(labels, predictions, strict=True))
    return sum(f1((label == one, named == one) for label, named in pairs) for one in present) / len(present)


def confusion(labels: Sequence[str], predictions: Sequence[str | None]) -> Counter[tuple[str, str | None]]:
    """How often each emotion, the first of a pair, was named as each other or as none, the second."""
    return Counter(zip(labels, predictions, strict=True))


def pairs_of(
    code: int,
    labels: Sequence[Collection[int]],
    predictions: Sequence[Collection[int]],
    uncoded: Sequence[Collection[int]],
) -> list[Pair]:
    """The faces in which a unit was coded, each as what is so and what was said."""
    return [
        (code in label, code in named)
        for label, named, unknown in zip(labels, predictions, uncoded, strict=True)
        if code not in unknown
    ]


def occurs(pairs: Iterable[Pair]) -> bool:
    """Whether some face has the unit."""
    return any(so for so, _ in pairs)


def unit_scores(
    labels: Sequence[Collection[int]],
    predictions: Sequence[Collection[int]],
    codes: Iterable[int],
    uncoded: Sequence[Collection[int]] | None = None,
    counts: Callable[[Iterable[Pair]], bool] = occurs,
) -> dict[int, UnitScore]:
    """The scores of each action unit in ``codes``, every face a yes or a no.

    uncoded: for each face the units that nobody could judge in it; it is left out for these. counts: which
    units have a score, by default those that some face has.
    """
    scores = {}
    for code in codes:
        pairs = pairs_of(code, labels, predictions, uncoded or [()] * len(labels))
        support = sum(active for active, _ in pairs)
        if counts(pairs):
            scores[code] = UnitScore(f1(pairs), support, sum(so == said for so, said in pairs) / len(pairs))
        else:
            scores[code] = UnitScore(None, support, None)
    return scores


def mean_f1(scores: Mapping[int, UnitScore]) -> float | None:
    """The plain mean over the units that have an F1, or None when there is none."""
    values = [score.f1 for score in scores.values() if score.f1 is not None]
    return sum(values) / len(values) if values else None


def mean_accuracy(scores: Mapping[int, UnitScore]) -> float | None:
    """The plain mean over the units that have an accuracy, or None when there is none."""
    values = [score.accuracy for score in scores.values() if score.accuracy is not None]
    return sum(values) / len(values) if values else None


def f1(pairs: Iterable[Pair]) -> float:
    """F1 of (is it so, was it said) pairs; 0 when nothing was said and nothing is so."""
    hits = misses = alarms = 0
    for so, said in pairs:
        hits += so and said
        misses += so and not said
        alarms += said and not so
    return 2 * hits / (2 * hits + misses + alarms) if hits else 0.0
