"""Records of any set of faces as what the model learns from: picture, prior, conversation."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch.utils.data import Dataset, get_worker_info

from emola import downloads
from emola.data import Record, SkippedImages, open_dataset
from emola.data.features import with_features
from emola.data.landmarks import load_landmarks
from emola.data.skipped_images import SKIP_ONE_IN
from emola.errors import DataError, RecipeError
from emola.face.experts import PriorExpert, prior_expert
from emola.face.insightface import INSIGHTFACE_EXPERT
from emola.model.processing import IGNORE_INDEX, EmolaProcessor

log = logging.getLogger(__name__)

PRIORS = ("on", "off", "shuffled")
"""What becomes of the prior: given, left out, or another face's."""


def check_prior(prior: str) -> None:
    """Raise RecipeError unless it is one of :data:`PRIORS`."""
    if prior not in PRIORS:
        raise RecipeError(f"The prior can be {', '.join(PRIORS)}, not {prior!r}.")


@dataclass(frozen=True)
class DataSource:
    """A set of faces, see ``emola.data.open_dataset``; features: where its prior features were put."""

    path: Path
    task: str
    split: str | None = None
    fold: int | None = None
    features: Path | None = None

    def records(self) -> list[Record]:
        """The records that have something to say. Raises DataError when there is none."""
        data = open_dataset(self.path, self.task, self.split, self.fold)
        if self.features:
            data = with_features(data, self.features)
        told = [record for record in data if record.messages]
        if not told:
            raise DataError(f"{self.path} has nothing to learn from for the task {self.task!r}.")
        return told


class FaceDataset(Dataset[dict[str, Any]]):
    """FaceDataset to learn from: image, prior (D,) or None, messages.

    A face's prior is read from its record's file; where there is none, the expert called ``expert`` looks
    at the picture. A picture that cannot be read is passed over, and the next one takes its place; with
    more than one in a hundred the run stops, see ``SkippedImages``.
    """

    def __init__(self, records: Sequence[Record], expert: str, *, prior: str, seed: int) -> None:
        self.records, self.expert, self.prior = records, expert, prior
        self._others = np.random.default_rng(seed).permutation(len(records))
        self._tolerance: SkippedImages | None = None
        self._looking: tuple[int, PriorExpert] | None = None  # by the process that made it

    @classmethod
    def load(cls, sources: Sequence[DataSource], expert: str, *, prior: str, seed: int) -> FaceDataset:
        """The records of all sources.

        Where published features are needed, the few pictures that ``emola data features`` found no face in
        are left out. Raises DataError where more are missing, and DownloadError where faces have to be
        found and what finds them cannot be fetched.
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
            downloads.path("face_landmarker.task")  # now, and not in the first step
        return cls(records, expert, prior=prior, seed=seed)

    def __len__(self) -> int:
        return len(self.records)

    def __getitem__(self, index: int) -> dict[str, Any]:
        if self._tolerance is None:
            self._tolerance = SkippedImages(self._share())
        for _ in range(len(self)):
            record = self.records[index]
            try:
                return self._face(index)
            except DataError as error:
                self._tolerance.skip(record.id, error)
            index = (index + 1) % len(self)
        raise DataError("None of the pictures can be read.")

    def _share(self) -> int:
        """Of how many faces this process counts the bad ones: its part, yet enough that one may be bad."""
        worker = get_worker_info()
        readers = (worker.num_workers if worker else 1) * int(os.environ.get("WORLD_SIZE", "1"))
        return max(len(self) // readers, min(len(self), SKIP_ONE_IN))

    def _face(self, index: int) -> dict[str, Any]:
        record = self.records[index]
        image, prior = self._seen(record)
        if self.prior == "off":
            prior = None
        elif self.prior == "shuffled":
            prior = self._seen(self.records[self._others[index]])[1]
        return {"image": image, "prior": prior, "messages": record.messages}

    def _seen(self, record: Record) -> tuple[Image.Image, np.ndarray | None]:
        """What the model sees of a record, and the prior, None where no face is found."""
        image = record.image.open()
        if record.landmarks is not None and self.expert == INSIGHTFACE_EXPERT:
            return image, None if self.prior == "off" else load_landmarks(record.landmarks)
        faces = self._looker().detect(image)
        return (faces[0].crop, faces[0].prior) if faces else (image, None)

    def _looker(self) -> PriorExpert:
        """The expert of this process: its threads do not live on in a process that was forked off."""
        if self._looking is None or self._looking[0] != os.getpid():
            self._looking = os.getpid(), prior_expert(self.expert)
        return self._looking[1]

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_looking": None}


class Collate:
    """A batch as the published training makes it: pictures padded to a square, labels on answers only."""

    def __init__(self, processor: EmolaProcessor, max_length: int) -> None:
        self.processor, self.max_length = processor, max_length

    def __call__(self, items: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """input_ids, attention_mask and labels (B, T), pixel_values (B, C, S, S), prior_features (B, D).

        Conversations are cut at ``max_length`` tokens; DataError for one whose answers all lie beyond.
        """
        batch = self.processor(
            images=[item["image"] for item in items],
            messages=[item["messages"] for item in items],
            prior_features=[item["prior"] for item in items],
            labels=True,
            pad_to_square=True,
        )
        for name in ("input_ids", "attention_mask", "labels"):
            batch[name] = batch[name][:, : self.max_length]
        if (batch["labels"] == IGNORE_INDEX).all():
            raise DataError(f"No answer lies within {self.max_length} tokens; raise max_length.")
        return dict(batch)
