"""Records: picture, labels and conversation of a face, with the same fields for every data set.

Pictures are read on demand.
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
"""The speaker, "human" or "gpt", and the text, in which ``<image>`` stands for the picture."""

_Item = TypeVar("_Item")
_IMAGE_MARK = "<image>"
_ROLES = {"human": "user", "gpt": "assistant"}


class ImageSource(Protocol):
    """A picture that can be read."""

    @property
    def name(self) -> str:
        """The location, for messages."""

    def open(self) -> Image.Image:
        """Return the picture, upright RGB. Raises DataError if it cannot be read."""


@dataclass(frozen=True, slots=True)
class ImageFile:
    """A picture file."""

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
    """A picture and its labels.

    id: unique in its data set and the same in every run. emotion: one of the seven, None if unlabelled.
    action_units: the active ones, ascending, None if not coded. uncoded: units that could not be judged;
    neither active nor inactive. reference: a description. landmarks: an .npy file of prior features.
    subject: the person. task: "au" or "emotion", for ``messages``. conversation: questions and answers about
    the picture. digest: digest of the picture file, if computed.
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
        """The training conversation as chat-template messages; [] for a record without one and without label.

        As in the published training (``preprocess_multimodal``), the picture comes first in its turn,
        wherever ``<image>`` was, and the text of that turn is stripped. Without a conversation, the
        published question is answered with the label.
        """
        if self.conversation:
            return [_message(*turn) for turn in self.conversation]
        if self.task is None or self.label(self.task) is None:
            return []
        question = f"{_IMAGE_MARK}\n{PUBLISHED_QUESTION[self.task]}"
        return [_message("human", question), _message("gpt", self._answer(self.task))]

    def label(self, task: str) -> str | None:
        """Return the label as text: an emotion, or action units such as ``1, 2, 25``; None if unlabelled."""
        if task == "emotion":
            return self.emotion
        return None if self.action_units is None else ", ".join(map(str, self.action_units))

    def _answer(self, task: str) -> str:
        """Return the label in the form that the published scorer reads: ``Happiness``, ``AU1, AU2``."""
        if task == "emotion":
            return str(self.emotion).capitalize()
        return ", ".join(f"AU{code}" for code in self.action_units or ()) or "None"


def _message(speaker: str, text: str) -> Message:
    if _IMAGE_MARK not in text:
        return message(_ROLES[speaker], text)
    return message(_ROLES[speaker], text.replace(_IMAGE_MARK, "").strip(), image=True)


@dataclass(frozen=True, eq=False)
class Dataset(Sequence[Record]):
    """The records of a data set, in a fixed order.

    kind: a name of ``emola.data.registry.KINDS``. task: the task of the labels, None for all tasks. split,
    fold: the part that was read, None if there are no parts. units: the action units that the protocol
    scores, () if it defines none. note: a remark for the user. Close the data set, or use it as a context
    manager, to release a zip.
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
        """The name of the path and the part, such as ``bp4d/test-2``."""
        part = "-".join(str(value) for value in (self.split, self.fold) if value is not None)
        path = self.path.resolve()  # "." and "x/.." have names, too
        return "/".join(name for name in (path.name if path.is_dir() else path.stem, part) if name)

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
        """Release the zip; reading a picture opens it again."""
        if self.release:
            self.release()


def sample(records: Sequence[_Item], limit: int | None, seed: int = 0) -> list[_Item]:
    """Return ``limit`` random records in their original order, the same for the same seed."""
    if limit is None or limit >= len(records):
        return list(records)
    chosen = random.Random(seed).sample(range(len(records)), limit)
    return [records[index] for index in sorted(chosen)]
