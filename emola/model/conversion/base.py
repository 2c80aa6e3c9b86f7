"""The base of the published model: LLaVA-1.5, as a folder in either layout or by its name on the hub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import CLIPVisionConfig, LlamaConfig, LlavaConfig

from emola.errors import CheckpointError
from emola.model import hub
from emola.model.configuration import EmolaConfig
from emola.model.conversion.renaming import ORIGINAL, TOWER, TRANSFORMERS, Renamed, check, rename
from emola.model.conversion.weight_files import open_all, weight_files
from emola.model.integrity import read_json
from emola.model.modeling import EmolaForConditionalGeneration
from emola.model.tokenizer import VOCABULARY

_HUB_FILES = ("*.json", VOCABULARY)
_TOWER_FILES = ("config.json", "preprocessor_config.json", "*.safetensors", "pytorch_model*")
_TEXT = (
    "attention_bias bos_token_id eos_token_id hidden_act hidden_size initializer_range intermediate_size "
    "max_position_embeddings num_attention_heads num_hidden_layers num_key_value_heads pad_token_id "
    "rms_norm_eps rope_scaling rope_theta vocab_size"
).split()
_VISION = (
    "attention_dropout hidden_act hidden_size image_size initializer_factor initializer_range "
    "intermediate_size layer_norm_eps num_attention_heads num_channels num_hidden_layers patch_size "
    "projection_dim"
).split()
_STRATEGY = {"patch": "default", "cls_patch": "full"}


@dataclass(frozen=True)
class Base:
    """What the base gives: its configuration, and where its tokeniser and image settings are.

    weights: its tensors by their new names, empty where they stay on the hub. name: what people call it.
    legacy: see ``VicunaTokenizer``; only the original layout's settings are those of the published code.
    """

    name: str
    config: EmolaConfig
    tokenizer: Path
    images: Path
    weights: Renamed
    legacy: bool = False


def read_base(reference: str, vision_tower: str | None, prior_dim: int) -> Base:
    """The base in a folder, or by its name on the hub. Raises CheckpointError."""
    folder = Path(reference)
    if folder.is_dir():
        settings = read_json(folder / "config.json")
        if "text_config" in settings:
            return _transformers(folder, prior_dim)
        return _original(folder, settings, vision_tower, prior_dim)
    named = hub.parse(reference)
    if named is None:
        raise CheckpointError(f"There is no base at {reference}; give its folder, or its name on the hub.")
    return _on_the_hub(*named, prior_dim)


def _original(folder: Path, settings: Mapping[str, Any], tower: str | None, prior_dim: int) -> Base:
    """The layout of LLaVA's authors, whose vision tower lives elsewhere."""
    tower_folder = _tower_folder(tower or str(settings.get("mm_vision_tower")))
    vision = read_json(tower_folder / "config.json")
    config = _config(
        CLIPVisionConfig(**_chosen(vision.get("vision_config", vision), _VISION, tower_folder)),
        LlamaConfig(**_chosen(settings, _TEXT, folder)),
        settings.get("mm_vision_select_layer", -2),
        _STRATEGY[_select(settings, folder)],
        prior_dim,
    )
    weights = rename(open_all(weight_files(folder)), ORIGINAL)
    weights.update(rename(open_all(weight_files(tower_folder)), TOWER))
    check(weights, base_shapes(config), f"The base {folder.name}")
    words = folder / "tokenizer_config.json"
    legacy = bool(read_json(words).get("legacy", True)) if words.is_file() else False
    return Base(folder.resolve().name, config, folder / VOCABULARY, tower_folder, weights, legacy)


def _transformers(folder: Path, prior_dim: int) -> Base:
    """The layout of transformers, in a folder."""
    config = _from_llava(read_json(folder / "config.json"), prior_dim)
    weights = rename(open_all(weight_files(folder)), TRANSFORMERS)
    check(weights, base_shapes(config), f"The base {folder.name}")
    return Base(folder.resolve().name, config, folder / VOCABULARY, folder, weights)


def _on_the_hub(name: str, revision: str | None, prior_dim: int) -> Base:
    """The layout of transformers, left where it is; the revision becomes the commit it stands for now."""
    folder = hub.fetch(name, revision, _HUB_FILES)
    settings = read_json(folder / "config.json")
    if "text_config" not in settings:
        raise CheckpointError(
            f"{name} is not in the layout of transformers; download it and give its folder instead."
        )
    config = _from_llava(settings, prior_dim)
    config.base_model, config.base_revision = name, folder.name
    return Base(name, config, folder / VOCABULARY, folder, Renamed())


def base_shapes(config: EmolaConfig) -> dict[str, tuple[int, ...]]:
    """Shapes of the tensors that a base has to bring: all but the prior's projector."""
    return {name: shape for name, shape in shapes(config).items() if "prior_projector" not in name}


def shapes(config: EmolaConfig) -> dict[str, tuple[int, ...]]:
    """Shapes of all tensors of a model, without making it."""
    with torch.device("meta"):
        model = EmolaForConditionalGeneration(config)
    return {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}


def _from_llava(settings: dict[str, Any], prior_dim: int) -> EmolaConfig:
    llava = LlavaConfig.from_dict(settings)
    return _config(
        llava.vision_config,
        llava.text_config,
        llava.vision_feature_layer,
        llava.vision_feature_select_strategy,
        prior_dim,
    )


def _config(vision: Any, text: Any, layer: int, strategy: str, prior_dim: int) -> EmolaConfig:
    """The published model's configuration, but for the number of the image's token."""
    patches = (vision.image_size // vision.patch_size) ** 2
    return EmolaConfig(
        vision_config=vision,
        text_config=text,
        vision_feature_layer=layer,
        vision_feature_select_strategy=strategy,
        image_seq_length=patches + int(strategy == "full"),
        prior_expert="insightface-2d106",
        prior_dim=prior_dim,
        prior_tokens=1,
        prompt="vicuna_v1",
        tie_word_embeddings=False,
    )


def _chosen(settings: Mapping[str, Any], names: Sequence[str], folder: Path) -> dict[str, Any]:
    """The settings of these names; CheckpointError when the size of the model is not among them."""
    for name in ("hidden_size", "num_hidden_layers"):
        if name not in settings:
            raise CheckpointError(f"{folder / 'config.json'} says no {name}; is it part of LLaVA-1.5?")
    return {name: settings[name] for name in names if settings.get(name) is not None}


def _select(settings: Mapping[str, Any], folder: Path) -> str:
    """Which features of the tower are read; CheckpointError for a base that this model cannot be."""
    wanted = {"mm_projector_type": "mlp2x_gelu", "mm_use_im_start_end": False, "mm_use_im_patch_token": False}
    for name, value in wanted.items():
        found = settings.get(name, value)
        if found != value:
            raise CheckpointError(f"{folder / 'config.json'} has {name} {found!r}; only {value!r} is known.")
    feature = settings.get("mm_vision_select_feature", "patch")
    if feature not in _STRATEGY:
        raise CheckpointError(f"{folder / 'config.json'} reads the tower's {feature!r}, which is not known.")
    return str(feature)


def _tower_folder(reference: str) -> Path:
    if Path(reference).is_dir():
        return Path(reference)
    named = hub.parse(reference)
    if named is None:
        raise CheckpointError(
            f"There is no vision tower at {reference}; give its folder with --vision-tower."
        )
    try:
        return hub.fetch(*named, _TOWER_FILES)
    except CheckpointError as error:
        raise CheckpointError(f"{error} Its folder can be named instead (--vision-tower).") from None
