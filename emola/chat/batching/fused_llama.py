"""The language model of a forward pass on a CPU, with fewer operators than in transformers.

In a small model, calling the operators takes about as long as the matrix products. Here, projections that
read the same input are one matrix, and passes of few tokens read packed weights. The steps are those of
``LlamaModel`` of transformers (Touvron et al., 2023).

Shape suffixes: N tokens of the pass, R positions whose logits are computed, A query heads, H key-value heads,
D head size, K inputs and M outputs of a matrix, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, rms_norm, silu
from transformers.activations import SiLUActivation
from transformers.models.llama.modeling_llama import (
    LlamaAttention,
    LlamaDecoderLayer,
    LlamaMLP,
    LlamaModel,
    LlamaRMSNorm,
    LlamaRotaryEmbedding,
)

from emola.chat.batching.segments import Segment, attend_segments
from emola.model.eight_bits import can_multiply, pack, product

__all__ = ["FusedLlama", "can_fuse"]

_PLAIN = {
    LlamaModel,
    LlamaDecoderLayer,
    LlamaAttention,
    LlamaMLP,
    LlamaRMSNorm,
    LlamaRotaryEmbedding,
    SiLUActivation,
    nn.SiLU,
    nn.Linear,
    nn.Embedding,
    nn.ModuleList,
}
"""Types of the modules of a plain Llama."""

_FEW_ROWS = {torch.bfloat16: 4, torch.float32: 8}
"""Most rows of a product with packed weights, by the number type of the whole weights. For more rows, the
product with the whole weights is faster."""


def can_fuse(model: Any) -> bool:
    """Return whether a model is a plain Llama on the CPU, without adapters, quantisation and biases."""
    language = getattr(getattr(model, "model", None), "language_model", None)
    return (
        isinstance(language, LlamaModel)
        and language.config.hidden_act == "silu"
        and {parameter.device.type for parameter in model.parameters()} == {"cpu"}
        and {type(module) for module in (*language.modules(), model.lm_head)} <= _PLAIN
        and not any(name.endswith(".bias") for name, _ in language.named_parameters())
    )


class FusedLlama:
    """The layers and the head of a model, which shares their weights.

    model: one for which :func:`can_fuse` is true. Its projections become views of the fused matrices. Its
    weights, number type and device must not change afterwards.
    """

    def __init__(self, model: Any) -> None:
        self._language = model.model.language_model
        few = _FEW_ROWS.get(model.lm_head.weight.dtype, 0) if model.may_read_packed else 0
        self._layers = [_Layer(layer, few) for layer in self._language.layers]
        self._head = _Matrix([model.lm_head], few)

    def __call__(
        self, embeds_NK: Tensor, positions: Sequence[int], segments: Sequence[Segment], last: Sequence[int]
    ) -> Tensor:
        """Return the logits (R, V) after the tokens at the places ``last``."""
        cos, sin = self._language.rotary_emb(embeds_NK[None], torch.tensor([positions]))
        half = sin.shape[-1] // 2
        sin = torch.cat((-sin[..., :half], sin[..., half:]), dim=-1)
        hidden_NK, turn = embeds_NK, (cos[0, :, None], sin[0, :, None])
        for layer in self._layers:
            hidden_NK = layer(hidden_NK, turn, segments)
        logits_RV: Tensor = self._head(_norm(self._language.norm, hidden_NK[last]))
        return logits_RV


class _Layer:
    """A decoder layer: the attention of the segments, and the MLP."""

    def __init__(self, layer: Any, few: int) -> None:
        attention, mlp = layer.self_attn, layer.mlp
        self._attention = attention
        self._before, self._between = layer.input_layernorm, layer.post_attention_layernorm
        self._qkv = _Matrix([attention.q_proj, attention.k_proj, attention.v_proj], few)
        self._out = _Matrix([attention.o_proj], few)
        self._gate_up = _Matrix([mlp.gate_proj, mlp.up_proj], few)
        self._down = _Matrix([mlp.down_proj], few)
        self._size = attention.head_dim
        self._queries = attention.q_proj.out_features // self._size
        self._turned = self._queries + attention.k_proj.out_features // self._size

    def __call__(self, hidden_NK: Tensor, turn: tuple[Tensor, Tensor], segments: Sequence[Segment]) -> Tensor:
        """(N, K) -> (N, K). turn: cosines and signed sines of the rotary embedding, (N, 1, D) each."""
        tokens, (cos, sin) = len(hidden_NK), turn
        heads_NHD = self._qkv(_norm(self._before, hidden_NK)).view(tokens, -1, self._size)
        straight_NHD, value_NHD = heads_NHD.tensor_split([self._turned], dim=1)
        turned_NHD = straight_NHD * cos + straight_NHD.roll(self._size // 2, dims=-1) * sin
        query_NAD, key_NHD = turned_NHD.tensor_split([self._queries], dim=1)
        query, key, value = (each.transpose(0, 1)[None] for each in (query_NAD, key_NHD, value_NHD))
        attended_1NAD = attend_segments(self._attention, query, key, value, segments)
        hidden_NK = hidden_NK + self._out(attended_1NAD.reshape(tokens, -1))
        gate, up = self._gate_up(_norm(self._between, hidden_NK)).chunk(2, dim=-1)
        return hidden_NK + self._down(silu(gate) * up)


class _Matrix:
    """Linear layers with the same input as one matrix (M, K).

    few: most rows of an input that is multiplied with packed weights.
    """

    def __init__(self, layers: Sequence[nn.Linear], few: int) -> None:
        weights = [layer.weight.detach() for layer in layers]
        self._weight_MK = weights[0] if len(weights) == 1 else torch.cat(weights)
        if len(layers) > 1:
            parts = torch.split(self._weight_MK, [layer.out_features for layer in layers])
            for layer, part in zip(layers, parts, strict=True):
                layer.weight.data = part
        self._few = few if can_multiply(self._weight_MK.shape[1]) else 0
        if self._few:
            self._packed = pack(self._weight_MK)

    def __call__(self, inputs_NK: Tensor) -> Tensor:
        """(N, K) -> (N, M)."""
        if 0 < len(inputs_NK) <= self._few:
            return product(inputs_NK, *self._packed)
        return linear(inputs_NK, self._weight_MK)


def _norm(module: Any, hidden_NK: Tensor) -> Tensor:
    """Return ``LlamaRMSNorm`` of the hidden states, as one operator."""
    return rms_norm(hidden_NK, hidden_NK.shape[-1:], module.weight, module.variance_epsilon)
