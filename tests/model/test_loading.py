"""Loading of checkpoint folders."""

import json

import pytest
import tiny_models as tiny
import torch
from peft import PeftModel
from safetensors.torch import save_file

from emola.errors import CheckpointError
from emola.model import devices, load_checkpoint, loading
from emola.model.eight_bits import can_multiply, pack, round_weights

CONFIG = tiny.resnet_config()


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return tiny.save_checkpoint(tmp_path_factory.mktemp("plain"), CONFIG)


@pytest.fixture(scope="module")
def adapted(tmp_path_factory):
    return tiny.save_checkpoint(tmp_path_factory.mktemp("adapted"), CONFIG, ("tiny",))


@torch.no_grad()
def answer(model, processor):
    """Return the logits of a prompt: (T, V)."""
    inputs = processor(
        images=[tiny.face_picture()],
        messages=[[tiny.user("Which action units are active?")]],
        prior_features=[tiny.prior()],
    )
    return model(**inputs).logits[0]


def test_loads_the_saved_model(plain):
    model, processor = load_checkpoint(plain, device="cpu")
    assert not model.training and model.dtype == torch.float32
    assert processor.image_tokens == CONFIG.image_tokens
    torch.testing.assert_close(
        answer(model, processor), answer(tiny.tiny_model(CONFIG), tiny.tiny_processor(CONFIG))
    )


def test_one_adapter_is_merged_with_its_projectors(adapted):
    model, processor = load_checkpoint(adapted, device="cpu")
    assert not isinstance(model, PeftModel)
    expected = answer(tiny.lora(tiny.tiny_model(CONFIG)), processor)
    torch.testing.assert_close(answer(model, processor), expected, atol=1e-4, rtol=1e-5)
    assert not torch.allclose(expected, answer(tiny.tiny_model(CONFIG), processor), atol=0.1)


def test_weights_are_rounded_after_the_adapter_was_merged(adapted, tmp_path):
    """Guards against rounding the base, which an adapter then moves off the steps, or in training."""
    config = tiny.resnet_config(weight_bits=8)
    folder = tiny.save_checkpoint(tmp_path, config, ("tiny",))
    expected, _ = load_checkpoint(adapted, device="cpu")
    round_weights(expected)
    for dtype, packs in (("auto", can_multiply()), ("float32", False)):
        model, _ = load_checkpoint(folder, device="cpu", dtype=dtype)
        assert model.may_read_packed is packs
        for name, tensor in expected.state_dict().items():
            torch.testing.assert_close(model.state_dict()[name], tensor, rtol=0, atol=0)
    projection = model.model.language_model.layers[0].mlp.down_proj.weight
    integers, scale = pack(projection)
    assert torch.equal(integers * scale.float()[:, None], projection)
    assert model.lm_head.weight is model.model.language_model.embed_tokens.weight
    trained, _ = load_checkpoint(folder, device="cpu", trainable=True)
    whole, _ = load_checkpoint(adapted, device="cpu", trainable=True)
    assert all(torch.equal(tensor, whole.state_dict()[name]) for name, tensor in trained.state_dict().items())


def test_merged_equals_unmerged(adapted):
    merged, processor = load_checkpoint(adapted, device="cpu")
    unmerged, _ = load_checkpoint(adapted, device="cpu", trainable=True)
    assert isinstance(unmerged, PeftModel) and unmerged.training
    assert {name.split(".")[-3] for name, p in unmerged.named_parameters() if p.requires_grad} >= {
        "lora_A",
        "lora_B",
    }
    torch.testing.assert_close(
        answer(merged, processor), answer(unmerged.eval(), processor), atol=1e-4, rtol=1e-5
    )


def test_two_adapters_share_a_base_and_switch(tmp_path):
    """Each adapter has its own projectors, which must switch with it."""
    folder = tiny.save_checkpoint(tmp_path, CONFIG, ("au", "emotion"))
    model, processor = load_checkpoint(folder, device="cpu")
    for seed, name in enumerate(("au", "emotion"), 1):
        model.set_adapter(name)
        expected = answer(tiny.lora(tiny.tiny_model(CONFIG), seed=seed), processor)
        torch.testing.assert_close(answer(model, processor), expected, atol=1e-4, rtol=1e-5)


def test_loads_a_separate_language_model(adapted, tmp_path, monkeypatch):
    """As in Nano: tower and adapter in the folder, language model and tokeniser downloaded."""
    config = tiny.resnet_config(language_model=loading.LANGUAGE_MODEL)
    full = tiny.tiny_model(config)
    language, folder = tmp_path / "language", tmp_path / "folder"
    language.mkdir()
    state = {name: tensor for name, tensor in full.state_dict().items() if name != "lm_head.weight"}
    own_weights = {k: v.clone() for k, v in state.items() if "language_model" not in k}
    language_weights = {
        k.replace("model.language_model.", "model."): v.clone()
        for k, v in state.items()
        if "language_model" in k
    }
    save_file(language_weights, language / "model.safetensors")
    tiny.tiny_tokenizer().save_pretrained(language)
    config.save_pretrained(folder)
    tiny.image_processor(config).save_pretrained(folder)
    save_file(own_weights, folder / "model.safetensors")
    monkeypatch.setattr(loading.downloads, "language_model_dir", lambda: language)

    model, processor = load_checkpoint(folder, device="cpu")
    torch.testing.assert_close(answer(model, processor), answer(full, processor))


def test_dtype_by_name(plain):
    model, processor = load_checkpoint(plain, device="cpu", dtype="bfloat16")
    assert {p.dtype for p in model.parameters()} == {torch.bfloat16}
    assert answer(model, processor).isfinite().all()


@pytest.fixture(scope="module")
def quantised(adapted):
    return {kind: load_checkpoint(adapted, device="cpu", quantize=kind)[0] for kind in ("nf4", "int8")}


@pytest.mark.parametrize("kind", ["nf4", "int8"])
def test_only_language_layers_are_quantised(quantised, kind):
    import bitsandbytes as bnb

    expected = {"nf4": bnb.nn.Linear4bit, "int8": bnb.nn.Linear8bitLt}[kind]
    base = quantised[kind].get_base_model()
    packed = {name for name, part in base.named_modules() if isinstance(part, expected)}
    assert packed and all(".layers." in name for name in packed)
    layers = [name for name in base.state_dict() if name.endswith("base_layer.weight")]
    assert len(packed) >= len(layers) == 7 * CONFIG.text_config.num_hidden_layers
    for name, parameter in base.named_parameters():
        if any(part in name for part in ("vision_tower", "projector", "lm_head")):
            assert parameter.dtype == torch.float32, name


@pytest.mark.parametrize(("kind", "bound"), [("nf4", 0.5), ("int8", 0.02)])
def test_a_quantised_model_stays_close_to_full_precision(quantised, kind, bound, adapted):
    """Adapter and projectors are not quantised; a random tiny model is most sensitive to rounding."""
    full, processor = load_checkpoint(adapted, device="cpu")
    expected = answer(full, processor).log_softmax(-1)
    quantised_answer = answer(quantised[kind], processor).log_softmax(-1)
    divergence = (expected.exp() * (expected - quantised_answer)).sum(-1)
    assert 0 < divergence.mean() < bound
    other = expected.roll(1, 0)
    assert (expected.exp() * (expected - other)).sum(-1).mean() > 3 * bound


@pytest.mark.parametrize("name", ["config.json", "preprocessor_config.json"])
def test_an_incomplete_folder_is_named(plain, tmp_path, name):
    for file in plain.iterdir():
        if file.is_file() and file.name != name:
            (tmp_path / file.name).write_bytes(file.read_bytes())
    with pytest.raises(CheckpointError, match=f"{tmp_path}.*{name} is missing"):
        load_checkpoint(tmp_path, device="cpu")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"quantize": "nf5"}, r"Unknown quantisation 'nf5'; use nf4, int8, or none\."),
        ({"dtype": "float33"}, r"Unknown number type 'float33'; use float32, bfloat16 or float16\."),
        ({"dtype": "nn"}, r"Unknown number type 'nn'"),
        ({"device": "cuda:1"}, r"There is no cuda:1 on this machine; use device='cpu'\."),
    ],
)
def test_wrong_options_give_one_sentence(plain, options, sentence, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(CheckpointError, match=sentence):
        load_checkpoint(plain, **{"device": "cpu", **options})


def test_weights_missing_beside_a_named_language_model(plain, tmp_path):
    for name in ("config.json", "preprocessor_config.json"):
        (tmp_path / name).write_bytes((plain / name).read_bytes())
    settings = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**settings, "language_model": loading.LANGUAGE_MODEL}))
    with pytest.raises(CheckpointError, match=r"model\.safetensors is missing"):
        load_checkpoint(tmp_path, device="cpu")


@pytest.mark.parametrize(("name", "value"), [("reading", "spoken"), ("weight_bits", 4)])
def test_an_unknown_setting_is_refused(tmp_path, name, value):
    folder = tiny.save_checkpoint(tmp_path, tiny.resnet_config(**{name: value}))
    with pytest.raises(CheckpointError, match=f"{name} is {value!r}"):
        loading.read_config(folder)


def test_an_unknown_language_model_is_named():
    with pytest.raises(CheckpointError, match="needs the language model 'Bard'"):
        loading.language_model_dir(tiny.resnet_config(language_model="Bard"))


def test_automatic_device_and_dtype(monkeypatch):
    for present, device in ((True, "cuda"), (False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda present=present: present)
        assert devices.pick_device("auto") == device
    for fast, dtype in ((True, torch.bfloat16), (False, torch.float32)):
        monkeypatch.setattr(devices, "computes_in_bfloat16", lambda device, fast=fast: fast)
        assert devices.pick_dtype("auto", "cpu") == dtype
        assert devices.pick_dtype("float16", "cpu") == torch.float16
