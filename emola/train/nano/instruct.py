"""Instruct stage: trains LoRA adapters of the language model and both projectors on conversations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from peft import PeftModel
from transformers import TrainingArguments

from emola.errors import RecipeError
from emola.faba.face_reading import READING_STYLES
from emola.model.devices import trainer_options
from emola.model.integrity import write_checksums
from emola.model.loading import ADAPTERS
from emola.model.processing import EmolaProcessor
from emola.train.collate import Collate
from emola.train.nano.averaging import average
from emola.train.nano.conversations import Conversations, FaceEncoder, faces_of_corpora
from emola.train.nano.face_table import FaceTable
from emola.train.nano.new_model import new_model, start_projectors
from emola.train.priors import check_prior
from emola.train.resume import checkpoint_to_resume
from emola.train.trainer import (
    PROJECTORS,
    AdapterTrainer,
    PriorGradientCheck,
    add_adapter,
    save_adapter,
    training_arguments,
)


@dataclass(frozen=True)
class InstructRecipe:
    """Settings of the instruct stage.

    faces: folder of the face tables; corpora: JSON Lines files of conversations; tower: folder of a
    trained tower with its heads and evidence, which initialise the projectors; start: folder of an
    adapter to continue from, None for a new one; average: whether the result is the mean of the weights
    before and after; adapter: name of the adapter; reading: how the model reads a face before it answers,
    "written", "measured" or None, see ``EmolaConfig``; accumulation: batches of a step;
    first_token_weight: weight of the first token of each answer in the loss, which decides between yes
    and no; prior: "on", or for ablations "off" or "shuffled" among faces.

    compile: whether the layers of the language model are compiled, which halves the time on a CPU and needs a
    C++ compiler.

    Raises RecipeError for an unknown prior or reading, and for an average without a start.
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
    reading: str | None = None
    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0
    learning_rate: float = 4e-4
    projector_learning_rate: float = 1e-3
    batch_size: int = 8
    accumulation: int = 1
    epochs: float = 1.0
    first_token_weight: float = 1.0
    prior: str = "on"
    save_steps: int = 40
    compile: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        check_prior(self.prior)
        if self.reading not in (None, *READING_STYLES):
            raise RecipeError(f"'reading' is {self.reading!r}; it can be {' or '.join(READING_STYLES)}.")
        if self.average and not self.start:
            raise RecipeError(
                "'average' is the mean with an adapter to go on from: set 'start', or leave it out."
            )


def train_instruct(recipe: InstructRecipe) -> None:
    """Train, resuming from the last checkpoint, and write a checkpoint folder to ``recipe.out``."""
    checkpoint = checkpoint_to_resume(recipe)
    torch.manual_seed(recipe.seed)
    model, processor = start_model(recipe)
    names = sorted(folder.name for folder in recipe.faces.iterdir() if folder.is_dir())
    tables = [FaceTable.load(recipe.faces / name) for name in names]
    encode = FaceEncoder(tables, model.config.vision_config.image_size)
    trainer = AdapterTrainer(
        model=model,
        args=_arguments(recipe),
        train_dataset=Conversations(
            recipe.corpora, names, processor, recipe.reading, recipe.prior, recipe.seed
        ),
        data_collator=Collate(encode, processor.tokenizer.pad_token_id),
        learning_rates=dict.fromkeys(PROJECTORS, recipe.projector_learning_rate),
        first_token_weight=recipe.first_token_weight,
        callbacks=[PriorGradientCheck()] if recipe.prior != "off" else [],
    )
    if recipe.compile:
        compile_layers(model)
    learnt = [parameter for parameter in model.parameters() if parameter.requires_grad]
    before = [parameter.detach().clone() for parameter in learnt] if recipe.average else []
    trainer.train(resume_from_checkpoint=checkpoint)
    if recipe.average:
        average(learnt, before)
    save_adapter(model, recipe.out / ADAPTERS)
    write_checksums(recipe.out)


def start_model(recipe: InstructRecipe) -> tuple[PeftModel, EmolaProcessor]:
    """Return the model to train, with the adapter of ``recipe.start`` or a new one, and its processor."""
    base, processor = new_model(recipe.tower, recipe.out, recipe.title, recipe.prior_tokens, recipe.reading)
    if not recipe.start:
        faces = faces_of_corpora(recipe.faces, recipe.corpora)  # excludes held-out people from the scales
        start_projectors(base, processor.tokenizer, recipe.tower, faces, recipe.seed)
    return add_adapter(base, recipe), processor


def compile_layers(model: PeftModel) -> None:
    """Compile each layer of the language model by itself, for sequences of any length."""
    layers = model.get_base_model().model.language_model.layers
    torch._dynamo.config.cache_size_limit = max(torch._dynamo.config.cache_size_limit, 4 * len(layers))
    for layer in layers:
        layer.compile(dynamic=True)


def _arguments(recipe: InstructRecipe) -> TrainingArguments:
    return training_arguments(
        recipe,
        warmup_steps=0.03,
        logging_steps=10,
        report_to=[],
        train_sampling_strategy="group_by_length",
        **trainer_options(),
    )
