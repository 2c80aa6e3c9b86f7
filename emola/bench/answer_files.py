"""Files of existing answers: of ``bench``, of the published evaluation, or of any other model.

The published evaluation (``emollava/eval/eval_FABA.py``) writes a file for each sample, ``jsons/N.json``:
``image_path``, ``label`` (the answer), ``gt`` (the label) and ``rouge`` (ROUGE-L against a reference that is
not in the file). For an answer without a word it records the ROUGE-L of the sample before;
``emola.bench.scoring`` ignores that value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from emola.bench.runs import Outcome
from emola.errors import DataError
from emola.faba.emotions import emotion_of_label

__all__ = ["Answers", "normal_label", "read_answers"]

_FORMS = 'a JSON array of samples, {"samples": [...]}, a sample a line, or a folder jsons/ of N.json files'


class Answers(NamedTuple):
    """Outcomes, and the identity of their run; None if the file does not state it."""

    outcomes: list[Outcome]
    identity: str | None = None


def read_answers(path: Path, task: str) -> Answers:
    """Read a JSON array, ``{"samples": [...]}``, one sample a line, or a folder of samples.

    A sample has ``label``, ``prediction`` and optionally ``reference``, or the keys of the published
    evaluation, whose folder ``jsons/``, or the folder around it, may be given. Raises DataError naming the
    file and the sample.
    """
    outcomes: dict[str, Outcome] = {}
    identities: dict[str | None, str] = {}
    for source, number, sample in _samples(path):
        outcome, identity = _outcome(source, number, sample, task)
        if outcome.id in outcomes:
            raise DataError(f"{source} has the id {outcome.id!r}, like an earlier sample.")
        outcomes[outcome.id] = outcome
        identities.setdefault(identity, source)
    if not outcomes:
        raise DataError(f"{path} holds no samples.")
    if len(identities) > 1:
        first, second = list(identities.values())[:2]
        raise DataError(f"{second} is of another run than {first}: score the answers of each run separately.")
    return Answers(list(outcomes.values()), next(iter(identities)))


def _samples(path: Path) -> Iterator[tuple[str, int, Any]]:
    """Yield the source (for messages), the number and the content of each sample."""
    if path.is_dir():
        yield from _of_folder(path / "jsons" if (path / "jsons").is_dir() else path)
        return
    for number, sample in enumerate(_of_file(path, _text(path)), 1):
        yield f"{path}: sample {number}", number, sample


def _of_folder(folder: Path) -> Iterator[tuple[str, int, Any]]:
    files = {int(file.stem): file for file in folder.glob("*.json") if file.stem.isdecimal()}
    if not files:
        raise DataError(f"{folder} has no answers such as 0.json and 1.json; needed is {_FORMS}.")
    for number, file in sorted(files.items()):
        try:
            yield str(file), number, json.loads(_text(file))
        except ValueError as error:
            raise DataError(f"{file} is not JSON ({error}): remove it, or write it again.") from error


def _of_file(file: Path, text: str) -> Iterator[Any]:
    try:
        whole = json.loads(text)
    except ValueError:
        whole = None
    if isinstance(whole, dict) and "samples" in whole:
        whole = whole["samples"]
        if not isinstance(whole, list):
            raise DataError(f"{file}: 'samples' is not a list.")
    if isinstance(whole, list):
        yield from whole
        return
    if isinstance(whole, dict) and not {"label", "prediction"} & whole.keys():
        raise DataError(f"{file} holds no answers with labels; needed is {_FORMS}.")
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError as error:
                raise DataError(f"{file} line {number} is not JSON ({error}); needed is {_FORMS}.") from error


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DataError(f"There is no file {file}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{file} cannot be read as text: {error}.") from error


def _outcome(source: str, number: int, sample: Any, task: str) -> tuple[Outcome, str | None]:
    if not isinstance(sample, dict):
        raise DataError(f"{source} is not an object.")
    if "given_label" in sample:
        raise DataError(f"{source} is a failed sample of the published evaluation: score its jsons/ instead.")
    if "gt" in sample:
        sample = _from_published(source, number, sample)
    elif sample.get("unanswered") is not None:
        sample = {**sample, "prediction": ""}
    texts = {name: sample.get(name) for name in ("prediction", "reference")}
    if not isinstance(texts["prediction"], str) or not isinstance(texts["reference"], str | None):
        raise DataError(f"{source} has no text as 'prediction', or something else than text as 'reference'.")
    if sample.get("task", task) != task:
        raise DataError(f"{source} answers the task {sample['task']!r}, not {task!r}.")
    uncoded, seconds, identity = sample.get("uncoded") or [], sample.get("seconds"), sample.get("identity")
    if not isinstance(uncoded, list) or not isinstance(seconds, int | float | None):
        raise DataError(f"{source} has no list as 'uncoded', or no number as 'seconds'.")
    label = normal_label(sample.get("label"), task)
    if label is None:
        raise DataError(f"{source} has the unknown {task} label {sample.get('label')!r}.")
    outcome = Outcome(
        id=str(sample.get("id", number)),
        prediction=texts["prediction"],
        label=label,
        reference=texts["reference"],
        uncoded=tuple(uncoded),
        found=bool(sample.get("found", True)),
        cut=bool(sample.get("cut", False)),
        seconds=seconds,
        rouge_l=sample.get("rouge_l"),
    )
    return outcome, None if identity is None else str(identity)


def _from_published(source: str, number: int, sample: dict[str, Any]) -> dict[str, Any]:
    """Convert a sample of the published evaluation to our keys."""
    answer, rouge = sample.get("label"), sample.get("rouge")
    if not isinstance(answer, str) or not isinstance(rouge, int | float | None):
        raise DataError(f"{source} has no answer as 'label', or no number as 'rouge'.")
    return {"id": number, "label": sample["gt"], "prediction": answer, "rouge_l": rouge}


def normal_label(label: Any, task: str) -> str | None:
    """Return the emotion for a word or a published number, or a list of units unchanged; None if invalid."""
    text = str(label).strip()
    if task == "emotion":
        return emotion_of_label(text)
    return text if re.fullmatch(r"(?:\d+(?:\s*,\s*\d+)*)?", text) else None
