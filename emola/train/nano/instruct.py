"""Teach a language model to speak about faces: LoRA and both projectors, on an instruction corpus."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset
from transformers import TrainingArguments

from emola.errors import DataError, RecipeError
from emola.model.devices import computes_in_bfloat16, pick_device
from emola.model.integrity import write_checksums
from emola.model.loading import ADAPTERS
from emola.model.processing import IGNORE_INDEX, EmolaProcessor
from emola.train.face_dataset import check_prior
from emola.train.nano.augment import centre_crops
from emola.train.nano.averaging import average
from emola.train.nano.face_table import FaceTable
from emola.train.nano.new_model import read_corpus, start_model
from emola.train.resume import CHECKPOINTS, checkpoint_to_resume
from emola.train.trainer import PROJECTORS, AdapterTrainer, PriorGradientCheck, save_adapter

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class InstructRecipe:
    """What to teach, on what.

    faces: folder of the tables that the corpora talk about; corpora: their JSON lines; tower: folder of
    a trained tower, beside it its heads and evidence, whose directions the projectors start from;
    start: folder of an adapter to go on from, None to begin anew; average: whether the result is the mean of
    that one's weights and what became of them; adapter: the adapter's name; prior: "on", or for ablations
    "off" or "shuffled" among faces; then the usual settings.

    Raises RecipeError for another prior, and for an average without a start.
    """

    faces: Path
    corpora: tuple[Path, ...]
    tower: Path
    out: Path
    start: Path | None = None
    average: bool = False
    title: str = "EmoLA-Nano"
    adapter: str = "nano"
    prior_tokens: int = 20
    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0
    learning_rate: float = 4e-4
    projector_learning_rate: float = 1e-3
    batch_size: int = 8
    epochs: float = 1.0
    prior: str = "on"
    save_steps: int = 40
    seed: int = 0

    def __post_init__(self) -> None:
        check_prior(self.prior)
        if self.average and not self.start:
            raise RecipeError(
                "'average' is the mean with an adapter to go on from: set 'start', or leave it out."
            )


class Conversations(Dataset[dict[str, Any]]):
    """The corpus, tokenised: input_ids, labels, and where the face stands."""

    def __init__(self, corpora: Sequence[Path], tables: Sequence[str], processor: EmolaProcessor) -> None:
        self.items = []
        for corpus in corpora:
            for number, record in enumerate(read_corpus(corpus), 1):
                if record["faces"] not in tables:
                    raise DataError(f"{corpus}, line {number}: there is no table {record['faces']!r}.")
                ids, labels = processor.tokenize_with_labels(record["messages"])
                place = (tables.index(record["faces"]), record["row"])
                self.items.append({"input_ids": ids, "labels": labels, "place": place})

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> dict[str, Any]:
        return self.items[index]


class Collate:
    """A batch of conversations with their faces, as the model sees them at run time; prior as in the recipe.

    The tower is trained already and stays as it is: another view of the face would only make it see what the
    conversation does not say.
    """

    def __init__(
        self, tables: Sequence[FaceTable], pad_token_id: int, image_size: int, prior: str = "on"
    ) -> None:
        self.tables, self.pad_token_id, self.image_size, self.prior = tables, pad_token_id, image_size, prior

    def __call__(self, items: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        length = max(len(item["input_ids"]) for item in items)
        ids = torch.full((len(items), length), self.pad_token_id)
        labels, mask = torch.full_like(ids, IGNORE_INDEX), torch.zeros_like(ids)
        for i, item in enumerate(items):
            size = len(item["input_ids"])
            ids[i, :size], labels[i, :size] = torch.tensor(item["input_ids"]), torch.tensor(item["labels"])
            mask[i, :size] = 1
        places = [item["place"] for item in items]
        crops = np.stack([self.tables[table].crops[row] for table, row in places])
        priors = np.stack([self.tables[table].priors[row] for table, row in places])
        if self.prior == "off":
            priors = np.zeros_like(priors)
        elif self.prior == "shuffled":  # batches are drawn at random, so the next one is anybody
            priors = np.roll(priors, 1, axis=0)
        return {
            "input_ids": ids,
            "attention_mask": mask,
            "labels": labels,
            "pixel_values": centre_crops(crops, self.image_size),
            "prior_features": torch.from_numpy(priors),
        }


def train_instruct(recipe: InstructRecipe) -> None:
    """Train, resuming from the last checkpoint, and write a checkpoint folder to ``recipe.out``."""
    checkpoint = checkpoint_to_resume(recipe)
    torch.manual_seed(recipe.seed)
    model, processor = start_model(recipe)
    names = sorted(folder.name for folder in recipe.faces.iterdir() if folder.is_dir())
    tables = [FaceTable.load(recipe.faces / name) for name in names]
    trainer = AdapterTrainer(
        model=model,
        args=_arguments(recipe),
        train_dataset=Conversations(recipe.corpora, names, processor),
        data_collator=Collate(
            tables, processor.tokenizer.pad_token_id, model.config.vision_config.image_size, recipe.prior
        ),
        learning_rates=dict.fromkeys(PROJECTORS, recipe.projector_learning_rate),
        callbacks=[PriorGradientCheck()] if recipe.prior != "off" else [],
    )
    learnt = [parameter for parameter in model.parameters() if parameter.requires_grad]
    before = [parameter.detach().clone() for parameter in learnt] if recipe.average else []
    trainer.train(resume_from_checkpoint=checkpoint)
    if recipe.average:
        average(learnt, before)
    save_adapter(model, recipe.out / ADAPTERS)
    write_checksums(recipe.out)


def _arguments(recipe: InstructRecipe) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(recipe.out / CHECKPOINTS),
        num_train_epochs=recipe.epochs,
        per_device_train_batch_size=recipe.batch_size,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=0.03,
        max_grad_norm=1.0,
        logging_steps=10,
        save_steps=recipe.save_steps,
        save_total_limit=1,
        seed=recipe.seed,
        report_to=[],
        remove_unused_columns=False,
        train_sampling_strategy="group_by_length",
        use_cpu=not torch.cuda.is_available(),
        bf16=computes_in_bfloat16(str(pick_device("auto"))),
    )
