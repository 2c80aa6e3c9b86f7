"""RAF-DB, the Real-world Affective Faces Database, basic emotions (Li et al., CVPR 2017).

As distributed, ``aligned.zip`` unpacked::

    basic/
    ├── EmoLabel/list_patition_label.txt     lines such as "train_00001.jpg 5"
    └── Image/aligned/train_00001_aligned.jpg

Seven classes; the list defines the split: 12,271 training and 3,068 test pictures. The list and the folder
``aligned`` may also lie side by side, and the path may be the folder that contains ``basic``.
"""

from __future__ import annotations

from pathlib import Path

from emola.data.problems import ProblemHandler, raise_problem
from emola.data.records import Dataset, ImageFile, Record
from emola.data.tables import find_child, read_lines
from emola.errors import DataError

__all__ = ["matches", "read"]

_LIST = "list_patition_label.txt"
_CLASSES = ("surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral")
"""Classes 1 to 7."""


def matches(path: Path) -> bool:
    """Return whether there is a list_patition_label.txt where RAF-DB has it."""
    return _root(path) is not None


def read(
    path: Path, task: str, split: str | None, fold: int | None, report: ProblemHandler = raise_problem
) -> Dataset:
    """Return the pictures of a split."""
    root = _root(path)
    if root is None:
        raise DataError(
            f"{path / 'EmoLabel' / _LIST} is missing; docs/datasets.md shows the layout of RAF-DB."
        )
    listed = find_child(root, f"EmoLabel/{_LIST}", _LIST)
    folder = find_child(root, "Image/aligned", "aligned")
    files = {file.name for file in folder.iterdir()}
    records = []
    seen: dict[str, int] = {}
    for number, line in read_lines(listed, report):
        name, _, label = line.strip().partition(" ")
        part = name.partition("_")[0]
        if part not in ("train", "test") or label not in map(str, range(1, 8)):
            report(listed, number, f'is {line!r}, not like "train_00001.jpg 5"')
            continue
        if split not in (part, "all"):
            continue
        if seen.setdefault(name, number) != number:
            report(listed, number, f"has {name} again, as line {seen[name]}")
            continue
        picture = folder / name.replace(".jpg", "_aligned.jpg")
        if picture.name not in files:
            report(listed, number, f"names the picture {picture}, which is missing")
            continue
        emotion = _CLASSES[int(label) - 1]
        records.append(Record(name.removesuffix(".jpg"), ImageFile(picture), emotion, task=task))
    return Dataset(path, "raf-db", task, tuple(records), split, fold)


def _root(path: Path) -> Path | None:
    for folder in (path, path / "basic"):
        if (folder / "EmoLabel" / _LIST).is_file() or (folder / _LIST).is_file():
            return folder
    return None
