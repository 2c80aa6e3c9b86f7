"""The figures: accuracy, recall and F1 of emotions, F1 of action units. All lie between 0 and 1."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

__all__ = ["UnitScore", "accuracy", "class_recalls", "macro_f1", "mean_f1", "unit_scores"]


class UnitScore(NamedTuple):
    """F1 of one action unit, None when no face has it, and in how many faces it is active."""

    f1: float | None
    support: int


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
    return sum(_f1((label == one, named == one) for label, named in pairs) for one in present) / len(present)


def unit_scores(
    labels: Sequence[Collection[int]], predictions: Sequence[Collection[int]], codes: Iterable[int]
) -> dict[int, UnitScore]:
    """The F1 of each action unit in ``codes``, every face a yes or a no."""
    scores = {}
    for code in codes:
        pairs = [(code in label, code in named) for label, named in zip(labels, predictions, strict=True)]
        support = sum(active for active, _ in pairs)
        scores[code] = UnitScore(_f1(pairs) if support else None, support)
    return scores


def mean_f1(scores: Mapping[int, UnitScore]) -> float | None:
    """The plain mean over the units that some face has, or None when there is none."""
    values = [score.f1 for score in scores.values() if score.f1 is not None]
    return sum(values) / len(values) if values else None


def _f1(pairs: Iterable[tuple[bool, bool]]) -> float:
    """F1 of (is it so, was it said) pairs; 0 when nothing was said and nothing is so."""
    hits = misses = alarms = 0
    for so, said in pairs:
        hits += so and said
        misses += so and not said
        alarms += said and not so
    return 2 * hits / (2 * hits + misses + alarms) if hits else 0.0
