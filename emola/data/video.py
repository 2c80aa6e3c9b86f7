"""Single frames of a video as pictures.

Frames are counted by decoding, never by seeking: seeking lands beside the frame in many codecs, and
a label would go with the wrong picture. Reading in order is fast, jumping back starts the video anew;
for training, ``emola data frames`` writes the frames as pictures once.
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

_open = threading.local()


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """A frame of a video; the first has ``index`` 0."""

    path: Path
    index: int

    @property
    def name(self) -> str:
        """The video and the frame."""
        return f"{self.path} frame {self.index + 1}"

    def open(self) -> Image.Image:
        """The frame, RGB. Raises DataError, naming it, when it cannot be decoded."""
        from PIL import Image

        film = getattr(_open, "film", None)
        if film is None or film.path != self.path or film.next > self.index:
            film = _open.film = _Film(self.path)
        pixels = film.read(self.index)
        if pixels is None:
            _open.film = None
            raise DataError(f"{self.name} cannot be read: the video ends before it or is damaged.")
        return Image.fromarray(pixels[:, :, ::-1].copy())


class _Film:
    """A video that is open at one place; each thread keeps the last one that it read from."""

    def __init__(self, path: Path) -> None:
        import cv2

        self.path = path
        self.next = 0
        self._capture: Any = cv2.VideoCapture(str(path))

    def read(self, index: int) -> Any:
        """(H, W, 3) uint8 BGR of a frame that was not passed yet, None when there is none."""
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
    """The pictures of the labelled ``frames`` of the sequence ``name``.

    folder: where pictures named by their frame's number lie. videos: where to look for a video with
    ``name`` in its own when there is no such folder; ``first`` is the number of its first frame. frames:
    their numbers, with the file and the line of their labels.

    Reported are a folder without which there is no video either, whose frames have no pictures then, and
    missing pictures: each where every fault is wanted, else the first when more than one in a hundred is.
    """
    if not folder.is_dir():
        video = _video(videos, name)
        if video is None:
            report(
                folder, None, f"is missing{f', and so is a video of {name} in {videos}' if videos else ''}"
            )
            return {}
        return {frame: VideoFrame(video, frame - first) for frame in frames}
    there = {int(file.stem): file for file in _pictures(folder)}
    missing = [frame for frame in frames if frame not in there]
    if report.every:
        for frame in missing:
            report(*frames[frame], f"has no picture: {folder / f'{frame}.jpg'} is missing")
    elif len(missing) * _MISSING_ONE_IN > len(frames):
        more = f"is missing, and {len(missing) - 1} more of {len(frames)} labelled frames"
        report(folder / f"{missing[0]}.jpg", None, more)
    return {frame: ImageFile(there.get(frame, folder / f"{frame}.jpg")) for frame in frames}


def _pictures(folder: Path) -> Iterable[Path]:
    return (f for f in folder.iterdir() if f.suffix.lower() in _PICTURES and f.stem.isdecimal())


def _video(folder: Path | None, name: str) -> Path | None:
    if folder is None or not folder.is_dir():
        return None
    pattern = re.compile(rf"(?<![0-9A-Z]){re.escape(name)}(?![0-9A-Z])|{re.escape(name)}_", re.IGNORECASE)
    found = sorted(f for f in folder.iterdir() if f.suffix.lower() in _VIDEOS and pattern.search(f.stem))
    return found[0] if found else None
