"""Making a model fit: which parts are quantised, how much memory it needs, how much there is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import torch
from safetensors import safe_open
from transformers import BitsAndBytesConfig

from emola.errors import CheckpointError
from emola.model import adapters
from emola.model.configuration import EmolaConfig
from emola.model.integrity import reading
from emola.model.modeling import EmolaForConditionalGeneration

UNQUANTISED = ("model.vision_tower", "model.multi_modal_projector", "model.prior_projector", "lm_head")
"""Parts that stay as they are when the rest is quantised, named from the start as transformers asks."""

BYTES_PER_WEIGHT = {
    # Half a byte, a scale of one byte for each 64 weights, and four bytes for each 256 scales.
    "nf4": 0.5 + 1 / 64 + 4 / (64 * 256),
    "int8": 1.0,
}
"""What a quantised weight takes (bitsandbytes, double quantisation)."""


def quantization(quantize: str, compute: torch.dtype) -> BitsAndBytesConfig:
    """bitsandbytes settings; vision tower, projectors and language head stay as they are.

    compute: the type of the numbers while they are multiplied, bfloat16 or float16 on a GPU.
    """
    if quantize == "nf4":
        return BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=compute,
            llm_int8_skip_modules=list(UNQUANTISED),
        )
    return BitsAndBytesConfig(load_in_8bit=True, llm_int8_skip_modules=list(UNQUANTISED))


def spread(model: Any, places: Mapping[str, int | str] | None) -> Any:
    """Lay the parts of a model that is in main memory on several devices.

    places: name of a part to device, "cpu" or "disk"; None: the GPUs as far as it fits, then main memory.
    What lies elsewhere is brought to the GPU while it computes. With the adapters attached before, they are
    laid where their layers are.
    """
    from accelerate import dispatch_model, infer_auto_device_map

    if places is None:
        blocks = {name for part in model.modules() for name in getattr(part, "_no_split_modules", None) or ()}
        places = infer_auto_device_map(model, no_split_module_classes=sorted(blocks))
    elif adapters.is_adapted(model):
        places = {f"base_model.model.{name}": device for name, device in places.items()}
    room = TemporaryDirectory(prefix="emola-")
    spread_out = dispatch_model(model, dict(places), offload_dir=room.name)
    spread_out.room = room  # the files on disk live as long as the model
    return spread_out


def outline(config: EmolaConfig) -> EmolaForConditionalGeneration:
    """The model on torch's device "meta": its structure, without memory for the weights."""
    with torch.device("meta"):
        return EmolaForConditionalGeneration(config).eval()


def needed_bytes(
    model: EmolaForConditionalGeneration,
    adapter_folders: Iterable[Path],
    dtype: torch.dtype,
    quantize: str | None,
) -> int:
    """Memory for the weights, all adapters and one conversation of full length.

    model: its outline is enough. Raises CheckpointError for a damaged adapter.
    """
    weights = 0.0
    for name, tensor in model.state_dict().items():
        packed = quantize is not None and ".language_model.layers." in name and tensor.ndim == 2
        weights += tensor.numel() * (BYTES_PER_WEIGHT[str(quantize)] if packed else dtype.itemsize)
    for folder in adapter_folders:
        weights += _numbers(folder / adapters.WEIGHTS) * dtype.itemsize
    return math.ceil(weights) + cache_bytes(model.config, dtype)


def cache_bytes(config: EmolaConfig, dtype: torch.dtype) -> int:
    """Keys and values of a conversation that fills the context."""
    text = config.text_config
    each = text.num_key_value_heads * (text.hidden_size // text.num_attention_heads)
    return int(2 * text.num_hidden_layers * each * text.max_position_embeddings * dtype.itemsize)


def available_bytes(device: str) -> int:
    """Free memory of a GPU, or of the machine."""
    if device.startswith("cuda"):
        return int(torch.cuda.mem_get_info(torch.device(device))[0])
    return int(psutil.virtual_memory().available)


def require_memory(title: str, needed: int, device: str, quantize: str | None) -> None:
    """CheckpointError, with both figures and what to do, when a model cannot fit on a device."""
    free = available_bytes(device)
    if needed <= free:
        return
    on_gpu = device.startswith("cuda")
    ways = []
    if quantize != "nf4":
        ways.append("load it in 4 bits (quantize='nf4')")
    if on_gpu:
        ways.append("leave a part of it in main memory (device='offload')")
    ways.append("use a machine with more memory")
    where = f"on {device}" if on_gpu else "in main memory"
    raise CheckpointError(
        f"{title} needs about {needed / 1e9:.1f} GB {where}, and {free / 1e9:.1f} GB are free; "
        f"{', or '.join(ways)}."
    )


def _numbers(file: Path) -> int:
    """How many numbers a safetensors file holds."""
    if not file.is_file():
        raise CheckpointError(f"{file.parent} is no adapter: {file.name} is missing.")
    with reading(file), safe_open(file, framework="pt") as weights:
        return sum(math.prod(weights.get_slice(name).get_shape()) for name in weights.keys())  # noqa: SIM118
