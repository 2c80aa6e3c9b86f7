"""Metrics: accuracy, recall and F1 of emotions, F1 of action units; all between 0 and 1."""

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
    "unit_pairs",
    "unit_scores",
]

Pair = tuple[bool, bool]
"""Whether a class is in the label of a face, and whether it was predicted."""


class UnitScore(NamedTuple):
    """F1 and accuracy of one action unit (None if it is not scored), and the number of faces that show it."""

    f1: float | None
    support: int
    accuracy: float | None


def accuracy(labels: Sequence[str], predictions: Sequence[str | None]) -> float:
    """Return the share of correct predictions; None (an answer without an emotion) counts as wrong."""
    return sum(label == named for label, named in zip(labels, predictions, strict=True)) / len(labels)


def class_recalls(labels: Sequence[str], predictions: Sequence[str | None]) -> dict[str, float]:
    """Return the recall of each emotion that occurs among the labels."""
    recalls = {}
    for emotion in sorted(set(labels)):
        named = [predicted for label, predicted in zip(labels, predictions, strict=True) if label == emotion]
        recalls[emotion] = named.count(emotion) / len(named)
    return recalls


def macro_f1(labels: Sequence[str], predictions: Sequence[str | None]) -> float:
    """Return the mean F1 over the emotions that occur among the labels."""
    present = set(labels)
    pairs = list(zip(labels, predictions, strict=True))
    scores = (f1((label == emotion, named == emotion) for label, named in pairs) for emotion in present)
    return sum(scores) / len(present)


def confusion(labels: Sequence[str], predictions: Sequence[str | None]) -> Counter[tuple[str, str | None]]:
    """Count the pairs of a label and a prediction."""
    return Counter(zip(labels, predictions, strict=True))


def f1(pairs: Iterable[Pair]) -> float:
    """Return the F1 of (active, predicted) pairs; 0 without a true positive."""
    hits = errors = 0
    for active, predicted in pairs:
        hits += active and predicted
        errors += active != predicted
    return 2 * hits / (2 * hits + errors) if hits else 0.0


def unit_pairs(
    code: int,
    labels: Sequence[Collection[int]],
    predictions: Sequence[Collection[int]],
    uncoded: Sequence[Collection[int]],
) -> list[Pair]:
    """Return the (active, predicted) pair of each face in which the unit was coded."""
    return [
        (code in label, code in named)
        for label, named, unknown in zip(labels, predictions, uncoded, strict=True)
        if code not in unknown
    ]


def occurs(pairs: Iterable[Pair]) -> bool:
    """Return whether any face shows the unit."""
    return any(active for active, _ in pairs)


def unit_scores(
    labels: Sequence[Collection[int]],
    predictions: Sequence[Collection[int]],
    codes: Iterable[int],
    uncoded: Sequence[Collection[int]] | None = None,
    counts: Callable[[Iterable[Pair]], bool] = occurs,
) -> dict[int, UnitScore]:
    """Return the scores of each action unit in ``codes``.

    uncoded: for each face, the units that could not be judged; it is not counted for these. counts: whether
    a unit has an F1, by default if any face shows it.
    """
    scores = {}
    for code in codes:
        pairs = unit_pairs(code, labels, predictions, uncoded or [()] * len(labels))
        support = sum(active for active, _ in pairs)
        if counts(pairs):
            right = sum(active == predicted for active, predicted in pairs) / len(pairs)
            scores[code] = UnitScore(f1(pairs), support, right)
        else:
            scores[code] = UnitScore(None, support, None)
    return scores


def mean_f1(scores: Mapping[int, UnitScore]) -> float | None:
    """Return the mean F1 of the units that have one, or None."""
    values = [score.f1 for score in scores.values() if score.f1 is not None]
    return sum(values) / len(values) if values else None


def mean_accuracy(scores: Mapping[int, UnitScore]) -> float | None:
    """Return the mean accuracy of the units that have one, or None."""
    values = [score.accuracy for score in scores.values() if score.accuracy is not None]
    return sum(values) / len(values) if values else None
