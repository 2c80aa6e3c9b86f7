"""Memory of a model: required and free bytes, and distribution over several devices."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import torch
from safetensors import safe_open

from emola.errors import CheckpointError
from emola.model import adapters
from emola.model.configuration import EmolaConfig
from emola.model.integrity import load_errors
from emola.model.modeling import EmolaForConditionalGeneration
from emola.model.quantization import BYTES_PER_WEIGHT


def dispatch(model: Any, device_map: Mapping[str, int | str] | None) -> Any:
    """Distribute a model that lies in main memory over several devices, with Accelerate.

    device_map: name of a module to device, "cpu" or "disk". By default the GPUs are filled first and main
    memory takes the rest. Modules outside a GPU are copied to it for their forward pass. Adapters must be
    attached before; each is placed with its layer.
    """
    from accelerate import dispatch_model, infer_auto_device_map

    if device_map is None:
        blocks = {name for part in model.modules() for name in getattr(part, "_no_split_modules", None) or ()}
        device_map = infer_auto_device_map(model, no_split_module_classes=sorted(blocks))
    elif adapters.is_adapted(model):
        device_map = {f"base_model.model.{name}": device for name, device in device_map.items()}
    offload_dir = TemporaryDirectory(prefix="emola-")
    dispatched = dispatch_model(model, dict(device_map), offload_dir=offload_dir.name)
    dispatched.offload_dir = offload_dir  # deleted with the model
    return dispatched


def empty_model(config: EmolaConfig) -> EmolaForConditionalGeneration:
    """Return the model on torch's "meta" device: its structure, without memory for the weights."""
    with torch.device("meta"):
        model = EmolaForConditionalGeneration(config)
    model.eval()
    return model


def needed_bytes(
    model: EmolaForConditionalGeneration,
    adapter_folders: Iterable[Path],
    dtype: torch.dtype,
    quantize: str | None,
) -> int:
    """Return the memory for the weights, all adapters and one conversation of full length, in bytes.

    model: may be an :func:`empty_model`.

    Raises CheckpointError for a damaged adapter.
    """
    weights = 0.0
    packed = int(model.config.weight_bits == 8 and quantize is None)  # bytes of a weight in its second form
    for name, tensor in model.state_dict().items():
        matrix = ".language_model.layers." in name and tensor.ndim == 2
        size = BYTES_PER_WEIGHT[quantize] if quantize and matrix else dtype.itemsize
        weights += tensor.numel() * (size + packed * matrix)
    for folder in adapter_folders:
        weights += _parameter_count(folder / adapters.WEIGHTS) * dtype.itemsize
    return math.ceil(weights) + cache_bytes(model.config, dtype)


def cache_bytes(config: EmolaConfig, dtype: torch.dtype) -> int:
    """Return the size of the keys and values of a conversation that fills the context."""
    text = config.text_config
    width = text.num_key_value_heads * (text.hidden_size // text.num_attention_heads)
    return int(2 * text.num_hidden_layers * width * text.max_position_embeddings * dtype.itemsize)


def available_bytes(device: str) -> int:
    """Return the free memory of a GPU, or of the machine, in bytes."""
    if device.startswith("cuda"):
        return int(torch.cuda.mem_get_info(torch.device(device))[0])
    return int(psutil.virtual_memory().available)


def require_memory(title: str, needed: int, device: str, quantize: str | None) -> None:
    """Raise CheckpointError, with both sizes and alternatives, when a model does not fit on a device."""
    free = available_bytes(device)
    if needed <= free:
        return
    on_gpu = device.startswith("cuda")
    alternatives = []
    if quantize != "nf4":
        alternatives.append("load it in 4 bits (quantize='nf4')")
    if on_gpu:
        alternatives.append("leave a part of it in main memory (device='offload')")
    alternatives.append("use a machine with more memory")
    where = f"on {device}" if on_gpu else "in main memory"
    raise CheckpointError(
        f"{title} needs about {needed / 1e9:.1f} GB {where}, and {free / 1e9:.1f} GB are free; "
        f"{', or '.join(alternatives)}."
    )


def _parameter_count(file: Path) -> int:
    """Return the number of values in a safetensors file."""
    if not file.is_file():
        raise CheckpointError(f"{file.parent} is not an adapter: {file.name} is missing.")
    with load_errors(file), safe_open(file, framework="pt") as weights:
        return sum(math.prod(weights.get_slice(name).get_shape()) for name in weights.keys())  # noqa: SIM118
