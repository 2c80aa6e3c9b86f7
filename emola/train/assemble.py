"""Put a new model together: vision tower, projectors and language model, ready to be taught."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoTokenizer, ResNetConfig
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from emola.data.faces import FaceTable
from emola.face.evidence import AUEvidence
from emola.face.prior import PRIOR_DIM, PRIOR_EXPERT
from emola.model.configuration import EmolaConfig
from emola.model.loading import LANGUAGE_MODEL, WEIGHTS, language_model_dir, load_base, make_processor
from emola.model.processing import EmolaProcessor
from emola.train.augment import centre_crops

if TYPE_CHECKING:
    from emola.train.instruct import InstructRecipe

IMAGE_TOKEN = "<file_sep>"
"""A token of SmolLM2 that no conversation uses; its places take the face's embeddings."""

PROJECTORS = ("multi_modal_projector", "prior_projector")
_LANGUAGE_LAYERS = r".*language_model\.layers\.\d+\.(self_attn\.[qkvo]_proj|mlp\.(gate|up|down)_proj)"


def start_model(recipe: InstructRecipe) -> tuple[PeftModel, EmolaProcessor]:
    """A new model around the tower and the language model, ready to train; its base is saved."""
    language = language_model_dir(EmolaConfig(language_model=LANGUAGE_MODEL))
    tokenizer = AutoTokenizer.from_pretrained(language)
    tower = ResNetConfig.from_pretrained(recipe.tower)
    tower.hidden_size = tower.hidden_sizes[-1]
    text = AutoConfig.from_pretrained(language)
    text._name_or_path = LANGUAGE_MODEL  # a name, not a folder of this machine
    side = recipe.image_size // 32
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
    faces = _faces_of_corpora(recipe)
    priors = faces.priors[faces.found]
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
    sample = faces.where(generator.permutation(len(faces))[:512])
    model.eval()
    embeds = model.image_embeds(
        centre_crops(sample.crops, recipe.image_size), torch.from_numpy(sample.priors)
    )
    patches = model.model.multi_modal_projector.linear_2
    prior = model.model.prior_projector.linear_2
    count = model.config.image_seq_length
    for last, part in ((patches, embeds[:, :count]), (prior, embeds[:, count:])):
        last.weight.mul_(size / part.std())
        last.bias.zero_()


def _faces_of_corpora(recipe: InstructRecipe) -> FaceTable:
    """The faces that are talked about, and no others: people kept out set no scale either."""
    rows: dict[str, set[int]] = {}
    for corpus in recipe.corpora:
        with corpus.open(encoding="utf-8") as file:
            for line in file:
                record = json.loads(line)
                rows.setdefault(record["faces"], set()).add(record["row"])
    tables = [
        FaceTable.load(recipe.faces / name).where(np.array(sorted(of))) for name, of in sorted(rows.items())
    ]
    return FaceTable.concatenate(tables)
