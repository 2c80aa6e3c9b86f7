"""FABA-Instruct: faces from AffectNet with conversations about them (Li et al., ECCV 2024).

The published tree::

    FABAInstruct/
    ├── train/  train_au_anno.json  train_emotion_anno.json  images/  landmarks/
    └── eval/   eval_au_anno.json   eval_emotion_anno.json   images/  landmarks/

Each JSON file is a list. A training record has ``source``, ``image``, ``id``, ``conversations`` (a list of
``{"from": "human" | "gpt", "value": text}``, ``<image>`` first or last in the first turn) and ``landmark``;
an evaluation record ``image``, ``label`` (an emotion such as ``Happiness`` or its number, or action units
such as ``1, 2, 25``), ``gpt4`` (the reference description) and ``landmark`` (an .npy file of 212 numbers).
Paths are relative to the folder that contains ``FABAInstruct/``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from emola.data.problems import ProblemHandler, raise_problem
from emola.data.records import TASKS, Dataset, ImageFile, Record, Turn
from emola.errors import DataError
from emola.faba import FABA_BENCH_AUS
from emola.faba.emotions import emotion_of_label

__all__ = ["Annotations", "entry_problems", "every_file", "image_root", "load", "matches", "parse", "read"]

_FOLDERS = {"train": "train", "test": "eval"}
_MARK = "<image>"


@dataclass(frozen=True)
class Annotations:
    """An annotation file, its task ("au" or "emotion") and its part (``name``: "train" or "eval")."""

    file: Path
    task: str
    name: str


def matches(path: Path) -> bool:
    """Return whether the path is the tree, the folder that contains it, or a JSON file."""
    return path.suffix.lower() == ".json" if path.is_file() else _tree(path) is not None


def every_file(path: Path) -> list[Annotations]:
    """Return the four annotation files expected under ``path``, existing or not, or the file itself.

    The task and part of a single file are read from its name, by default au and train.
    """
    if path.is_file():
        task = "emotion" if "emotion" in path.stem.lower() else "au"
        return [Annotations(path, task, "eval" if "eval" in path.stem.lower() else "train")]
    tree = _tree(path) or path
    return [
        Annotations(tree / part / f"{part}_{task}_anno.json", task, part)
        for part in _FOLDERS.values()
        for task in TASKS
    ]


def read(
    path: Path, task: str, split: str | None, fold: int | None, report: ProblemHandler = raise_problem
) -> Dataset:
    """Return the records of one task and split. Raises DataError at the first invalid one."""
    records: list[Record] = []
    for part in every_file(path):
        if path.is_dir() and (part.task != task or (split != "all" and part.name != _FOLDERS[str(split)])):
            continue
        entries = load(part.file)
        root = image_root(part.file, entries)
        for number, entry in enumerate(entries):
            wrong = next(entry_problems(entry, task), None)
            if wrong:
                location = f"{part.file}: record {number}"
                raise DataError(f"{location} {wrong}; `emola data check` lists all problems.")
            records.append(parse(entry, task, root))
    units = FABA_BENCH_AUS if task == "au" else ()
    return Dataset(path, "faba-instruct", task, tuple(_distinct(records)), split, fold, units)


def load(file: Path) -> list[Any]:
    """Return the entries of a JSON file, unchecked. Raises DataError if it is not a list."""
    try:
        entries = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise DataError(f"{file} is not JSON ({error}).") from error
    if not isinstance(entries, list) or not entries:
        raise DataError(f"{file} is not a list of FABA-Instruct records.")
    return entries


def image_root(file: Path, entries: list[Any]) -> Path:
    """Return the folder that the paths in a file are relative to: the nearest one where a picture exists.

    Where no picture is found, the folder that should contain ``FABAInstruct/``.
    """
    names = [entry["image"] for entry in entries[:20] if isinstance(entry, dict) and _is_text(entry, "image")]
    above = file.absolute().parents
    for folder in above:
        if any((folder / name).is_file() for name in names):
            return folder
    return above[min(2, len(above) - 1)]


def entry_problems(entry: Any, task: str) -> Iterator[str]:
    """Yield the problems within an entry, each as the rest of a sentence that begins with its location."""
    if not isinstance(entry, dict):
        yield "is not an object"
        return
    for name in ("image", "landmark"):
        if name in entry or name == "image":
            if not _is_text(entry, name):
                yield f"has no path as {name!r}"
            elif Path(entry[name]).is_absolute() or ".." in Path(entry[name]).parts:
                yield f"has {entry[name]!r} as {name!r}, which is not a path inside the data set"
    if "conversations" in entry:
        yield from _broken_turns(entry["conversations"])
        return
    if "label" not in entry:
        yield "has neither 'conversations' nor 'label'"
    elif _label(entry["label"], task) is None:
        yield f"has the unknown {task} label {entry['label']!r}"
    if not _is_text(entry, "gpt4"):
        yield "has no description as 'gpt4'"


def parse(entry: dict[str, Any], task: str, root: Path) -> Record:
    """Return the record of an entry without ``entry_problems``."""
    image = entry["image"]
    label = None if "conversations" in entry else _label(entry["label"], task)
    return Record(
        id=str(entry.get("id") or image),
        image=ImageFile(root / image),
        emotion=label if isinstance(label, str) else None,
        action_units=label if isinstance(label, tuple) else None,
        reference=entry.get("gpt4"),
        landmarks=root / entry["landmark"] if "landmark" in entry else None,
        task=task,
        conversation=tuple(_turns(entry.get("conversations", ()))),
    )


def _tree(path: Path) -> Path | None:
    """Return the folder with train/ or eval/ and their annotations: ``path`` or FABAInstruct/ in it."""
    for folder in (path, path / "FABAInstruct"):
        if any(any(folder.glob(f"{part}/*_anno.json")) for part in _FOLDERS.values()):
            return folder
    return None


def _turns(conversation: Any) -> Iterator[Turn]:
    for turn in conversation:
        yield turn["from"], turn["value"]


def _broken_turns(turns: Any) -> Iterator[str]:
    if not isinstance(turns, list) or len(turns) < 2:
        yield "has no question and answer in 'conversations'"
        return
    for number, turn in enumerate(turns):
        if not isinstance(turn, dict) or not _is_text(turn, "value"):
            yield f"has no text in turn {number}"
            continue
        speaker = "human" if number % 2 == 0 else "gpt"
        if turn.get("from") != speaker:
            yield f"has turn {number} from {turn.get('from')!r} instead of {speaker!r}"
        marks, wanted = turn["value"].count(_MARK), int(number == 0)
        if marks != wanted:
            yield f"has {_MARK} {marks} times in turn {number} instead of {wanted}"
        elif marks and not turn["value"].strip().startswith(_MARK) | turn["value"].strip().endswith(_MARK):
            yield f"has {_MARK} in the middle of turn {number} instead of first or last"
    if len(turns) % 2:
        yield "ends in a question without an answer"


def _label(label: Any, task: str) -> str | tuple[int, ...] | None:
    """Return the label of an evaluation file, None if it is unknown."""
    text = str(label).strip()
    if task == "emotion":
        return emotion_of_label(text)
    codes = [code for code in re.split(r"[\s,+]+", text) if code]
    if not all(re.fullmatch(r"(?:AU)?[1-9]\d?", code, re.IGNORECASE) for code in codes):
        return None
    return tuple(sorted({int(code.upper().removeprefix("AU")) for code in codes}))


def _is_text(entry: dict[str, Any], name: str) -> bool:
    return isinstance(entry.get(name), str) and bool(entry[name].strip())


def _distinct(records: list[Record]) -> Iterator[Record]:
    """Yield the records with unique ids: the second ``x`` becomes ``x#2``."""
    seen: Counter[str] = Counter()
    for record in records:
        seen[record.id] += 1
        count = seen[record.id]
        yield record if count == 1 else replace(record, id=f"{record.id}#{count}")
