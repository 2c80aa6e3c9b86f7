"""Computes the landmark files of a data set in threads; an interrupted run resumes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from emola.data.faba_instruct import every_file, image_root, load
from emola.data.landmarks import DIM, save_landmarks, wrong_landmarks
from emola.data.problems import raise_problem
from emola.data.records import Dataset, ImageFile, Record
from emola.data.registry import KINDS, detect_kind
from emola.data.skipped_images import SkippedImages
from emola.errors import DataError
from emola.face.landmarker import Face
from emola.files import replacing

__all__ = ["Expert", "FeatureCounts", "make_features", "with_features"]

_CROP_QUALITY = 95


class Expert(Protocol):
    """A prior expert, see ``emola.face.experts``, that several threads may use at once."""

    def detect(self, image: Image.Image) -> list[Face]:
        """Return the faces of a picture, largest first."""

    def features(self, aligned: Image.Image) -> npt.NDArray[np.float32]:
        """Return the features, (DIM,) float32, of a picture of one aligned face."""


@dataclass(frozen=True)
class FeatureCounts:
    """Files that existed, files that were made, and the pictures that were skipped, with reasons."""

    existing: int
    made: int
    skipped: dict[str, str]


def make_features(
    path: str | Path,
    expert: Expert,
    out: str | Path | None = None,
    jobs: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
    report: Callable[[str], None] | None = None,
) -> FeatureCounts:
    """Make the missing and the invalid landmark files of a data set.

    The files of FABA-Instruct go to the paths in its records; those of other kinds to ``out``, one per record
    id, for ``with_features``. Unless the pictures are aligned faces already, the largest face is aligned
    and its crop is written beside its file. jobs: number of threads. progress: called with the name of the
    data set, the pictures done and the total. report: called with a line for each skipped picture.

    Raises DataError if ``out`` is missing or superfluous, or if too many pictures are skipped.
    """
    path = Path(path)
    kind = detect_kind(path)
    files = _feature_files(path, kind, None if out is None else Path(out))
    todo = {file: record for file, record in files.items() if wrong_landmarks(file)}
    skipped = SkippedImages(len(files), report)
    existing = len(files) - len(todo)
    with ThreadPoolExecutor(jobs) as pool:
        made = _in_parallel(pool, jobs, todo, expert, KINDS[kind].aligned)
        for done, (file, future) in enumerate(made, existing + 1):
            error = future.exception()
            if isinstance(error, DataError):
                skipped.skip(todo[file].id, error)
            elif error is not None:
                raise error
            if progress:
                progress(path.name, done, len(files))
    return FeatureCounts(existing, len(todo) - len(skipped), skipped.skipped)


def with_features(data: Dataset, folder: str | Path) -> Dataset:
    """Return a data set with the landmark files and crops that ``make_features`` wrote to ``folder``.

    Records of skipped pictures stay as they are. Raises DataError if the folder does not exist.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(f"There are no features at {folder}; make them with `emola data features`.")
    return replace(data, records=tuple(_featured(record, _file(folder, record)) for record in data))


def _featured(record: Record, file: Path) -> Record:
    if not file.exists():
        return record
    crop = file.with_suffix(".jpg")
    return replace(record, landmarks=file, image=ImageFile(crop) if crop.exists() else record.image)


def _feature_files(path: Path, kind: str, out: Path | None) -> dict[Path, Record]:
    """Return every landmark file that a data set should have, with a record of its picture."""
    if (out is None) != (kind == "faba-instruct"):
        raise DataError(
            f"{path} is {kind}: "
            + (
                "give an output folder (--out)."
                if out is None
                else "its records name the files, so leave out the output folder (--out)."
            )
        )
    files: dict[Path, Record] = {}
    for record in _named_records(path) if out is None else _all_records(path, kind):
        file = record.landmarks if out is None else _file(out, record)
        if file is not None:
            files.setdefault(file, record)
    if not files:
        raise DataError(f"No record of {path} names a landmark file.")
    return files


def _all_records(path: Path, kind: str) -> Iterator[Record]:
    """Yield every record with a label for any task."""
    for task in KINDS[kind].tasks:
        yield from KINDS[kind].reader.read(path, task, "all", None, raise_problem)


def _named_records(path: Path) -> Iterator[Record]:
    """Yield the pictures and landmark files that FABA-Instruct's entries name, even of invalid entries."""
    for source in every_file(path):
        if not source.file.exists():
            continue
        entries = load(source.file)
        root = image_root(source.file, entries)
        for entry in entries:
            image, landmark = entry.get("image"), entry.get("landmark")
            if isinstance(image, str) and isinstance(landmark, str):
                yield Record(image, ImageFile(root / image), landmarks=root / landmark)


def _file(folder: Path, record: Record) -> Path:
    return folder / f"{record.id}.npy"


def _in_parallel(
    pool: ThreadPoolExecutor, jobs: int, todo: dict[Path, Record], expert: Expert, aligned: bool
) -> Iterator[tuple[Path, Future[None]]]:
    """Yield the files in the order of completion, with a limited number in progress."""
    waiting = iter(todo.items())
    running: dict[Future[None], Path] = {}
    try:
        while True:
            for file, record in islice(waiting, 2 * jobs - len(running)):
                running[pool.submit(_make, file, record, expert, aligned)] = file
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(future), future
    finally:
        for future in running:
            future.cancel()


def _make(file: Path, record: Record, expert: Expert, aligned: bool) -> None:
    """Make a landmark file. Raises DataError if the picture is unreadable or has no face."""
    image = record.image.open()
    if aligned:
        numbers = expert.features(image)
    else:
        faces = expert.detect(image)
        if not faces or faces[0].prior is None:
            raise DataError(f"No face was found in {record.image.name}.")
        numbers = faces[0].prior
        with replacing(file.with_suffix(".jpg")) as partial:
            faces[0].crop.convert("RGB").save(partial, "JPEG", quality=_CROP_QUALITY)
    if numbers.shape != (DIM,):
        raise ValueError(f"The prior expert returned features of shape {numbers.shape} instead of ({DIM},).")
    save_landmarks(file, numbers)
