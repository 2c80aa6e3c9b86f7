"""Where a model computes and in which type of number: the options ``device``, ``dtype``, ``quantize``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

import torch

from emola.errors import CheckpointError

Device = str | Mapping[str, int | str]
Quantisation = Literal["nf4", "int8"]

OFFLOAD = "offload"
"""The device that is a GPU as far as the model fits, and main memory for the rest."""

_DEVICE = re.compile(r"(?P<alone>cpu|mps)|(?P<kind>cuda|xpu)(?::(?P<index>\d{1,3}))?")


def check_options(device: Any, dtype: Any, quantize: Any) -> None:
    """CheckpointError unless a model can be loaded with these options on this machine.

    For callers that have something to do before the model is loaded, such as fetching it.
    """
    if quantize not in (None, "nf4", "int8"):
        raise CheckpointError(f"Unknown quantisation {quantize!r}; use nf4, int8, or none.")
    pick_dtype(dtype, loading_device(pick_device(device), whole=quantize is None))


def pick_device(device: Any) -> Device:
    """The device that a name stands for, or a checked device map. Raises CheckpointError."""
    if isinstance(device, Mapping):
        for part, place in device.items():
            if place != "disk":
                pick_device(f"cuda:{place}" if type(place) is int else place)
            if not isinstance(part, str):
                raise CheckpointError(f"A device map names parts of the model by text, not by {part!r}.")
        return device
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if device == OFFLOAD:
        return OFFLOAD
    match = _DEVICE.fullmatch(device) if isinstance(device, str) else None
    if match is None:
        raise CheckpointError(f"Unknown device {device!r}; use auto, cpu, cuda, cuda:1, mps, xpu or offload.")
    if int(match["index"] or 0) >= _count(match["kind"] or match["alone"]):
        raise CheckpointError(f"There is no {device} on this machine; use device='cpu'.")
    return str(device)


def _count(kind: str) -> int:
    """How many devices of a kind this machine has."""
    if kind == "cuda":
        return torch.cuda.device_count() if torch.cuda.is_available() else 0
    if kind == "xpu":
        return torch.xpu.device_count() if torch.xpu.is_available() else 0
    return int(kind == "cpu" or torch.backends.mps.is_available())


def loading_device(device: Device, *, whole: bool) -> str:
    """Where the weights are read to: a device, or main memory when they go on to several.

    whole: the model is neither quantised nor trained. Raises CheckpointError.
    """
    if isinstance(device, str) and device != OFFLOAD:
        return device
    if not whole:
        raise CheckpointError("A model on several devices cannot be quantised or trained; use one device.")
    return "cpu"


def computes_in_bfloat16(device: str) -> bool:
    """Return whether bfloat16 is the fast number type of a device.

    True for GPUs, and for CPUs with bfloat16 instructions, where it takes half the time of float32. On any
    other CPU it takes twice that time.
    """
    if device.startswith("cuda"):
        return True
    capabilities = torch.cpu.get_capabilities()
    return device == "cpu" and any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16"))


def pick_dtype(dtype: Any, device: str) -> torch.dtype:
    """The type of the weights: for "auto", bfloat16 where that is the fast way and float32 elsewhere.

    Raises CheckpointError for anything that is not a floating-point type.
    """
    if dtype == "auto":
        return torch.bfloat16 if computes_in_bfloat16(device) else torch.float32
    found = getattr(torch, dtype, None) if isinstance(dtype, str) else dtype
    if found not in (torch.float32, torch.bfloat16, torch.float16, torch.float64):
        raise CheckpointError(f"Unknown number type {dtype!r}; use float32, bfloat16 or float16.")
    return found
