"""The published adapters, as PEFT adapters with LoRA weights and both projectors (``modules_to_save``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peft import LoraConfig

from emola.errors import CheckpointError
from emola.model.configuration import EmolaConfig
from emola.model.conversion.base import shapes
from emola.model.conversion.output import write_json, write_tensors
from emola.model.conversion.renaming import (
    LORA,
    PATCH_PROJECTOR,
    PRIOR_PROJECTOR,
    Renamed,
    check_tensors,
    rename,
)
from emola.model.conversion.weight_files import open_weights
from emola.model.integrity import read_json

PROJECTORS = ("multi_modal_projector", "prior_projector")
FILES: Mapping[str, tuple[Any, ...]] = {
    "adapter_model.bin": LORA,
    "non_lora_trainables.bin": PATCH_PROJECTOR,
    "landmark_feature_projector.bin": PRIOR_PROJECTOR,
}
"""The weight files of a published adapter, with the rules that rename their tensors."""

_REQUIRED = {
    "peft_type": "LORA",
    "bias": "none",
    "fan_in_fan_out": False,
    "layers_to_transform": None,
    "modules_to_save": None,
    "use_dora": False,
    "use_rslora": False,
}
_BASE_SETTINGS = (
    "hidden_size intermediate_size num_hidden_layers num_attention_heads num_key_value_heads "
    "mm_hidden_size mm_projector_type mm_vision_select_layer mm_vision_select_feature"
).split()
_PREFIX = "base_model.model."


@dataclass(frozen=True)
class Adapter:
    """A published adapter with renamed weights. trained_on: the base named in its settings."""

    name: str
    rank: int
    alpha: int
    dropout: float
    targets: tuple[str, ...]
    trained_on: str
    weights: Renamed

    def write(self, folder: Path, base: str) -> None:
        """Write ``adapter_config.json`` and ``adapter_model.safetensors`` in the format of PEFT."""
        folder.mkdir(parents=True)
        settings = LoraConfig(
            r=self.rank,
            lora_alpha=self.alpha,
            lora_dropout=self.dropout,
            target_modules=rf".*language_model\.layers\.\d+\.(?:self_attn|mlp)\.(?:{'|'.join(self.targets)})",
            modules_to_save=list(PROJECTORS),
            task_type="CAUSAL_LM",
            inference_mode=True,
            base_model_name_or_path=base,
        )
        settings.save_pretrained(str(folder))
        path = folder / "adapter_config.json"
        write_json(path, read_json(path))
        write_tensors(folder / "adapter_model.safetensors", self.weights.tensors)


def prior_dim(folder: Path) -> int:
    """Return the size of an adapter's prior; the published code has a default of 212."""
    return int(read_json(folder / "config.json").get("landmark_feature_hidden_size", 212))


def read_adapter(name: str, folder: Path, base: Mapping[str, Any]) -> Adapter:
    """Read an adapter folder written by the published training code.

    base: settings of the base model. The shapes of the tensors are checked by :func:`check_adapter`.

    Raises CheckpointError, naming the file, for anything missing, damaged or made for another base.
    """
    settings = read_json(folder / "adapter_config.json")
    for key, value in _REQUIRED.items():
        if settings.get(key, value) != value:
            raise CheckpointError(
                f"{folder / 'adapter_config.json'} has {key} {settings[key]!r}; only {value!r} is supported."
            )
    for key in ("r", "lora_alpha"):
        if not isinstance(settings.get(key), int) or settings[key] < 1:
            raise CheckpointError(f"{folder / 'adapter_config.json'} has no valid {key}.")
    _same_base(folder, base)
    weights = Renamed()
    for file, table in FILES.items():
        weights.update(rename(open_weights(folder / file), table))
    found = {match[1] for tensor in weights.tensors if (match := re.search(r"\.(\w+_proj)\.lora_A", tensor))}
    return Adapter(
        name,
        rank=settings["r"],
        alpha=settings["lora_alpha"],
        dropout=float(settings.get("lora_dropout", 0.0)),
        targets=tuple(sorted(found.union(settings.get("target_modules") or ()))),
        trained_on=Path(str(settings.get("base_model_name_or_path"))).name,
        weights=weights,
    )


def check_adapter(adapter: Adapter, config: EmolaConfig) -> None:
    """Raise CheckpointError unless the adapter has exactly the tensors that the base requires."""
    wanted: dict[str, tuple[int, ...]] = {}
    for name, shape in shapes(config).items():
        layer = name.removesuffix(".weight")
        if ".language_model.layers." in name and layer.endswith(adapter.targets):
            out_features, in_features = shape
            wanted[f"{_PREFIX}{layer}.lora_A.weight"] = (adapter.rank, in_features)
            wanted[f"{_PREFIX}{layer}.lora_B.weight"] = (out_features, adapter.rank)
        elif any(f".{part}." in name for part in PROJECTORS):
            wanted[_PREFIX + name] = shape
    check_tensors(adapter.weights, wanted, f"the adapter {adapter.name!r} on this base")


def _same_base(folder: Path, base: Mapping[str, Any]) -> None:
    """Raise CheckpointError when the settings of the adapter differ from the base."""
    settings = read_json(folder / "config.json")
    for key in _BASE_SETTINGS:
        if key in base and settings.get(key, base[key]) != base[key]:
            raise CheckpointError(
                f"{folder} is an adapter for another base: its config.json has {key} {settings[key]!r}, "
                f"the base has {base[key]!r}."
            )
