"""Weights of 8 bits: an integer from -127 to 127 for each weight, and a scale for each output row.

Packed weights are the integers and the scales; a product with them reads a quarter of the memory of float32.

Shape suffixes: T tokens, N output rows, R some of them, K inputs.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["has_fast_products", "pack", "product", "round_weights"]

_LARGEST = 127
_ROWS = 1024
"""Rows that are rounded at once, so that intermediate values stay in the cache of the processor."""


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


@torch.no_grad()
def round_weights(model: Any) -> None:
    """Round the matrices of the language model to 8 bits, in place, the table of the embeddings included.

    The values keep their number type. All devices then compute with the same weights, and those with a
    kernel for 8 bits need not read more.
    """
    language = model.model.language_model
    matrices = [module.weight for module in language.modules() if isinstance(module, nn.Linear)]
    matrices.append(model.lm_head.weight)
    if model.lm_head.weight is not language.embed_tokens.weight:
        matrices.append(language.embed_tokens.weight)
    for weight_NK in matrices:
        integers_NK, scale_N = pack(weight_NK)
        weight_NK.copy_(integers_NK * scale_N.to(weight_NK.dtype)[:, None])


def has_fast_products() -> bool:
    """Return whether PyTorch has a vectorised :func:`product` for this processor (AVX2 or AVX-512)."""
    return torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512")


def product(inputs_TK: Tensor, integers_NK: Tensor, scale_N: Tensor) -> Tensor:
    """Return the product with packed weights: (T, K) -> (T, N), in the number type of the inputs.

    The inputs are rounded to bfloat16; PyTorch has no fast product of another type.
    """
    outputs_TN = torch._weight_int8pack_mm(inputs_TK.bfloat16(), integers_NK, scale_N)
    return outputs_TN.to(inputs_TK.dtype)
