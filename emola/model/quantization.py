"""4-bit and 8-bit quantisation of the language model with bitsandbytes."""

from __future__ import annotations

import torch
from transformers import BitsAndBytesConfig

UNQUANTISED = ("model.vision_tower", "model.multi_modal_projector", "model.prior_projector", "lm_head")
"""Modules that are not quantised, by their full names, as transformers expects them."""

BYTES_PER_WEIGHT = {
    # Half a byte, a scale of one byte for each 64 weights, and four bytes for each 256 scales.
    "nf4": 0.5 + 1 / 64 + 4 / (64 * 256),
    "int8": 1.0,
}
"""Memory of a quantised weight, in bytes (bitsandbytes with double quantisation)."""


def quantization(quantize: str, compute: torch.dtype) -> BitsAndBytesConfig:
    """Return the bitsandbytes settings of "nf4" or "int8"; ``UNQUANTISED`` keeps its number type.

    compute: number type of the matrix products, bfloat16 or float16 on a GPU.
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
