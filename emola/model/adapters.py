"""Adapters on a base in memory: attach them, name them, switch between them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel

FOLDER = "adapters"
CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"


def find(folder: Path) -> list[Path]:
    """The adapters of a checkpoint folder, in the order of their names."""
    return sorted(path.parent for path in (folder / FOLDER).glob(f"*/{CONFIG}"))


def attach(model: Any, adapters: Sequence[Path], *, dtype: torch.dtype, merge: bool, trainable: bool) -> Any:
    """The model with its adapters, each under its folder's name; the first is active.

    merge: a single adapter goes into the weights. Others stay beside them, in ``dtype`` unless they are
    to be trained, which needs float32.
    """
    if not adapters:
        return model
    first, *others = adapters
    merge = merge and not others
    options = {"is_trainable": trainable, "autocast_adapter_dtype": merge or trainable}
    adapted = PeftModel.from_pretrained(model, first, adapter_name=first.name, **options)
    for other in others:
        adapted.load_adapter(other, adapter_name=other.name, **options)
    if merge:
        merged = adapted.merge_and_unload()
        merged.merged_adapter = first.name
        return merged
    if not trainable:
        for name, parameter in adapted.named_parameters():
            if ".lora_" in name or ".modules_to_save." in name:
                parameter.data = parameter.data.to(dtype)
    return adapted


def names(model: Any) -> tuple[str, ...]:
    """The adapters that a model speaks with, merged or not; () for a model that was never adapted."""
    merged = getattr(model, "merged_adapter", None)
    return (merged,) if merged else tuple(getattr(model, "peft_config", ()) or ())


def activate(model: Any, name: str) -> None:
    """Let this adapter, LoRA and projectors, answer from now on. Not for two threads at once."""
    if isinstance(model, PeftModel) and model.active_adapter != name:
        model.set_adapter(name, inference_mode=True)
