"""The language model with fewer operators: the logits, weights and limits of that of transformers."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import pytest
import tiny_models as tiny
import torch
from scripted_model import ScriptedModel
from torch import Tensor

from emola.chat.batching.fused_llama import FusedLlama, can_fuse
from emola.chat.batching.key_values import whole_blocks
from emola.chat.batching.prefix_caches import PrefixCache
from emola.chat.batching.segments import Chunk, Rows, SegmentedModel
from emola.model.eight_bits import can_multiply, round_weights

CONFIG = tiny.resnet_config()


class Conversations:
    """Random texts of several conversations, which a network reads pass by pass."""

    def __init__(self, network: Any, model: Any, lengths: tuple[int, ...] = (9, 5, 7)) -> None:
        self._network, self._model = network, model
        self.caches = [PrefixCache() for _ in lengths]
        self.texts = [random.Random(length).choices(range(4, 260), k=length) for length in lengths]

    def read(self, counts: tuple[int, ...]) -> Tensor:
        """Read the next tokens of each conversation; returns the logits after each part: (R, V)."""
        ids, positions, segments, last = [], [], [], []
        for cache, text, count in zip(self.caches, self.texts, counts, strict=True):
            start = len(cache.ids)
            cache.kv.grow(1, whole_blocks(start + count))
            segments.append(Chunk(len(ids), count, cache))
            ids += text[start : start + count]
            positions += range(start, start + count)
            last.append(len(ids) - 1)
        embeds = self._model.embed(torch.tensor([ids]), None)[0]
        with torch.inference_mode():
            logits: Tensor = self._network(embeds, positions, segments, last)
        for cache, text, count in zip(self.caches, self.texts, counts, strict=True):
            cache.ids += text[len(cache.ids) : len(cache.ids) + count]
        return logits


def expected(model: Any, texts: list[list[int]]) -> Tensor:
    """Return the logits of transformers after each text, without a cache: (R, V)."""
    with torch.inference_mode():
        return torch.stack([model(input_ids=torch.tensor([text])).logits[0, -1] for text in texts])


def test_logits_are_those_of_transformers() -> None:
    """Guards against a wrong position, norm, rotation or order of the fused projections."""
    model = tiny.tiny_model(CONFIG)
    conversations = Conversations(FusedLlama(model), model)
    for ends in pairwise([(0, 0, 0), (6, 1, 4), (8, 3, 6), (9, 5, 7)]):
        logits = conversations.read(tuple(b - a for a, b in zip(*ends, strict=True)))
        texts = [text[:end] for text, end in zip(conversations.texts, ends[1], strict=True)]
        torch.testing.assert_close(logits, expected(model, texts), rtol=1e-4, atol=1e-4)


def test_shared_rows_are_read_as_by_transformers() -> None:
    """The keys and values that the fused layers store are those that the segments expect."""
    model = tiny.tiny_model(CONFIG)
    networks = [FusedLlama(model), SegmentedModel(tiny.tiny_model(CONFIG))]
    results = []
    for network in networks:
        conversations = Conversations(network, model, (6, 6))
        conversations.read((5, 5))
        caches = conversations.caches
        shared = caches[0].kv
        shared.grow(2, 8)
        for mine, theirs in zip(shared.layers, caches[1].kv.layers, strict=True):
            mine[:, 1, :5] = theirs[:, 0, :5]
        caches[1].kv, caches[1].row = shared, 1
        embeds = model.embed(torch.tensor([[text[5] for text in conversations.texts]]), None)[0]
        with torch.inference_mode():
            results.append(network(embeds, [5, 5], [Rows(0, caches, embeds.device)], [0, 1]))
    torch.testing.assert_close(results[0], results[1], rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(results[0], expected(model, conversations.texts), rtol=1e-4, atol=1e-4)


def test_the_model_keeps_its_weights_and_their_names() -> None:
    """Guards against an export, a digest or a training that misses weights after the fusion."""
    model = tiny.tiny_model(CONFIG)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    FusedLlama(model)
    after = model.state_dict()
    assert list(after) == list(before)
    assert all(torch.equal(after[name], tensor) for name, tensor in before.items())
    assert model.lm_head.weight is model.model.language_model.embed_tokens.weight


def test_weights_are_in_memory_once() -> None:
    model = tiny.tiny_model(CONFIG)
    FusedLlama(model)
    layer = model.model.language_model.layers[0]
    storages = {
        each.weight.untyped_storage().data_ptr()
        for each in (layer.self_attn.q_proj, layer.self_attn.k_proj, layer.self_attn.v_proj)
    }
    assert len(storages) == 1


@pytest.mark.skipif(not can_multiply(), reason="the processor has no fast products")
def test_packed_weights_give_nearly_the_same_logits() -> None:
    """Few tokens read packed weights, many read whole ones; both are the same rounded weights."""
    model = tiny.tiny_model(CONFIG)
    round_weights(model)
    whole = Conversations(FusedLlama(model), model, (30,))
    model.may_read_packed = True
    packed = Conversations(FusedLlama(model), model, (30,))
    for count in (20, 2):  # of 20 tokens, only the head reads packed weights, for the last one
        few, exact = packed.read((count,)), whole.read((count,))
        assert not torch.equal(few, exact)
        assert torch.nn.functional.cosine_similarity(few, exact).min() > 0.999


@pytest.mark.skipif(not can_multiply(), reason="the processor has no fast products")
def test_matrices_of_another_width_are_not_read_packed() -> None:
    """Guards against reads beyond the inputs, which gave wrong tokens."""
    config = tiny.resnet_config()
    config.text_config.intermediate_size = 100
    model = tiny.tiny_model(config)
    round_weights(model)
    whole = Conversations(FusedLlama(model), model, (30,))
    model.may_read_packed = True
    packed = Conversations(FusedLlama(model), model, (30,))
    for count in (20, 2):
        few, exact = packed.read((count,)), whole.read((count,))
        assert torch.nn.functional.cosine_similarity(few, exact).min() > 0.999


def test_other_models_are_left_to_transformers() -> None:
    assert can_fuse(tiny.tiny_model(CONFIG))
    assert not can_fuse(tiny.lora(tiny.tiny_model(CONFIG)))
    assert not can_fuse(tiny.tiny_model(CONFIG).to("meta"))
    assert not can_fuse(ScriptedModel())
    biased = tiny.resnet_config()
    biased.text_config.attention_bias = True
    assert not can_fuse(tiny.tiny_model(biased))
    other = tiny.resnet_config()
    other.text_config.hidden_act = "gelu"
    assert not can_fuse(tiny.tiny_model(other))
