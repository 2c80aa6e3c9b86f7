"""The answer log: one JSON line for each answer, flushed in batches, so that a killed run can be resumed.

Of several processes, the first writes ``answers.jsonl`` and the others ``answers.jsonl.part1`` and so on
beside it. The first process merges these at the end of the run, or at the beginning of the next one.
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
    """The answers of ``run`` in the file ``path``; ``part`` is the number of the writing process.

    Raises DataError if the file belongs to another run or is not an answer log; the file is then unchanged.
    """

    def __init__(self, path: Path, run: Run, part: int = 0) -> None:
        self.path = path
        self._run = run
        self._own = _part(path, part) if part else path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the file during the block. Raises DataError if another run holds the lock."""
        lock_file = self._own.with_name(f".{self._own.name}.lock")
        lock = FileLock(lock_file, timeout=0)
        try:
            lock_file.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout as error:
            raise DataError(f"{self._own} is being written by another run: wait for its end.") from error
        except OSError as error:
            raise DataError(f"{self._own} cannot be used for the answers: {error}.") from error
        try:
            yield
        finally:
            lock.release()
            lock_file.unlink(missing_ok=True)

    def read(self) -> dict[str, Outcome]:
        """Return the answers by id. An incomplete last line, left by a killed run, is ignored."""
        return {outcome.id: outcome for outcome in self._read(self.path)}

    def append(self, outcomes: Iterable[Outcome]) -> None:
        """Write answers and flush them to the disk."""
        append_lines(self._own, "".join(to_line(self._run, outcome) for outcome in outcomes))

    def merge_parts(self, order: Sequence[str] = ()) -> None:
        """Merge the files of the other processes in the ``order`` of the ids; drop an incomplete last line.

        Call it from one process while no other writes. If it is interrupted, call it again.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            parts = sorted(self.path.parent.glob(f"{_escaped(self.path.name)}.part*"))
            known = {outcome.id: outcome for file in (self.path, *parts) for outcome in self._read(file)}
            drop_incomplete_line(self.path)
        except OSError as error:
            raise DataError(f"{self.path} cannot be used for the answers: {error}.") from error
        if parts:
            position = {identity: number for number, identity in enumerate(order)}
            merged = sorted(known.values(), key=lambda outcome: position.get(outcome.id, len(position)))
            _rewrite(self.path, "".join(to_line(self._run, outcome) for outcome in merged))
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
    """Return the ids in an answer log of any run; none if the file is missing or is no answer log.

    Faster than ``AnswerLog.read``, and needs no run.
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
    """Replace a file; the text is on the disk before it takes the file's name."""
    with replacing(file) as partial, partial.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
