"""Fine-tuning of a checkpoint on labelled or described faces, as in the paper.

Trains an adapter: LoRA on every linear layer of the language model, and both projectors. As in the
published code (github.com/JackYFL/EmoLA, scripts/train_emola), the image projector has its own learning
rate, and the prior projector that of LoRA.
"""

from __future__ import annotations

import logging
import os
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel, prepare_model_for_kbit_training
from transformers import TrainingArguments

from emola.errors import RecipeError
from emola.extras import require
from emola.files import SUMS, replacing
from emola.model.devices import process_device
from emola.model.integrity import remove_checksums, write_checksums
from emola.model.loading import ADAPTERS, load_base, load_processor, read_config
from emola.model.processing import EmolaProcessor
from emola.train.collate import Collate
from emola.train.face_dataset import DataSource, FaceDataset, encode_face
from emola.train.priors import check_prior
from emola.train.resume import checkpoint_to_resume
from emola.train.trainer import (
    PROJECTOR,
    AdapterTrainer,
    PriorGradientCheck,
    add_adapter,
    check_frozen,
    freeze,
    save_adapter,
    training_arguments,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FinetuneRecipe:
    """Settings of a fine-tuning.

    model: folder of the base checkpoint; data: training data; out: folder for the checkpoint with the new
    adapter; adapter: name of the adapter; start: folder of an adapter to continue from, None for a new one;
    quantize: "nf4" or "int8" to quantise the base; batch_size: faces per step and device; deepspeed:
    DeepSpeed configuration file, for several GPUs.
    For ablations: prior "on", "off" or "shuffled" among faces; frozen: any of "projector",
    "prior_projector" and "lora".

    Raises RecipeError for invalid values.
    """

    model: Path
    data: tuple[DataSource, ...]
    out: Path
    adapter: str
    start: Path | None = None
    quantize: str | None = None
    rank: int = 128
    alpha: int = 256
    dropout: float = 0.05
    learning_rate: float = 1e-4
    projector_learning_rate: float = 2e-5
    warmup: float = 0.03
    epochs: float = 1.0
    batch_size: int = 16
    accumulation: int = 1
    max_length: int = 2048
    gradient_checkpointing: bool = True
    deepspeed: Path | None = None
    prior: str = "on"
    frozen: tuple[str, ...] = ()
    workers: int = 4
    save_steps: int = 200
    seed: int = 1

    def __post_init__(self) -> None:
        check_prior(self.prior)
        check_frozen(self.frozen)
        if self.quantize not in (None, "nf4", "int8"):
            raise RecipeError(f"The setting quantize can be nf4, int8 or null, not {self.quantize!r}.")
        if self.deepspeed and not self.deepspeed.is_file():
            raise RecipeError(f"There is no DeepSpeed configuration at {self.deepspeed}.")


def train_finetune(recipe: FinetuneRecipe) -> None:
    """Train, resuming from the last checkpoint, and write a complete checkpoint folder to ``recipe.out``."""
    require("tensorboard")
    if recipe.deepspeed:
        require("deepspeed", alternative="or train without it: --set deepspeed=null")
    checkpoint = checkpoint_to_resume(recipe)
    arguments = _arguments(recipe)  # before the model: under DeepSpeed they change how it is loaded
    torch.manual_seed(recipe.seed)
    model, processor = start_adapter(recipe)
    faces = FaceDataset.load(recipe.data, model.config.prior_expert, prior=recipe.prior, seed=recipe.seed)
    checks = recipe.prior != "off" and "prior_projector" not in recipe.frozen
    trainer = AdapterTrainer(
        model=model,
        args=arguments,
        train_dataset=faces,
        data_collator=Collate(
            partial(encode_face, processor), processor.tokenizer.pad_token_id, recipe.max_length
        ),
        learning_rates={PROJECTOR: recipe.projector_learning_rate},
        callbacks=[PriorGradientCheck()] if checks else [],
    )
    trainer.train(resume_from_checkpoint=checkpoint)
    weights = trainer.accelerator.get_state_dict(trainer.model)  # by every process: each may hold a shard
    if trainer.is_world_process_zero():
        remove_checksums(recipe.out)
        share_base(recipe.model, recipe.out)
        save_adapter(model, recipe.out / ADAPTERS, weights)
        write_checksums(recipe.out)
        log.info("The checkpoint is in %s", recipe.out)


def start_adapter(recipe: FinetuneRecipe) -> tuple[PeftModel, EmolaProcessor]:
    """Return the frozen base with the adapter to train, and its processor. Raises CheckpointError."""
    config = read_config(recipe.model)
    device = process_device()
    base: Any = load_base(
        recipe.model,
        config,
        dtype=torch.float32 if device == "cpu" else torch.bfloat16,
        device=None if recipe.deepspeed else device,  # DeepSpeed places the shards itself
        quantize=recipe.quantize,
        new_projectors=True,
    )
    if recipe.quantize:
        base = prepare_model_for_kbit_training(base, use_gradient_checkpointing=False)  # set by the Trainer
    model = add_adapter(base, recipe)
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()  # trainable weights stay in float32 under autocast
    freeze(model, recipe.frozen)
    return model, load_processor(recipe.model, config)


def share_base(model: Path, out: Path) -> None:
    """Link a checkpoint's base files into ``out``, or copy them if the file system has no hard links."""
    for file in sorted(path for path in model.iterdir() if path.is_file()):
        target = out / file.name
        if file.name == SUMS or target.exists():
            continue
        try:
            os.link(file, target)
        except OSError:
            with replacing(target) as partial:
                shutil.copyfile(file, partial)


def _arguments(recipe: FinetuneRecipe) -> TrainingArguments:
    return training_arguments(
        recipe,
        warmup_steps=recipe.warmup,
        weight_decay=0.0,
        bf16=process_device() != "cpu",
        gradient_checkpointing=recipe.gradient_checkpointing,
        gradient_checkpointing_kwargs={"use_reentrant": False} if recipe.gradient_checkpointing else None,
        deepspeed=str(recipe.deepspeed) if recipe.deepspeed else None,
        dataloader_num_workers=recipe.workers,
        logging_steps=1,
        report_to=["tensorboard"],
        use_cpu=process_device() == "cpu",
    )
