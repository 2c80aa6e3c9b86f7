"""The kinds of data sets, detected from the layout of a path, and opening them."""

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
    """The functions of a reader module."""

    matches: Callable[[Path], bool]
    """Return whether a path has the layout of this kind, from the names of a few files alone."""

    read: Callable[[Path, str, str | None, int | None, ProblemHandler], Dataset]
    """Read the records of path, task, split ("train", "test", "all" or None) and fold."""


@dataclass(frozen=True)
class Kind:
    """A kind of data set.

    module: its reader. tasks: the tasks it has labels for. splits, folds: whether it has them. aligned:
    whether each of its pictures is one aligned face.
    """

    module: str
    tasks: tuple[str, ...]
    splits: bool = True
    folds: bool = False
    aligned: bool = False

    @property
    def reader(self) -> _Reader:
        """The reader module."""
        return cast(_Reader, import_module(self.module))


KINDS: dict[str, Kind] = {
    "faba-instruct": Kind("emola.data.faba_instruct", TASKS, aligned=True),
    "raf-db": Kind("emola.data.raf_db", ("emotion",), aligned=True),
    "bp4d": Kind("emola.data.bp4d", ("au",), folds=True),
    "disfa": Kind("emola.data.disfa", ("au",), folds=True),
    "gft": Kind("emola.data.gft", ("au",)),
    "emotionet": Kind("emola.data.emotionet", ("au",), splits=False),
    "labels": Kind("emola.data.labels", TASKS, splits=False),
}
"""Every kind by name, in the order of detection; docs/datasets.md shows their layouts."""


def open_dataset(
    path: str | Path,
    task: str,
    split: str | None = None,
    fold: int | None = None,
    kind: str | None = None,
) -> Dataset:
    """Return the records of a data set that have a label, or a conversation, for ``task``.

    path: a folder, a zip with labels.csv, or a JSON file of FABA-Instruct. task: "au" or "emotion".
    split: "train", "test" (or "eval") or "all", required for kinds with splits only. fold: 1, 2 or 3, the
    fold that is tested on, required for kinds with folds unless split is "all". kind: one of ``KINDS``,
    by default detected from the layout.

    Raises DataError naming the invalid argument, or the first invalid file or record.
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
    """Return the kind of a path, a name of ``KINDS``. Raises DataError for an unknown layout."""
    if not path.exists():
        raise DataError(f"There is no data set at {path}.")
    for name, source in KINDS.items():
        if source.reader.matches(path):
            return name
    raise DataError(
        f"{path} has no known layout of a data set ({', '.join(KINDS)}): "
        "it needs a labels.csv, or one of the layouts in docs/datasets.md."
    )


def _part(
    path: Path, kind: str, source: Kind, split: str | None, fold: int | None
) -> tuple[str | None, int | None]:
    """Return the split and the fold to read, checked against those of the kind."""
    split = "test" if split == "eval" else split
    # A single file, such as eval_au_anno.json, has no parts.
    if not source.splits or path.is_file():
        if split not in (None, "all") or fold is not None:
            raise DataError(f"{path} has no parts: leave out the split and the fold.")
        return None, None
    if split not in ("train", "test", "all"):
        hint = "say which" if split is None else f"{split!r} is none of these"
        raise DataError(f"{path} ({kind}) has the splits train, test and all: {hint}.")
    if not source.folds or split == "all":
        if fold is not None:
            raise DataError(f"{path} ({kind}, split {split}) has no folds: leave out the fold.")
        return split, None
    if fold not in _FOLDS:
        hint = "say which" if fold is None else f"{fold} is none of these"
        raise DataError(f"{path} ({kind}) has the folds 1, 2 and 3: {hint}.")
    return split, fold
