"""One record for every source of faces: the picture, what people said of it, and how to train on it.

Whatever the source, a record has the same fields, so that measuring, annotating and training need not
know where it came from. Pictures are read when asked for.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from emola.errors import DataError, ImageError
from emola.faba import PUBLISHED_QUESTION
from emola.faba.messages import Message, message

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["TASKS", "Dataset", "ImageFile", "ImageSource", "Record", "Turn", "sample"]

TASKS = ("au", "emotion")

Turn = tuple[str, str]
"""Who speaks, "human" or "gpt", and what they say; ``<image>`` in it stands for the picture."""

_Item = TypeVar("_Item")
_IMAGE_MARK = "<image>"
_ROLES = {"human": "user", "gpt": "assistant"}


class ImageSource(Protocol):
    """A picture that can be read."""

    @property
    def name(self) -> str:
        """Where it is, for messages."""

    def open(self) -> Image.Image:
        """The picture, upright RGB. Raises DataError, naming it, when it cannot be read."""


@dataclass(frozen=True, slots=True)
class ImageFile:
    """A picture in a file of its own."""

    path: Path

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    def open(self) -> Image.Image:
        """See ``ImageSource.open``."""
        from emola.face.image import load_image

        try:
            return load_image(self.path)
        except (OSError, ImageError) as error:
            raise DataError(f"The picture {self.path} cannot be read: {error}") from error


@dataclass(frozen=True, slots=True)
class Record:
    """One picture and what people said of it.

    id: unique in its source and the same in every run. emotion: one of the seven, None when nobody
    said. action_units: the active ones, ascending, None when they were not coded. uncoded: units that
    were looked for and could not be judged here; neither active nor inactive. reference: a description
    in words. landmarks: an .npy file of prior features. subject: who is seen. task: what ``messages``
    are about. conversation: what was asked and answered about the picture. digest: of the picture's file,
    where somebody took it.
    """

    id: str
    image: ImageSource = field(compare=False)
    emotion: str | None = None
    action_units: tuple[int, ...] | None = None
    uncoded: tuple[int, ...] = ()
    reference: str | None = None
    landmarks: Path | None = None
    subject: str | None = None
    task: str | None = None
    conversation: tuple[Turn, ...] = ()
    digest: str | None = None

    @property
    def messages(self) -> list[Message]:
        """The conversation to train on as chat-template messages.

        As the published training has it (``preprocess_multimodal``), the picture stands first in its
        turn, wherever ``<image>`` stood, and the text of that turn is stripped. A record without a
        conversation is asked the published question and answers with its label.
        """
        if self.conversation:
            return [_message(*turn) for turn in self.conversation]
        if self.task is None or self.label(self.task) is None:
            return []
        question = f"{_IMAGE_MARK}\n{PUBLISHED_QUESTION[self.task]}"
        return [_message("human", question), _message("gpt", self._answer(self.task))]

    def label(self, task: str) -> str | None:
        """The label as text: an emotion, or action units such as ``1, 2, 25``; None when there is none."""
        if task == "emotion":
            return self.emotion
        return None if self.action_units is None else ", ".join(map(str, self.action_units))

    def _answer(self, task: str) -> str:
        """The label as an answer that the published scorer reads back: ``Happiness``, ``AU1, AU2``."""
        if task == "emotion":
            return str(self.emotion).capitalize()
        return ", ".join(f"AU{code}" for code in self.action_units or ()) or "None"


def _message(speaker: str, text: str) -> Message:
    if _IMAGE_MARK not in text:
        return message(_ROLES[speaker], text)
    return message(_ROLES[speaker], text.replace(_IMAGE_MARK, "").strip(), image=True)


@dataclass(frozen=True, eq=False)
class Dataset(Sequence[Record]):
    """The records of one source, in a fixed order.

    kind: what the source is, such as "raf-db". task: what they have labels for, None where that was not
    asked. split, fold: which part of it, None where it has no parts. units: the action units that the
    source's protocol scores, () where it names none. note: what a user should hear about it. Close it, or
    use it as a context manager, to release a zip.
    """

    path: Path
    kind: str
    task: str | None
    records: tuple[Record, ...] = field(repr=False)
    split: str | None = None
    fold: int | None = None
    units: tuple[int, ...] = ()
    note: str | None = None
    release: Callable[[], None] | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The source and its part, such as ``bp4d/test-2``."""
        part = "-".join(str(one) for one in (self.split, self.fold) if one is not None)
        path = self.path.resolve()  # "." and "x/.." have a name, too
        return "/".join(one for one in (path.name if path.is_dir() else path.stem, part) if one)

    def __len__(self) -> int:
        return len(self.records)

    def __getitem__(self, index: Any) -> Any:
        return self.records[index]

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def __enter__(self) -> Dataset:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the zip; it is opened anew when a picture is read later."""
        if self.release:
            self.release()


def sample(records: Sequence[_Item], limit: int | None, seed: int = 0) -> list[_Item]:
    """``limit`` of the records at random, the same ones for the same seed, in their own order."""
    if limit is None or limit >= len(records):
        return list(records)
    chosen = random.Random(seed).sample(range(len(records)), limit)
    return [records[index] for index in sorted(chosen)]
