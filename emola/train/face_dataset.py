"""Fine-tuning data: the records of any data set as pictures, priors and conversations."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from torch.utils.data import Dataset, get_worker_info

from emola import downloads
from emola.data import Record, SkippedImages, open_dataset
from emola.data.features import with_features
from emola.data.landmarks import load_landmarks
from emola.data.skipped_images import SKIP_ONE_IN
from emola.errors import DataError
from emola.face.experts import PriorExpert, prior_expert
from emola.face.insightface import INSIGHTFACE_EXPERT
from emola.model.processing import EmolaProcessor
from emola.train.collate import Example
from emola.train.priors import shuffled_rows

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DataSource:
    """A data set or a part of it, see ``emola.data.open_dataset``.

    features: folder that ``emola data features`` wrote for it.
    """

    path: Path
    task: str
    split: str | None = None
    fold: int | None = None
    features: Path | None = None

    def records(self) -> list[Record]:
        """Return the records that have a conversation. Raises DataError when there are none."""
        data = open_dataset(self.path, self.task, self.split, self.fold)
        if self.features:
            data = with_features(data, self.features)
        records = [record for record in data if record.messages]
        if not records:
            raise DataError(f"{self.path} has nothing to learn from for the task {self.task!r}.")
        return records


class FaceDataset(Dataset[dict[str, Any]]):
    """Faces to learn from: image, prior (D,) or None, messages.

    The prior is read from the record's landmark file; without one, the prior expert named ``expert`` runs
    on the picture. A picture that cannot be read is skipped and the next one is used instead; the run stops
    when there are too many, see ``SkippedImages``. prior: one of ``emola.train.priors.PRIORS``.
    """

    def __init__(self, records: Sequence[Record], expert: str, *, prior: str, seed: int) -> None:
        self.records, self.expert, self.prior = records, expert, prior
        self._others = shuffled_rows(len(records), seed)
        self._skipped: SkippedImages | None = None
        self._detector: tuple[int, PriorExpert] | None = None  # with the process that made it

    @classmethod
    def load(cls, sources: Sequence[DataSource], expert: str, *, prior: str, seed: int) -> FaceDataset:
        """Return the records of all sources.

        Where published features are needed, the few pictures without a detected face are left out.

        Raises DataError if more than one picture in ``SKIP_ONE_IN`` lacks features, and DownloadError if
        faces have to be detected and the detector cannot be fetched.
        """
        records = [record for source in sources for record in source.records()]
        ready = [record for record in records if record.landmarks is not None]
        lacking = len(records) - len(ready)
        if expert == INSIGHTFACE_EXPERT and prior != "off" and lacking:
            if lacking * SKIP_ONE_IN > len(records):
                raise DataError(
                    f"{lacking} of {len(records)} faces have no prior features; make them with "
                    "`emola data features` and name their folder in the recipe (features: DIR)."
                )
            log.warning("%d of %d faces have no prior features and are left out", lacking, len(records))
            records, lacking = ready, 0
        if lacking or expert != INSIGHTFACE_EXPERT:
            downloads.path("face_landmarker.task")  # fails before the model is loaded, not in the first step
        return cls(records, expert, prior=prior, seed=seed)

    def __len__(self) -> int:
        return len(self.records)

    def __getitem__(self, index: int) -> dict[str, Any]:
        if self._skipped is None:
            self._skipped = SkippedImages(self._faces_of_this_process())
        for _ in range(len(self)):
            record = self.records[index]
            try:
                return self._item(index)
            except DataError as error:
                self._skipped.skip(record.id, error)
            index = (index + 1) % len(self)
        raise DataError("None of the pictures can be read.")

    def _faces_of_this_process(self) -> int:
        """Return the faces that this process reads, at least so many that one may be unreadable."""
        worker = get_worker_info()
        readers = (worker.num_workers if worker else 1) * int(os.environ.get("WORLD_SIZE", "1"))
        return max(len(self) // readers, min(len(self), SKIP_ONE_IN))

    def _item(self, index: int) -> dict[str, Any]:
        record = self.records[index]
        image, prior = self._image_and_prior(record)
        if self.prior == "off":
            prior = None
        elif self.prior == "shuffled":
            prior = self._image_and_prior(self.records[self._others[index]])[1]
        return {"image": image, "prior": prior, "messages": record.messages}

    def _image_and_prior(self, record: Record) -> tuple[Image.Image, npt.NDArray[np.float32] | None]:
        """Return the model's view of a record, and its prior, None where no face is detected."""
        image = record.image.open()
        if record.landmarks is not None and self.expert == INSIGHTFACE_EXPERT:
            return image, None if self.prior == "off" else load_landmarks(record.landmarks)
        faces = self._prior_expert().detect(image)
        return (faces[0].crop, faces[0].prior) if faces else (image, None)

    def _prior_expert(self) -> PriorExpert:
        """Return the prior expert of this process: its threads do not survive a fork."""
        if self._detector is None or self._detector[0] != os.getpid():
            self._detector = os.getpid(), prior_expert(self.expert)
        return self._detector[1]

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_detector": None}


def encode_face(processor: EmolaProcessor, item: dict[str, Any]) -> Example:
    """Encode an item of ``FaceDataset`` as the published training does: padded to a square picture."""
    batch = processor(
        images=[item["image"]],
        messages=[item["messages"]],
        prior_features=[item["prior"]],
        labels=True,
        pad_to_square=True,
    )
    return {
        "input_ids": batch["input_ids"][0].tolist(),
        "labels": batch["labels"][0].tolist(),
        "pixel_values": batch["pixel_values"][0],
        "prior_features": batch["prior_features"][0],
    }
