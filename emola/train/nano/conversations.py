"""The instruction corpus as training data: conversations, and the faces that they are about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset

from emola.errors import DataError
from emola.faba.messages import Message, chat_messages, opening
from emola.model.processing import EmolaProcessor
from emola.model.prompts import IGNORE_INDEX
from emola.train.collate import Example
from emola.train.nano.augment import centre_crops
from emola.train.nano.face_table import FaceTable
from emola.train.priors import shuffled_rows


def read_corpus(corpus: Path) -> Iterator[dict[str, Any]]:
    """Yield the conversations of a JSON Lines file, see :mod:`emola.train.nano.write_corpus`.

    Raises DataError naming a line that is not a conversation, or a file that cannot be read.
    """
    try:
        with corpus.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                record = _conversation(line)
                if record is None:
                    raise DataError(f"{corpus}, line {number} is not a conversation; write the corpus again.")
                yield record
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"The corpus {corpus} cannot be read: {error}.") from error


def _conversation(line: str) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    types = {"faces": str, "row": int, "reading": dict, "synthetic": bool, "turns": list}
    valid = isinstance(record, dict) and all(isinstance(record.get(k), t) for k, t in types.items())
    return record if valid else None


def faces_of_corpora(folder: Path, corpora: Sequence[Path]) -> FaceTable:
    """Return the faces that the corpora mention, without duplicates, from the tables in ``folder``."""
    rows: dict[str, set[int]] = {}
    for corpus in corpora:
        for record in read_corpus(corpus):
            rows.setdefault(record["faces"], set()).add(record["row"])
    tables = [
        FaceTable.load(folder / name).where(np.array(sorted(numbers)))
        for name, numbers in sorted(rows.items())
    ]
    return FaceTable.concatenate(tables)


def messages(record: Mapping[str, Any], reading: str | None) -> list[Message]:
    """Return a conversation of the corpus as messages, after the reading of the face.

    reading: "measured": movements and view are given, and the model writes the emotion. "written": the view
    is given, and the model writes movements and emotion. None: the conversation begins with a question.
    """
    lines = record["reading"]
    movements, view, emotion = lines["movements"], lines["view"], lines["emotion"]
    turns = [(question, answer) for question, answer in record["turns"]]
    if reading == "measured":
        turns.insert(0, opening(" ".join(filter(None, (movements, view))), emotion))
    elif reading == "written":
        turns.insert(0, opening(view, " ".join(filter(None, (movements, emotion)))))
    return chat_messages(turns)


class Conversations(Dataset[dict[str, Any]]):
    """The corpus, tokenised: input_ids, labels, and table and row of the face and of its prior.

    tables: names of the face tables. reading: the setting of ``EmolaConfig``. prior: one of
    ``emola.train.priors.PRIORS``.
    """

    def __init__(
        self,
        corpora: Sequence[Path],
        tables: Sequence[str],
        processor: EmolaProcessor,
        reading: str | None = None,
        prior: str = "on",
        seed: int = 0,
    ) -> None:
        self.items: list[dict[str, Any]] = []
        for corpus in corpora:
            for number, record in enumerate(read_corpus(corpus), 1):
                if record["faces"] not in tables:
                    raise DataError(f"{corpus}, line {number}: there is no table {record['faces']!r}.")
                if not reading and not record["turns"]:
                    raise DataError(f"{corpus}, line {number} asks nothing; train with a 'reading'.")
                ids, labels = processor.tokenize_with_labels(messages(record, reading))
                if reading and record["synthetic"]:  # the face does not show a made-up reading
                    read = len(processor.tokenize(messages(record | {"turns": []}, reading), False))
                    labels = [IGNORE_INDEX] * read + labels[read:]
                face = (tables.index(record["faces"]), record["row"])
                self.items.append({"input_ids": ids, "labels": labels, "face": face})
        others = shuffled_rows(len(self.items), seed) if prior == "shuffled" else range(len(self.items))
        for item, other in zip(self.items, others, strict=True):
            item["prior_of"] = None if prior == "off" else self.items[other]["face"]

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> dict[str, Any]:
        return self.items[index]


class FaceEncoder:
    """Adds the pixels and the prior to a conversation, as the model sees them at run time.

    The faces are not augmented: the tower is frozen, and an altered view would only show what the
    conversation does not say.
    """

    def __init__(self, tables: Sequence[FaceTable], image_size: int) -> None:
        self.tables, self.image_size = tables, image_size

    def __call__(self, item: dict[str, Any]) -> Example:
        """Return the ``Example`` of an item of ``Conversations``."""
        table, row = item["face"]
        crop = self.tables[table].crops[row : row + 1]
        prior = np.zeros_like(self.tables[table].priors[row])
        if item["prior_of"] is not None:
            table, row = item["prior_of"]
            prior = self.tables[table].priors[row]
        return {
            "input_ids": item["input_ids"],
            "labels": item["labels"],
            "pixel_values": centre_crops(crop, self.image_size)[0],
            "prior_features": torch.from_numpy(prior),
        }
