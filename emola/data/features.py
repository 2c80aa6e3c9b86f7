"""Prior features for every picture that lacks them: in parallel, going on where a run was stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np
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

__all__ = ["Expert", "Made", "make_features", "with_features"]

_CROP_QUALITY = 95


class Expert(Protocol):
    """A prior expert, see ``emola.face.experts``; it is used from several threads at once."""

    def detect(self, image: Image.Image) -> list[Face]:
        """The faces of a picture, largest first."""

    def features(self, aligned: Image.Image) -> np.ndarray:
        """(DIM,) float32 of a picture that is an aligned face as a whole."""


@dataclass(frozen=True)
class Made:
    """What a run did: files that were there already, files made, and pictures passed over, with why."""

    there: int
    made: int
    skipped: dict[str, str]


def make_features(
    path: str | Path,
    expert: Expert,
    out: str | Path | None = None,
    jobs: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
    report: Callable[[str], None] | None = None,
) -> Made:
    """Make the features of every picture of a set that has none, or has broken ones.

    FABA-Instruct's go where its records say. Those of other sources go to ``out``, one file per record
    id, for ``with_features``; where the pictures are not aligned faces already (BP4D, DISFA, GFT,
    EmotioNet, label folders), the largest face is aligned and its crop is written beside them. jobs:
    threads at work. progress: called with the set's name, pictures done and pictures in all. report:
    called with a line about each picture that was passed over.

    Raises DataError when ``out`` is missing or not wanted, or too many pictures cannot be used.
    """
    path = Path(path)
    kind = detect_kind(path)
    if (out is None) != (kind == "faba-instruct"):
        raise DataError(
            f"{path} is {kind}: "
            + ("say where its features go." if out is None else "its records say where features go.")
        )
    aligned = KINDS[kind].aligned
    wanted = _wanted(path, kind, None if out is None else Path(out))
    todo = {file: record for file, record in wanted.items() if wrong_landmarks(file)}
    tolerance = SkippedImages(len(wanted), report)
    done = there = len(wanted) - len(todo)
    with ThreadPoolExecutor(jobs) as pool:
        for file, future in _in_parallel(pool, jobs, todo, expert, aligned):
            error = future.exception()
            if isinstance(error, DataError):
                tolerance.skip(todo[file].id, error)
            elif error is not None:
                raise error
            done += 1
            if progress:
                progress(path.name, done, len(wanted))
    return Made(there, len(todo) - len(tolerance), tolerance.skipped)


def with_features(data: Dataset, folder: str | Path) -> Dataset:
    """The set with the features and crops that ``make_features`` put in ``folder``.

    Pictures that were passed over keep what they had. Raises DataError when there is no such folder.
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


def _wanted(path: Path, kind: str, out: Path | None) -> dict[Path, Record]:
    """Every features file of a set, and a record that it is for."""
    wanted: dict[Path, Record] = {}
    for record in _named(path) if out is None else _all(path, kind):
        file = record.landmarks if out is None else _file(out, record)
        if file is not None:
            wanted.setdefault(file, record)
    if not wanted:
        raise DataError(f"No record of {path} names a landmark file.")
    return wanted


def _all(path: Path, kind: str) -> Iterator[Record]:
    """Every record that has a label for any of a set's tasks."""
    for task in KINDS[kind].tasks:
        yield from KINDS[kind].reader.read(path, task, "all", None, raise_problem)


def _named(path: Path) -> Iterator[Record]:
    """The pictures and landmark files that FABA-Instruct's records name, sound otherwise or not."""
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
    """The files as they are finished; no more than a few are under way at a time."""
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
    """Make one file. Raises DataError when the picture cannot be read or has no face."""
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
        raise ValueError(f"The expert gave numbers of shape {numbers.shape} instead of ({DIM},).")
    save_landmarks(file, numbers)
