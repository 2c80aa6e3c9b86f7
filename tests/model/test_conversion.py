"""Conversion of the published files."""

import json
import pickle
import shutil
from pathlib import Path

import huggingface_hub
import pytest
import torch
from published_layout import IMAGE, Reference, Shape, convert_parts, picture_and_prior, write_json
from safetensors.torch import load_file, save_file

from emola.errors import CheckpointError
from emola.faba.messages import chat_messages
from emola.files import SUMS
from emola.model import load_checkpoint
from emola.model.conversion import convert
from emola.model.conversion.output import write_weights
from emola.model.conversion.weight_files import open_weights

pytestmark = pytest.mark.slow

COMMIT = "c0ffee" + "0" * 34
QUESTION = chat_messages(question="Which AUs?")


@pytest.fixture(scope="module")
def reference():
    return Reference()


@pytest.fixture
def parts(reference, tmp_path):
    folder = tmp_path / "downloads"
    folder.mkdir()
    return reference.write_all(folder)


@torch.no_grad()
def assert_answers_as(reference, model, processor, name):
    """Assert that the logits of a prompt equal those of the reference."""
    picture, prior = picture_and_prior()
    inputs = processor(images=[picture], messages=[QUESTION], prior_features=[prior])
    ids = inputs["input_ids"][0].tolist()
    index, count = ids.index(processor.image_token_id), processor.image_tokens
    published = [*ids[:index], IMAGE, *ids[index + count :]]
    expected = reference.logits(name, published, inputs["pixel_values"], torch.from_numpy(prior))
    torch.testing.assert_close(model(**inputs).logits[0], expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    "shape",
    [
        Shape(),
        Shape(kv_heads=2, rank=3, alpha=12),
        Shape(layers=4, heads=8, kv_heads=1, rank=16, alpha=16, inner=80),
        Shape(layers=1, hidden=48, tower=16, side=42, rank=1, alpha=1, vocab=512),
    ],
    ids=["plain", "grouped queries, alpha 4r", "deeper, one key head", "one layer, spare vocabulary"],
)
def test_other_shapes_give_the_published_logits(shape, tmp_path):
    reference = Reference(shape, seed=3)
    parts = reference.write_all(tmp_path)
    convert_parts(parts, tmp_path / "both")
    model, processor = load_checkpoint(tmp_path / "both", device="cpu")
    for name in ("au", "emotion"):
        model.set_adapter(name)
        assert_answers_as(reference, model, processor, name)
    convert_parts(parts, tmp_path / "merged", ["emotion"])
    merged, processor = load_checkpoint(tmp_path / "merged", device="cpu")
    assert_answers_as(reference, merged, processor, "emotion")


@pytest.mark.parametrize("kind", ["bin-shards", "safetensors", "safetensors-shards"])
def test_all_file_formats_of_the_base_give_the_same_bytes(reference, parts, tmp_path, kind):
    convert_parts(parts, tmp_path / "plain")
    shutil.rmtree(parts["base"])
    reference.write_base(parts["base"], kind)
    convert_parts(parts, tmp_path / "other")
    plain, other = (load_file(tmp_path / name / "model.safetensors") for name in ("plain", "other"))
    assert plain.keys() == other.keys()
    assert all(torch.equal(plain[name], other[name]) for name in plain)


def test_reads_shards_without_an_index(reference, parts, tmp_path):
    shutil.rmtree(parts["base"])
    reference.write_base(parts["base"], "bin-shards")
    (parts["base"] / "pytorch_model.bin.index.json").unlink()
    assert sum(convert_parts(parts, tmp_path / "out").used.values()) > 0
    (parts["base"] / "pytorch_model-00001-of-00002.bin").unlink()
    with pytest.raises(CheckpointError, match=r"pytorch_model-00001-of-00002.bin is missing"):
        convert_parts(parts, tmp_path / "again")


def test_a_full_clip_model_contributes_only_its_tower(reference, tmp_path):
    parts = reference.write_all(tmp_path, whole_clip=True)
    report = convert_parts(parts, tmp_path / "out")
    skipped = report.left_out["clip/pytorch_model.bin"]
    assert skipped["not part of the vision tower"] == ["logit_scale", "text_model.final_layer_norm.weight"]
    assert_answers_as(reference, *load_checkpoint(tmp_path / "out", device="cpu"), "au")


@pytest.mark.parametrize("old_names", [True, False])
def test_reads_the_layout_of_transformers(reference, parts, tmp_path, old_names):
    parts["base"] = reference.write_transformers(tmp_path / "hf", old_names=old_names)
    convert_parts(parts, tmp_path / "out", vision_tower=None)
    assert_answers_as(reference, *load_checkpoint(tmp_path / "out", device="cpu"), "au")


@pytest.fixture
def hub(reference, tmp_path, monkeypatch):
    """Return a function that puts a base into the cache of an unreachable hub."""

    def publish(old_names):
        repository = tmp_path / "cache" / "models--someone--llava"
        (repository / "snapshots").mkdir(parents=True)
        (repository / "refs").mkdir()
        (repository / "refs" / "main").write_text(COMMIT)
        reference.write_transformers(repository / "snapshots" / COMMIT, old_names=old_names)

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    return publish


@pytest.mark.parametrize("old_names", [True, False])
def test_a_base_on_the_hub_is_not_copied(reference, parts, tmp_path, hub, old_names):
    hub(old_names)
    parts["base"] = "someone/llava"
    report = convert_parts(parts, tmp_path / "out", vision_tower=None)
    settings = json.loads((tmp_path / "out" / "config.json").read_text())
    assert (settings["base_model"], settings["base_revision"]) == ("someone/llava", COMMIT)
    assert (report.base, report.revision) == ("someone/llava", COMMIT)
    assert not list((tmp_path / "out").glob("*.safetensors"))
    model, processor = load_checkpoint(tmp_path / "out", device="cpu")
    for name in ("au", "emotion"):
        model.set_adapter(name)
        assert_answers_as(reference, model, processor, name)


def test_every_tensor_is_used_or_reported(parts, tmp_path):
    report = convert_parts(parts, tmp_path / "out")
    files = [parts["base"] / "pytorch_model.bin", parts["tower"] / "pytorch_model.bin"]
    for name in ("au", "emotion"):
        files += sorted(parts[name].glob("*.bin"))
    for file in files:
        stored = open_weights(file)
        location = f"{file.parent.name}/{file.name}"
        skipped = [name for names in report.left_out.get(location, {}).values() for name in names]
        assert report.used.get(location, 0) + len(skipped) == len(stored)
        assert set(skipped) <= {tensor.name for tensor in stored}
    assert json.loads((tmp_path / "out" / "conversion.json").read_text()) == report.as_dict()


def test_converting_twice_gives_the_same_bytes(parts, tmp_path):
    for name in ("first", "second"):
        convert_parts(parts, tmp_path / name)
    files = {path.relative_to(tmp_path / "first") for path in (tmp_path / "first").rglob("*")}
    assert files == {path.relative_to(tmp_path / "second") for path in (tmp_path / "second").rglob("*")}
    for file in files:
        if (tmp_path / "first" / file).is_file():
            assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes(), file


def test_large_weights_are_written_in_shards(parts, tmp_path):
    tensors = {stored.name: stored for stored in open_weights(parts["base"] / "pytorch_model.bin")}
    steps = []
    write_weights(tmp_path, tensors, lambda *step: steps.append(step), limit=20_000)
    index = json.loads((tmp_path / "model.safetensors.index.json").read_text())
    shards = sorted(tmp_path.glob("model-*.safetensors"))
    assert len(shards) > 3 and steps[-1] == ("weights", len(shards), len(shards))
    loaded = {}
    for shard in shards:
        part = load_file(shard)
        assert sum(tensor.nbytes for tensor in part.values()) <= 20_000 or len(part) == 1
        assert all(index["weight_map"][name] == shard.name for name in part)
        loaded.update(part)
    assert all(torch.equal(loaded[name], stored.read()) for name, stored in tensors.items())


# -- what can be wrong with the input ------------------------------------------------------------


class Code:
    """An object whose unpickling creates a file."""

    def __reduce__(self):
        return (Path.touch, (Path("code-was-run"),))


def change(file, edit):
    tensors = torch.load(file, weights_only=True)
    edit(tensors)
    torch.save(tensors, file)


def change_settings(file, **settings):
    write_json(file, {**json.loads(file.read_text()), **settings})


def rename_first(tensors, old, new):
    name = next(name for name in tensors if old in name)
    tensors[name.replace(old, new)] = tensors.pop(name)


def drop_row(tensors, part):
    name = next(name for name in tensors if part in name)
    tensors[name] = tensors[name][:-1]


LAYER = "model.layers.1.self_attn.q_proj"
DAMAGES = {
    "no base": (
        lambda p: shutil.rmtree(p["base"]),
        r"There is no base at .*; give its folder or its name on the hub\.",
    ),
    "no weights": (
        lambda p: (p["base"] / "pytorch_model.bin").unlink(),
        r"llava-v1.5-tiny has no weights: no model.safetensors, no pytorch_model.bin",
    ),
    "no tokeniser": (
        lambda p: (p["base"] / "tokenizer.model").unlink(),
        r"llava-v1.5-tiny is incomplete: tokenizer.model is missing",
    ),
    "a broken tokeniser": (
        lambda p: (p["base"] / "tokenizer.model").write_bytes(b"no"),
        r"tokenizer.model is not a SentencePiece model",
    ),
    "no tower": (
        lambda p: p.update(tower=p["base"] / "nothing" / "here"),
        r"There is no vision tower at .*; give its folder with --vision-tower",
    ),
    "another tower": (
        lambda p: change(p["tower"] / "pytorch_model.bin", lambda t: drop_row(t, "class_embedding")),
        r"clip/pytorch_model.bin: vision_model.embeddings.class_embedding has the shape \[23\], but .*\[24\]",
    ),
    "a truncated base": (
        lambda p: (p["base"] / "pytorch_model.bin").write_bytes(
            (p["base"] / "pytorch_model.bin").read_bytes()[:-5000]
        ),
        r"llava-v1.5-tiny/pytorch_model.bin is damaged or incomplete \(\d+ bytes\); download it again",
    ),
    "an empty file": (
        lambda p: (p["au"] / "adapter_model.bin").write_bytes(b""),
        r"emola-au/adapter_model.bin is damaged or incomplete \(0 bytes\)",
    ),
    "code in a pickle": (
        lambda p: (p["au"] / "non_lora_trainables.bin").write_bytes(pickle.dumps(Code())),
        r"non_lora_trainables.bin contains objects other than tensors, possibly code",
    ),
    "code in a zip": (
        lambda p: torch.save({"model.norm.weight": Code()}, p["base"] / "pytorch_model.bin"),
        r"pytorch_model.bin contains objects other than tensors, possibly code",
    ),
    "a number instead of a tensor": (
        lambda p: change(p["au"] / "adapter_model.bin", lambda t: t.update(extra=3)),
        r"adapter_model.bin: the entry 'extra' is a int, not a tensor",
    ),
    "a list of tensors": (
        lambda p: torch.save([torch.ones(1)], p["au"] / "adapter_model.bin"),
        r"adapter_model.bin contains a list, not a dictionary of tensors",
    ),
    "an unknown key": (
        lambda p: change(p["base"] / "pytorch_model.bin", lambda t: t.update({"model.extra": torch.ones(1)})),
        r"pytorch_model.bin contains model.extra, which is not part of this model",
    ),
    "a missing tensor": (
        lambda p: change(p["base"] / "pytorch_model.bin", lambda t: t.pop("model.norm.weight")),
        r"The base llava-v1.5-tiny lacks model.language_model.norm.weight\.",
    ),
    "a wrong shape": (
        lambda p: change(p["base"] / "pytorch_model.bin", lambda t: drop_row(t, LAYER)),
        rf"{LAYER}.weight has the shape \[31, 32\], but the base llava-v1.5-tiny needs \[32, 32\]",
    ),
    "no landmark projector": (
        lambda p: (p["au"] / "landmark_feature_projector.bin").unlink(),
        r"emola-au is incomplete: landmark_feature_projector.bin is missing",
    ),
    "half a landmark projector": (
        lambda p: change(p["au"] / "landmark_feature_projector.bin", lambda t: t.pop(next(iter(t)))),
        r"The adapter 'au' on this base lacks .*prior_projector.linear_1",
    ),
    "a landmark projector for other numbers": (
        lambda p: change_settings(p["au"] / "config.json", landmark_feature_hidden_size=136),
        r"The adapters need priors of different sizes: au 136, emotion 212",
    ),
    "an adapter for another base": (
        lambda p: change_settings(p["emotion"] / "config.json", hidden_size=5120),
        r"emola-emotion is an adapter for another base: its config.json has hidden_size 5120, the base",
    ),
    "an adapter of other shapes": (
        lambda p: change(
            p["emotion"] / "adapter_model.bin", lambda t: drop_row(t, "layers.1.mlp.up_proj.lora_B")
        ),
        r"layers.1.mlp.up_proj.lora_B.weight has the shape \[47, 4\], but the adapter 'emotion' on this base",
    ),
    "an adapter for a deeper base": (
        lambda p: change(p["au"] / "adapter_model.bin", lambda t: rename_first(t, "layers.1.", "layers.7.")),
        r"layers.7.* which the adapter 'au' on this base does not have; is it for another base\?",
    ),
    "an adapter that lacks a layer": (
        lambda p: change(
            p["au"] / "adapter_model.bin", lambda t: [t.pop(n) for n in list(t) if "layers.1." in n]
        ),
        r"The adapter 'au' on this base lacks .*layers.1.* and 13 other tensors",
    ),
    "another kind of adapter": (
        lambda p: change_settings(p["au"] / "adapter_config.json", use_dora=True),
        r"adapter_config.json has use_dora True; only False is supported",
    ),
    "an invalid rank": (
        lambda p: change_settings(p["au"] / "adapter_config.json", r=0),
        r"adapter_config.json has no valid r\.",
    ),
    "another projector": (
        lambda p: change_settings(p["base"] / "config.json", mm_projector_type="linear"),
        r"config.json has mm_projector_type 'linear'; only 'mlp2x_gelu' is supported",
    ),
    "settings that are not JSON": (
        lambda p: (p["base"] / "config.json").write_text("{"),
        r"config.json is damaged \(Expecting property name",
    ),
    "an existing output folder": (
        lambda p: (p["base"].parents[1] / "out").write_text("mine"),
        r"out already exists; choose another folder or remove it",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_invalid_input_gives_one_sentence_and_no_output(parts, tmp_path, damage, monkeypatch):
    monkeypatch.chdir(tmp_path)
    apply, sentence = DAMAGES[damage]
    apply(parts)
    before = {path.name for path in tmp_path.iterdir()}
    with pytest.raises(CheckpointError, match=sentence) as caught:
        convert_parts(parts, tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert {path.name for path in tmp_path.iterdir()} == before
    assert not (tmp_path / "code-was-run").exists()


def test_rejects_a_truncated_safetensors_base(reference, parts, tmp_path):
    shutil.rmtree(parts["base"])
    reference.write_base(parts["base"], "safetensors")
    file = parts["base"] / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1000])
    with pytest.raises(CheckpointError, match=r"model.safetensors is damaged or incomplete"):
        convert_parts(parts, tmp_path / "out")


def test_a_full_disk_leaves_no_output(parts, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("emola.model.conversion.output.save_file", full)
    with pytest.raises(CheckpointError, match=r"out cannot be written: .*No space left on device"):
        convert_parts(parts, tmp_path / "out")
    assert {path.name for path in tmp_path.iterdir()} == {"downloads"}


def test_checks_the_free_disk_space_before_writing(parts, tmp_path, monkeypatch):
    usage = type(shutil.disk_usage(tmp_path))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**6, 10**6, 1000))
    with pytest.raises(CheckpointError, match=r"out needs 0\.\d GB, but 0\.0 GB are free"):
        convert_parts(parts, tmp_path / "out")


def test_an_unreachable_hub_gives_one_sentence(parts, tmp_path, hub):
    hub(True)
    parts["base"] = "someone/else"
    with pytest.raises(CheckpointError, match="someone/else is not cached and the hub"):
        convert_parts(parts, tmp_path / "out", vision_tower=None)


@pytest.mark.parametrize("names", [{}, {"auto": "au"}, {"a-b": "au"}, {"au": "nothing"}])
def test_rejects_invalid_adapter_names(parts, tmp_path, names):
    folders = {name: parts.get(folder, tmp_path / folder) for name, folder in names.items()}
    with pytest.raises(CheckpointError, match=r"at least one adapter|cannot be the name|no adapter at"):
        convert(str(parts["base"]), folders, tmp_path / "out", vision_tower=str(parts["tower"]))


def test_rejects_a_damaged_checkpoint_instead_of_loading_a_part(parts, tmp_path):
    """Guards against missing weights that transformers initialises at random."""
    convert_parts(parts, tmp_path / "out")
    file = tmp_path / "out" / "model.safetensors"
    weights = load_file(file)
    weights.pop("model.language_model.norm.weight")
    save_file(weights, file, metadata={"format": "pt"})
    with pytest.raises(
        CheckpointError, match=r"model\.safetensors is damaged or changed, according to SHA256SUMS"
    ):
        load_checkpoint(tmp_path / "out", device="cpu")
    (tmp_path / "out" / SUMS).unlink()
    with pytest.raises(CheckpointError, match=r"it lacks model.language_model.norm.weight \(1 in total\)"):
        load_checkpoint(tmp_path / "out", device="cpu")
    file.write_bytes(file.read_bytes()[:-1000])
    with pytest.raises(CheckpointError, match=r"out.model\.safetensors is damaged"):
        load_checkpoint(tmp_path / "out", device="cpu")
