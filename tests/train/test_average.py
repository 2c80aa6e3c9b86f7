import pytest
import tiny_models as tiny
import torch
from safetensors.torch import load_file

from emola.errors import RecipeError
from emola.model import load_checkpoint
from emola.train.average import AverageRecipe, train_average


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Two checkpoints over one base, whose adapters of the same name differ."""
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "two")]
    config = tiny.resnet_config()
    for seed, folder in enumerate(folders, 1):
        tiny.save_checkpoint(folder, config)
        tiny.lora(tiny.tiny_model(config), "nano", seed).save_pretrained(folder / "adapters")
    return tuple(folders)


def test_the_mean_of_two_adapters(two, tmp_path):
    train_average(AverageRecipe(checkpoints=two, out=tmp_path))
    first, second, mean = (
        load_file(folder / "adapters" / "nano" / "adapter_model.safetensors") for folder in (*two, tmp_path)
    )
    for name, tensor in mean.items():
        torch.testing.assert_close(tensor, (first[name] + second[name]) / 2)
    assert any(not torch.equal(first[name], second[name]) for name in mean)
    model, _ = load_checkpoint(tmp_path, device="cpu")
    assert model.merged_adapter == "nano"


def test_what_is_missing_or_unlike_is_said(two, tmp_path):
    with pytest.raises(RecipeError, match="There is no adapter at"):
        train_average(AverageRecipe(checkpoints=(two[0], tmp_path), out=tmp_path / "out"))
    other = tmp_path / "other"
    tiny.save_checkpoint(other, tiny.resnet_config(prior_tokens=2), adapters=("nano",))
    with pytest.raises(RecipeError, match="differ in their layers or ranks"):
        train_average(AverageRecipe(checkpoints=(two[0], other), out=tmp_path / "out"))
