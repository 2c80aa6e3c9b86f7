"""Digests of checkpoints depend on weights and settings, not on names, folders or times."""

import json
import os
import shutil

import numpy as np
import pytest
import tiny_models as tiny
from safetensors.torch import load_file, save_file

from emola import downloads
from emola.errors import CheckpointError
from emola.faba import NANO_AUS
from emola.face.evidence import EVIDENCE_NAME, AUEvidence
from emola.face.prior import PRIOR_DIM
from emola.model import identity
from emola.model.loading import read_config

PARTS = ["weights", "adapters", "configuration", "tokenizer", "prior expert"]


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    folder = tmp_path_factory.mktemp("identity") / "original"
    return tiny.save_checkpoint(folder, tiny.resnet_config(title="Tiny"), ("au", "emotion"))


@pytest.fixture
def checkpoint(original, tmp_path):
    return shutil.copytree(original, tmp_path / "another folder" / "copy")


@pytest.fixture
def network(tmp_path):
    file = tmp_path / "network.onnx"
    file.write_bytes(b"a network")
    return file


def parts(folder, *files, progress=None):
    return identity.checkpoint_parts(folder, read_config(folder), files, progress)


def edit(file, **changes):
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def test_a_copy_in_another_folder_has_the_same_digests(original, checkpoint, network):
    os.utime(checkpoint / "model.safetensors", (1, 1))
    moved = shutil.copy(network, network.with_name("renamed.onnx"))
    assert list(parts(original)) == PARTS
    assert parts(original, network) == parts(checkpoint, moved)


def test_names_and_versions_do_not_change_digests(original, checkpoint):
    edit(checkpoint / "config.json", title="Mine", transformers_version="9", _name_or_path="/a/b")
    adapter = checkpoint / "adapters" / "au" / "adapter_config.json"
    edit(adapter, base_model_name_or_path="/a/b", peft_version="9")
    text = (checkpoint / "preprocessor_config.json").read_text()
    (checkpoint / "preprocessor_config.json").write_text(json.dumps(json.loads(text), indent=7))
    assert parts(checkpoint) == parts(original)


def perturb(file):
    """Change one value of one tensor by the smallest possible step."""
    tensors = load_file(file)
    name = sorted(tensors)[0]
    tensors[name].view(-1)[0] += 1
    save_file(tensors, file, {"format": "pt"})


def change_weights(folder):
    perturb(folder / "model.safetensors")


def change_adapter(folder):
    perturb(folder / "adapters" / "au" / "adapter_model.safetensors")


def change_alpha(folder):
    edit(folder / "adapters" / "au" / "adapter_config.json", lora_alpha=99)


def rename_adapter(folder):
    (folder / "adapters" / "au").rename(folder / "adapters" / "mine")


def change_config(folder):
    edit(folder / "config.json", vision_feature_layer=0)


def change_mean(folder):
    edit(folder / "preprocessor_config.json", image_mean=[0.1])


def change_generation(folder):
    (folder / "generation_config.json").write_text('{"repetition_penalty": 2.0}')


def change_tokenizer(folder):
    tokens = json.loads((folder / "tokenizer.json").read_text())
    tokens["added_tokens"][0]["lstrip"] = True
    (folder / "tokenizer.json").write_text(json.dumps(tokens))


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (change_weights, "weights"),
        (change_adapter, "adapters"),
        (change_alpha, "adapters"),
        (rename_adapter, "adapters"),
        (change_config, "configuration"),
        (change_mean, "configuration"),
        (change_generation, "configuration"),
        (change_tokenizer, "tokenizer"),
    ],
)
def test_a_change_alters_the_digest_of_its_part(original, checkpoint, change, part):
    change(checkpoint)
    before, after = parts(original), parts(checkpoint)
    assert [name for name in PARTS if before[name] != after[name]] == [part]


def test_the_prior_expert_and_the_evidence_are_parts(original, checkpoint, network):
    before = parts(original, network)
    network.write_bytes(b"another network")
    assert (
        before["prior expert"] != parts(original, network)["prior expert"] != parts(original)["prior expert"]
    )
    rng, count = np.random.default_rng(0), len(NANO_AUS)
    evidence = [AUEvidence(rng.normal(size=(count, PRIOR_DIM)), *rng.normal(size=(3, count))) for _ in "ab"]
    digests = set()
    for variant in evidence:
        variant.save(checkpoint / EVIDENCE_NAME)
        digests.add(parts(checkpoint)["evidence"])
    assert len(digests) == 2


def test_shards_and_one_file_have_the_same_digests(original, checkpoint):
    tensors = load_file(checkpoint / "model.safetensors")
    (checkpoint / "model.safetensors").unlink()
    weight_map = {}
    for number in (1, 2):
        file = f"model-{number}-of-2.safetensors"
        shard = {name: tensors[name] for index, name in enumerate(sorted(tensors)) if index % 2 == number % 2}
        save_file(shard, checkpoint / file, {"format": "pt", "made by": "another tool"})
        weight_map |= dict.fromkeys(shard, file)
    (checkpoint / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))
    assert parts(checkpoint) == parts(original)


def test_a_large_file_is_read_once_and_again_when_it_changes(original, checkpoint, tmp_path, monkeypatch):
    monkeypatch.setenv("EMOLA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(identity, "_CACHED_FROM", 1000)
    steps = []
    first = parts(checkpoint, progress=lambda *step: steps.append(step))
    size = (checkpoint / "model.safetensors").stat().st_size
    assert ("model.safetensors", size, size) in steps
    steps.clear()
    assert parts(checkpoint, progress=lambda *step: steps.append(step)) == first
    assert steps == [], "nothing was read"
    status = (checkpoint / "model.safetensors").stat()
    change_weights(checkpoint)
    os.utime(checkpoint / "model.safetensors", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert (checkpoint / "model.safetensors").stat().st_size == size
    assert parts(checkpoint)["weights"] != first["weights"], "detected despite equal size and time"
    for cached in (tmp_path / "cache" / "digests").iterdir():
        cached.write_text("garbled")
    assert parts(original)["adapters"] == first["adapters"]
    monkeypatch.setenv("EMOLA_CACHE", str(checkpoint / "config.json" / "no folder"))
    assert parts(original) == first


@pytest.mark.parametrize("keep", [0, 5, 100, -1])
def test_a_damaged_file_is_named(checkpoint, keep):
    file = checkpoint / "model.safetensors"
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(CheckpointError, match=r"model\.safetensors is damaged .*download it again"):
        parts(checkpoint)
    file.unlink()
    with pytest.raises(CheckpointError, match=r"model\.safetensors cannot be read: No such file"):
        parts(checkpoint)


def test_a_separate_language_model_is_part_of_the_weights(tmp_path, monkeypatch):
    """As in Nano, whose weights and tokeniser come from the cache folder."""
    folder, language = tmp_path / "nano", tmp_path / "language"
    tiny.save_checkpoint(folder, tiny.resnet_config(language_model="SmolLM2-135M-Instruct"))
    shutil.copytree(folder, language)
    for file in folder.glob("token*"):
        file.unlink()
    monkeypatch.setattr(downloads, "language_model_dir", lambda: language)
    before = parts(folder)
    perturb(language / "model.safetensors")
    change_tokenizer(language)
    after = parts(folder)
    assert [name for name in PARTS if before[name] != after[name]] == ["weights", "tokenizer"]
