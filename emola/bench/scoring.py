"""Scores of answers: recognition, generation, and REGE, their sum.

Defined by FABA-Bench (Li et al., ECCV 2024, section 3.3): S_re is the accuracy of the emotion or the mean F1
of the action units, S_ge is ROUGE-L against a reference description, and S_rege = S_re + S_ge. S_re and S_ge
are between 0 and 1 here; the paper gives hundredths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from emola.bench.metrics import (
    UnitScore,
    accuracy,
    class_recalls,
    macro_f1,
    mean_accuracy,
    mean_f1,
    unit_scores,
)
from emola.bench.readers import STRICT, Reader
from emola.bench.rouge import rouge_l
from emola.bench.runs import Outcome
from emola.errors import DataError
from emola.faba import NANO_AUS

__all__ = ["Scored", "score"]


@dataclass(frozen=True, eq=False)
class Scored:
    """Outcomes and their interpretation by one reader. rouge: ROUGE-L of each, None if excluded."""

    outcomes: Sequence[Outcome]
    task: str
    codes: Sequence[int]
    reader: Reader
    rouge: Sequence[float | None]

    @cached_property
    def emotion_labels(self) -> list[str]:
        """The label of each outcome, for the task "emotion"."""
        return [str(outcome.label) for outcome in self.outcomes]

    @cached_property
    def emotions(self) -> list[str | None]:
        """The emotion read from each answer."""
        return [self.reader.emotion(outcome.prediction) for outcome in self.outcomes]

    @cached_property
    def unit_labels(self) -> list[frozenset[int]]:
        """The action units of each label."""
        return [frozenset(self.reader.label_units(str(outcome.label))) for outcome in self.outcomes]

    @cached_property
    def units(self) -> list[frozenset[int]]:
        """The action units read from each answer."""
        return [frozenset(self.reader.units(outcome.prediction)) for outcome in self.outcomes]

    @cached_property
    def unit_scores(self) -> Mapping[int, UnitScore]:
        """The score of each unit that is scored."""
        uncoded = [outcome.uncoded for outcome in self.outcomes]
        return unit_scores(self.unit_labels, self.units, self.codes, uncoded, self.reader.counts)

    @cached_property
    def rouge_l(self) -> float | None:
        """S_ge: the mean ROUGE-L, or None without references."""
        values = [value for value in self.rouge if value is not None]
        return sum(values) / len(values) if values else None

    @cached_property
    def recognition(self) -> float | None:
        """S_re: the accuracy of the emotion, or the mean F1 of the units."""
        if self.task == "emotion":
            return accuracy(self.emotion_labels, self.emotions)
        return mean_f1(self.unit_scores)

    @cached_property
    def rege(self) -> float | None:
        """S_rege: S_re + S_ge, or None without references."""
        if self.recognition is None or self.rouge_l is None:
            return None
        return self.recognition + self.rouge_l

    def reading(self, index: int) -> Any:
        """Return the emotion read from an answer, or the tuple of its scored units."""
        if self.task == "emotion":
            return self.emotions[index]
        return tuple(sorted(self.units[index] & set(self.codes)))

    def figures(self) -> dict[str, Any]:
        """Return the figures, JSON-ready; None for those that the task does not have.

        emotion: ``accuracy``, ``class_mean`` (mean recall) and ``f1`` (macro). au: ``per_au``, its mean
        ``f1`` and mean binary ``accuracy``. ``samples_per_second``: of one process, including the reading of
        pictures.
        """
        seconds = [outcome.seconds for outcome in self.outcomes if outcome.seconds is not None]
        return {
            "n": len(self.outcomes),
            **(self._emotion() if self.task == "emotion" else self._units()),
            "rouge_l": self.rouge_l,
            "rege": self.rege,
            "no_face": sum(not outcome.found for outcome in self.outcomes),
            "samples_per_second": round(len(seconds) / sum(seconds), 3) if sum(seconds) else None,
        }

    def _emotion(self) -> dict[str, Any]:
        recalls = class_recalls(self.emotion_labels, self.emotions)
        return {
            "accuracy": self.recognition,
            "class_mean": sum(recalls.values()) / len(recalls),
            "f1": macro_f1(self.emotion_labels, self.emotions),
            "per_au": {},
        }

    def _units(self) -> dict[str, Any]:
        return {
            "accuracy": mean_accuracy(self.unit_scores),
            "class_mean": None,
            "f1": self.recognition,
            "per_au": {
                str(code): {"f1": unit.f1, "support": unit.support} for code, unit in self.unit_scores.items()
            },
        }


def score(
    outcomes: Sequence[Outcome], task: str, codes: Sequence[int] = (), reader: Reader = STRICT
) -> Scored:
    """Read and score answers.

    codes: the units to score, by default those of ``NANO_AUS`` that occur in a label. Raises DataError if
    ``outcomes`` is empty.
    """
    if not outcomes:
        raise DataError(f"There is no answer with a label for the task {task!r} to score.")
    if task == "au" and not codes:
        labels = [reader.label_units(str(outcome.label)) for outcome in outcomes]
        codes = [code for code in NANO_AUS if any(code in label for label in labels)]
    return Scored(outcomes, task, tuple(codes), reader, [_rouge(outcome, reader) for outcome in outcomes])


def _rouge(outcome: Outcome, reader: Reader) -> float | None:
    if outcome.reference is None and outcome.rouge_l is None:
        return None
    value = rouge_l(outcome.reference or "a reference", outcome.prediction)
    if value is not None and outcome.reference is None:
        return outcome.rouge_l
    return reader.empty_rouge if value is None else value
