"""Asking one question about every picture, with a log that lets an interrupted run go on."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from emola.data.labels import LabelRecord
from emola.errors import DataError

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["Answer", "Outcome", "Run", "answer_all"]


class Answer(NamedTuple):
    """What was said of a picture, and whether a face was found in it.

    A picture without a found face is answered too, as a whole and without a prior, and counted.
    """

    text: str
    found: bool = True


@dataclass(frozen=True)
class Run:
    """What is being measured; a log belongs to one such run. ``task`` is "emotion" or "au"."""

    data: str
    task: str
    model: str
    question: str


@dataclass(frozen=True)
class Outcome:
    """One answered picture; ``label`` is an emotion or action units such as "1, 2, 25"."""

    image: str
    label: str
    prediction: str
    found: bool
    seconds: float


def answer_all(
    run: Run,
    records: Sequence[LabelRecord],
    answer: Callable[[Image.Image], Answer],
    log: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Outcome]:
    """Answer every record, in order, skipping those that ``log`` holds already.

    Each answer is appended to ``log`` (JSON lines) before the next picture is asked about, so a run that
    was killed goes on after its last answer. ``progress`` hears how many are done, of how many.

    Raises DataError when the log is of another run, or a picture cannot be read.
    """
    known = _resume(log, run) if log else {}
    outcomes: list[Outcome] = []
    for record in records:
        label = _label_text(record, run.task)
        outcome = known.get(record.image)
        if outcome is None:
            outcome = _ask(record, label, answer)
            if log:
                _append(log, run, outcome)
        elif outcome.label != label:
            raise DataError(
                f"{log}: {record.image} was {outcome.label} and is {label} now: use another file."
            )
        outcomes.append(outcome)
        if progress:
            progress(len(outcomes), len(records))
    return outcomes


def _label_text(record: LabelRecord, task: str) -> str:
    """The label of a record as it stands in a log."""
    if task == "emotion":
        return str(record.emotion)
    return ", ".join(map(str, sorted(record.action_units or ())))


def _ask(record: LabelRecord, label: str, answer: Callable[[Image.Image], Answer]) -> Outcome:
    picture = record.load()
    start = time.perf_counter()
    text, found = answer(picture)
    return Outcome(record.image, label, text, found, round(time.perf_counter() - start, 4))


def _append(log: Path, run: Run, outcome: Outcome) -> None:
    line = json.dumps({**asdict(run), **asdict(outcome)}, ensure_ascii=False)
    with log.open("a", encoding="utf-8", newline="\n") as stream:
        stream.write(line + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def _resume(log: Path, run: Run) -> dict[str, Outcome]:
    """Read what is there; a last line that a kill cut short is taken off, so that it is written anew."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        data = log.read_bytes() if log.exists() else b""
    except OSError as error:
        raise DataError(f"{log} cannot be used for the answers: {error}.") from error
    whole = data[: data.rfind(b"\n") + 1]
    known = {outcome.image: outcome for outcome in _parse(log, run, whole.splitlines())}
    if cut_short := data[len(whole) :]:
        start = b'{"data": '
        if cut_short[: len(start)] != start[: len(cut_short)]:
            raise DataError(f"{log} ends in something that is not an answer: use another file.")
        with log.open("r+b") as stream:
            stream.truncate(len(whole))
    return known


def _parse(log: Path, run: Run, lines: Iterable[bytes]) -> Iterable[Outcome]:
    for number, line in enumerate(lines, 1):
        try:
            entry: dict[str, Any] = json.loads(line)
            outcome = Outcome(**{name: entry[name] for name in Outcome.__dataclass_fields__})
            of_run = Run(**{name: entry[name] for name in Run.__dataclass_fields__})
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{log} line {number} is not an answer of a run: use another file.") from error
        if of_run != run:
            different = [name for name in asdict(run) if getattr(of_run, name) != getattr(run, name)]
            raise DataError(
                f"{log} line {number} is of a run with another {' and '.join(different)}: use another file."
            )
        yield outcome
