"""Put a new model together: vision tower, projectors and language model, ready to be taught."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoTokenizer, ResNetConfig
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from emola.errors import DataError
from emola.face.evidence import EVIDENCE_NAME, AUEvidence
from emola.face.prior import PRIOR_DIM, PRIOR_EXPERT
from emola.model.configuration import EmolaConfig
from emola.model.integrity import load_errors, read_json, remove_checksums
from emola.model.loading import LANGUAGE_MODEL, WEIGHTS, language_model_dir, load_base, make_processor
from emola.model.processing import EmolaProcessor
from emola.train.nano.augment import centre_crops
from emola.train.nano.face_table import FaceTable
from emola.train.nano.projectors import Words, known_emotions, known_units, start
from emola.train.nano.tower import HEADS
from emola.train.trainer import add_adapter

if TYPE_CHECKING:
    from emola.train.nano.instruct import InstructRecipe

IMAGE_TOKEN = "<file_sep>"
"""A token of SmolLM2 that no conversation uses; its places take the face's embeddings."""


def start_model(recipe: InstructRecipe) -> tuple[PeftModel, EmolaProcessor]:
    """A new model around the tower and the language model, ready to train; its base is saved."""
    language = language_model_dir(EmolaConfig(language_model=LANGUAGE_MODEL))
    tokenizer = AutoTokenizer.from_pretrained(language)
    read_json(recipe.tower / "config.json")  # a folder that is not there would be looked for on the hub
    with load_errors(recipe.tower):
        tower = ResNetConfig.from_pretrained(recipe.tower)
    tower.hidden_size = tower.hidden_sizes[-1]
    text = AutoConfig.from_pretrained(language)
    text._name_or_path = LANGUAGE_MODEL  # a name, not a folder of this machine
    side = tower.image_size // 32
    config = EmolaConfig(
        vision_config=tower,
        text_config=text,
        image_token_index=tokenizer.convert_tokens_to_ids(IMAGE_TOKEN),
        image_seq_length=side * side,
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
        prior_expert=PRIOR_EXPERT,
        prior_dim=PRIOR_DIM,
        prior_tokens=recipe.prior_tokens,
        prior_with_patches=True,
        mirrored=True,
        language_model=LANGUAGE_MODEL,
        title=recipe.title,
    )
    _save_base(recipe, config)
    base = load_base(recipe.out, config, dtype=torch.float32, device="cpu", new_projectors=True)
    processor = make_processor(config, CLIPImageProcessorPil.from_pretrained(recipe.out), tokenizer)
    if not recipe.start:
        start_projectors(base, tokenizer, recipe)
    model = add_adapter(
        base,
        recipe.adapter,
        start=recipe.start,
        rank=recipe.rank,
        alpha=recipe.alpha,
        dropout=recipe.dropout,
    )
    return model, processor


def _save_base(recipe: InstructRecipe, config: EmolaConfig) -> None:
    """Write what the checkpoint folder holds besides the adapter."""
    recipe.out.mkdir(parents=True, exist_ok=True)
    remove_checksums(recipe.out)
    config.save_pretrained(recipe.out)
    side = config.vision_config.image_size
    CLIPImageProcessorPil(
        size={"height": side, "width": side},
        do_center_crop=False,
        do_convert_rgb=False,
        image_mean=[0.5],
        image_std=[0.25],
    ).save_pretrained(recipe.out)
    with load_errors(recipe.tower / WEIGHTS):
        weights = load_file(recipe.tower / WEIGHTS)
    tower = {
        f"model.vision_tower.{name}": tensor.half() if tensor.is_floating_point() else tensor
        for name, tensor in weights.items()
    }
    save_file(tower, recipe.out / WEIGHTS, metadata={"format": "pt"})
    AUEvidence.load(recipe.tower / EVIDENCE_NAME).save(recipe.out / EVIDENCE_NAME)


@torch.no_grad()
def start_projectors(model: Any, tokenizer: Any, recipe: InstructRecipe) -> None:
    """Let both projectors start from what is known, over faces that the corpora talk about."""
    faces = _faces_of_corpora(recipe)
    faces = faces.where(np.random.default_rng(recipe.seed).permutation(len(faces))[:2048])
    size = float(model.get_input_embeddings().weight.std())
    words = Words(model, tokenizer)

    model.eval()
    pixels = centre_crops(faces.crops, model.config.vision_config.image_size)
    patches_NPF = torch.cat([model.model.patch_features(part) for part in pixels.split(256)])
    patches = patches_NPF.flatten(0, 1)
    with load_errors(recipe.tower / HEADS):
        emotions = known_emotions(load_file(recipe.tower / HEADS), patches, words)
    start(model.model.multi_modal_projector, patches, emotions, size, recipe.seed)

    units = known_units(AUEvidence.load(recipe.tower / EVIDENCE_NAME), recipe.prior_tokens, words)
    priors = torch.cat([torch.from_numpy(faces.priors), patches_NPF.mean(1)], dim=1)[faces.found]
    start(model.model.prior_projector, priors, units, size, recipe.seed)


def read_corpus(corpus: Path) -> Iterator[dict[str, Any]]:
    """The conversations of a corpus, a JSON line each: faces (a table), row (in it), messages.

    Raises DataError naming the line that is none, or a file that cannot be read.
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
    types = {"faces": str, "row": int, "messages": list}
    sound = isinstance(record, dict) and all(isinstance(record.get(k), t) for k, t in types.items())
    return record if sound else None


def _faces_of_corpora(recipe: InstructRecipe) -> FaceTable:
    """The faces that are talked about, and no others: people kept out set no scale either."""
    rows: dict[str, set[int]] = {}
    for corpus in recipe.corpora:
        for record in read_corpus(corpus):
            rows.setdefault(record["faces"], set()).add(record["row"])
    tables = [
        FaceTable.load(recipe.faces / name).where(np.array(sorted(of))) for name, of in sorted(rows.items())
    ]
    return FaceTable.concatenate(tables)
