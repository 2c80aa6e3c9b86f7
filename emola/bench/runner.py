"""The runner: asks one question about every picture, in one or more processes; interrupted runs resume."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from emola.bench.answer_log import AnswerLog
from emola.bench.runs import Outcome, Run
from emola.data import Record, SkippedImages
from emola.errors import DataError, ImageError

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["SINGLE_PROCESS", "Answer", "Answerer", "ProcessGroup", "RunResult", "answer_all"]


class Answer(NamedTuple):
    """The answer about a picture. text: the words; the other fields are those of ``Outcome``."""

    text: str
    found: bool = True
    cut: bool = False
    faces: int | None = None
    face: Mapping[str, Any] | None = None
    unanswered: str | None = None


class Answerer(Protocol):
    """The model under test: ``see`` prepares a picture, ``answer`` answers a batch of prepared pictures."""

    def see(self, record: Record, picture: Image.Image) -> Any:
        """Prepare a picture. Raises DataError or ImageError to skip it."""

    def answer(self, seen: Sequence[Any]) -> Sequence[Answer]:
        """Return the answers about a batch of results of ``see``, in order."""


@dataclass(frozen=True)
class ProcessGroup:
    """The processes that share a run: rank of this one, their number, and a barrier for all of them."""

    rank: int = 0
    size: int = 1
    barrier: Callable[[], None] = lambda: None


SINGLE_PROCESS = ProcessGroup()


@dataclass(frozen=True)
class RunResult:
    """The result of a run: outcomes in the order of the records, and reasons for skipped records by id."""

    outcomes: Sequence[Outcome]
    skipped: Mapping[str, str]


def answer_all(
    run: Run,
    records: Sequence[Record],
    answerer: Answerer,
    log: Path | None = None,
    *,
    batch_size: int = 1,
    progress: Callable[[int, int], None] | None = None,
    group: ProcessGroup = SINGLE_PROCESS,
    skipped: SkippedImages | None = None,
) -> RunResult:
    """Ask about every record that ``log`` does not contain yet, and return all outcomes.

    Each batch is flushed to ``log`` (JSON lines), so that a killed run resumes after its last batch.
    Unreadable pictures are skipped and retried by the next run. With several processes, each answers its
    share; the first returns all outcomes, the others their own. progress: called with the answered records
    and all records of this process. skipped: collects skipped pictures and limits their share, by default to
    one in a hundred.

    Raises DataError if the log is of another run or of other pictures, if another run is writing it, or if
    too many pictures are unreadable.
    """
    if group.size > 1 and log is None:
        raise DataError("Several processes need a file for the answers: give --answers or --json.")
    answer_log = AnswerLog(log, run, group.rank) if log else None
    if skipped is None:
        skipped = SkippedImages(len(records))
    with answer_log.locked() if answer_log else nullcontext():
        return _answer_all(run, records, answerer, answer_log, batch_size, progress, group, skipped)


def _answer_all(
    run: Run,
    records: Sequence[Record],
    answerer: Answerer,
    log: AnswerLog | None,
    batch_size: int,
    progress: Callable[[int, int], None] | None,
    group: ProcessGroup,
    skipped: SkippedImages,
) -> RunResult:
    ids = [record.id for record in records]
    if log and group.rank == 0:
        log.merge_parts(ids)
    group.barrier()
    logged = log.read() if log else {}
    _check_same(logged, records, run.task, log.path if log else None)
    known = {identity: logged[identity] for identity in ids if identity in logged}
    group.barrier()  # every process must read before the first one writes, or their shares would overlap
    share = [record for record in records if record.id not in known][group.rank :: group.size]
    before = len(known)
    if progress:
        progress(before, before + len(share))
    for outcomes in _batches(share, answerer, skipped, run.task, batch_size):
        if log:
            log.append(outcomes)
        known.update((outcome.id, outcome) for outcome in outcomes)
        if progress:
            progress(len(known) + len(skipped), before + len(share))
    group.barrier()
    if log and group.size > 1 and group.rank == 0:
        log.merge_parts(ids)
        known = log.read()
        _count_skipped(records, known, skipped)
    return RunResult([known[identity] for identity in ids if identity in known], dict(skipped.skipped))


def _count_skipped(records: Sequence[Record], known: Mapping[str, Outcome], skipped: SkippedImages) -> None:
    """Count the pictures that other processes skipped."""
    for record in records:
        if record.id not in known and skipped.open(record) is not None:
            skipped.skip(record.id, DataError("Another process skipped it and printed the reason."))


def _check_same(
    logged: Mapping[str, Outcome], records: Sequence[Record], task: str, log: Path | None
) -> None:
    """Raise DataError unless logged answers have the labels, pictures and names of the records."""
    ids = {record.id for record in records}
    renamed = {
        outcome.digest: outcome.id for outcome in logged.values() if outcome.digest and outcome.id not in ids
    }
    for record in records:
        outcome = logged.get(record.id)
        if outcome is None:
            if record.digest in renamed:
                raise DataError(
                    f"{log} has the answer about {record.id} under the name {renamed[record.digest]}: "
                    "give the same files and folders as before, or use another file."
                )
        elif outcome.label != record.label(task):
            raise DataError(
                f"{log}: {record.id} was {outcome.label} and is {record.label(task)} now: use another file."
            )
        elif outcome.digest and record.digest and outcome.digest != record.digest:
            raise DataError(f"{log}: {record.id} is another picture than the one answered: use another file.")


def _batches(
    records: Sequence[Record], answerer: Answerer, skipped: SkippedImages, task: str, size: int
) -> Iterator[list[Outcome]]:
    """Yield batches of outcomes of the records whose pictures can be used."""
    batch: list[tuple[Record, Any]] = []
    start = time.perf_counter()
    for number, record in enumerate(records, 1):
        picture = skipped.open(record)
        if picture is not None:
            try:
                batch.append((record, answerer.see(record, picture)))
            except (DataError, ImageError) as error:
                skipped.skip(record.id, error)
        if batch and (len(batch) == size or number == len(records)):
            answers = answerer.answer([seen for _, seen in batch])
            seconds = round((time.perf_counter() - start) / len(batch), 4)
            yield [
                _outcome(answered, answer, task, seconds)
                for (answered, _), answer in zip(batch, answers, strict=True)
            ]
            batch.clear()
            start = time.perf_counter()


def _outcome(record: Record, answer: Answer, task: str, seconds: float) -> Outcome:
    return Outcome(
        id=record.id,
        prediction=answer.text,
        label=record.label(task),
        reference=record.reference,
        uncoded=record.uncoded,
        found=answer.found,
        faces=answer.faces,
        face=answer.face,
        unanswered=answer.unanswered,
        cut=answer.cut,
        digest=record.digest,
        seconds=seconds,
    )
