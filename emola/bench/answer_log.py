"""The file of a run's answers: whole lines only, so that a run that was killed goes on where it was.

Several processes write a file each, ``answers.jsonl.part1`` and so on beside the first one's
``answers.jsonl``; the first one takes these in at the end, or at the beginning of the next run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from emola.bench.runs import Outcome, Run, from_line, to_line
from emola.errors import DataError
from emola.files import append_lines, complete_lines, drop_incomplete_line, replacing

__all__ = ["AnswerLog", "answered_ids"]

_START = b'{"id": '


class AnswerLog:
    """The answers of ``run`` in ``path``; ``part`` is the number of the process that writes.

    Raises DataError when the file is of another run, or is no such file; it is then left as it is.
    """

    def __init__(self, path: Path, run: Run, part: int = 0) -> None:
        self.path = path
        self._run = run
        self._own = _part(path, part) if part else path

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other runs from writing the file inside of this block; DataError while one is writing it."""
        place = self._own.with_name(f".{self._own.name}.lock")
        lock = FileLock(place, timeout=0)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout as error:
            raise DataError(f"{self._own} is being written by another run: wait for its end.") from error
        except OSError as error:
            raise DataError(f"{self._own} cannot be used for the answers: {error}.") from error
        try:
            yield
        finally:
            lock.release()
            place.unlink(missing_ok=True)

    def read(self) -> dict[str, Outcome]:
        """The answers by id. A last line that a kill cut short is not one of them."""
        return {outcome.id: outcome for outcome in self._read(self.path)}

    def append(self, outcomes: Iterable[Outcome]) -> None:
        """Write answers; they are on the disk when this returns."""
        append_lines(self._own, "".join(to_line(self._run, outcome) for outcome in outcomes))

    def take_in(self, order: Sequence[str]) -> None:
        """Take in what other processes wrote, in the order of these ids, and mend the end of the file.

        For one process at a time, while no other writes. Killed half-way, it can be done again.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            parts = sorted(self.path.parent.glob(f"{_escaped(self.path.name)}.part*"))
            known = {outcome.id: outcome for file in (self.path, *parts) for outcome in self._read(file)}
            drop_incomplete_line(self.path)
        except OSError as error:
            raise DataError(f"{self.path} cannot be used for the answers: {error}.") from error
        if parts:
            place = {identity: number for number, identity in enumerate(order)}
            whole = sorted(known.values(), key=lambda outcome: place.get(outcome.id, len(place)))
            _rewrite(self.path, "".join(to_line(self._run, outcome) for outcome in whole))
        for file in parts:
            file.unlink()

    def _read(self, file: Path) -> Iterator[Outcome]:
        for number, line in enumerate(_complete_lines(file), 1):
            try:
                run, outcome = from_line(line)
            except (ValueError, KeyError, TypeError) as error:
                raise DataError(
                    f"{file} line {number} is not an answer of a run: use another file."
                ) from error
            if run != self._run:
                raise DataError(
                    f"{file} line {number} is of another run, {run.identity} and not {self._run.identity}: "
                    f"it differs in {' and '.join(run.differences(self._run))}; use another file."
                )
            yield outcome


def answered_ids(path: Path) -> set[str]:
    """The ids in an answer file, of whatever run; none for a file that is absent or something else.

    Lighter than ``AnswerLog.read``, and before the run is known.
    """
    ids = set()
    with suppress(OSError, ValueError, KeyError, TypeError):
        for line in complete_lines(path, _START):
            ids.add(str(json.loads(line)["id"]))
    return ids


def _part(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.part{number}")


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _complete_lines(file: Path) -> list[bytes]:
    try:
        return complete_lines(file, _START)
    except ValueError as error:
        raise DataError(f"{file} ends in something that is not an answer: use another file.") from error


def _rewrite(file: Path, text: str) -> None:
    """Put a text in the place of a file; it is on the disk before it takes that place."""
    with replacing(file) as partial, partial.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
