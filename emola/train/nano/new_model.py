"""A new model for the instruct stage: vision tower, projectors and language model in one checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoTokenizer, ResNetConfig
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from emola.face.evidence import EVIDENCE_NAME, AUEvidence
from emola.face.prior import PRIOR_DIM, PRIOR_EXPERT
from emola.model.configuration import EmolaConfig
from emola.model.integrity import load_errors, read_json, remove_checksums
from emola.model.loading import LANGUAGE_MODEL, WEIGHTS, language_model_dir, load_base, make_processor
from emola.model.processing import EmolaProcessor
from emola.train.nano.augment import centre_crops
from emola.train.nano.face_table import FaceTable
from emola.train.nano.projectors import Words, initialise, known_emotions, known_units
from emola.train.nano.tower import HEADS

IMAGE_TOKEN = "<file_sep>"
"""A token of SmolLM2 that conversations never use; the embeddings of the face replace it."""

_FACES = 2048
"""Faces over which the projectors' scales are measured."""


def new_model(
    tower: Path, out: Path, title: str, prior_tokens: int, reading: str | None = None
) -> tuple[Any, EmolaProcessor]:
    """Return the model around a trained tower and the language model, with untrained projectors.

    Writes everything but the adapter to ``out``. reading: see ``EmolaConfig``.

    Raises CheckpointError for a folder that holds no tower.
    """
    language = language_model_dir(EmolaConfig(language_model=LANGUAGE_MODEL))
    tokenizer = AutoTokenizer.from_pretrained(language)
    read_json(tower / "config.json")  # transformers would look for a missing folder on the hub
    with load_errors(tower):
        vision = ResNetConfig.from_pretrained(tower)
    vision.hidden_size = vision.hidden_sizes[-1]
    text = AutoConfig.from_pretrained(language)
    text._name_or_path = LANGUAGE_MODEL  # not a folder of this machine
    side = vision.image_size // 32
    config = EmolaConfig(
        vision_config=vision,
        text_config=text,
        image_token_index=tokenizer.convert_tokens_to_ids(IMAGE_TOKEN),
        image_seq_length=side * side,
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
        prior_expert=PRIOR_EXPERT,
        prior_dim=PRIOR_DIM,
        prior_tokens=prior_tokens,
        prior_with_patches=True,
        mirrored=True,
        language_model=LANGUAGE_MODEL,
        reading=reading,
        weight_bits=8,
        title=title,
    )
    _save_base(tower, out, config)
    base = load_base(out, config, dtype=torch.float32, device="cpu", new_projectors=True)
    return base, make_processor(config, CLIPImageProcessorPil.from_pretrained(out), tokenizer)


def _save_base(tower: Path, out: Path, config: EmolaConfig) -> None:
    """Write the files of the checkpoint folder other than the adapter."""
    out.mkdir(parents=True, exist_ok=True)
    remove_checksums(out)
    config.save_pretrained(out)
    side = config.vision_config.image_size
    CLIPImageProcessorPil(
        size={"height": side, "width": side},
        do_center_crop=False,
        do_convert_rgb=False,
        image_mean=[0.5],
        image_std=[0.25],
    ).save_pretrained(out)
    with load_errors(tower / WEIGHTS):
        weights = load_file(tower / WEIGHTS)
    tensors = {
        f"model.vision_tower.{name}": tensor.half() if tensor.is_floating_point() else tensor
        for name, tensor in weights.items()
    }
    save_file(tensors, out / WEIGHTS, metadata={"format": "pt"})
    AUEvidence.load(tower / EVIDENCE_NAME).save(out / EVIDENCE_NAME)


@torch.no_grad()
def start_projectors(model: Any, tokenizer: Any, tower: Path, faces: FaceTable, seed: int) -> None:
    """Initialise both projectors with known directions, see ``emola.train.nano.projectors``.

    faces: the training faces; ``_FACES`` of them set the scales.
    """
    faces = faces.where(np.random.default_rng(seed).permutation(len(faces))[:_FACES])
    size = float(model.get_input_embeddings().weight.std())
    words = Words(model, tokenizer)

    model.eval()
    pixels = centre_crops(faces.crops, model.config.vision_config.image_size)
    patches_NPF = torch.cat([model.model.patch_features(part) for part in torch.split(pixels, 256)])
    patches = patches_NPF.flatten(0, 1)
    with load_errors(tower / HEADS):
        emotions = known_emotions(load_file(tower / HEADS), patches, words)
    initialise(model.model.multi_modal_projector, patches, emotions, size, seed)

    units = known_units(AUEvidence.load(tower / EVIDENCE_NAME), model.config.prior_tokens, words)
    priors = torch.cat([torch.from_numpy(faces.priors), patches_NPF.mean(1)], dim=1)[faces.found]
    initialise(model.model.prior_projector, priors, units, size, seed)
