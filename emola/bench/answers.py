"""Answers to be scored: what was said of each picture, and what a run writes and reads of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emola.errors import DataError
from emola.faba import canonical, read_action_units, read_emotion
from emola.faba.published import ORDER

__all__ = ["Outcome", "Run", "normal_label", "read_answers", "to_line"]


@dataclass(frozen=True)
class Run:
    """Whose answers they are; one file holds the answers of one run.

    task: "emotion" or "au". versions: of the software, written down but free to change when a run goes on.
    """

    data: str
    task: str
    question: str
    model: str
    adapter: str | None = None
    quantize: str | None = None
    max_new_tokens: int = 0
    seed: int = 0
    versions: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Outcome:
    """One answered picture.

    label: an emotion, or action units such as ``1, 2, 25``; None when there is none. reference: a
    description to compare with. uncoded: units that nobody could judge. found: a face was found in it; one
    without is asked about as a whole. cut: the answer reached its length limit. seconds: None when nobody
    measured.
    """

    id: str
    prediction: str
    label: str | None = None
    reference: str | None = None
    uncoded: tuple[int, ...] = ()
    found: bool = True
    cut: bool = False
    seconds: float | None = None


def to_line(run: Run, outcome: Outcome) -> str:
    """One line of JSON: the answer, what the strict reader takes from it, and the run."""
    reading: dict[str, Any] = (
        {"emotion": read_emotion(outcome.prediction)}
        if run.task == "emotion"
        else {"action_units": read_action_units(outcome.prediction)}
    )
    return json.dumps({**vars(outcome), **reading, **vars(run)}, ensure_ascii=False) + "\n"


def read_answers(file: Path, task: str) -> list[Outcome]:
    """Answers already made: ``{"samples": [...]}`` or one sample a line.

    A sample holds ``label``, ``prediction`` and, if there is one, ``reference``; a file that ``bench`` wrote
    will do. Raises DataError naming the file and the sample.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DataError(f"There is no file {file}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{file} cannot be read as text: {error}.") from error
    outcomes: dict[str, Outcome] = {}
    for number, sample in enumerate(_samples(file, text), 1):
        outcome = _outcome(file, number, sample, task)
        if outcome.id in outcomes:
            raise DataError(f"{file}: sample {number} has the id {outcome.id!r}, as one before it.")
        outcomes[outcome.id] = outcome
    if not outcomes:
        raise DataError(f"{file} holds no samples.")
    return list(outcomes.values())


def _samples(file: Path, text: str) -> Iterator[Any]:
    try:
        whole = json.loads(text)
    except ValueError:
        whole = None
    if isinstance(whole, dict) and "samples" in whole:
        if not isinstance(whole["samples"], list):
            raise DataError(f"{file}: 'samples' is not a list.")
        yield from whole["samples"]
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError as error:
                wanted = '{"samples": [...]} or a sample a line is needed'
                raise DataError(f"{file} line {number} is not JSON ({error}); {wanted}.") from error


def _outcome(file: Path, number: int, sample: Any, task: str) -> Outcome:
    if not isinstance(sample, dict):
        raise DataError(f"{file}: sample {number} is not an object.")
    texts = {name: sample.get(name) for name in ("prediction", "reference")}
    if not isinstance(texts["prediction"], str) or not isinstance(texts["reference"], str | None):
        raise DataError(f"{file}: sample {number} has no text as 'prediction', or another as 'reference'.")
    if sample.get("task", task) != task:
        raise DataError(f"{file}: sample {number} answers the task {sample['task']!r}, not {task!r}.")
    uncoded, seconds = sample.get("uncoded") or [], sample.get("seconds")
    if not isinstance(uncoded, list) or not isinstance(seconds, int | float | None):
        raise DataError(f"{file}: sample {number} has no list as 'uncoded', or no number as 'seconds'.")
    label = normal_label(sample.get("label"), task)
    if label is None:
        raise DataError(f"{file}: sample {number} has the unknown {task} label {sample.get('label')!r}.")
    return Outcome(
        id=str(sample.get("id", number)),
        prediction=texts["prediction"],
        label=label,
        reference=texts["reference"],
        uncoded=tuple(uncoded),
        found=bool(sample.get("found", True)),
        cut=bool(sample.get("cut", False)),
        seconds=seconds,
    )


def normal_label(label: Any, task: str) -> str | None:
    """One of the seven emotions for a word or a published number; a list of units as it is; else None."""
    text = str(label).strip()
    if task == "emotion":
        return ORDER[int(text)] if re.fullmatch(r"[0-6]", text) else canonical(text)
    return text if re.fullmatch(r"(?:\d+(?:\s*,\s*\d+)*)?", text) else None
