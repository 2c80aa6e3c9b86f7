"""Merging of a plain LoRA adapter into the weights of a model, without PEFT, whose import takes seconds.

File layout and arithmetic are those of PEFT (``LoraLayer.merge``): W + alpha / r * B A (Hu et al., 2021),
computed in float32. Adapters with other features are left to PEFT.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file

from emola.errors import CheckpointError

_PREFIX = "base_model.model."
_PLAIN = {"peft_type": "LORA", "bias": "none"}
_KNOWN = frozenset(
    """auto_mapping base_model_name_or_path bias inference_mode init_lora_weights lora_alpha lora_dropout
    megatron_core modules_to_save peft_type peft_version qalora_group_size r revision target_modules task_type
    use_rslora""".split()
)
"""Settings that a plain adapter may have; all others must be false or empty."""


def is_plain(config: Mapping[str, Any]) -> bool:
    """Return whether an adapter consists only of W + alpha / r * B A and of complete modules."""
    if any(config.get(name) != value for name, value in _PLAIN.items()):
        return False
    targets, task = config.get("target_modules"), config.get("task_type")
    if not isinstance(targets, (str, list)) or targets == "all-linear" or task not in (None, "CAUSAL_LM"):
        return False
    return not any(value for name, value in config.items() if name not in _KNOWN)


def merge(model: torch.nn.Module, config: Mapping[str, Any], weights: Path) -> None:
    """Add a plain adapter to the weights of a model in place, and copy its complete modules.

    Raises CheckpointError unless the file holds exactly the tensors that the configuration requires.
    """
    tensors = {name.removeprefix(_PREFIX): tensor for name, tensor in load_file(weights).items()}
    layers = list(_layers(model, config["target_modules"]))
    whole = dict(_whole_parameters(model, config.get("modules_to_save") or ()))
    require_tensors(
        weights,
        {f"{_PREFIX}{name}" for name in tensors},
        {f"{_PREFIX}{name}.lora_{side}.weight" for name, _ in layers for side in "AB"}
        | {f"{_PREFIX}{name}" for name in whole},
    )
    rank, alpha = int(config["r"]), float(config["lora_alpha"])
    scale = alpha / (math.sqrt(rank) if config.get("use_rslora") else rank)
    with torch.no_grad():
        for name, layer in layers:
            a, b = (tensors[f"{name}.lora_{side}.weight"].float() for side in "AB")  # (r, in), (out, r)
            if a.shape[0] != rank or (b.shape[0], a.shape[1]) != tuple(layer.weight.shape):
                raise CheckpointError(
                    f"{weights}: {name} has LoRA matrices of the shapes {list(b.shape)} and {list(a.shape)}, "
                    f"but rank {rank} and a weight of {list(layer.weight.shape)} are needed."
                )
            # Both in float32: torch adds float32 to bfloat16 much more slowly.
            layer.weight.copy_(layer.weight.float() + (b @ a * scale).to(layer.weight.device))
        for name, parameter in whole.items():
            parameter.copy_(tensors[name])


def whole_modules(
    model: torch.nn.Module, config: Mapping[str, Any], weights: Path
) -> dict[str, torch.Tensor]:
    """Return the tensors of an adapter's complete modules by their names in the model.

    Raises CheckpointError unless the file holds exactly these besides its LoRA matrices.
    """
    whole = dict(_whole_parameters(model, config.get("modules_to_save") or ()))
    with safe_open(weights, framework="pt") as file:
        found = {name for name in file.keys() if ".lora_" not in name}  # noqa: SIM118 (not a mapping)
        require_tensors(weights, found, {f"{_PREFIX}{name}" for name in whole})
        tensors: dict[str, torch.Tensor] = {name: file.get_tensor(f"{_PREFIX}{name}") for name in whole}
    for name, tensor in tensors.items():
        if tensor.shape != whole[name].shape:
            raise CheckpointError(
                f"{weights}: {name} has the shape {list(tensor.shape)}, not {list(whole[name].shape)}."
            )
    return tensors


def require_tensors(file: Path, found: set[str], wanted: set[str]) -> None:
    """Raise CheckpointError unless the tensors found in a file are exactly the wanted ones."""
    for names, problem in (
        (wanted - found, "lacks"),
        (found - wanted, "has an unexpected tensor:"),
    ):
        if names:
            raise CheckpointError(f"{file} {problem} {min(names)} ({len(names)} in total).")


def _layers(model: torch.nn.Module, targets: str | list[str]) -> Iterator[tuple[str, torch.nn.Linear]]:
    """Yield name and layer of each linear layer that an adapter changes."""
    for name, module in model.named_modules():
        if isinstance(targets, str):
            matches = re.fullmatch(targets, name) is not None
        else:
            matches = any(name == target or name.endswith(f".{target}") for target in targets)
        if matches and isinstance(module, torch.nn.Linear):
            yield name, module


def _whole_parameters(
    model: torch.nn.Module, modules: list[str] | tuple[str, ...]
) -> Iterator[tuple[str, torch.nn.Parameter]]:
    """Yield name and parameter of each module that an adapter replaces completely."""
    for name, module in model.named_modules():
        if name.rpartition(".")[2] in modules:
            for inner, parameter in module.named_parameters():
                yield f"{name}.{inner}", parameter
