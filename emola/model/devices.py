"""Devices and number types: the options ``device``, ``dtype`` and ``quantize``.

All code that chooses a device or a number type, in training too, uses this module.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, Literal

import torch

from emola.errors import CheckpointError

Device = str | Mapping[str, int | str]
Quantisation = Literal["nf4", "int8"]

OFFLOAD = "offload"
"""The device option that fills the GPU and leaves the rest of the model in main memory."""

_DEVICE = re.compile(r"(?P<single>cpu|mps)|(?P<kind>cuda|xpu)(?::(?P<index>\d{1,3}))?")


def check_options(device: Any, dtype: Any, quantize: Any) -> None:
    """Raise CheckpointError unless this machine supports the options; call it before a download."""
    if quantize not in (None, "nf4", "int8"):
        raise CheckpointError(f"Unknown quantisation {quantize!r}; use nf4, int8, or none.")
    pick_dtype(dtype, loading_device(pick_device(device), whole=quantize is None))


def pick_device(device: Any) -> Device:
    """Return the device of an option, with "auto" resolved, or a validated device map.

    Raises CheckpointError for a device that is unknown or not present.
    """
    if isinstance(device, Mapping):
        for module, target in device.items():
            if target != "disk":
                pick_device(f"cuda:{target}" if type(target) is int else target)
            if not isinstance(module, str):
                raise CheckpointError(f"The keys of a device map are names of modules, not {module!r}.")
        return device
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if device == OFFLOAD:
        return OFFLOAD
    match = _DEVICE.fullmatch(device) if isinstance(device, str) else None
    if match is None:
        raise CheckpointError(f"Unknown device {device!r}; use auto, cpu, cuda, cuda:1, mps, xpu or offload.")
    if int(match["index"] or 0) >= _count(match["kind"] or match["single"]):
        raise CheckpointError(f"There is no {device} on this machine; use device='cpu'.")
    return str(device)


def _count(kind: str) -> int:
    """Return the number of devices of a kind on this machine."""
    if kind == "cuda":
        return torch.cuda.device_count() if torch.cuda.is_available() else 0
    if kind == "xpu":
        return torch.xpu.device_count() if torch.xpu.is_available() else 0
    return int(kind == "cpu" or torch.backends.mps.is_available())


def process_device() -> str:
    """Return the GPU of this process, given by ``LOCAL_RANK`` in a distributed launch, or "cpu"."""
    if pick_device("auto") == "cpu":
        return "cpu"
    return f"cuda:{os.environ.get('LOCAL_RANK', '0')}"


def trainer_options() -> dict[str, bool]:
    """Return the device and number type of training, as arguments of ``transformers.TrainingArguments``."""
    device = process_device()
    return {"use_cpu": device == "cpu", "bf16": computes_in_bfloat16(device)}


def loading_device(device: Device, *, whole: bool) -> str:
    """Return the device that the weights are read to: main memory if they are distributed afterwards.

    whole: the model is neither quantised nor trained.

    Raises CheckpointError for a distributed model that is to be quantised or trained.
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
    # ATEN_CPU_CAPABILITY can hold PyTorch to fewer instructions than the processor has.
    if device != "cpu" or torch.backends.cpu.get_cpu_capability() != "AVX512":
        return False
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16"))


def number_type(model: Any) -> str:
    """Return the name of the number type that a model computes in.

    It is "float32 and bfloat16" if a model in float32 computes products with packed weights in bfloat16.
    """
    name = str(model.dtype).removeprefix("torch.")
    packed = name == "float32" and getattr(model, "may_read_packed", False)
    return "float32 and bfloat16" if packed else name


def pick_dtype(dtype: Any, device: str) -> torch.dtype:
    """Return the number type of the weights; "auto" is bfloat16 where that is fast, and float32 elsewhere.

    Raises CheckpointError for anything but a floating-point type.
    """
    if dtype == "auto":
        return torch.bfloat16 if computes_in_bfloat16(device) else torch.float32
    found: torch.dtype | None = getattr(torch, dtype, None) if isinstance(dtype, str) else dtype
    if found is None or found not in (torch.float32, torch.bfloat16, torch.float16, torch.float64):
        raise CheckpointError(f"Unknown number type {dtype!r}; use float32, bfloat16 or float16.")
    return found
