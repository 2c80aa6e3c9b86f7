"""Labelled pictures: a folder, or a zip of one, with a ``labels.csv`` beside the pictures.

Columns of ``labels.csv``: ``image`` (a path relative to the file), ``emotion`` (one of the seven, or a
synonym) and/or ``action_units`` (``1+2+25``; ``none`` for none active; empty for not coded), and optionally
``subject`` or ``identity`` (the person, for holding people out). Other columns are ignored. The table is
checked when it is opened; pictures are read on demand.
"""

from __future__ import annotations

import csv
import io
import os
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from emola.data.problems import ProblemHandler, raise_problem
from emola.data.records import Dataset, Record
from emola.data.tables import decoded
from emola.errors import DataError, ImageError
from emola.faba import canonical_emotion

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["label_folder", "matches", "read"]

_LABELS = "labels.csv"
_FACS = frozenset((1, 2, *range(4, 47), *range(50, 67), *range(68, 75), *range(80, 86), 91, 92, 97, 98))
"""Codes of the Facial Action Coding System: units, descriptors, head, eyes, visibility, behaviour."""
_COLUMNS = ("image", "emotion", "action_units", "subject", "identity")


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
    """Pictures in a zip, read in place and never extracted.

    Each process opens the file itself: an inherited handle shares its file position with the parent, and
    concurrent readers would get parts of each other's pictures.
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
        members = self._opened().namelist()
        return {name.removeprefix(self._prefix) for name in members if name.startswith(self._prefix)}

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
    """A picture of a label folder."""

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


def label_folder(path: str | Path, report: ProblemHandler = raise_problem) -> Dataset:
    """Return every picture of a folder or zip with its labels for all tasks, in the order of ``labels.csv``.

    Raises DataError naming the file and the line of the first problem, unless ``report`` continues.
    """
    source = _open(Path(path))
    try:
        records = tuple(_Table(source, report).records())
    except BaseException:
        source.close()
        raise
    return Dataset(source.path, "labels", None, records, release=source.close)


class _Table:
    """A ``labels.csv`` while it is read."""

    def __init__(self, source: _Folder | _Zip, report: ProblemHandler) -> None:
        self._source, self._report = source, report
        self._file = source.path / _LABELS
        self._names = source.names()
        self._seen: dict[str, tuple[int, Record]] = {}

    def records(self) -> Iterator[Record]:
        if _LABELS not in self._names:
            raise DataError(f"{self._source.path} has no {_LABELS}.")
        text = decoded(self._file, self._source.read(_LABELS), self._report)
        for line, row in self._rows(text):
            record = self._record(row, line)
            if record is not None:
                yield record

    def _rows(self, text: str) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the rows by column name, with the number of the line in which each ends."""
        table = csv.reader(io.StringIO(text, newline=""), strict=True)
        header: list[str] | None = None
        while True:
            try:
                row = next(table)
            except StopIteration:
                break
            except csv.Error as error:
                self._wrong(table.line_num, f"is not a comma-separated row ({error})")
                continue
            if header is None:
                header = row
                if not self._has_columns(header):
                    return
            elif row and len(row) != len(header):
                self._wrong(table.line_num, f"has {len(row)} fields instead of {len(header)}")
            elif row:
                yield table.line_num, dict(zip(header, row, strict=True))
        if header is None:
            self._has_columns([])

    def _has_columns(self, header: list[str]) -> bool:
        twice = [name for name, count in Counter(header).items() if count > 1 and name in _COLUMNS]
        if twice:
            self._wrong(1, f"has the column {twice[0]} twice")
        elif "image" not in header or not {"emotion", "action_units"} & set(header):
            self._wrong(1, "lacks the columns image and emotion or action_units")
        else:
            return True
        return False

    def _record(self, row: Mapping[str, str], line: int) -> Record | None:
        """Return the record of a row without its invalid labels, None if its picture cannot be used."""
        image = self._image(row["image"].strip(), line)
        subject = (row.get("subject") or row.get("identity") or "").strip() or None
        if self._report.every and subject is None and {"subject", "identity"} & row.keys():
            self._wrong(line, "names no subject or identity")
        emotion, units = (
            self._emotion(row.get("emotion", ""), line),
            self._units(row.get("action_units", ""), line),
        )
        if image is None:
            return None
        record = Record(image, _Picture(self._source, image), emotion, units, subject=subject)
        first_line, first = self._seen.setdefault(image, (line, record))
        if first_line != line:
            labels = "" if record == first else ", with other labels"
            self._wrong(line, f"has {image} again, as line {first_line}{labels}")
            return None
        if image not in self._names:
            self._wrong(line, f"names the picture {image}, which is missing")
            return None
        return record

    def _image(self, image: str, line: int) -> str | None:
        """Return the normalised path of a picture inside the data set; Windows tables have ``\\``."""
        parts = PurePosixPath(image.replace("\\", "/"))
        if not image:
            self._wrong(line, "names no image")
        elif parts.is_absolute() or ".." in parts.parts or re.match("[A-Za-z]:", image):
            self._wrong(line, f"has the image {image!r}, which is not a path inside the data set")
        else:
            return parts.as_posix()
        return None

    def _emotion(self, word: str, line: int) -> str | None:
        if not word.strip():
            return None
        emotion = canonical_emotion(word)
        if emotion is None:
            self._wrong(line, f"has the unknown emotion {word.strip()!r}")
        return emotion

    def _units(self, codes: str, line: int) -> tuple[int, ...] | None:
        words = [word for word in re.split(r"[\s+,;]+", codes) if word]
        if not words:
            return None
        if [word.lower() for word in words] == ["none"]:
            return ()
        if not all(re.fullmatch(r"(?:AU)?\d{1,3}", word, re.IGNORECASE) for word in words):
            self._wrong(line, f"has {codes.strip()!r}, which is not a list of action units such as 1+2+25")
            return None
        units = sorted({int(word.upper().removeprefix("AU")) for word in words})
        unknown = [code for code in units if code not in _FACS]
        if unknown:
            self._wrong(line, f"has the unknown action unit {', '.join(f'AU{code}' for code in unknown)}")
            return None
        return tuple(units)

    def _wrong(self, line: int, what: str) -> None:
        self._report(self._file, line, what)


def matches(path: Path) -> bool:
    """Return whether there is a labels.csv; every zip is assumed to have one."""
    return (path / _LABELS).is_file() if path.is_dir() else zipfile.is_zipfile(path)


def read(
    path: Path, task: str, split: str | None, fold: int | None, report: ProblemHandler = raise_problem
) -> Dataset:
    """Return the pictures with a label for ``task``; there are no splits and folds."""
    data = label_folder(path, report)
    records = tuple(replace(record, task=task) for record in data if record.label(task) is not None)
    return replace(data, task=task, records=records, split=split, fold=fold)


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
        raise DataError(f"{path} cannot be read: check its permissions.") from error
