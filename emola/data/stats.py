"""Counts of a data set: pictures, subjects, action units, emotions, words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from emola.data.faba_instruct import entry_problems, every_file, image_root, load, parse
from emola.data.problems import raise_problem
from emola.data.records import TASKS, Record
from emola.data.registry import KINDS, detect_kind
from emola.errors import DataError
from emola.faba import EMOTIONS, read_action_units, read_emotion

__all__ = ["PUBLISHED", "statistics"]

PUBLISHED: dict[str, float] = {
    "images": 19_877,
    "emotion_train": 19_474,
    "emotion_eval": 403,
    "emotion_words": 50.47,
    "au_train": 15_838,
    "au_eval": 325,
    "au_words": 207.35,
}
"""FABA-Instruct as counted by its authors (Li et al., ECCV 2024, and their repository): pictures, samples
per task and part, and the mean number of words of a description."""


def statistics(path: str | Path) -> dict[str, Any]:
    """Return the counts of a data set, ready for JSON.

    kind; records: by task; images: distinct pictures; subjects: people, None if unknown; action_units:
    records by active unit; emotions: records by emotion. For FABA-Instruct also table: the names of
    ``PUBLISHED`` (words are separated by white space; None for a missing part); derived: records whose units
    or emotion were read from the description, as training records have no labels; skipped: invalid records.

    Raises DataError if ``path`` has no known layout.
    """
    path = Path(path)
    kind = detect_kind(path)
    if kind == "faba-instruct":
        return _faba_instruct(path)
    records: dict[str, list[Record]] = {}
    for task in KINDS[kind].tasks:
        records[task] = list(KINDS[kind].reader.read(path, task, "all", None, raise_problem))
    labelled = [record for task_records in records.values() for record in task_records]
    if not labelled:
        raise DataError(f"{path} has no labelled picture.")
    units: Counter[int] = Counter(
        code for record in records.get("au", ()) for code in record.action_units or ()
    )
    subjects = {record.subject for record in labelled if record.subject}
    return {
        "kind": kind,
        "records": {task: len(task_records) for task, task_records in records.items()},
        "images": len({record.image.name for record in labelled}),
        "subjects": len(subjects) or None,
        "action_units": _sorted_units(units),
        "emotions": _sorted_emotions(record.emotion for record in records.get("emotion", ())),
    }


def _faba_instruct(path: Path) -> dict[str, Any]:
    images: set[str] = set()
    lengths: dict[str, list[int]] = {task: [] for task in TASKS}
    samples: Counter[str] = Counter()
    units: Counter[int] = Counter()
    emotions: list[str | None] = []
    skipped = derived = 0
    for source in every_file(path):
        if path.is_dir() and not source.file.exists():
            continue
        entries = load(source.file)
        root = image_root(source.file, entries)
        for entry in entries:
            if next(entry_problems(entry, source.task), None):
                skipped += 1
                continue
            record = parse(entry, source.task, root)
            images.add(entry["image"])
            samples[f"{source.task}_{source.name}"] += 1
            words = " ".join(_descriptions(record))
            lengths[source.task].append(len(words.split()))
            derived += bool(record.conversation)
            if source.task == "au":
                units.update(_units(record, words))
            else:
                emotions.append(record.emotion or read_emotion(words))
    table = {name: _counted(name, images, samples, lengths) for name in PUBLISHED}
    return {
        "kind": "faba-instruct",
        "records": {task: len(counts) for task, counts in lengths.items()},
        "images": len(images),
        "subjects": None,
        "action_units": _sorted_units(units),
        "emotions": _sorted_emotions(emotions),
        "table": table,
        "derived": derived,
        "skipped": skipped,
    }


def _counted(
    name: str, images: set[str], samples: Counter[str], lengths: dict[str, list[int]]
) -> float | None:
    """Return the count for a name of ``PUBLISHED``."""
    if name == "images":
        return len(images)
    task, _, quantity = name.partition("_")
    if quantity == "words":
        words = lengths[task]
        return round(sum(words) / len(words), 2) if words else None
    return samples[name] or None


def _descriptions(record: Record) -> Iterator[str]:
    """Yield the descriptions of the picture."""
    if record.reference is not None:
        yield record.reference
    yield from (text for speaker, text in record.conversation if speaker == "gpt")


def _units(record: Record, words: str) -> Iterable[int]:
    return read_action_units(words) if record.action_units is None else record.action_units


def _sorted_units(counts: Counter[int]) -> dict[str, int]:
    return {str(code): counts[code] for code in sorted(counts)}


def _sorted_emotions(emotions: Iterable[str | None]) -> dict[str, int]:
    counts = Counter(emotion or "none named" for emotion in emotions)
    return {name: counts[name] for name in (*EMOTIONS, "none named") if counts[name]}
