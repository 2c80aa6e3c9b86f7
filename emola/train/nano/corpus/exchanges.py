"""Written exchanges: questions and answers for every face that has the facts they need.

``recipes/nano/exchanges/<family>/<name>.txt`` holds blocks; each question and answer is one line, and
``\\n`` in an answer begins a new line::

    ## why_unit > it_sure
    needs: AU6 C sure; happiness
    Q: Why AU6?
    A: The cheeks are raised towards the eyes ...
    Q: Are you sure?
    A: ...

The heading names the kind of each question.
:mod:`emola.train.nano.corpus.needs_line` describes the needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from emola.errors import DataError
from emola.train.nano.corpus.needs_line import parse_requirements
from emola.train.nano.corpus.requirements import Requirements

__all__ = ["Exchange", "Problem", "Turn", "exchange_files", "load_exchanges", "read_exchanges"]


@dataclass(frozen=True)
class Problem:
    """Something wrong in a file of exchanges. A warning does not make the file invalid."""

    file: Path
    line: int
    text: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'warning: ' if self.warning else ''}{self.text}"


@dataclass(frozen=True)
class Turn:
    """A question of a kind, and its answer. line: of the question; the answer follows it."""

    kind: str
    question: str
    answer: str
    line: int


@dataclass(frozen=True)
class Exchange:
    """A block of a file: turns that hold for every face that meets the requirements."""

    file: Path
    line: int
    needs: Requirements
    turns: tuple[Turn, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its questions, in order."""
        return tuple(turn.kind for turn in self.turns)


def exchange_files(path: Path) -> list[Path]:
    """Return a file, or the files of a folder and the folders in it. Raises DataError if there are none."""
    files = sorted(path.rglob("*.txt")) if path.is_dir() else [path]
    if not files:
        raise DataError(f"{path} holds no files of exchanges (.txt).")
    return files


def load_exchanges(folder: Path) -> list[Exchange]:
    """Return the exchanges of all files of a folder. Raises DataError for the first block that is invalid."""
    exchanges: list[Exchange] = []
    for file in exchange_files(folder):
        found, problems = read_exchanges(file)
        if problems:
            raise DataError(f"{problems[0]}.")
        exchanges += found
    return exchanges


def read_exchanges(file: Path) -> tuple[list[Exchange], list[Problem]]:
    """Return the valid blocks of a file and the problems of the others.

    Raises DataError if the file is not a text.
    """
    exchanges: list[Exchange] = []
    problems: list[Problem] = []
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError:
        raise DataError(f"{file} is not a text in UTF-8.") from None
    for lines in _blocks(text):
        try:
            exchanges.append(_exchange(file, lines))
        except _InvalidLine as error:
            problems.append(Problem(file, error.line, str(error)))
    return exchanges, problems


class _InvalidLine(Exception):
    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


def _blocks(text: str) -> Iterator[list[tuple[int, str]]]:
    """Yield the numbered lines of each block, blank lines left out; the first line is the heading."""
    block: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("##") and block:
            yield block
            block = []
        if line.strip():
            block.append((number, line.strip()))
    if block:
        yield block


def _exchange(file: Path, lines: list[tuple[int, str]]) -> Exchange:
    (start, heading), *rest = lines
    if not heading.startswith("## "):
        raise _InvalidLine(start, "a block must begin with '## ' and the kinds of its questions")
    kinds = [kind.strip() for kind in heading[3:].split(">")]
    if not rest or not rest[0][1].startswith("needs:"):
        raise _InvalidLine(start, "the line after the heading must begin with 'needs:'")
    (number, needed), *spoken = rest
    try:
        needs = parse_requirements(needed.removeprefix("needs:"))
    except DataError as error:
        raise _InvalidLine(number, str(error)) from None
    if len(spoken) != 2 * len(kinds):
        raise _InvalidLine(start, f"{len(kinds)} kinds need as many questions and answers (Q: and A: lines)")
    texts = [_text(line, "A:" if index % 2 else "Q:") for index, line in enumerate(spoken)]
    turns = (
        Turn(kind, question, answer.replace("\\n", "\n"), line)
        for kind, question, answer, (line, _) in zip(kinds, texts[::2], texts[1::2], spoken[::2], strict=True)
    )
    return Exchange(file, start, needs, tuple(turns))


def _text(line: tuple[int, str], label: str) -> str:
    number, text = line
    if not text.startswith(label) or not text[2:].strip():
        raise _InvalidLine(number, f"the line must be '{label} ' and a text")
    return text[2:].strip()
