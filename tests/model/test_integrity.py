"""Damaged checkpoint folders: every damage gives one sentence that names the file."""

import json
import shutil
import warnings

import pytest
import tiny_models as tiny
import torch
from safetensors.torch import load_file, save_file

from emola.errors import CheckpointError
from emola.files import SUMS, altered_files
from emola.model import load_checkpoint
from emola.model.integrity import load_errors, remove_checksums, write_checksums
from emola.model.loading import NANO

FILES = [
    "adapters/tiny/adapter_config.json",
    "adapters/tiny/adapter_model.safetensors",
    "config.json",
    "model.safetensors",
    "preprocessor_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
]


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


DAMAGE = {
    "truncated": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3]),
    "emptied": lambda path: path.write_bytes(b""),
    "flipped": flip,
    "missing": lambda path: path.unlink(),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.fixture(scope="module")
def intact(tmp_path_factory):
    folder = tiny.save_checkpoint(tmp_path_factory.mktemp("intact"), tiny.resnet_config(), ("tiny",))
    write_checksums(folder)
    return folder


@pytest.fixture
def folder(intact, tmp_path):
    return shutil.copytree(intact, tmp_path / "copy")


def load_error(folder):
    """Return the message of a failed load. Warnings are errors, since a user would see them."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", DeprecationWarning)
        with pytest.raises(CheckpointError) as caught:
            load_checkpoint(folder, device="cpu")
    message = str(caught.value)
    assert "\n" not in message and len(message) < 600
    return message


def test_an_intact_folder_loads(folder):
    assert altered_files(folder) == []
    assert set(FILES) <= {line.split("  ")[1] for line in (folder / SUMS).read_text().splitlines()}
    load_checkpoint(folder, device="cpu")


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", [*FILES, SUMS])
def test_a_damaged_file_is_named(folder, name, damage):
    """With checksums, even a single wrong bit is detected."""
    DAMAGE[damage](folder / name)
    if (name, damage) == (SUMS, "missing"):
        load_checkpoint(folder, device="cpu")  # without the list, nothing is verified
        return
    message = load_error(folder)
    assert str(folder) in message and name.rpartition("/")[2] in message


UNDETECTED = {("tokenizer_config.json", "missing")}
"""Without this file, transformers uses the defaults of the tokenizer."""


@pytest.mark.parametrize("damage", sorted(DAMAGE.keys() - {"flipped"}))
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_named_without_checksums_too(folder, name, damage):
    remove_checksums(folder)
    DAMAGE[damage](folder / name)
    if (name, damage) in UNDETECTED:
        return
    message, parent = load_error(folder), (folder / name).parent
    assert str(parent if parent != folder else folder / name) in message or (
        str(folder) in message and (name.rpartition("/")[2] in message or name == "tokenizer.json")
    )


WRONG = {
    "config.json": [
        {"hidden_size": "x"},
        {"text_config": {"hidden_size": "x"}},
        {"text_config": {"hidden_size": -64}},
        {"text_config": {"hidden_size": 10**15}},
        {"text_config": {"num_hidden_layers": 10**9}},
        {"text_config": {"num_hidden_layers": 3}},
        {"text_config": {"num_attention_heads": 0}},
        {"text_config": {"vocab_size": None}},
        {"text_config": {"rope_parameters": 3}},
        {"text_config": "x"},
        {"text_config": []},
        {"vision_config": {"model_type": "nothing"}},
        {"vision_config": {"depths": "x"}},
        {"vision_config": {"embedding_size": [8]}},
        {"vision_config": 3},
        {"vision_feature_layer": "x"},
        {"vision_feature_layer": 99},
        {"image_seq_length": 17},
        {"image_seq_length": "16"},
        {"image_token_index": -1},
        {"image_token_index": 10**9},
        {"image_token_index": "x"},
        {"prior_dim": -3},
        {"prior_dim": "x"},
        {"prior_tokens": 0},
        {"prior_tokens": 5},
        {"prompt": "morse"},
        {"prompt": []},
        {"projector_hidden_act": "no"},
        {"language_model": 3},
        {"base_model": 3},
        {"model_type": "llama"},
        {"model_type": None},
    ],
    "preprocessor_config.json": [
        {"size": "x"},
        {"size": {"height": -1, "width": 0}},
        {"size": None},
        {"image_mean": "x"},
        {"image_mean": [1, 2, 3]},
        {"image_mean": []},
        {"image_std": ["a"]},
        {"resample": 99},
        {"rescale_factor": "x"},
    ],
    "tokenizer.json": [
        {"model": 3},
        {"model": {"vocab": 3}},
        {"added_tokens": 3},
        {"decoder": {"type": "no"}},
    ],
    "tokenizer_config.json": [{"tokenizer_class": 3}, {"added_tokens_decoder": 3}],
    "adapters/tiny/adapter_config.json": [
        {"r": "x"},
        {"r": -1},
        {"r": 5},
        {"lora_alpha": "x"},
        {"peft_type": "nothing"},
        {"peft_type": 3},
        {"target_modules": "nothing"},
        {"target_modules": 3},
        {"modules_to_save": ["nothing"]},
        {"modules_to_save": []},
        {"task_type": "nothing"},
    ],
}


def merged(old, new):
    """Return settings with nested changes applied."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: merged(old.get(key), value) for key, value in new.items()}}
    return new


@pytest.mark.parametrize(
    ("name", "change"), [(n, c) for n, changes in WRONG.items() for c in changes], ids=str
)
def test_wrong_settings_give_one_sentence(folder, name, change):
    remove_checksums(folder)
    settings = json.loads((folder / name).read_text())
    (folder / name).write_text(json.dumps(merged(settings, change)))
    assert str(folder) in load_error(folder)


@pytest.mark.parametrize("content", ["[]", "3", '"text"', "null", "[" * 100_000, '{"a": 1', "\x00"])
@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".json")])
def test_invalid_json_gives_one_sentence(folder, name, content):
    remove_checksums(folder)
    (folder / name).write_text(content)
    assert str(folder) in load_error(folder)


@pytest.mark.parametrize("change", ["lacks", "has an unexpected tensor"])
def test_rejects_an_adapter_with_missing_or_extra_tensors(folder, change):
    """PEFT only warns and uses random weights for missing tensors."""
    remove_checksums(folder)
    file = folder / "adapters" / "tiny" / "adapter_model.safetensors"
    weights = load_file(file)
    if change == "lacks":
        weights.pop(next(name for name in weights if "lora_B" in name))
    else:
        weights["base_model.model.more.weight"] = next(iter(weights.values())).clone()
    save_file(weights, file, metadata={"format": "pt"})
    message = load_error(folder)
    assert change in message and "adapter_model.safetensors" in message


@pytest.mark.parametrize("error", [ImportError, MemoryError, torch.OutOfMemoryError])
def test_errors_of_the_machine_are_not_attributed_to_the_file(folder, error):
    with (
        pytest.raises(CheckpointError, match="cannot be loaded on this machine: no room"),
        load_errors(folder),
    ):
        raise error("no room.\nMore.")


@pytest.mark.parametrize("line", [f"{'0' * 64}  ../secret\n", f"{'0' * 64}  /etc/passwd\n", "nonsense\n", ""])
def test_checksums_of_files_outside_the_folder_are_rejected(folder, line):
    (folder / SUMS).write_text(line)
    assert altered_files(folder) == [SUMS]


def test_the_shipped_model_has_its_checksums():
    assert altered_files(NANO) == []
    listed = {line.split("  ")[1] for line in (NANO / SUMS).read_text().splitlines()}
    present = {path.relative_to(NANO).as_posix() for path in NANO.rglob("*") if path.is_file()}
    assert present - listed == {"README.md", SUMS}
