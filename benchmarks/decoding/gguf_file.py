"""A language model of the Llama family as a GGUF file, the format of llama.cpp."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import numpy.typing as npt
import torch

from emola.errors import DataError

__all__ = ["KINDS", "permuted", "write_gguf"]

KINDS = {
    "q8_0": ("Q8_0", "Q8_0", "MOSTLY_Q8_0"),
    "q4_1": ("Q4_1", "Q8_0", "MOSTLY_Q4_1"),
}
"""Type of the matrices, type of the embeddings (also the head if it is tied), and type of the file."""

_MINE = ("general.architecture", "general.file_type", "general.quantization_version")
_ARCHITECTURE = "llama"


def write_gguf(
    weights: Mapping[str, torch.Tensor], config: Any, metadata: Path, file: Path, kind: str
) -> int:
    """Write a language model; returns the size of its tensors in bytes.

    weights: by the names of ``LlamaForCausalLM``. config: a ``LlamaConfig``. metadata: a GGUF file of a model
    with the same shape, whose settings and vocabulary are copied. kind: a key of ``KINDS``.

    Raises DataError for a tensor that llama.cpp does not know.
    """
    matrices, embeddings, file_type = KINDS[kind]
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    writer = gguf.GGUFWriter(file, _ARCHITECTURE)
    _copy_settings(metadata, writer)
    writer.add_file_type(gguf.LlamaFileType[file_type])
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    size = 0
    for name, tensor in weights.items():
        target = names.get_name(name, try_suffixes=(".weight",))
        if target is None:
            raise DataError(f"llama.cpp knows no tensor {name}.")
        data = tensor.detach().float().cpu().numpy()
        if name.endswith((".q_proj.weight", ".k_proj.weight")):
            heads = config.num_attention_heads if ".q_proj." in name else config.num_key_value_heads
            data = permuted(data, heads)
        whole = embeddings if name.startswith(("model.embed_tokens", "lm_head")) else matrices
        stored = gguf.GGMLQuantizationType[whole if data.ndim == 2 else "F32"]
        packed = gguf.quants.quantize(data, stored)
        writer.add_tensor(target, packed, raw_dtype=stored)
        size += packed.nbytes
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return size


def _copy_settings(source: Path, writer: Any) -> None:
    for field in gguf.GGUFReader(source).fields.values():
        if field.name in _MINE or field.name.startswith("GGUF."):
            continue
        is_array = field.types[0] == gguf.GGUFValueType.ARRAY
        writer.add_key_value(
            field.name, field.contents(), field.types[0], sub_type=field.types[-1] if is_array else None
        )


def permuted(matrix: npt.NDArray[np.float32], heads: int) -> npt.NDArray[np.float32]:
    """Return a query or key projection with its rows in the order of llama.cpp.

    transformers rotates the two halves of a head against each other, llama.cpp neighbouring rows.
    """
    rows, columns = matrix.shape
    halves = matrix.reshape(heads, 2, rows // heads // 2, columns)
    return np.ascontiguousarray(halves.swapaxes(1, 2).reshape(rows, columns))
