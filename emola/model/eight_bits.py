"""Weights of 8 bits: an integer from -127 to 127 for each weight, and a scale for each output row.

Packed weights are the integers and the scales; a product with them reads a quarter of the memory of float32.

Shape suffixes: T tokens, N output rows, R some of them, K inputs.
"""

from __future__ import annotations

import sys
from collections.abc import Sized
from typing import Any

import torch
from torch import Tensor, nn

from emola.model.configuration import EmolaConfig

__all__ = ["can_multiply", "has_rounded_weights", "pack", "product", "round_weights"]

_LARGEST = 127
_ROWS = 1024
"""Rows that are rounded at once, so that intermediate values stay in the cache of the processor."""
_WIDTH = 16
"""The kernels read the inputs in steps of this size, without a check of their number."""


def has_rounded_weights(config: EmolaConfig, adapters: Sized) -> bool:
    """Return whether a model computes with rounded weights: one adapter at most, which can be merged."""
    return config.weight_bits == 8 and len(adapters) <= 1


@torch.no_grad()
def round_weights(model: Any, *, in_bfloat16: bool = False) -> None:
    """Round the matrices of the language model to 8 bits, in place, the table of the embeddings included.

    The values keep their number type. Call it after the adapter was merged. in_bfloat16: on a CPU, products
    may be computed with packed weights, and hence in bfloat16.
    """
    model.may_read_packed = in_bfloat16 and model.device.type == "cpu" and can_multiply()
    language = model.model.language_model
    matrices = [module.weight for module in language.modules() if isinstance(module, nn.Linear)]
    matrices.append(model.lm_head.weight)
    if model.lm_head.weight is not language.embed_tokens.weight:
        matrices.append(language.embed_tokens.weight)
    for weight_NK in matrices:
        integers_NK, scale_N = pack(weight_NK)
        weight_NK.copy_(integers_NK * scale_N.float()[:, None])


def pack(weight_NK: Tensor) -> tuple[Tensor, Tensor]:
    """Return integers (N, K), int8, and scales (N,), bfloat16, whose products are the rounded weights.

    Weights that were rounded before are not changed.
    """
    parts = [_pack_rows(rows_RK) for rows_RK in torch.split(weight_NK.detach(), _ROWS)]
    integers, scales = zip(*parts, strict=True)
    return torch.cat(integers), torch.cat(scales)


def _pack_rows(rows_RK: Tensor) -> tuple[Tensor, Tensor]:
    wide_RK = rows_RK.float()
    scale_R = (wide_RK.abs().amax(1) / _LARGEST).bfloat16()
    step_R1 = scale_R.float().clamp_min(torch.finfo(torch.float32).tiny)[:, None]
    integers_RK = (wide_RK / step_R1).round_().clamp_(-_LARGEST, _LARGEST)
    return integers_RK.to(torch.int8), scale_R


def can_multiply(inputs: int = _WIDTH) -> bool:
    """Return whether PyTorch has a vectorised :func:`product` on this machine, with this number of inputs.

    It needs AVX2 or AVX-512, and its kernels are not compiled for Windows.
    """
    vectorised = torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512") and sys.platform != "win32"
    return vectorised and inputs % _WIDTH == 0


def product(inputs_TK: Tensor, integers_NK: Tensor, scale_N: Tensor) -> Tensor:
    """Return the product with packed weights: (T, K) -> (T, N), in the number type of the inputs.

    The inputs are rounded to bfloat16; PyTorch has no fast product of another type. :func:`can_multiply`
    must be true for K.
    """
    outputs_TN = torch._weight_int8pack_mm(inputs_TK.bfloat16(), integers_NK, scale_N)
    return outputs_TN.to(inputs_TK.dtype)
