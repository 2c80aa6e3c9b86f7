"""Finds, names and checks unlabelled pictures in files and folders before a long run."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from emola.data.records import ImageFile, Record
from emola.errors import DataError, ImageError
from emola.files import sha256_stream

__all__ = ["CheckedPictures", "FoundPictures", "check_pictures", "find_pictures"]

_SYSTEM = frozenset(("__macosx", "@eadir", "thumbs.db", "desktop.ini", "$recycle.bin"))
"""Entries that operating systems and network drives create, besides names that begin with a full stop."""


@dataclass(frozen=True)
class FoundPictures:
    """The pictures in files and folders, and the number of other files by suffix."""

    records: Sequence[Record]
    others: Counter[str]


@dataclass(frozen=True)
class CheckedPictures:
    """The readable records, with digests, and the reasons for the others, by id."""

    records: Sequence[Record]
    bad: dict[str, str] = field(default_factory=dict)


def find_pictures(paths: Iterable[Path], leave_out: Collection[Path] = ()) -> FoundPictures:
    """Return a record for each picture in files and folders, including subfolders.

    A given file is always taken; in folders, files with one of ``IMAGE_SUFFIXES``, except hidden files and
    files of the operating system. A file reached twice, for example by a link, counts once. ``Record.id`` is
    the path from the common parent folder, with ``/``, independent of spelling and location. leave_out:
    files to ignore.

    Raises ImageError for a path that is neither file nor folder, DataError for a folder without pictures, and
    OSError for an unreadable folder.
    """
    others: Counter[str] = Counter()
    ignored = {path.resolve() for path in leave_out}
    files: dict[Path, Path] = {}  # resolved path: path by which it was reached
    roots = []
    for path in paths:
        if not path.exists():
            raise ImageError(f"There is no picture at {path}.")
        is_folder = path.is_dir()
        if not is_folder and not path.is_file():
            raise ImageError(f"{path} is neither a file nor a folder.")
        resolved = path.resolve() if is_folder else path.parent.resolve() / path.name
        roots.append(resolved if is_folder else resolved.parent)
        reached = list(_pictures_in(resolved, others, ignored)) if is_folder else [resolved]
        if not reached:
            raise DataError(f"{path} holds no pictures{_among(others)}.")
        for file in reached:
            target = file.resolve()
            if target not in files or file == target:  # prefer the file's own name to that of a link
                files[target] = file
    root = Path(os.path.commonpath(roots)) if len({root.anchor for root in roots}) == 1 else None
    names = sorted((_name(file, root), file) for file in files.values())
    return FoundPictures([Record(id=name, image=ImageFile(file)) for name, file in names], others)


def _pictures_in(folder: Path, others: Counter[str], ignored: Collection[Path]) -> Iterator[Path]:
    """Yield the pictures in a folder and its subfolders, following links; count other files in ``others``."""
    from emola.face.image import IMAGE_SUFFIXES

    visited: set[Path] = set()
    for parent, folders, names in os.walk(folder, followlinks=True, onerror=_raise):
        resolved = Path(parent).resolve()
        if resolved in visited:  # a link to a parent folder, or a second path to the same one
            folders.clear()
            continue
        visited.add(resolved)
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        for file in (Path(parent) / name for name in sorted(names) if not _is_hidden(name)):
            if file.exists() and not file.is_file():  # opening a pipe would block
                continue
            if file.suffix.lower() in IMAGE_SUFFIXES:
                yield file
            elif file.resolve() not in ignored:
                others[file.suffix.lower() or "no ending"] += 1


def _raise(error: OSError) -> None:
    raise error


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name.lower() in _SYSTEM


def _among(others: Counter[str]) -> str:
    return f" among {others.total()} files" if others else ""


def _name(file: Path, root: Path | None) -> str:
    return (file.relative_to(root) if root and file.is_relative_to(root) else file).as_posix()


def check_pictures(
    records: Sequence[Record],
    answered: Collection[str] = (),
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> CheckedPictures:
    """Decode every picture as in the run itself, which also finds truncated files.

    answered: ids that the run will not read and that need no decoding. jobs: number of threads. progress:
    called with the pictures done and the total.
    """
    good, bad = [], {}

    def check(record: Record) -> Record | DataError:
        try:
            if record.id not in answered:
                record.image.open()
            return replace(record, digest=_digest(record))
        except DataError as error:
            return error

    pool = ThreadPoolExecutor(jobs)
    try:
        for done, (record, result) in enumerate(zip(records, pool.map(check, records), strict=True), 1):
            if isinstance(result, DataError):
                bad[record.id] = _reason(record, result)
            else:
                good.append(result)
            if progress:
                progress(done, len(records))
    finally:
        pool.shutdown(cancel_futures=True)  # an interrupt must not wait for thousands of pictures
    return CheckedPictures(good, bad)


def _reason(record: Record, error: DataError) -> str:
    """Return why a picture cannot be read, without its path, which the message gives already."""
    from emola.face.image import path_label  # messages show the end of a long path

    reason = " ".join(str(error.__cause__ or error).split())
    return reason.removeprefix(f"{record.image.name} ").removeprefix(f"{path_label(record.image.name)} ")


def _digest(record: Record) -> str:
    try:
        with Path(record.image.name).open("rb") as stream:
            return sha256_stream(stream)[:16]
    except OSError as error:
        raise DataError(f"The picture {record.image.name} cannot be read: {error}.") from error
