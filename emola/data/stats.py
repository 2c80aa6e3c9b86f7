"""What is in a set of faces, in numbers; for FABA-Instruct beside those of the paper."""

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
"""FABA-Instruct as its authors count it (Li et al., ECCV 2024, and their repository): pictures, samples
for each task and part, and the mean length of the descriptions in words."""


def statistics(path: str | Path) -> dict[str, Any]:
    """The numbers of a set of faces, ready for JSON.

    kind; records; images: distinct pictures; subjects: people, None where nobody says who is seen;
    action_units: records by active unit; emotions: records by emotion. For FABA-Instruct also table:
    the names of ``PUBLISHED``, counted here (words are what white space separates, None where a part
    is not there), and derived: how many of the counted records gave their units or emotion only by
    their description, as training records do. skipped: records that do not fit.

    Raises DataError when nothing that is known is at ``path``.
    """
    path = Path(path)
    kind = detect_kind(path)
    if kind == "faba-instruct":
        return _faba_instruct(path)
    records: dict[str, list[Record]] = {}
    for task in KINDS[kind].tasks:
        records[task] = list(KINDS[kind].reader.read(path, task, "all", None, raise_problem))
    every = [record for some in records.values() for record in some]
    if not every:
        raise DataError(f"{path} has no labelled picture.")
    units: Counter[int] = Counter(code for one in records.get("au", ()) for code in one.action_units or ())
    people = {record.subject for record in every if record.subject}
    return {
        "kind": kind,
        "records": {task: len(some) for task, some in records.items()},
        "images": len({record.image.name for record in every}),
        "subjects": len(people) or None,
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
                emotions.append(record.emotion or _emotion(words))
    table = {name: _counted(name, images, samples, lengths) for name in PUBLISHED}
    return {
        "kind": "faba-instruct",
        "records": {task: len(some) for task, some in lengths.items()},
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
    """The value for a name of ``PUBLISHED``."""
    if name == "images":
        return len(images)
    task, _, what = name.partition("_")
    if what == "words":
        some = lengths[task]
        return round(sum(some) / len(some), 2) if some else None
    return samples[name] or None


def _descriptions(record: Record) -> Iterator[str]:
    """What was said of the picture."""
    if record.reference is not None:
        yield record.reference
    yield from (text for speaker, text in record.conversation if speaker == "gpt")


def _units(record: Record, words: str) -> Iterable[int]:
    return read_action_units(words) if record.action_units is None else record.action_units


def _emotion(words: str) -> str | None:
    return read_emotion(words)


def _sorted_units(counts: Counter[int]) -> dict[str, int]:
    return {str(code): counts[code] for code in sorted(counts)}


def _sorted_emotions(emotions: Iterable[str | None]) -> dict[str, int]:
    counts = Counter(emotion or "none named" for emotion in emotions)
    return {name: counts[name] for name in (*EMOTIONS, "none named") if counts[name]}
