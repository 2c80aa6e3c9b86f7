"""The frames of a set's videos as pictures, so that training can draw them in any order."""

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
    """Write every labelled frame of DISFA or GFT that still lies in a video to ``frames/PERSON/N.jpg``.

    A person's folder appears when it is whole; an interrupted run goes on in it. A frame that cannot be
    read, as when the labels go on for a frame after a video's end, is reported and left out. progress:
    called with the person, frames done and frames in all; report: with a line about each frame left out.
    Returns how many frames lie in folders that were finished now.

    Raises DataError when more than one frame in a hundred of a person cannot be read.
    """
    path = Path(path)
    people: dict[str, list[tuple[Record, VideoFrame]]] = defaultdict(list)
    for record in open_dataset(path, "au", "all"):
        if isinstance(record.image, VideoFrame):
            people[record.subject or ""].append((record, record.image))
    written = 0
    for person, frames in people.items():
        partial = path / "frames" / f"{person}.partial"
        partial.mkdir(parents=True, exist_ok=True)
        tolerance = SkippedImages(len(frames), report)
        for done, (record, frame) in enumerate(frames, 1):
            try:
                _write(partial / f"{record.id.rpartition('/')[2]}.jpg", frame)
            except DataError as error:
                tolerance.skip(record.id, error)
            if progress:
                progress(person, done, len(frames))
        written += len(frames) - len(tolerance)
        partial.rename(path / "frames" / person)
    return written


def _write(file: Path, frame: VideoFrame) -> None:
    if file.exists():
        return
    picture = frame.open()
    with replacing(file) as partial:
        picture.save(partial, "JPEG", quality=_QUALITY)
