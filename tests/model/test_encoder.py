"""A model without the layers of its language model encodes faces and prompts as the complete one does."""

import published_layout as published
import pytest
import tiny_models as tiny
import torch
from safetensors.torch import load_file, save_file

from emola.errors import CheckpointError
from emola.model import adapters, load_checkpoint
from emola.model.encoder import load_encoder


@pytest.fixture(scope="module")
def nano_like(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nano-like")
    return tiny.save_checkpoint(folder, tiny.resnet_config(), ("tiny",))


@pytest.fixture(scope="module")
def published_like(tmp_path_factory):
    root = tmp_path_factory.mktemp("published-like")
    published.convert_parts(published.Reference().write_all(root), root / "model")
    return root / "model"


@pytest.fixture(scope="module")
def rounded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rounded")
    return tiny.save_checkpoint(folder, tiny.resnet_config(weight_bits=8), ("tiny",))


@pytest.fixture(params=["nano_like", "published_like", "rounded"])
def folder(request):
    return request.getfixturevalue(request.param)


def test_faces_and_prompts_are_encoded_as_by_the_complete_model(folder):
    complete, processor = load_checkpoint(folder, device="cpu", dtype="float32")
    encoder, _ = load_encoder(folder, device="cpu", dtype="float32")
    assert adapters.names(encoder) == adapters.names(complete)
    pixels = processor.pixel_values([tiny.face_picture()])
    prior = torch.randn(1, complete.config.prior_dim)
    ids = torch.tensor([[1, 2, 3, 4]])
    seen = []
    for name in [*adapters.names(complete), *adapters.names(complete)]:
        results = []
        for model in (complete, encoder):
            adapters.activate(model, name)
            with torch.inference_mode():
                results.append(model.project(model.patch_features(pixels), prior))
                results.append(model.embed(ids, None))
        torch.testing.assert_close(results[0], results[2])
        torch.testing.assert_close(results[1], results[3])
        seen.append(results[0])
    if len(adapters.names(complete)) == 2:
        assert not torch.equal(seen[0], seen[1])
        assert torch.equal(seen[0], seen[2])


def test_the_layers_are_not_in_memory(folder):
    complete, _ = load_checkpoint(folder, device="cpu", dtype="float32")
    encoder, _ = load_encoder(folder, device="cpu", dtype="float32")
    assert not [name for name in encoder.state_dict() if ".layers.0.self_attn" in name and "language" in name]
    base = complete.get_base_model() if adapters.is_adapted(complete) else complete
    weights = (name for name, _ in base.named_parameters())
    assert any(".language_model.layers." in name for name in weights)
    assert encoder.complete_parameters > sum(p.numel() for p in encoder.parameters())


def test_it_does_not_answer(nano_like):
    """Guards against nonsense from a model without layers."""
    encoder, _ = load_encoder(nano_like, device="cpu", dtype="float32")
    with pytest.raises(ValueError, match="without the layers"):
        encoder(input_ids=torch.tensor([[1, 2]]))


def test_a_model_without_adapters_has_projectors_of_its_own(tmp_path):
    folder = tiny.save_checkpoint(tmp_path, tiny.clip_config())
    complete, _ = load_checkpoint(folder, device="cpu", dtype="float32")
    encoder, _ = load_encoder(folder, device="cpu", dtype="float32")
    patches, prior = torch.randn(1, 16, 16), torch.randn(1, tiny.PRIOR_DIM)
    with torch.inference_mode():
        torch.testing.assert_close(encoder.project(patches, prior), complete.project(patches, prior))
    assert adapters.names(encoder) == ()


@pytest.mark.parametrize("change", ["missing", "unexpected", "shape"])
def test_a_damaged_adapter_is_named(tmp_path, change):
    folder = tiny.save_checkpoint(tmp_path, tiny.resnet_config(), ("tiny",))
    file = folder / "adapters" / "tiny" / "adapter_model.safetensors"
    tensors = load_file(file)
    name = next(name for name in tensors if "prior_projector" in name)
    if change == "missing":
        del tensors[name]
    elif change == "unexpected":
        tensors["base_model.model.model.other.weight"] = torch.zeros(1)
    else:
        tensors[name] = torch.zeros(1)
    save_file(tensors, file, metadata={"format": "pt"})
    with pytest.raises(CheckpointError, match=r"adapter_model\.safetensors"):
        load_encoder(folder, device="cpu", dtype="float32")


def test_an_adapter_without_configuration_is_named(tmp_path):
    folder = tiny.save_checkpoint(tmp_path, tiny.resnet_config(), ("tiny",))
    (folder / "adapters" / "tiny" / "adapter_config.json").unlink()
    with pytest.raises(CheckpointError, match=r"adapter_config\.json is missing"):
        load_encoder(folder, device="cpu")
