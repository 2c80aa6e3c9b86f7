"""Merging a plain adapter gives the result of PEFT."""

import json

import pytest
import tiny_models as tiny
import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file

from emola.errors import CheckpointError
from emola.model import adapters, lora


@pytest.fixture
def folder(tmp_path):
    checkpoint = tiny.save_checkpoint(tmp_path, tiny.clip_config(), ("tiny",))
    return checkpoint / "adapters" / "tiny"


def config_of(folder, **changes):
    config = json.loads((folder / "adapter_config.json").read_text())
    config.update(changes)
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return config


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("changes", [{}, {"use_rslora": True}, {"lora_alpha": 3}])
def test_equals_the_merge_of_peft(folder, dtype, changes):
    """Guards against another scale or rounding, and against a projector that is not replaced."""
    config = config_of(folder, **changes)
    ours = tiny.tiny_model(tiny.clip_config()).to(dtype)
    theirs = tiny.tiny_model(tiny.clip_config()).to(dtype)
    before = {name: tensor.clone() for name, tensor in ours.state_dict().items()}
    lora.merge(ours, config, folder / "adapter_model.safetensors")
    merged = PeftModel.from_pretrained(theirs, folder, adapter_name="tiny").merge_and_unload()
    expected = merged.state_dict()
    assert ours.state_dict().keys() == expected.keys()
    changed = set()
    for name, tensor in ours.state_dict().items():
        assert torch.equal(tensor, expected[name].to(dtype)), name
        if not torch.equal(tensor, before[name]):
            changed.add(name)
    assert any("projector" in name for name in changed)
    assert any("language_model" in name for name in changed)


@pytest.mark.parametrize(
    "changes",
    [
        {"use_dora": True},
        {"bias": "all"},
        {"rank_pattern": {"q_proj": 2}},
        {"fan_in_fan_out": True},
        {"peft_type": "IA3"},
        {"target_modules": "all-linear"},
        {"trainable_token_indices": [1]},
        {"some_later_kind": {"of": "adapter"}},
    ],
)
def test_other_kinds_of_lora_are_left_to_peft(folder, changes):
    """Guards against ignoring a part of the configuration."""
    assert lora.is_plain(config_of(folder))
    assert not lora.is_plain(config_of(folder, **changes))


@pytest.mark.parametrize("problem", ["lacks", "has an unexpected tensor"])
def test_rejects_the_file_of_another_adapter(folder, problem):
    """Guards against merging only a part of an adapter."""
    file = folder / "adapter_model.safetensors"
    tensors = load_file(file)
    if problem == "lacks":
        tensors.popitem()
    else:
        tensors["base_model.model.other.lora_A.weight"] = torch.zeros(2, 2)
    save_file(tensors, file)
    with pytest.raises(CheckpointError, match=problem):
        adapters.attach(
            tiny.tiny_model(tiny.clip_config()), [folder], dtype=torch.float32, merge=True, trainable=False
        )
