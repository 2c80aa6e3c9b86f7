"""Looking for what is wrong in a set of faces, all of it at once, file and record by name."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emola.data.faba_instruct import Annotations, entry_problems, every_file, image_root, load
from emola.data.landmarks import wrong_landmarks
from emola.data.problems import Problem, ProblemList
from emola.data.records import TASKS, ImageFile, Record
from emola.data.registry import KINDS, detect_kind
from emola.errors import DataError
from emola.files import sha256

__all__ = ["check_dataset"]

_Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class _Entry:
    """An entry of an annotation file, and the picture that it speaks of."""

    source: Annotations
    number: int
    value: Any
    image: Path | None

    def finding(self, what: str) -> Problem:
        return Problem(self.source.file, None, what, record=self.number)

    @property
    def place(self) -> str:
        return f"record {self.number} of {self.source.file.name}"


def check_dataset(
    path: str | Path, images: bool = False, progress: _Progress | None = None
) -> Iterator[Problem]:
    """Everything that is wrong with a set of faces, in the order of its files.

    FABA-Instruct, a tree or one JSON file: annotation files that are missing, broken turns, unknown
    labels, pictures and landmark files that are missing, landmarks of a wrong shape, duplicates, and
    pictures that stand in both train and eval, under one name or as equal files. Every other source:
    whatever keeps it from being read, with file and line, and people who are missing. images: also decode
    every picture, which takes long, and find equal ones. progress: called with what is being looked at, how
    many are done and of how many.

    Raises DataError when nothing that is known is at ``path``.
    """
    path = Path(path)
    kind = detect_kind(path)
    if kind != "faba-instruct":
        yield from _other(path, kind, images, progress)
        return
    entries: list[_Entry] = []
    for source in every_file(path):
        try:
            values = load(source.file)
        except DataError as error:
            yield Problem(source.file, None, str(error).removeprefix(f"{source.file} ").removesuffix("."))
            continue
        root = image_root(source.file, values)
        here = [_entry(source, number, value, root) for number, value in enumerate(values)]
        for entry in _watched(here, source.file.name, progress):
            yield from _one(entry, root, images)
        yield from _duplicates(here)
        entries += here
    yield from _leaks(entries, progress)


def _entry(source: Annotations, number: int, value: Any, root: Path) -> _Entry:
    name = value.get("image") if isinstance(value, dict) else None
    return _Entry(source, number, value, root / name if isinstance(name, str) and name else None)


def _one(entry: _Entry, root: Path, images: bool) -> Iterator[Problem]:
    """What is wrong with one entry and the files that it names."""
    yield from map(entry.finding, entry_problems(entry.value, entry.source.task))
    if entry.image is None:
        return
    if not entry.image.is_file():
        yield entry.finding(f"names the picture {entry.image}, which is missing")
    elif images:
        try:
            ImageFile(entry.image).open()
        except DataError as error:
            yield entry.finding(f"names a picture that is damaged: {error}")
    landmark = entry.value.get("landmark")
    if landmark is None:
        yield entry.finding("names no 'landmark' file")
    elif isinstance(landmark, str) and landmark:
        wrong = wrong_landmarks(root / landmark)
        if wrong:
            yield entry.finding(f"names the landmark file {root / landmark}, which {wrong}")


def _duplicates(entries: Sequence[_Entry]) -> Iterator[Problem]:
    """Ids and pictures that stand twice in one file."""
    for name in ("id", "image"):
        first: dict[str, int] = {}
        for entry in entries:
            value = entry.value.get(name) if isinstance(entry.value, dict) else None
            if isinstance(value, str) and first.setdefault(value, entry.number) != entry.number:
                yield entry.finding(f"has the {name} {value!r} of record {first[value]}")


def _leaks(entries: Sequence[_Entry], progress: _Progress | None) -> Iterator[Problem]:
    """Pictures of eval that are also in train, by name below images/ or by content."""
    pictured = [entry for entry in entries if entry.image is not None]
    trained = [entry for entry in pictured if entry.source.name == "train"]
    tested = [entry for entry in pictured if entry.source.name == "eval"]
    names = {_inner_name(entry): entry for entry in reversed(trained)}
    twins = _twins(trained, tested, progress)
    for entry in tested:
        twin = names.get(_inner_name(entry)) or twins.get(entry.image)
        if twin is not None:
            yield entry.finding(f"has the picture of {twin.place}: train and eval must not share one")


def _inner_name(entry: _Entry) -> str:
    """The picture's name below the last folder called images, without its ending."""
    parts = (entry.image or Path()).with_suffix("").parts
    start = len(parts) - parts[::-1].index("images") if "images" in parts else -1
    return "/".join(parts[start:])


def _twins(
    trained: Sequence[_Entry], tested: Sequence[_Entry], progress: _Progress | None
) -> dict[Path | None, _Entry]:
    """For pictures of ``tested``, an entry of ``trained`` whose picture is an equal file.

    Only files whose size occurs on both sides are read.
    """
    sizes: dict[int, dict[Path, _Entry]] = defaultdict(dict)
    for entry in trained:
        if entry.image is not None and entry.image.is_file():
            sizes[entry.image.stat().st_size].setdefault(entry.image, entry)
    twins: dict[Path | None, _Entry] = {}
    for entry in _watched(tested, "train against eval", progress):
        image = entry.image
        if image is None or not image.is_file():
            continue
        for other, candidate in sizes.get(image.stat().st_size, {}).items():
            if sha256(other) == sha256(image):
                twins[image] = candidate
                break
    return twins


def _other(path: Path, kind: str, images: bool, progress: _Progress | None) -> Iterator[Problem]:
    """Everything that is wrong in another source, with file and line."""
    faults = ProblemList()
    records: dict[str, Record] = {}
    releases = []
    for task in KINDS[kind].tasks:
        try:
            data = KINDS[kind].reader.read(path, task, "all", None, faults)
        except DataError as error:
            faults(path, None, f"cannot be read: {str(error).removesuffix('.')}")
            continue
        releases.append(data)
        records |= {record.id: record for record in data}
    if not records and not faults.found:
        faults(path, None, "has no labelled picture")
    yield from _in_order(faults.found)
    if images:
        yield from _pictures(list(records.values()), progress)
    for data in releases:
        data.close()


def _in_order(faults: Sequence[Problem]) -> list[Problem]:
    """Each fault once, though a table is read for each task; files as they came, lines in their order."""
    place = {file: number for number, file in enumerate(dict.fromkeys(fault.file for fault in faults))}
    return sorted(dict.fromkeys(faults), key=lambda fault: (place[fault.file], fault.line or 0))


def _pictures(records: Sequence[Record], progress: _Progress | None) -> Iterator[Problem]:
    """Pictures that cannot be decoded, and those that are there under two names."""
    first: dict[bytes, Record] = {}
    for record in _watched(records, "pictures", progress):
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


def _watched(things: Iterable[Any], name: str, progress: _Progress | None) -> Iterator[Any]:
    """The things one by one, with progress told about each."""
    things = list(things)
    for done, thing in enumerate(things, 1):
        yield thing
        if progress:
            progress(name, done, len(things))
