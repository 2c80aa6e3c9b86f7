"""Frames of a sequence: picture files, or single frames of a video.

Frames are counted by decoding, never by seeking: with many codecs, seeking misses the exact frame, which
would pair labels with wrong pictures. Reading in order is fast; going back decodes the video from its
start. For training, ``emola data frames`` writes the frames to picture files once.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emola.data.problems import ProblemHandler, raise_problem
from emola.data.records import ImageFile, ImageSource
from emola.errors import DataError

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["VideoFrame", "frame_pictures"]

_PICTURES = {".jpg", ".jpeg", ".png", ".bmp"}
_VIDEOS = {".avi", ".mp4", ".wmv", ".mov", ".mpg"}
_MISSING_ONE_IN = 100
"""A sequence may lack one picture in this many; readers skip those."""

_local = threading.local()
"""Holds the video that each thread read last, as ``reader``."""


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """A frame of a video; ``index`` counts from 0."""

    path: Path
    index: int

    @property
    def name(self) -> str:
        """The path of the video and the frame number, from 1."""
        return f"{self.path} frame {self.index + 1}"

    def open(self) -> Image.Image:
        """Return the frame, RGB. Raises DataError if it cannot be decoded."""
        from PIL import Image

        reader = getattr(_local, "reader", None)
        if reader is None or reader.path != self.path or reader.next > self.index:
            reader = _local.reader = _VideoReader(self.path)
        pixels = reader.read(self.index)
        if pixels is None:
            _local.reader = None
            raise DataError(f"{self.name} cannot be read: the video ends before it or is damaged.")
        return Image.fromarray(pixels[:, :, ::-1].copy())


class _VideoReader:
    """An open video; ``next`` is the index of the next frame that it decodes."""

    def __init__(self, path: Path) -> None:
        import cv2

        self.path = path
        self.next = 0
        self._capture: Any = cv2.VideoCapture(str(path))

    def read(self, index: int) -> Any:
        """Return a frame, (H, W, 3) uint8 BGR, None past the end. ``index`` must not be before ``next``."""
        while self.next < index:
            if not self._capture.grab():
                return None
            self.next += 1
        good, pixels = self._capture.read()
        self.next += 1
        return pixels if good else None


def frame_pictures(
    folder: Path,
    videos: Path | None,
    name: str,
    frames: Mapping[int, tuple[Path, int]],
    report: ProblemHandler = raise_problem,
    first: int = 1,
) -> Mapping[int, ImageSource]:
    """Return the pictures of the labelled ``frames`` of the sequence ``name``.

    folder: picture files named by their frame number. videos: folder to search, if ``folder`` does not
    exist, for a video whose name contains ``name``; its first frame has the number ``first``. frames: frame
    numbers, with the file and the line of their labels.

    Reports a sequence with neither folder nor video, and returns nothing for it. Reports missing pictures:
    all of them if ``report.every``, else the first one if more than one in a hundred is missing.
    """
    if not folder.is_dir():
        video = _video(videos, name)
        if video is None:
            report(
                folder, None, f"is missing{f', and so is a video of {name} in {videos}' if videos else ''}"
            )
            return {}
        return {frame: VideoFrame(video, frame - first) for frame in frames}
    files = {int(file.stem): file for file in _pictures(folder)}
    missing = [frame for frame in frames if frame not in files]
    if report.every:
        for frame in missing:
            report(*frames[frame], f"has no picture: {folder / f'{frame}.jpg'} is missing")
    elif len(missing) * _MISSING_ONE_IN > len(frames):
        more = f"is missing, and {len(missing) - 1} more of {len(frames)} labelled frames"
        report(folder / f"{missing[0]}.jpg", None, more)
    return {frame: ImageFile(files.get(frame, folder / f"{frame}.jpg")) for frame in frames}


def _pictures(folder: Path) -> Iterable[Path]:
    return (f for f in folder.iterdir() if f.suffix.lower() in _PICTURES and f.stem.isdecimal())


def _video(folder: Path | None, name: str) -> Path | None:
    if folder is None or not folder.is_dir():
        return None
    pattern = re.compile(rf"(?<![0-9A-Z]){re.escape(name)}(?![0-9A-Z])|{re.escape(name)}_", re.IGNORECASE)
    found = sorted(f for f in folder.iterdir() if f.suffix.lower() in _VIDEOS and pattern.search(f.stem))
    return found[0] if found else None
