"""Writes the frames of a data set's videos to picture files, for reading in any order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from emola.data.records import Record
from emola.data.registry import open_dataset
from emola.data.skipped_images import SkippedImages
from emola.data.video import VideoFrame
from emola.errors import DataError
from emola.files import replacing

__all__ = ["write_frames"]

_QUALITY = 95


def write_frames(
    path: str | Path,
    progress: Callable[[str, int, int], None] | None = None,
    report: Callable[[str], None] | None = None,
) -> int:
    """Write the labelled frames of DISFA's or GFT's videos to ``frames/SUBJECT/N.jpg``.

    A subject's folder is named ``SUBJECT.partial`` until it is complete; an interrupted run resumes in it.
    Unreadable frames, such as labelled frames after the end of a video, are reported and skipped.
    progress: called with the subject, the frames done and the total. report: called with a line for each
    skipped frame.
    Returns the number of frames in the folders that this call completed.

    Raises DataError if more than one frame in a hundred of a subject cannot be read.
    """
    path = Path(path)
    subjects: dict[str, list[tuple[Record, VideoFrame]]] = defaultdict(list)
    for record in open_dataset(path, "au", "all"):
        if isinstance(record.image, VideoFrame):
            subjects[record.subject or ""].append((record, record.image))
    written = 0
    for subject, frames in subjects.items():
        partial = path / "frames" / f"{subject}.partial"
        partial.mkdir(parents=True, exist_ok=True)
        skipped = SkippedImages(len(frames), report)
        for done, (record, frame) in enumerate(frames, 1):
            try:
                _write(partial / f"{record.id.rpartition('/')[2]}.jpg", frame)
            except DataError as error:
                skipped.skip(record.id, error)
            if progress:
                progress(subject, done, len(frames))
        written += len(frames) - len(skipped)
        partial.rename(path / "frames" / subject)
    return written


def _write(file: Path, frame: VideoFrame) -> None:
    if file.exists():
        return
    picture = frame.open()
    with replacing(file) as partial:
        picture.save(partial, "JPEG", quality=_QUALITY)
