"""Exports for vLLM: plain Llama checkpoints with the merged adapter."""

import json
from types import SimpleNamespace

import published_layout as published
import pytest
import tiny_models as tiny
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

from emola.errors import CheckpointError
from emola.files import altered_files
from emola.model import adapters, load_checkpoint
from emola.model.export import FACTS, export_language_model, require_llama, served_name

TEXTS = ("What AUs are conveyed by this face?", "The lip corners are pulled up, so AU12 is active.")


@pytest.fixture(scope="module")
def nano_like(tmp_path_factory):
    """A checkpoint like Nano's, with tied embeddings, and its export in float32."""
    root = tmp_path_factory.mktemp("nano-like")
    folder = tiny.save_checkpoint(root / "model", tiny.resnet_config(title="EmoLA-Tiny"), ("tiny",))
    return folder, root / "out", export_language_model(folder, root / "out", dtype=torch.float32)


@pytest.fixture(scope="module")
def published_like(tmp_path_factory):
    """A converted checkpoint in the published layout with two adapters, and its exports in float32."""
    root = tmp_path_factory.mktemp("published-like")
    published.convert_parts(published.Reference().write_all(root), root / "model")
    out = root / "out"
    return root / "model", out, export_language_model(root / "model", out, dtype=torch.float32)


@pytest.fixture(scope="module")
def rounded(tmp_path_factory):
    """A checkpoint whose weights have 8 bits, and its export in float32."""
    root = tmp_path_factory.mktemp("rounded")
    folder = tiny.save_checkpoint(root / "model", tiny.resnet_config(weight_bits=8), ("tiny",))
    return folder, root / "out", export_language_model(folder, root / "out", dtype=torch.float32)


@pytest.fixture(params=["nano_like", "published_like", "rounded"])
def either(request):
    return request.getfixturevalue(request.param)


def logits(model, embeds):
    """Return the logits of our model or of a plain one."""
    with torch.no_grad():
        return model(inputs_embeds=embeds).logits


def test_a_plain_model_computes_the_same_logits(either):
    """Guards against a wrong name, a forgotten adapter or head, and lost settings such as the rotary base."""
    folder, out, exports = either
    model, _ = load_checkpoint(folder, device="cpu", dtype="float32")
    embeds = torch.randn(1, 9, model.config.text_config.hidden_size)
    for export in exports:
        adapters.activate(model, export.adapter)
        plain, info = AutoModelForCausalLM.from_pretrained(
            out / export.name, dtype=torch.float32, output_loading_info=True
        )
        assert not info["missing_keys"] and not info["unexpected_keys"]
        torch.testing.assert_close(logits(plain.eval(), embeds), logits(model, embeds), rtol=1e-4, atol=1e-4)


def test_adapters_have_different_weights_and_names(published_like):
    _, out, exports = published_like
    assert [export.adapter for export in exports] == ["au", "emotion"]
    weights = [(out / export.name / "model.safetensors").read_bytes() for export in exports]
    assert weights[0] != weights[1]
    assert sorted(path.name for path in out.iterdir()) == sorted(export.name for export in exports)


def test_an_export_says_what_it_is(nano_like):
    folder, out, (export,) = nano_like
    assert export.name.startswith("emola-tiny-tiny-") and len(export.name.rpartition("-")[2]) == 16
    facts = json.loads((out / export.name / FACTS).read_text())
    assert facts == {
        "name": export.name,
        "title": "EmoLA-Tiny",
        "adapter": "tiny",
        "dtype": "float32",
        "context": 512,
        "parts": dict(export.parts),
    }
    assert altered_files(out / export.name) == []
    assert folder.is_dir()


def test_the_settings_are_those_of_a_llama(nano_like):
    _, out, (export,) = nano_like
    config = json.loads((out / export.name / "config.json").read_text())
    assert (config["model_type"], config["architectures"]) == ("llama", ["LlamaForCausalLM"])
    assert config["dtype"] == "float32" and config["eos_token_id"] == 2
    generation = GenerationConfig.from_pretrained(out / export.name)
    assert generation.eos_token_id == [2]
    given = json.loads((out / export.name / "generation_config.json").read_text())
    assert not given.keys() & {"temperature", "top_p", "top_k", "repetition_penalty", "do_sample"}


def test_the_tokenizer_needs_no_code_of_ours(either):
    folder, out, exports = either
    _, processor = load_checkpoint(folder, device="cpu", dtype="float32")
    plain = AutoTokenizer.from_pretrained(out / exports[0].name)
    assert type(plain).__module__.startswith("transformers")
    for text in TEXTS:
        ids = processor.tokenize([tiny.user(text, image=False)], add_generation_prompt=False)
        assert text in processor.decode(ids)
        assert plain.decode(ids, skip_special_tokens=True).strip() == processor.decode(ids).strip()


def test_the_published_image_token_is_not_exported(published_like):
    """Guards against a tokeniser with more tokens than the model has embeddings."""
    _, out, exports = published_like
    config = json.loads((out / exports[0].name / "config.json").read_text())
    assert len(AutoTokenizer.from_pretrained(out / exports[0].name)) == config["vocab_size"] == 480


def test_the_name_changes_with_the_weights(nano_like, tmp_path):
    folder, _, (export,) = nano_like
    other = tiny.save_checkpoint(tmp_path / "model", tiny.resnet_config(title="EmoLA-Tiny"), ("other",))
    (other / "adapters" / "other").rename(other / "adapters" / "tiny")
    (changed,) = export_language_model(other, tmp_path / "same")
    assert changed.name == export.name
    file = other / "adapters" / "tiny" / "adapter_model.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(bytes(data))
    (changed,) = export_language_model(other, tmp_path / "out")
    assert changed.name != export.name
    assert folder != other


def test_names_have_only_plain_characters():
    parts = dict.fromkeys(("weights", "adapters", "configuration", "tokenizer"), "0")
    assert served_name("EmoLA 7B (é)", "au", parts).startswith("emola-7b-au-")
    assert served_name("EmoLA", None, parts).startswith("emola-")
    assert served_name("EmoLA", "au", parts) != served_name("EmoLA", "emotion", parts)


def test_weights_have_the_number_type(nano_like, tmp_path):
    folder, *_ = nano_like
    (export,) = export_language_model(folder, tmp_path / "out", dtype=torch.bfloat16)
    plain = AutoModelForCausalLM.from_pretrained(tmp_path / "out" / export.name)
    assert plain.dtype == torch.bfloat16


def test_a_model_without_adapters_is_exported(tmp_path):
    folder = tiny.save_checkpoint(tmp_path / "model", tiny.clip_config())
    (export,) = export_language_model(folder, tmp_path / "out")
    assert export.adapter is None


def test_named_adapters_alone_are_exported(published_like, tmp_path):
    folder, *_ = published_like
    exports = export_language_model(folder, tmp_path / "out", names=["emotion", "emotion"])
    assert [export.adapter for export in exports] == ["emotion"]


def test_an_unknown_adapter_is_named(published_like, tmp_path):
    folder, *_ = published_like
    with pytest.raises(CheckpointError, match="has no adapter 'nano'; it has au, emotion"):
        export_language_model(folder, tmp_path / "out", names=["nano"])
    assert not (tmp_path / "out").exists()


def test_an_existing_folder_is_kept(nano_like):
    folder, out, _ = nano_like
    with pytest.raises(CheckpointError, match="already exists"):
        export_language_model(folder, out)


def test_an_interrupted_export_leaves_nothing(nano_like, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("emola.model.export.write_weights", full)
    with pytest.raises(CheckpointError, match="cannot be written"):
        export_language_model(nano_like[0], tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_too_little_memory_is_reported_before_anything_is_read(nano_like, tmp_path, monkeypatch):
    monkeypatch.setattr("emola.model.export.available_bytes", lambda device: 10)
    monkeypatch.setattr("emola.model.export.load_base", None)
    with pytest.raises(CheckpointError, match="The export of EmoLA-Tiny needs about"):
        export_language_model(nano_like[0], tmp_path / "out")


def test_another_architecture_is_refused():
    config = SimpleNamespace(text_config=SimpleNamespace(model_type="qwen2"))
    with pytest.raises(CheckpointError, match="of the type 'qwen2'; only llama"):
        require_llama(config)
