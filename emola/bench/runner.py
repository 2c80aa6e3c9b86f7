"""Asking one question about every picture, by one process or several, so that a run can be interrupted."""

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

__all__ = ["ALONE", "Answer", "Answered", "Answerer", "Team", "answer_all"]


class Answer(NamedTuple):
    """What was said of a picture; see ``Outcome`` for what is not the text."""

    text: str
    found: bool = True
    cut: bool = False
    faces: int | None = None
    face: Mapping[str, Any] | None = None
    unanswered: str | None = None


class Answerer(Protocol):
    """Who is asked; what it sees in a picture is its own affair."""

    def see(self, record: Record, picture: Image.Image) -> Any:
        """Look at a picture. Raises DataError or ImageError when it cannot be used: it is passed over."""

    def answer(self, seen: Sequence[Any]) -> Sequence[Answer]:
        """Answer about several at once, in their order."""


@dataclass(frozen=True)
class Team:
    """The processes that share a run: which one this is, how many there are, how to wait for all."""

    number: int = 0
    count: int = 1
    wait: Callable[[], None] = lambda: None


ALONE = Team()


@dataclass(frozen=True)
class Answered:
    """What came of a run: the answers in the order of the records, and why some have none, by id."""

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
    team: Team = ALONE,
    tolerance: SkippedImages | None = None,
) -> Answered:
    """Answer every record that ``log`` does not hold yet.

    Each batch is in ``log`` (JSON lines) before the next is begun, so a run that was killed goes on after
    its last batch. A picture that cannot be read is passed over and tried again by the next run.
    ``progress`` hears how many are done, of how many this process does. With several processes each does
    its share, and only the first returns what all of them did; the others return their own. tolerance: which
    share of the pictures may be unreadable, by default that of ``SkippedImages``.

    Raises DataError when the log is of another run or of other pictures, when another run is writing it, or
    when too many pictures cannot be read.
    """
    if team.count > 1 and log is None:
        raise DataError("Several processes need a file to meet in: say where the answers go.")
    book = AnswerLog(log, run, team.number) if log else None
    with book.held() if book else nullcontext():
        return _answer_all(run, records, answerer, book, batch_size, progress, team, tolerance)


def _answer_all(
    run: Run,
    records: Sequence[Record],
    answerer: Answerer,
    book: AnswerLog | None,
    batch_size: int,
    progress: Callable[[int, int], None] | None,
    team: Team,
    tolerance: SkippedImages | None,
) -> Answered:
    ids = [record.id for record in records]
    if book and team.number == 0:
        book.take_in(ids)
    team.wait()
    held = book.read() if book else {}
    _check_same(held, records, run.task, book.path if book else None)
    known = {identity: held[identity] for identity in ids if identity in held}
    team.wait()  # all must have read before the first one writes, or they would share out different records
    share = [record for record in records if record.id not in known][team.number :: team.count]
    before = len(known)
    if tolerance is None:
        tolerance = SkippedImages(len(records))
    if progress:
        progress(before, before + len(share))
    for outcomes in _answers(share, answerer, tolerance, run.task, batch_size):
        if book:
            book.append(outcomes)
        known.update((outcome.id, outcome) for outcome in outcomes)
        if progress:
            progress(len(known) + len(tolerance), before + len(share))
    team.wait()
    if book and team.count > 1 and team.number == 0:
        book.take_in(ids)
        known = book.read()
        _count_skipped(records, known, tolerance)
    return Answered([known[identity] for identity in ids if identity in known], dict(tolerance.skipped))


def _count_skipped(records: Sequence[Record], known: Mapping[str, Outcome], tolerance: SkippedImages) -> None:
    """Count what other processes passed over, too."""
    for record in records:
        if record.id not in known and tolerance.open(record) is not None:
            tolerance.skip(record.id, DataError("Another process passed over it, and said why."))


def _check_same(held: Mapping[str, Outcome], records: Sequence[Record], task: str, log: Path | None) -> None:
    """DataError unless the answers are about these records: the same labels, pictures and names."""
    ids = {record.id for record in records}
    elsewhere = {one.digest: one.id for one in held.values() if one.digest and one.id not in ids}
    for record in records:
        was = held.get(record.id)
        if was is None:
            if record.digest in elsewhere:
                raise DataError(
                    f"{log} has the answer about {record.id} under the name {elsewhere[record.digest]}: "
                    "give the same files and folders as then, or use another file."
                )
        elif was.label != record.label(task):
            raise DataError(
                f"{log}: {record.id} was {was.label} and is {record.label(task)} now: use another file."
            )
        elif was.digest and record.digest and was.digest != record.digest:
            raise DataError(f"{log}: {record.id} is another picture than the one answered: use another file.")


def _answers(
    records: Sequence[Record], answerer: Answerer, tolerance: SkippedImages, task: str, size: int
) -> Iterator[list[Outcome]]:
    """Batches of answers to the records whose pictures can be used."""
    waiting: list[tuple[Record, Any]] = []
    start = time.perf_counter()
    for place, record in enumerate(records, 1):
        picture = tolerance.open(record)
        if picture is not None:
            try:
                waiting.append((record, answerer.see(record, picture)))
            except (DataError, ImageError) as error:
                tolerance.skip(record.id, error)
        if waiting and (len(waiting) == size or place == len(records)):
            answers = answerer.answer([seen for _, seen in waiting])
            seconds = round((time.perf_counter() - start) / len(waiting), 4)
            yield [
                _outcome(one, answer, task, seconds)
                for (one, _), answer in zip(waiting, answers, strict=True)
            ]
            waiting.clear()
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
