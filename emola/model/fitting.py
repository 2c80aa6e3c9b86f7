"""Making a model fit: which parts are quantised, how much memory it needs, how much there is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import psutil
import torch
from safetensors import safe_open
from transformers import BitsAndBytesConfig

from emola.errors import CheckpointError
from emola.model import adapters
from emola.model.configuration import EmolaConfig
from emola.model.modeling import EmolaForConditionalGeneration

UNQUANTISED = ("model.vision_tower", "model.multi_modal_projector", "model.prior_projector", "lm_head")
"""Parts that stay as they are when the rest is quantised, named from the start as transformers asks."""

BYTES_PER_WEIGHT = {
    # Half a byte, a scale of one byte for each 64 weights, and four bytes for each 256 scales.
    "nf4": 0.5 + 1 / 64 + 4 / (64 * 256),
    "int8": 1.0,
}
"""What a quantised weight takes (bitsandbytes, double quantisation)."""


def quantization(quantize: str, compute: torch.dtype, *, offload: bool = False) -> BitsAndBytesConfig:
    """bitsandbytes settings; vision tower, projectors and language head stay as they are.

    compute: the type of the numbers while they are multiplied, bfloat16 or float16 on a GPU. offload:
    parts may stay in main memory, unquantised.
    """
    shared = {
        "llm_int8_skip_modules": list(UNQUANTISED),
        "llm_int8_enable_fp32_cpu_offload": offload,
    }
    if quantize == "nf4":
        return BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=compute,
            **shared,
        )
    return BitsAndBytesConfig(load_in_8bit=True, **shared)


def needed_bytes(
    config: EmolaConfig, adapter_folders: Iterable[Path], dtype: torch.dtype, quantize: str | None
) -> int:
    """Memory for the weights, all adapters and one conversation of full length."""
    with torch.device("meta"):
        model = EmolaForConditionalGeneration(config)
    weights = 0.0
    for name, tensor in model.state_dict().items():
        packed = quantize is not None and ".language_model.layers." in name and tensor.ndim == 2
        weights += tensor.numel() * (BYTES_PER_WEIGHT[str(quantize)] if packed else dtype.itemsize)
    for folder in adapter_folders:
        weights += _numbers(folder / adapters.WEIGHTS) * dtype.itemsize
    return math.ceil(weights) + cache_bytes(config, dtype)


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
    with safe_open(file, framework="pt") as weights:
        return sum(math.prod(weights.get_slice(name).get_shape()) for name in weights.keys())  # noqa: SIM118
