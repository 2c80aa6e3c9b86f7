"""PEFT adapters of a model in memory: attaching, listing and switching.

PEFT, whose import takes seconds, is imported only for adapters that are not merged into the weights.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open

from emola.errors import CheckpointError
from emola.model import lora
from emola.model.integrity import load_errors, read_json

FOLDER = "adapters"
CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"


def find(folder: Path) -> list[Path]:
    """Return the adapter folders of a checkpoint folder, sorted by name."""
    return sorted(path for path in (folder / FOLDER).glob("*") if path.is_dir())


def attach(model: Any, adapters: Sequence[Path], *, dtype: torch.dtype, merge: bool, trainable: bool) -> Any:
    """Attach adapters to a model, each named after its folder, and activate the first.

    merge: merge the adapter into the weights if it is the only one. Adapters that are not merged have the
    type ``dtype``, or float32 if they are ``trainable``.

    Raises CheckpointError for an adapter that is damaged or does not fit the model.
    """
    if not adapters:
        return model
    first, *others = adapters
    merge = merge and not others
    for folder in adapters:
        if not (folder / CONFIG).is_file():
            raise CheckpointError(f"{folder} is not an adapter: {CONFIG} is missing.")
    if merge:
        with load_errors(first):
            config = read_json(first / CONFIG)
            if lora.is_plain(config):
                lora.merge(model, config, first / WEIGHTS)
                model.merged_adapter = first.name
                return model
    return _attach_with_peft(model, first, others, dtype=dtype, merge=merge, trainable=trainable)


def _attach_with_peft(
    model: Any, first: Path, others: Sequence[Path], *, dtype: torch.dtype, merge: bool, trainable: bool
) -> Any:
    from peft import PeftModel

    options = {"is_trainable": trainable, "autocast_adapter_dtype": merge or trainable}
    with load_errors(first):
        adapted = PeftModel.from_pretrained(model, first, adapter_name=first.name, **options)
        _require_whole(adapted, first)
    for other in others:
        with load_errors(other):
            adapted.load_adapter(other, adapter_name=other.name, **options)
            _require_whole(adapted, other)
    if merge:
        merged = adapted.merge_and_unload()
        merged.merged_adapter = first.name
        return merged
    if not trainable:
        for name, parameter in adapted.named_parameters():
            if ".lora_" in name or ".modules_to_save." in name:
                parameter.data = parameter.data.to(dtype)
    return adapted


def _require_whole(model: Any, folder: Path) -> None:
    """Raise CheckpointError unless the file holds exactly the adapter's tensors; PEFT only warns."""
    from peft import get_peft_model_state_dict

    with safe_open(folder / WEIGHTS, framework="pt") as file:
        found = set(file.keys())
    wanted = set(get_peft_model_state_dict(model, adapter_name=folder.name, save_embedding_layers=False))
    lora.require_tensors(folder / WEIGHTS, found, wanted)


def names(model: Any) -> tuple[str, ...]:
    """Return the names of a model's adapters, merged or not."""
    if merged := getattr(model, "merged_adapter", None):
        return (merged,)
    return tuple(getattr(model, "adapter_projectors", None) or getattr(model, "peft_config", ()) or ())


def activate(model: Any, name: str) -> None:
    """Activate the LoRA weights and projectors of an adapter. Not thread-safe."""
    if projectors := getattr(model, "adapter_projectors", None):  # see ``emola.model.encoder``
        if getattr(model, "active_projectors", None) != name:
            model.load_state_dict(projectors[name], strict=False)
            model.active_projectors = name
    elif is_adapted(model) and model.active_adapter != name:
        model.set_adapter(name, inference_mode=True)


def is_adapted(model: Any) -> bool:
    """Return whether PEFT holds adapters of the model; does not import PEFT."""
    peft = sys.modules.get("peft")
    return peft is not None and isinstance(model, peft.PeftModel)
