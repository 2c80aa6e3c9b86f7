"""Checking a data set: lists all problems, by file and line or record."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from emola.data.faba_instruct import Annotations, entry_problems, every_file, image_root, load
from emola.data.landmarks import wrong_landmarks
from emola.data.problems import Problem, ProblemList
from emola.data.records import TASKS, ImageFile, Record
from emola.data.registry import KINDS, detect_kind
from emola.errors import DataError
from emola.files import sha256

__all__ = ["check_dataset"]

_Progress = Callable[[str, int, int], None]
_Item = TypeVar("_Item")


@dataclass(frozen=True)
class _Entry:
    """An entry of an annotation file, and its picture."""

    source: Annotations
    number: int
    value: Any
    image: Path | None

    def problem(self, what: str) -> Problem:
        return Problem(self.source.file, None, what, record=self.number)

    @property
    def location(self) -> str:
        return f"record {self.number} of {self.source.file.name}"


def check_dataset(
    path: str | Path, images: bool = False, progress: _Progress | None = None
) -> Iterator[Problem]:
    """Yield all problems of a data set, in the order of its files.

    FABA-Instruct, a tree or one JSON file: missing annotation files, broken turns, unknown labels, missing
    pictures and landmark files, invalid landmarks, duplicates, and pictures in both train and eval, by name
    or content. Other kinds: all that a reader rejects, and missing subjects. images: also decode every
    picture, which is slow, and find identical ones. progress: called with the name of the current step,
    the items done and the total.

    Raises DataError if ``path`` has no known layout.
    """
    path = Path(path)
    kind = detect_kind(path)
    if kind != "faba-instruct":
        yield from _check_other_kind(path, kind, images, progress)
        return
    entries: list[_Entry] = []
    for source in every_file(path):
        try:
            values = load(source.file)
        except DataError as error:
            yield Problem(source.file, None, str(error).removeprefix(f"{source.file} ").removesuffix("."))
            continue
        root = image_root(source.file, values)
        read = [_entry(source, number, value, root) for number, value in enumerate(values)]
        for entry in _with_progress(read, source.file.name, progress):
            yield from _entry_problems(entry, root, images)
        yield from _duplicates(read)
        entries += read
    yield from _leaks(entries, progress)


def _entry(source: Annotations, number: int, value: Any, root: Path) -> _Entry:
    name = value.get("image") if isinstance(value, dict) else None
    return _Entry(source, number, value, root / name if isinstance(name, str) and name else None)


def _entry_problems(entry: _Entry, root: Path, images: bool) -> Iterator[Problem]:
    """Yield the problems of an entry and of the files that it names."""
    yield from map(entry.problem, entry_problems(entry.value, entry.source.task))
    if entry.image is None:
        return
    if not entry.image.is_file():
        yield entry.problem(f"names the picture {entry.image}, which is missing")
    elif images:
        try:
            ImageFile(entry.image).open()
        except DataError as error:
            yield entry.problem(f"names a picture that is damaged: {error}")
    landmark = entry.value.get("landmark")
    if landmark is None:
        yield entry.problem("names no 'landmark' file")
    elif isinstance(landmark, str) and landmark:
        wrong = wrong_landmarks(root / landmark)
        if wrong:
            yield entry.problem(f"names the landmark file {root / landmark}, which {wrong}")


def _duplicates(entries: Sequence[_Entry]) -> Iterator[Problem]:
    """Yield ids and pictures that occur twice in a file."""
    for name in ("id", "image"):
        first: dict[str, int] = {}
        for entry in entries:
            value = entry.value.get(name) if isinstance(entry.value, dict) else None
            if isinstance(value, str) and first.setdefault(value, entry.number) != entry.number:
                yield entry.problem(f"has the {name} {value!r} of record {first[value]}")


def _leaks(entries: Sequence[_Entry], progress: _Progress | None) -> Iterator[Problem]:
    """Yield eval pictures that are also in train, by name below images/ or by content."""
    pictured = [entry for entry in entries if entry.image is not None]
    trained = [entry for entry in pictured if entry.source.name == "train"]
    tested = [entry for entry in pictured if entry.source.name == "eval"]
    names = {_inner_name(entry): entry for entry in reversed(trained)}
    twins = _twins(trained, tested, progress)
    for entry in tested:
        twin = names.get(_inner_name(entry)) or twins.get(entry.image)
        if twin is not None:
            yield entry.problem(f"has the picture of {twin.location}: train and eval must not share pictures")


def _inner_name(entry: _Entry) -> str:
    """Return the picture's path below the last folder called images, without its suffix."""
    parts = (entry.image or Path()).with_suffix("").parts
    start = len(parts) - parts[::-1].index("images") if "images" in parts else -1
    return "/".join(parts[start:])


def _twins(
    trained: Sequence[_Entry], tested: Sequence[_Entry], progress: _Progress | None
) -> dict[Path | None, _Entry]:
    """Return, for pictures of ``tested``, an entry of ``trained`` with an identical picture file.

    Only files of equal size are read.
    """
    sizes: dict[int, dict[Path, _Entry]] = defaultdict(dict)
    for entry in trained:
        if entry.image is not None and entry.image.is_file():
            sizes[entry.image.stat().st_size].setdefault(entry.image, entry)
    twins: dict[Path | None, _Entry] = {}
    for entry in _with_progress(tested, "train against eval", progress):
        image = entry.image
        if image is None or not image.is_file():
            continue
        for train_image, candidate in sizes.get(image.stat().st_size, {}).items():
            if sha256(train_image) == sha256(image):
                twins[image] = candidate
                break
    return twins


def _check_other_kind(path: Path, kind: str, images: bool, progress: _Progress | None) -> Iterator[Problem]:
    """Yield all problems of another kind of data set, with file and line."""
    problems = ProblemList()
    records: dict[str, Record] = {}
    releases = []
    for task in KINDS[kind].tasks:
        try:
            data = KINDS[kind].reader.read(path, task, "all", None, problems)
        except DataError as error:
            problems(path, None, f"cannot be read: {str(error).removesuffix('.')}")
            continue
        releases.append(data)
        records |= {record.id: record for record in data}
    if not records and not problems.found:
        problems(path, None, "has no labelled picture")
    yield from _in_order(problems.found)
    if images:
        yield from _pictures(list(records.values()), progress)
    for data in releases:
        data.close()


def _in_order(problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems sorted by file and line, without the duplicates from reading a table per task."""
    files = {file: number for number, file in enumerate(dict.fromkeys(problem.file for problem in problems))}
    return sorted(dict.fromkeys(problems), key=lambda problem: (files[problem.file], problem.line or 0))


def _pictures(records: Sequence[Record], progress: _Progress | None) -> Iterator[Problem]:
    """Yield pictures that cannot be decoded, and pictures with identical pixels."""
    first: dict[bytes, Record] = {}
    for record in _with_progress(records, "pictures", progress):
        try:
            picture = record.image.open()
        except DataError as error:
            yield Problem(Path(record.image.name), None, f"is damaged: {str(error).removesuffix('.')}")
            continue
        same = first.setdefault(hashlib.sha256(picture.tobytes()).digest(), record)
        if same is not record:
            alike = all(same.label(task) == record.label(task) for task in TASKS)
            labels = "" if alike else ", which has other labels"
            yield Problem(Path(record.image.name), None, f"is the same picture as {same.id}{labels}")


def _with_progress(items: Iterable[_Item], name: str, progress: _Progress | None) -> Iterator[_Item]:
    """Yield the items and call ``progress`` after each."""
    items = list(items)
    for done, item in enumerate(items, 1):
        yield item
        if progress:
            progress(name, done, len(items))
