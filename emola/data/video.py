"""Single frames of a video as pictures.

Frames are counted by decoding, never by seeking: seeking lands beside the frame in many codecs, and
a label would go with the wrong picture. Reading in order is fast, jumping back starts the video anew;
for training, ``emola data frames`` writes the frames as pictures once.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emola.errors import DataError

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["VideoFrame"]

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
