"""Labelled pictures: a folder, or a zip of one, with a ``labels.csv`` beside the pictures.

Columns of ``labels.csv``: ``image`` (a path relative to the file), ``emotion`` (one of the seven, or a
word for it) and/or ``action_units`` (``1+2+25``; ``none`` when none is active; empty when nobody coded
them), and optionally ``subject`` or ``identity`` (who is seen, so that people can be held out). Other
columns are ignored. Everything is checked when the file is opened; pictures are read when asked for.
"""

from __future__ import annotations

import csv
import io
import os
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from emola.data.records import Dataset, Record
from emola.errors import DataError, ImageError
from emola.faba import canonical

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["label_folder", "read", "recognise"]

_LABELS = "labels.csv"


class _Folder:
    """Pictures in a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> set[str]:
        return {file.relative_to(self.path).as_posix() for file in self.path.rglob("*") if file.is_file()}

    def read(self, name: str) -> bytes:
        return (self.path / name).read_bytes()

    def close(self) -> None:
        pass


class _Zip:
    """Pictures in a zip, read in place: nothing is ever extracted to disk.

    Each process opens the file for itself: a handle that was inherited or sent would share its place in
    the file with its origin, and two readers would get parts of each other's pictures.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._archive: zipfile.ZipFile | None = None
        self._process = 0
        tables = [name for name in self._opened().namelist() if PurePosixPath(name).name == _LABELS]
        tables.sort(key=lambda name: name.count("/"))
        self._prefix = tables[0].removesuffix(_LABELS) if tables else ""

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_archive": None}

    def names(self) -> set[str]:
        every = self._opened().namelist()
        return {name.removeprefix(self._prefix) for name in every if name.startswith(self._prefix)}

    def read(self, name: str) -> bytes:
        return self._opened().read(self._prefix + name)

    def close(self) -> None:
        if self._archive and self._process == os.getpid():
            self._archive.close()
        self._archive = None

    def _opened(self) -> zipfile.ZipFile:
        if self._archive is None or self._process != os.getpid():
            self._archive, self._process = zipfile.ZipFile(self.path), os.getpid()
        return self._archive


@dataclass(frozen=True, slots=True)
class _Picture:
    """One picture of a label folder."""

    source: _Folder | _Zip
    image: str

    @property
    def name(self) -> str:
        return f"{self.source.path}: {self.image}"

    def open(self) -> Image.Image:
        from emola.face.image import load_image

        try:
            return load_image(self.source.read(self.image))
        except (OSError, KeyError, RuntimeError, zipfile.BadZipFile, ImageError) as error:
            raise DataError(
                f"{self.source.path}: the picture {self.image} cannot be read: {error}"
            ) from error


def label_folder(path: str | Path) -> Dataset:
    """Every labelled picture of a folder or zip, whatever its labels are for, in the order of ``labels.csv``.

    Raises DataError naming the file and the line when anything does not fit.
    """
    source = _open(Path(path))
    try:
        records = tuple(_Table(source).records())
    except BaseException:
        source.close()
        raise
    return Dataset(source.path, "labels", None, records, release=source.close)


class _Table:
    """``labels.csv`` as it is read."""

    def __init__(self, source: _Folder | _Zip) -> None:
        self.path, self._source = source.path, source

    def records(self) -> Iterator[Record]:
        names = self._source.names()
        if _LABELS not in names:
            raise DataError(f"{self.path} has no {_LABELS}.")
        try:
            text = self._source.read(_LABELS).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise DataError(f"{self.path}: {_LABELS} is not UTF-8 text ({error}).") from error
        seen: dict[str, int] = {}
        for line, row in self._rows(text):
            record = self._record(row, line)
            if record.id in seen:
                raise self._wrong(line, f"{record.id} stands already in line {seen[record.id]}")
            if record.id not in names:
                raise self._wrong(line, f"there is no picture {record.id}")
            seen[record.id] = line
            yield record

    def _rows(self, text: str) -> Iterator[tuple[int, Mapping[str | None, Any]]]:
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        try:
            columns = set(rows.fieldnames or [])
            if "image" not in columns or not columns & {"emotion", "action_units"}:
                raise self._wrong(1, "columns image and emotion or action_units are needed")
            for row in rows:
                yield rows.line_num, row
        except csv.Error as error:
            raise DataError(
                f"{self.path}: {_LABELS} after line {rows.line_num}: it is not a table with commas ({error})."
            ) from error

    def _record(self, row: Mapping[str | None, Any], line: int) -> Record:
        if None in row or None in row.values():
            raise self._wrong(line, "the row has not as many fields as the header")
        image = row["image"].strip()
        parts = PurePosixPath(image)
        if not image or parts.is_absolute() or ".." in parts.parts or re.search(r"\\|^[A-Za-z]:", image):
            raise self._wrong(line, f"{image!r} is not a path inside the data set")
        return Record(
            id=image,
            image=_Picture(self._source, image),
            emotion=self._emotion(row.get("emotion", ""), line),
            action_units=self._action_units(row.get("action_units", ""), line),
            subject=(row.get("subject") or row.get("identity") or "").strip() or None,
        )

    def _emotion(self, word: str, line: int) -> str | None:
        if not word.strip():
            return None
        emotion = canonical(word)
        if emotion is None:
            raise self._wrong(line, f"{word.strip()!r} is not an emotion that is known here")
        return emotion

    def _action_units(self, codes: str, line: int) -> tuple[int, ...] | None:
        words = [word for word in re.split(r"[\s+,;]+", codes) if word]
        if not words:
            return None
        if [word.lower() for word in words] == ["none"]:
            return ()
        if not all(re.fullmatch(r"(?:AU)?[1-9]\d?", word, re.IGNORECASE) for word in words):
            raise self._wrong(line, f"{codes.strip()!r} is not a list of action units such as 1+2+25")
        return tuple(sorted({int(word.upper().removeprefix("AU")) for word in words}))

    def _wrong(self, line: int, what: str) -> DataError:
        return DataError(f"{self.path}: {_LABELS} line {line}: {what}.")


def recognise(path: Path) -> bool:
    """Whether there is a labels.csv; every zip is taken for one of these."""
    return (path / _LABELS).is_file() if path.is_dir() else zipfile.is_zipfile(path)


def read(path: Path, task: str, split: str | None, fold: int | None) -> Dataset:
    """The labelled pictures of a folder or zip as records; it has no parts."""
    every = label_folder(path)
    records = tuple(replace(one, task=task) for one in every if one.label(task) is not None)
    return replace(every, task=task, records=records, split=split, fold=fold)


def _open(path: Path) -> _Folder | _Zip:
    if path.is_dir():
        return _Folder(path)
    if not path.exists():
        raise DataError(f"There is no data set at {path}.")
    try:
        return _Zip(path)
    except zipfile.BadZipFile as error:
        raise DataError(f"{path} is neither a folder nor a zip file.") from error
    except PermissionError as error:
        raise DataError(f"{path} may not be read: check its permissions.") from error
