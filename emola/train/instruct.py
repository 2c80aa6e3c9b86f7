"""Teach a language model to speak about faces: LoRA and both projectors, on an instruction corpus."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from torch.nn import functional as F
from torch.utils.data import Dataset
from transformers import AutoConfig, AutoTokenizer, ResNetConfig, Trainer, TrainingArguments
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from emola.data.faces import FaceTable
from emola.errors import DataError
from emola.face.evidence import AUEvidence
from emola.face.prior import PRIOR_DIM, PRIOR_EXPERT
from emola.model.configuration import EmolaConfig
from emola.model.loading import (
    ADAPTERS,
    LANGUAGE_MODEL,
    WEIGHTS,
    language_model_dir,
    load_base,
    make_processor,
)
from emola.model.processing import IGNORE_INDEX, EmolaProcessor
from emola.train.augment import Augment
from emola.train.sources import CHECKPOINTS, last_checkpoint

log = logging.getLogger(__name__)

IMAGE_TOKEN = "<file_sep>"
"""A token of SmolLM2 that no conversation uses; its places take the face's embeddings."""

PROJECTORS = ("multi_modal_projector", "prior_projector")
_LANGUAGE_LAYERS = r".*language_model\.layers\.\d+\.(self_attn\.[qkvo]_proj|mlp\.(gate|up|down)_proj)"


@dataclass(frozen=True)
class InstructRecipe:
    """What to teach, on what.

    faces: folder of the tables that the corpora talk about; corpora: their JSON lines; tower: folder of
    a trained tower; evidence: fitted evidence, whose directions the prior projector starts from;
    start: folder of an adapter to go on from, None to begin anew; adapter: the adapter's name; then
    the usual LoRA and optimisation settings.
    """

    faces: Path
    corpora: tuple[Path, ...]
    tower: Path
    evidence: Path
    out: Path
    start: Path | None = None
    title: str = "EmoLA-Nano"
    adapter: str = "nano"
    image_size: int = 96
    prior_tokens: int = 4
    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0
    learning_rate: float = 4e-4
    projector_learning_rate: float = 1e-3
    batch_size: int = 8
    epochs: float = 1.0
    save_steps: int = 40
    seed: int = 0


class Conversations(Dataset[dict[str, Any]]):
    """The corpus, tokenised: input_ids, labels, and where the face stands."""

    def __init__(self, corpora: Sequence[Path], tables: Sequence[str], processor: EmolaProcessor) -> None:
        self.items = []
        for corpus in corpora:
            with corpus.open(encoding="utf-8") as file:
                for number, line in enumerate(file, 1):
                    record = json.loads(line)
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
    """A batch of conversations with their faces, slightly augmented.

    The tower has seen these faces in training, and would else look surer of them than of any face it
    meets later.
    """

    def __init__(self, tables: Sequence[FaceTable], pad_token_id: int, image_size: int) -> None:
        self.tables, self.pad_token_id = tables, pad_token_id
        self.augment = Augment(image_size, flip=False)

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
        return {
            "input_ids": ids,
            "attention_mask": mask,
            "labels": labels,
            "pixel_values": self.augment(torch.from_numpy(crops)),
            "prior_features": torch.from_numpy(priors),
        }


class InstructTrainer(Trainer):
    """Trainer with a frozen tower, a learning rate for the projectors, and a loss over answers only."""

    projector_learning_rate: float = 1e-3

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        """AdamW; the projectors, new to the task, learn at a rate of their own."""
        if getattr(self, "optimizer", None) is None:
            named = [(name, p) for name, p in self.model.named_parameters() if p.requires_grad]
            new = [p for name, p in named if any(part in name for part in PROJECTORS)]
            lora = [p for name, p in named if not any(part in name for part in PROJECTORS)]
            groups: list[dict[str, Any]] = [
                {"params": lora},
                {"params": new, "lr": self.projector_learning_rate},
            ]
            self.optimizer = torch.optim.AdamW(
                groups, lr=self.args.learning_rate, weight_decay=self.args.weight_decay
            )
        return self.optimizer

    def compute_loss(
        self, model: Any, inputs: dict[str, torch.Tensor], return_outputs: bool = False, **kwargs: Any
    ) -> Any:
        """Cross-entropy of the answers' tokens.

        The vocabulary is scored nowhere else, which saves about a quarter of the time.
        """
        whole = self.accelerator.unwrap_model(model).get_base_model()
        whole.model.vision_tower.eval()
        labels_BT = inputs.pop("labels")
        learned_BT = labels_BT[:, 1:] != IGNORE_INDEX
        with torch.autocast(labels_BT.device.type, torch.bfloat16):
            hidden_BTH = whole.model(**inputs).last_hidden_state
            logits_NV = whole.lm_head(hidden_BTH[:, :-1][learned_BT])
        loss = F.cross_entropy(logits_NV.float(), labels_BT[:, 1:][learned_BT])
        return (loss, {"logits": logits_NV}) if return_outputs else loss


def train_instruct(recipe: InstructRecipe) -> None:
    """Train, resuming from the last checkpoint, and write a checkpoint folder to ``recipe.out``."""
    torch.manual_seed(recipe.seed)
    model, processor = start_model(recipe)
    names = sorted(folder.name for folder in recipe.faces.iterdir() if folder.is_dir())
    tables = [FaceTable.load(recipe.faces / name) for name in names]
    trainer = InstructTrainer(
        model=model,
        args=_arguments(recipe),
        train_dataset=Conversations(recipe.corpora, names, processor),
        data_collator=Collate(tables, processor.tokenizer.pad_token_id, recipe.image_size),
    )
    trainer.projector_learning_rate = recipe.projector_learning_rate
    trainer.train(resume_from_checkpoint=last_checkpoint(recipe.out))
    save_adapter(model, recipe.out / ADAPTERS)


def start_model(recipe: InstructRecipe) -> tuple[PeftModel, EmolaProcessor]:
    """A new model around the tower and the language model, ready to train; its base is saved."""
    language = language_model_dir(EmolaConfig(language_model=LANGUAGE_MODEL))
    tokenizer = AutoTokenizer.from_pretrained(language)
    tower = ResNetConfig.from_pretrained(recipe.tower)
    tower.hidden_size = tower.hidden_sizes[-1]
    side = recipe.image_size // 32
    config = EmolaConfig(
        vision_config=tower,
        text_config=AutoConfig.from_pretrained(language),
        image_token_index=tokenizer.convert_tokens_to_ids(IMAGE_TOKEN),
        image_seq_length=side * side,
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
        prior_expert=PRIOR_EXPERT,
        prior_dim=PRIOR_DIM,
        prior_tokens=recipe.prior_tokens,
        language_model=LANGUAGE_MODEL,
        title=recipe.title,
    )
    _save_base(recipe, config)
    base = load_base(recipe.out, config, dtype=torch.float32, device="cpu")
    processor = make_processor(config, CLIPImageProcessorPil.from_pretrained(recipe.out), tokenizer)
    base.requires_grad_(False)
    if recipe.start:
        model = PeftModel.from_pretrained(base, recipe.start, recipe.adapter, is_trainable=True)
        return model, processor
    start_projectors(base, recipe)
    lora = LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules=_LANGUAGE_LAYERS,
        modules_to_save=list(PROJECTORS),
        task_type="CAUSAL_LM",
    )
    return get_peft_model(base, lora, adapter_name=recipe.adapter), processor


def _save_base(recipe: InstructRecipe, config: EmolaConfig) -> None:
    """Write what the checkpoint folder holds besides the adapter."""
    recipe.out.mkdir(parents=True, exist_ok=True)
    config.save_pretrained(recipe.out)
    size = {"height": recipe.image_size, "width": recipe.image_size}
    CLIPImageProcessorPil(
        size=size, do_center_crop=False, do_convert_rgb=False, image_mean=[0.5], image_std=[0.25]
    ).save_pretrained(recipe.out)
    weights = load_file(recipe.tower / WEIGHTS)
    tower = {
        f"model.vision_tower.{name}": tensor.half() if tensor.is_floating_point() else tensor
        for name, tensor in weights.items()
        if not name.startswith(("emotion_head", "au_head"))
    }
    save_file(tower, recipe.out / WEIGHTS, metadata={"format": "pt"})


@torch.no_grad()
def start_projectors(model: Any, recipe: InstructRecipe) -> None:
    """Let the projectors start from what is already known to matter.

    Half of the hidden units of the prior projector begin as the evidence for each action unit, at
    several steepnesses and of both signs; the rest see the prior's numbers at random. The output is
    scaled to the size of the language model's own embeddings.
    """
    evidence = AUEvidence.load(recipe.evidence)
    tables = [FaceTable.load(folder) for folder in sorted(recipe.faces.iterdir()) if folder.is_dir()]
    priors = np.concatenate([table.priors[table.found] for table in tables])
    # Some blendshapes hardly ever move; divided by what little they do, they would drown the rest.
    mean, std = priors.mean(0), np.maximum(priors.std(0), 0.01)
    layer = model.model.prior_projector.linear_1
    generator = np.random.default_rng(recipe.seed)
    directions = generator.normal(size=layer.weight.shape) / np.sqrt(layer.in_features)
    weight = directions / std
    bias = -(weight @ mean)
    known = np.concatenate([evidence.weights, -evidence.weights])
    offset = np.concatenate([evidence.bias, -evidence.bias])
    steepness = np.repeat([0.7, 1.5, 3.0], len(known))[: layer.out_features // 2]
    rows = np.arange(len(steepness))
    weight[rows] = np.tile(known, (3, 1))[rows] * steepness[:, None]
    bias[rows] = np.tile(offset, 3)[rows] * steepness
    layer.weight.copy_(torch.from_numpy(weight))
    layer.bias.copy_(torch.from_numpy(bias))

    size = float(model.get_input_embeddings().weight.std())
    sample = torch.from_numpy(priors[generator.permutation(len(priors))[:512]])
    crops = np.concatenate([table.crops[:200] for table in tables])
    pixels = Augment(recipe.image_size, flip=False)(torch.from_numpy(crops[:512]))
    model.eval()
    embeds = model.image_embeds(pixels, sample[: len(pixels)].float())
    patches = model.model.multi_modal_projector.linear_2
    prior = model.model.prior_projector.linear_2
    count = model.config.image_seq_length
    for last, part in ((patches, embeds[:, :count]), (prior, embeds[:, count:])):
        last.weight.mul_(size / part.std())
        last.bias.zero_()


def save_adapter(model: PeftModel, folder: Path) -> None:
    """Write the adapter in half precision: ``folder/NAME/adapter_*``."""
    model.save_pretrained(folder)
    for path in folder.glob("*/adapter_model.safetensors"):
        weights = {name: tensor.half() for name, tensor in load_file(path).items()}
        if not all(tensor.isfinite().all() for tensor in weights.values()):
            raise RuntimeError(f"{path} holds numbers too large for half precision.")
        save_file(weights, path, metadata={"format": "pt"})


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
    )
