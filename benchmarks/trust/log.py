"""Answers as JSON lines, so that a run that was killed goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.trust.questions import Ask
from emola.chat.batch import Completion
from emola.errors import DataError
from emola.files import append_lines, complete_lines, drop_incomplete_line


class Book:
    """The answers of one run in a file; its first line says which run.

    Raises DataError when the file is of another run, cannot be read or holds something else.
    """

    def __init__(self, path: Path, run: Mapping[str, Any]) -> None:
        self.path = path
        self._known: dict[str, tuple[str, Completion]] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lines = complete_lines(path, b'{"run"', b'{"id": ')
            drop_incomplete_line(path)
            if not lines:
                self._write([{"run": dict(run)}])
        except ValueError as error:
            raise DataError(f"{path} is not a file of answers: use another folder.") from error
        except OSError as error:
            raise DataError(f"{path} cannot be used for the answers: {error}.") from error
        for number, line in enumerate(lines, 1):
            self._take(number, line, run)

    def said(self, ask: Ask) -> Completion | None:
        """The answer to a question, None when there is none yet."""
        question, said = self._known.get(ask.id, (ask.question, None))
        if question != ask.question:
            raise DataError(
                f"{self.path}: {ask.id} was asked {question!r} and would be {ask.question!r} now: "
                "use another folder."
            )
        return said

    def add(self, asks: Sequence[Ask], answers: Sequence[Completion]) -> None:
        """Write answers; they are on the disk when this returns."""
        self._write(
            {
                "id": ask.id,
                "question": ask.question,
                "after": [question for question, _ in ask.before],
                "answer": said.text,
                "cut": said.cut,
            }
            for ask, said in zip(asks, answers, strict=True)
        )
        self._known.update((ask.id, (ask.question, one)) for ask, one in zip(asks, answers, strict=True))

    def _take(self, number: int, line: bytes, run: Mapping[str, Any]) -> None:
        try:
            entry = json.loads(line)
            if number == 1:
                other = [name for name, value in run.items() if entry["run"].get(name) != value]
            else:
                other = []
                said = Completion(str(entry["answer"]), bool(entry["cut"]))
                self._known[entry["id"]] = (str(entry["question"]), said)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(
                f"{self.path} line {number} is not an answer of a run: use another folder."
            ) from error
        if other:
            raise DataError(
                f"{self.path} is of a run with another {' and '.join(other)}: use another folder."
            )

    def _write(self, entries: Iterable[Mapping[str, Any]]) -> None:
        lines = (json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
        append_lines(self.path, "".join(lines))
