"""Runs (a model and its settings), outcomes (answers), and the JSON line that holds both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from emola.faba import read_action_units, read_emotion

__all__ = ["Outcome", "Run", "from_line", "to_line"]

_DIGITS = 16
_READERS = {"emotion": ("emotion", read_emotion), "au": ("action_units", read_action_units)}


@dataclass(frozen=True)
class Run:
    """The model and the settings of a run; one file holds the answers of one run.

    data: the name of the data set. task: "emotion", "au" or "trust". parts: a digest of each part of the
    model, such as "weights", "adapters" and "prior expert" (``EmoLA.identity``), and of the data's "prior
    features". dtype: the number type of the weights. decoding: the method that chooses the next token. model
    (its title), seed (of the sample of pictures) and versions (of the software) are recorded but may differ
    when a run is resumed.
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
        """A digest of the settings and the model's parts; independent of the data set."""
        settings = {name: getattr(self, name) for name in _COMPARED if name != "data"}
        text = json.dumps(settings, sort_keys=True, default=dict)
        return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]

    def differences(self, other: Run) -> list[str]:
        """Return the names of the parts and settings in which two runs differ."""
        names = [
            name for name in _COMPARED if name != "parts" and getattr(self, name) != getattr(other, name)
        ]
        parts = {**self.parts, **other.parts}
        return [*(part for part in parts if self.parts.get(part) != other.parts.get(part)), *names]

    def as_dict(self) -> dict[str, Any]:
        """Return the run, JSON-ready, with its identity."""
        return {"identity": self.identity, **vars(self), "parts": dict(self.parts)}


_COMPARED = [setting.name for setting in fields(Run) if setting.compare]


@dataclass(frozen=True)
class Outcome:
    """The answer to one question about one picture.

    label: an emotion, or action units such as ``1, 2, 25``; None without a label. reference: a description to
    compare with. uncoded: units that the coder could not judge. found: whether a face was found. faces: the
    number of faces, None if nothing was detected; the largest is described. face: facts about it, such as
    "box". unanswered: why no question was asked; ``prediction`` is then empty. cut: whether the answer
    reached its length limit. digest: digest of the picture's file. seconds: from reading the picture to the
    answer, None if not measured. asked: the question, if a run asks several. after: the earlier questions of
    the same conversation. rouge_l: precomputed, for samples without a reference; not written to the log.
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
    asked: str | None = None
    after: tuple[str, ...] = ()
    rouge_l: float | None = None


_OF_FOLLOW_UPS = ("asked", "after")
_WRITTEN = [column.name for column in fields(Outcome) if column.name not in ("rouge_l", *_OF_FOLLOW_UPS)]


def to_line(run: Run, outcome: Outcome) -> str:
    """Return one line of JSON: the answer, what the strict reader takes from it, and the run.

    If no question was asked, the prediction and its reading are null.
    """
    prediction = outcome.prediction if outcome.unanswered is None else None
    entry = {name: getattr(outcome, name) for name in _WRITTEN} | {"prediction": prediction}
    if outcome.asked is not None:
        entry |= {name: getattr(outcome, name) for name in _OF_FOLLOW_UPS}
    if run.task in _READERS:
        name, read = _READERS[run.task]
        entry[name] = None if prediction is None else read(prediction)
    return json.dumps({**entry, **run.as_dict()}, ensure_ascii=False) + "\n"


def from_line(line: str | bytes) -> tuple[Run, Outcome]:
    """Parse a line. Raises ValueError, KeyError or TypeError if it holds no run and outcome."""
    entry: dict[str, Any] = json.loads(line)
    run = Run(**{setting.name: entry[setting.name] for setting in fields(Run)})
    outcome = {name: entry[name] for name in _WRITTEN}
    outcome |= {"prediction": outcome["prediction"] or "", "uncoded": tuple(outcome["uncoded"])}
    outcome |= {"asked": entry.get("asked"), "after": tuple(entry.get("after", ()))}
    return run, Outcome(**outcome)
