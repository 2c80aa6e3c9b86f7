"""Any set of faces by its path: what it is, is seen from its layout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from emola.data.problems import ProblemHandler, raise_problem
from emola.data.records import TASKS, Dataset
from emola.errors import DataError

__all__ = ["KINDS", "Kind", "detect_kind", "open_dataset"]

_FOLDS = (1, 2, 3)


class _Reader(Protocol):
    """What the module of a reader offers."""

    matches: Callable[[Path], bool]
    """Whether a path looks like this source, from the names of a few files alone."""

    read: Callable[[Path, str, str | None, int | None, ProblemHandler], Dataset]
    """Read path, task, split ("train", "test", "all" or None) and fold; faults go to the last."""


@dataclass(frozen=True)
class Kind:
    """A source that can be read.

    tasks: what it has labels for. splits, folds: whether it has them. aligned: whether its pictures are
    aligned faces, each alone in its picture and filling it.
    """

    home: str
    tasks: tuple[str, ...]
    splits: bool = True
    folds: bool = False
    aligned: bool = False

    @property
    def reader(self) -> _Reader:
        """Its module."""
        return cast(_Reader, import_module(self.home))


KINDS: dict[str, Kind] = {
    "faba-instruct": Kind("emola.data.faba_instruct", TASKS, aligned=True),
    "raf-db": Kind("emola.data.raf_db", ("emotion",), aligned=True),
    "bp4d": Kind("emola.data.bp4d", ("au",), folds=True),
    "disfa": Kind("emola.data.disfa", ("au",), folds=True),
    "gft": Kind("emola.data.gft", ("au",)),
    "emotionet": Kind("emola.data.emotionet", ("au",), splits=False),
    "labels": Kind("emola.data.labels", TASKS, splits=False),
}
"""Every source by name, in the order in which a path is tried; docs/datasets.md has their layouts."""


def open_dataset(
    path: str | Path,
    task: str,
    split: str | None = None,
    fold: int | None = None,
    kind: str | None = None,
) -> Dataset:
    """The records of a set of faces that have a label, or a conversation, for ``task``.

    path: a folder, a zip with labels.csv, or a JSON file of FABA-Instruct. task: "au" or "emotion".
    split: "train", "test" (or "eval") or "all", needed where a source has parts and nowhere else.
    fold: 1, 2 or 3, whose people are the test part, needed where a source has folds and split is not
    "all". kind: one of ``KINDS``, seen from the layout by default.

    Raises DataError naming what does not fit: the argument, or the first file or record.
    """
    path = Path(path)
    if task not in TASKS:
        raise DataError(f"The task {task!r} is not known; use one of {', '.join(TASKS)}.")
    kind = kind or detect_kind(path)
    if kind not in KINDS:
        raise DataError(f"The kind of data {kind!r} is not known; use one of {', '.join(KINDS)}.")
    source = KINDS[kind]
    if task not in source.tasks:
        raise DataError(f"{path} is {kind}, which has no labels for the task {task!r}.")
    split, fold = _part(path, kind, source, split, fold)
    data = source.reader.read(path, task, split, fold, raise_problem)
    if not data.records:
        data.close()
        raise DataError(f"{path} has no picture with a label for the task {task!r}.")
    return data


def detect_kind(path: Path) -> str:
    """Which of ``KINDS`` a path is, from its layout. Raises DataError."""
    if not path.exists():
        raise DataError(f"There is no data set at {path}.")
    for name, source in KINDS.items():
        if source.reader.matches(path):
            return name
    raise DataError(
        f"{path} has the layout of no data set that is known here ({', '.join(KINDS)}): "
        "it needs a labels.csv, or one of the layouts in docs/datasets.md."
    )


def _part(
    path: Path, kind: str, source: Kind, split: str | None, fold: int | None
) -> tuple[str | None, int | None]:
    """The split and fold to read, checked against what the source has."""
    split = "test" if split == "eval" else split
    # A file, such as eval_au_anno.json, is one part by itself.
    if not source.splits or path.is_file():
        if split not in (None, "all") or fold is not None:
            raise DataError(f"{path} has no parts: leave out the split and the fold.")
        return None, None
    if split not in ("train", "test", "all"):
        said = "say which" if split is None else f"{split!r} is none of them"
        raise DataError(f"{path} ({kind}) has the splits train and test, or all of it: {said}.")
    if not source.folds or split == "all":
        if fold is not None:
            raise DataError(f"{path} ({kind}, split {split}) has no folds: leave out the fold.")
        return split, None
    if fold not in _FOLDS:
        said = "say which" if fold is None else f"{fold} is none of them"
        raise DataError(f"{path} ({kind}) has the folds 1, 2 and 3: {said}.")
    return split, fold
