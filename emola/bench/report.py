"""The figures of a finished run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from emola.bench.metrics import accuracy, class_recalls, macro_f1, mean_f1, unit_scores
from emola.bench.runner import Outcome
from emola.errors import DataError
from emola.faba import NANO_AUS, read_action_units, read_emotion

__all__ = ["make_report"]


def make_report(outcomes: Sequence[Outcome], task: str, codes: Sequence[int] | None = None) -> dict[str, Any]:
    """The figures of ``outcomes``; those that a task does not have are None.

    emotion: ``accuracy``, ``class_mean`` (mean recall) and ``f1`` (macro). au: ``per_au`` and its mean
    ``f1`` over ``codes``, by default those of EmoLA-Nano's units that some face has. ``rouge_l`` and
    ``rege`` need a reference text, which labels are not. ``samples_per_second`` counts finding the face
    and answering, not reading the file.

    Raises DataError when there is nothing to measure.
    """
    if not outcomes:
        raise DataError(f"There is no picture with a label for the task {task!r} to measure on.")
    seconds = sum(outcome.seconds for outcome in outcomes)
    figures = _emotion(outcomes) if task == "emotion" else _units(outcomes, codes)
    return {
        "n": len(outcomes),
        **figures,
        "rouge_l": None,
        "rege": None,
        "no_face": sum(not outcome.found for outcome in outcomes),
        "samples_per_second": round(len(outcomes) / seconds, 3) if seconds else None,
    }


def _emotion(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    labels = [outcome.label for outcome in outcomes]
    named = [read_emotion(outcome.prediction) for outcome in outcomes]
    recalls = class_recalls(labels, named)
    return {
        "accuracy": round(accuracy(labels, named), 4),
        "class_mean": round(sum(recalls.values()) / len(recalls), 4),
        "f1": round(macro_f1(labels, named), 4),
        "per_au": {},
    }


def _units(outcomes: Sequence[Outcome], codes: Sequence[int] | None) -> dict[str, Any]:
    labels = [{int(code) for code in outcome.label.split(", ") if code} for outcome in outcomes]
    named = [read_action_units(outcome.prediction) for outcome in outcomes]
    if codes is None:
        codes = [code for code in NANO_AUS if any(code in label for label in labels)]
    scores = unit_scores(labels, named, codes)
    mean = mean_f1(scores)
    return {
        "accuracy": None,
        "class_mean": None,
        "f1": None if mean is None else round(mean, 4),
        "per_au": {
            str(code): {"f1": None if score.f1 is None else round(score.f1, 4), "support": score.support}
            for code, score in scores.items()
        },
    }
