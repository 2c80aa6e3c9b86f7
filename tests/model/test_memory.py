"""Accuracy of quantisation, calculated memory, and device maps."""

import bitsandbytes
import pytest
import torch
from published_layout import Reference, Shape, convert_parts, picture_and_prior

from emola.errors import CheckpointError
from emola.faba.messages import chat_messages
from emola.model import EmolaConfig, load_checkpoint, memory

pytestmark = pytest.mark.slow

BOUND = {"nf4": 0.1, "int8": 0.005}
"""Mean KL divergence, in nats, from the answer in full precision; 4 bits measure 0.03, 8 bits 0.0004."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Random weights scaled like trained ones: each layer adds a small residual."""
    root = tmp_path_factory.mktemp("memory")
    reference = Reference(Shape(layers=4, hidden=128, inner=256, kv_heads=2, tower=32, rank=4, alpha=4))
    with torch.no_grad():
        for name, weight in reference.llama.named_parameters():
            weight.mul_(0.25 if "_proj" in name else 0.5 if "lm_head" in name else 1.0)
        for adapter in reference.lora.values():
            for weight in adapter["lora"].values():
                weight.mul_(0.3)
    convert_parts(reference.write_all(root), root / "out")
    return root / "out"


@torch.no_grad()
def distributions(model, processor):
    """Return log-probabilities of the next token at each position of a prompt: (T, V)."""
    picture, prior = picture_and_prior()
    inputs = processor(
        images=[picture], messages=[chat_messages(question="Which AUs?")], prior_features=[prior]
    )
    return model(**inputs).logits[0].float().log_softmax(-1)


@pytest.fixture(scope="module")
def full_precision(folder):
    return distributions(*load_checkpoint(folder, device="cpu"))


def divergence(full_precision, folder, kind, damage=lambda layers: None):
    """Return the mean KL divergence from full precision; damage: changes the quantised layers."""
    model, processor = load_checkpoint(folder, device="cpu", quantize=kind)
    damage([part for part in model.modules() if isinstance(part, bitsandbytes.nn.Linear4bit)])
    log_probabilities = distributions(model, processor)
    return float((full_precision.exp() * (full_precision - log_probabilities)).sum(-1).mean())


@pytest.mark.parametrize("kind", BOUND)
def test_a_quantised_model_stays_close_to_full_precision(full_precision, folder, kind):
    assert 0 < divergence(full_precision, folder, kind) < BOUND[kind]


def swap_nibbles(layers):
    for part in layers[-7:]:
        part.weight.data = (part.weight.data >> 4) | (part.weight.data << 4)


def shift_rows(layers):
    for part in layers[-7:]:
        part.weight.data = part.weight.data.roll(1, 0)


def forget_offset(layers):
    for part in layers:
        part.weight.quant_state.offset = torch.zeros_like(part.weight.quant_state.offset)


@pytest.mark.parametrize("damage", [swap_nibbles, shift_rows, forget_offset])
def test_the_bound_detects_wrong_decoding(full_precision, folder, damage):
    """The bound above must fail for one layer of four decoded wrongly, and without double quantisation."""
    assert divergence(full_precision, folder, "nf4", damage) > 2 * BOUND["nf4"]


def test_four_bits_are_nf4_with_double_quantisation(folder):
    model, _ = load_checkpoint(folder, device="cpu", quantize="nf4", dtype="bfloat16")
    layers = [part for part in model.modules() if isinstance(part, bitsandbytes.nn.Linear4bit)]
    assert len(layers) == 7 * 4
    for part in layers:
        state = part.weight.quant_state
        assert (state.quant_type, state.nested, part.compute_dtype) == ("nf4", True, torch.bfloat16)
    for name, weight in model.named_parameters():
        if ".lora_" in name or "projector" in name or "lm_head" in name or "vision_tower" in name:
            assert weight.dtype == torch.bfloat16, name


@pytest.mark.parametrize("kind", [None, "nf4", "int8"])
def test_needed_memory_equals_the_size_of_the_weights(folder, kind):
    model, _ = load_checkpoint(folder, device="cpu", quantize=kind, dtype="bfloat16")
    used = 0
    for weight in model.parameters():
        used += weight.nbytes
        if weight.dtype == torch.uint8:
            state = weight.quant_state
            used += state.absmax.nbytes + state.state2.absmax.nbytes
    adapters = sorted((folder / "adapters").iterdir())
    config = EmolaConfig.from_pretrained(folder)
    needed = memory.needed_bytes(memory.empty_model(config), adapters, torch.bfloat16, kind)
    assert needed - memory.cache_bytes(config, torch.bfloat16) == pytest.approx(used, rel=0.02)


@pytest.mark.parametrize(
    ("kind", "low", "high"), [("nf4", 6.0, 8.5), ("int8", 9.0, 12.0), (None, 15.0, 17.5)]
)
def test_calculated_memory_of_the_published_size(kind, low, high):
    """LLaVA-1.5-7B without adapters: 4 bits must stay within a GPU of 12 GB."""
    config = EmolaConfig(image_seq_length=576)
    config.text_config.max_position_embeddings = 4096
    assert low < memory.needed_bytes(memory.empty_model(config), [], torch.bfloat16, kind) / 1e9 < high


def test_rejects_a_model_that_does_not_fit_before_reading_it(folder, monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda device: 10**6)
    sentence = (
        r"EmoLA needs about 0\.0 GB in main memory, and 0\.0 GB are free; load it in 4 bits "
        r"\(quantize='nf4'\), or use a machine with more memory\.$"
    )
    with pytest.raises(CheckpointError, match=sentence):
        load_checkpoint(folder, device="cpu")


@pytest.mark.parametrize(
    ("device", "kind", "sentence"),
    [
        ("cuda:1", "nf4", "7.5 GB on cuda:1, and 4.0 GB are free; leave a part of it in main memory"),
        ("cuda", None, r"4.0 GB are free; load it in 4 bits .* or leave a part .*device='offload'"),
        ("cpu", "nf4", "7.5 GB in main memory, and 4.0 GB are free; use a machine with more memory"),
    ],
)
def test_advice_depends_on_the_options(device, kind, sentence, monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda _: 4 * 10**9)
    with pytest.raises(CheckpointError, match=sentence):
        memory.require_memory("EmoLA-7B", 7_500_000_000, device, kind)
    memory.require_memory("EmoLA-7B", 4 * 10**9, device, kind)


def test_a_device_map_distributes_the_model(full_precision, folder):
    """The disk acts as the second device."""
    language = "model.language_model"
    names = ["model.vision_tower", "model.multi_modal_projector", "model.prior_projector", "lm_head"]
    names += [f"{language}.{part}" for part in ("embed_tokens", "norm", "rotary_emb", "layers.0", "layers.1")]
    device_map = dict.fromkeys(names, "cpu") | dict.fromkeys(
        [f"{language}.layers.{n}" for n in (2, 3)], "disk"
    )
    model, processor = load_checkpoint(folder, device=device_map)
    assert {weight.device.type for weight in model.parameters()} == {"cpu", "meta"}
    torch.testing.assert_close(distributions(model, processor), full_precision, rtol=0, atol=1e-4)
    model.set_adapter("emotion")
    other, _ = load_checkpoint(folder, device="offload")
    other.set_adapter("emotion")
    expected = distributions(other, processor)
    torch.testing.assert_close(distributions(model, processor), expected, rtol=0, atol=1e-4)
    assert not torch.allclose(expected, full_precision, atol=0.1)


def test_rejects_quantisation_on_several_devices(folder):
    with pytest.raises(CheckpointError, match="several devices cannot be quantised or trained"):
        load_checkpoint(folder, device="offload", quantize="nf4")
