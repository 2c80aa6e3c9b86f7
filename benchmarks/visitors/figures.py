"""What visitors met, step by step, and the figures that follow from it."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

__all__ = ["COMPARISONS", "KINDS", "References", "Script", "Step", "mixing", "report", "spread", "summary"]

KINDS = ("open", "photo", "question", "erase")
"""The steps of a visit, in order."""
COMPARISONS = ("same", "different", "elsewhere", "mixed", "unknown")
"""What an answer in a crowd may be, compared with that given alone."""
_SHOWN = 3
"""Number of different answers that are given in full."""


@dataclass(frozen=True)
class Script:
    """What a visitor does: a photo and the questions about it, in order."""

    photo: str
    questions: tuple[str, ...]

    def until(self, number: int) -> Script:
        """Return the script up to a question, by its number from 1."""
        return Script(self.photo, self.questions[:number])


@dataclass(frozen=True)
class Step:
    """A step of a visit.

    kind: one of ``KINDS``. at: seconds from the start of the scenario to that of the step. seconds: its
    duration. outcome: "done", "busy" (the server said that it was busy), "error" or "left" (the visitor went
    away). reason, text: of an outcome other than "done", see ``Failure``. first: seconds to the first words
    of an answer. queued: the page showed a place in the queue. asked: the photo, and the questions up to this
    one. shown: the questions that the page shows.
    """

    kind: str
    visitor: int
    at: float
    seconds: float
    outcome: str = "done"
    reason: str = ""
    text: str = ""
    first: float | None = None
    queued: bool = False
    asked: Script | None = None
    answer: str = ""
    shown: tuple[str, ...] = ()


class References:
    """The answers to scripts that were asked alone.

    Greedy decoding gives the same answers in a crowd, except for words that are almost equally likely: a
    forward pass of several conversations rounds differently. In float32 such differences are rare.
    """

    def __init__(self) -> None:
        self._answers: dict[Script, str] = {}

    def __len__(self) -> int:
        return len(self._answers)

    def add(self, steps: Iterable[Step]) -> None:
        """Add the answers of visits without other visitors."""
        self._answers.update({step.asked: step.answer for step in steps if step.asked and step.answer})

    def answer(self, script: Script | None) -> str | None:
        """Return the answer to the last question of a script; None if it was not asked alone."""
        return None if script is None else self._answers.get(script)

    def compare(self, step: Step) -> str:
        """Return one of ``COMPARISONS`` for an answered question.

        "mixed": the page shows other questions than the visitor asked. "elsewhere": the answer is not the
        visitor's own but that to another script. It may belong to another visitor, or similar faces have got
        the same sentence. "unknown": the script was not asked alone.
        """
        if step.asked is not None and step.shown != step.asked.questions:
            return "mixed"
        own = self.answer(step.asked)
        if own is None:
            return "unknown"
        if step.answer == own:
            return "same"
        return "elsewhere" if step.answer in self._answers.values() else "different"


def spread(values: Sequence[float]) -> dict[str, float] | None:
    """Return the median, the 95th percentile by nearest rank, and the largest value; None without values."""
    if not values:
        return None
    ordered = sorted(values)
    return {
        "median": statistics.median(ordered),
        "p95": ordered[math.ceil(0.95 * len(ordered)) - 1],
        "worst": ordered[-1],
    }


def summary(steps: Sequence[Step], references: References, seconds: float) -> dict[str, Any]:
    """Return the figures of a scenario. seconds: its duration."""
    answered = [step for step in steps if step.kind == "question" and step.outcome == "done"]
    waits = [step.first for step in answered if step.first is not None]
    first = spread(waits)
    return {
        "seconds": seconds,
        "steps": {kind: _outcomes([step for step in steps if step.kind == kind]) for kind in KINDS},
        "answers_per_minute": len(answered) * 60 / seconds,
        "first_words_seconds": first,
        "fairness": first["worst"] / first["median"] if first else None,
        "answer_seconds": spread([step.seconds for step in answered]),
        "queued": sum(step.queued for step in answered),
        "photo_seconds": spread(_durations(steps, "photo")),
        "open_seconds": spread(_durations(steps, "open")),
        "mixing": mixing(answered, references),
    }


def _durations(steps: Iterable[Step], kind: str) -> list[float]:
    return [step.seconds for step in steps if step.kind == kind and step.outcome == "done"]


def _outcomes(steps: Sequence[Step]) -> dict[str, Any]:
    """Return the number of steps by outcome, and the reasons of those that were refused or failed."""
    counts = Counter(step.outcome for step in steps)
    told: dict[str, str] = {step.reason: step.text for step in steps if step.reason}
    return {
        "all": len(steps),
        **{outcome: counts[outcome] for outcome in ("done", "busy", "error", "left")},
        "reasons": dict(Counter(step.reason for step in steps if step.reason)),
        "told": told,
    }


def mixing(answered: Sequence[Step], references: References) -> dict[str, Any]:
    """Return how many answers equal those given alone, and examples of the others."""
    kinds = [references.compare(step) for step in answered]
    others = [step for step, kind in zip(answered, kinds, strict=True) if kind not in ("same", "unknown")]
    counts = Counter(kinds)
    return {
        "references": len(references),
        **{kind: counts[kind] for kind in COMPARISONS},
        "examples": [_difference(step, references) for step in others[:_SHOWN]],
    }


def _difference(step: Step, references: References) -> dict[str, Any]:
    alone = references.answer(step.asked) or ""
    return {
        "asked": step.asked.questions[-1] if step.asked else "",
        "alone": alone,
        "answer": step.answer,
        "shown": list(step.shown),
        "same_characters": sum(1 for _ in takewhile(_equal, zip(alone, step.answer, strict=False))),
    }


def _equal(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]


def report(figures: Mapping[str, Any]) -> list[str]:
    """Return the figures of ``summary`` as lines of text."""
    lines = []
    for kind, outcomes in figures["steps"].items():
        lines.append(f"{kind:12} {_counted(outcomes)}")
        lines += [f'{"":12} {reason}: "{told}"' for reason, told in outcomes["told"].items() if told]
    lines.append(
        f"{'answers':12} {figures['answers_per_minute']:.1f} a minute over {figures['seconds']:.0f} s"
    )
    for name in ("first_words", "answer", "photo", "open"):
        if values := figures[f"{name}_seconds"]:
            lines.append(
                f"{name.replace('_', ' '):12} median {values['median']:.2f} s, 95 % within "
                f"{values['p95']:.2f} s, worst {values['worst']:.2f} s"
            )
    if figures["fairness"] is not None:
        lines.append(f"{'fairness':12} the worst wait is {figures['fairness']:.2f} times the median")
    same = figures["mixing"]
    lines.append(
        f"{'mixing':12} {same['same']} answers as alone, {same['different']} different, {same['elsewhere']} "
        f"as for another photo or question, {same['mixed']} under the questions of another visitor, "
        f"{same['unknown']} not asked alone"
    )
    for example in same["examples"]:
        lines += [f"{'':12} alone: {example['alone']}", f"{'':12} here:  {example['answer']}"]
    return lines


def _counted(outcomes: Mapping[str, Any]) -> str:
    """Return the outcomes of a kind of step as text."""
    parts = [f"{outcomes['done']} of {outcomes['all']} done"]
    parts += [f"{outcomes[name]} {name}" for name in ("busy", "error", "left") if outcomes[name]]
    reasons = ", ".join(f"{reason} {count} times" for reason, count in outcomes["reasons"].items())
    return ", ".join(parts) + (f" ({reasons})" if reasons else "")
