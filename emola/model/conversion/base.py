"""The base of the published model: LLaVA-1.5, from a folder in either layout or from the hub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import CLIPVisionConfig, LlamaConfig, LlavaConfig

from emola.errors import CheckpointError
from emola.model import hub
from emola.model.configuration import EmolaConfig
from emola.model.conversion.renaming import ORIGINAL, TOWER, TRANSFORMERS, Renamed, check_tensors, rename
from emola.model.conversion.weight_files import open_all, weight_files
from emola.model.integrity import read_json
from emola.model.memory import empty_model
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
    """A base model.

    tokenizer: path of its SentencePiece model. images: folder of its image processor settings. weights: its
    renamed tensors, empty for a base that stays on the hub. name: display name. legacy: see
    ``VicunaTokenizer``; only the original layout has the published setting.
    """

    name: str
    config: EmolaConfig
    tokenizer: Path
    images: Path
    weights: Renamed
    legacy: bool = False


def read_base(reference: str, vision_tower: str | None, prior_dim: int) -> Base:
    """Read a base from a folder or the hub, see :func:`convert`. Raises CheckpointError."""
    folder = Path(reference)
    if folder.is_dir():
        settings = read_json(folder / "config.json")
        if "text_config" in settings:
            return _transformers(folder, prior_dim)
        return _original(folder, settings, vision_tower, prior_dim)
    hub_name = hub.parse(reference)
    if hub_name is None:
        raise CheckpointError(f"There is no base at {reference}; give its folder or its name on the hub.")
    return _from_hub(*hub_name, prior_dim)


def _original(folder: Path, settings: Mapping[str, Any], tower: str | None, prior_dim: int) -> Base:
    """Read the layout of LLaVA's authors, whose vision tower is a separate model."""
    tower_folder = _tower_folder(tower or str(settings.get("mm_vision_tower")))
    vision = read_json(tower_folder / "config.json")
    config = _config(
        CLIPVisionConfig(**_required(vision.get("vision_config", vision), _VISION, tower_folder)),
        LlamaConfig(**_required(settings, _TEXT, folder)),
        settings.get("mm_vision_select_layer", -2),
        _STRATEGY[_feature(settings, folder)],
        prior_dim,
    )
    weights = rename(open_all(weight_files(folder)), ORIGINAL)
    weights.update(rename(open_all(weight_files(tower_folder)), TOWER))
    check_tensors(weights, base_shapes(config), f"the base {folder.name}")
    file = folder / "tokenizer_config.json"
    legacy = bool(read_json(file).get("legacy", True)) if file.is_file() else False
    return Base(folder.resolve().name, config, folder / VOCABULARY, tower_folder, weights, legacy)


def _transformers(folder: Path, prior_dim: int) -> Base:
    """Read the layout of transformers from a folder."""
    config = _from_llava(read_json(folder / "config.json"), prior_dim)
    weights = rename(open_all(weight_files(folder)), TRANSFORMERS)
    check_tensors(weights, base_shapes(config), f"the base {folder.name}")
    return Base(folder.resolve().name, config, folder / VOCABULARY, folder, weights)


def _from_hub(name: str, revision: str | None, prior_dim: int) -> Base:
    """Read the layout of transformers from the hub, except for the weights; the revision becomes a commit."""
    folder = hub.fetch(name, revision, _HUB_FILES)
    settings = read_json(folder / "config.json")
    if "text_config" not in settings:
        raise CheckpointError(
            f"{name} is not in the layout of transformers; download it and give its folder."
        )
    config = _from_llava(settings, prior_dim)
    config.base_model, config.base_revision = name, folder.name
    return Base(name, config, folder / VOCABULARY, folder, Renamed())


def base_shapes(config: EmolaConfig) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the tensors of a base: all but the prior projector."""
    return {name: shape for name, shape in shapes(config).items() if "prior_projector" not in name}


def shapes(config: EmolaConfig) -> dict[str, tuple[int, ...]]:
    """Return the shapes of all tensors of a model."""
    return {name: tuple(tensor.shape) for name, tensor in empty_model(config).state_dict().items()}


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
    """Return the configuration of the published model, without the id of the image token."""
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


def _required(settings: Mapping[str, Any], names: Sequence[str], folder: Path) -> dict[str, Any]:
    """Return the named settings. Raises CheckpointError when the size of the model is missing."""
    for name in ("hidden_size", "num_hidden_layers"):
        if name not in settings:
            raise CheckpointError(f"{folder / 'config.json'} has no {name}; is it part of LLaVA-1.5?")
    return {name: settings[name] for name in names if settings.get(name) is not None}


def _feature(settings: Mapping[str, Any], folder: Path) -> str:
    """Return the selected features of the tower. Raises CheckpointError for an unsupported base."""
    wanted = {"mm_projector_type": "mlp2x_gelu", "mm_use_im_start_end": False, "mm_use_im_patch_token": False}
    for name, value in wanted.items():
        found = settings.get(name, value)
        if found != value:
            raise CheckpointError(
                f"{folder / 'config.json'} has {name} {found!r}; only {value!r} is supported."
            )
    feature = settings.get("mm_vision_select_feature", "patch")
    if feature not in _STRATEGY:
        raise CheckpointError(
            f"{folder / 'config.json'} has mm_vision_select_feature {feature!r}, which is not supported."
        )
    return str(feature)


def _tower_folder(reference: str) -> Path:
    if Path(reference).is_dir():
        return Path(reference)
    hub_name = hub.parse(reference)
    if hub_name is None:
        raise CheckpointError(
            f"There is no vision tower at {reference}; give its folder with --vision-tower."
        )
    try:
        return hub.fetch(*hub_name, _TOWER_FILES)
    except CheckpointError as error:
        raise CheckpointError(f"{error} A local folder can be given with --vision-tower.") from None
