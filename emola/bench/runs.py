"""Answers to be scored: who answered and how, what was said of each picture, and the line that holds both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from emola.faba import read_action_units, read_emotion
from emola.files import sha256_text

__all__ = ["Outcome", "Run", "from_line", "to_line"]

_DIGITS = 16


@dataclass(frozen=True)
class Run:
    """Who answers, and how; one file holds the answers of one run.

    data: the name of the set of pictures. task: "emotion" or "au". parts: a digest of each part of the model,
    such as "weights", "adapters" and "prior expert" (``EmoLA.identity``), and of "prior features" that the
    data bring. dtype: the type of the numbers that the model computes with. decoding: how the next token is
    chosen. Written down but free to change when a run goes on: model, its name for people; seed, which only
    chooses pictures; versions of the software.
    """

    data: str
    task: str
    question: str
    model: str = field(default="", compare=False)
    adapter: str | None = None
    quantize: str | None = None
    dtype: str | None = None
    max_new_tokens: int = 0
    decoding: str = "greedy"
    parts: Mapping[str, str] = field(default_factory=dict)
    seed: int = field(default=0, compare=False)
    versions: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def identity(self) -> str:
        """A digest of the model's parts and the settings; the same for every set of pictures."""
        settings = {one.name: getattr(self, one.name) for one in _COMPARED if one.name != "data"}
        text = json.dumps(settings, sort_keys=True, default=dict)
        return sha256_text(text)[:_DIGITS]

    def differences(self, other: Run) -> list[str]:
        """The names of the settings and of the model's parts in which two runs differ."""
        names = [
            one.name
            for one in _COMPARED
            if one.name != "parts" and getattr(self, one.name) != getattr(other, one.name)
        ]
        every = {**self.parts, **other.parts}
        return [*(name for name in every if self.parts.get(name) != other.parts.get(name)), *names]

    def as_dict(self) -> dict[str, Any]:
        """The run, JSON-ready, with its identity."""
        return {"identity": self.identity, **vars(self), "parts": dict(self.parts)}


_COMPARED = [one for one in fields(Run) if one.compare]


@dataclass(frozen=True)
class Outcome:
    """One picture and what was said of it.

    label: an emotion, or action units such as ``1, 2, 25``; None when there is none. reference: a
    description to compare with. uncoded: units that nobody could judge. found: a face was found in the
    picture. faces: how many, None when nobody looked; the largest is described. face: what is known of it,
    such as its "box". unanswered: why nothing was asked; ``prediction`` is then empty. cut: the answer
    reached its length limit. digest: of the picture's file, where it was taken. seconds: None when nobody
    measured. rouge_l: as somebody else computed it, where the reference is not at hand; it is not written.
    """

    id: str
    prediction: str
    label: str | None = None
    reference: str | None = None
    uncoded: tuple[int, ...] = ()
    found: bool = True
    faces: int | None = None
    face: Mapping[str, Any] | None = None
    unanswered: str | None = None
    cut: bool = False
    digest: str | None = None
    seconds: float | None = None
    rouge_l: float | None = None


_WRITTEN = [one.name for one in fields(Outcome) if one.name != "rouge_l"]


def to_line(run: Run, outcome: Outcome) -> str:
    """One line of JSON: the answer, what the strict reader takes from it, and the run.

    Where nothing was asked, the prediction and its reading are null.
    """
    asked = outcome.unanswered is None
    name, read = ("emotion", read_emotion) if run.task == "emotion" else ("action_units", read_action_units)
    entry = {one: getattr(outcome, one) for one in _WRITTEN}
    entry |= {
        "prediction": outcome.prediction if asked else None,
        name: read(outcome.prediction) if asked else None,
    }
    return json.dumps({**entry, **run.as_dict()}, ensure_ascii=False) + "\n"


def from_line(line: str | bytes) -> tuple[Run, Outcome]:
    """The run and the outcome of a line. Raises ValueError, KeyError or TypeError when it holds neither."""
    entry: dict[str, Any] = json.loads(line)
    run = Run(**{one.name: entry[one.name] for one in fields(Run)})
    outcome = {name: entry[name] for name in _WRITTEN}
    outcome |= {"prediction": outcome["prediction"] or "", "uncoded": tuple(outcome["uncoded"])}
    return run, Outcome(**outcome)
