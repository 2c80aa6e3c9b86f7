"""Fine-tuning on a miniature FABA-Instruct."""

import json
import os
import pickle
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import tiny_models as tiny
import torch
from torch.utils.data import DataLoader
from transformers import TrainerCallback

from emola.data.landmarks import DIM, save_landmarks
from emola.errors import CheckpointError, DataError, PackageError, RecipeError
from emola.files import altered_files
from emola.model import load_checkpoint
from emola.model.processing import IGNORE_INDEX
from emola.train import finetune
from emola.train.collate import Collate
from emola.train.face_dataset import DataSource, FaceDataset, encode_face
from emola.train.finetune import FinetuneRecipe, share_base, start_adapter, train_finetune
from emola.train.trainer import AdapterTrainer

pytestmark = pytest.mark.slow

EXPERT = "insightface-2d106"


def published_config():
    config = tiny.clip_config(prior_dim=DIM)
    config.prior_expert = EXPERT
    return config


def collator(processor, max_length):
    return Collate(partial(encode_face, processor), processor.tokenizer.pad_token_id, max_length)


def faba_tree(folder: Path, count: int = 8, scale: float = 1.0) -> Path:
    """Write a training part of noise pictures, each with its own answer and landmarks."""
    part = folder / "FABAInstruct" / "train"
    for name in ("images", "landmarks"):
        (part / name).mkdir(parents=True)
    records = []
    for i in range(count):
        tiny.face_picture(i, side=24).save(part / "images" / f"{i}.png")
        np.save(part / "landmarks" / f"{i}.npy", scale * tiny.prior(i, DIM))
        turns = [
            {"from": "human", "value": "What AUs?\n<image>" if i % 2 else "<image>\nWhat AUs?"},
            {"from": "gpt", "value": f"AU{i + 1} is active."},
        ]
        records.append(
            {
                "source": "test",
                "image": f"FABAInstruct/train/images/{i}.png",
                "id": str(i),
                "conversations": turns,
                "landmark": f"FABAInstruct/train/landmarks/{i}.npy",
            }
        )
    (part / "train_au_anno.json").write_text(json.dumps(records), "utf-8")
    return part / "train_au_anno.json"


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return tiny.save_checkpoint(tmp_path_factory.mktemp("base"), published_config())


@pytest.fixture
def recipe(base, tmp_path) -> FinetuneRecipe:
    return FinetuneRecipe(
        model=base,
        data=(DataSource(faba_tree(tmp_path / "data"), "au"),),
        out=tmp_path / "out",
        adapter="au",
        rank=4,
        alpha=8,
        batch_size=2,
        learning_rate=1e-2,
        projector_learning_rate=1e-3,
        workers=0,
        save_steps=2,
        gradient_checkpointing=False,
    )


class LossRecorder(TrainerCallback):
    """Records losses and raises ``KeyboardInterrupt`` after ``stop_after`` steps."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.losses: dict[int, float] = {}
        self.stop_after = stop_after

    def on_log(self, args, state, control, logs=None, **kwargs):
        if "loss" in logs:
            self.losses[state.global_step] = float(logs["loss"])
            assert logs["samples_per_second"] > 0
        if state.global_step == self.stop_after:
            raise KeyboardInterrupt


def run(recipe, monkeypatch, stop_after=None) -> dict[int, float]:
    recorder = LossRecorder(stop_after)

    class RecordingTrainer(AdapterTrainer):
        def __init__(self, *args, callbacks, **kwargs):
            super().__init__(*args, callbacks=[*callbacks, recorder], **kwargs)

    monkeypatch.setattr(finetune, "AdapterTrainer", RecordingTrainer)
    if stop_after:
        with pytest.raises(KeyboardInterrupt):
            train_finetune(recipe)
    else:
        train_finetune(recipe)
    return recorder.losses


def test_trained_checkpoint_loads_and_answers_differently(recipe, base, monkeypatch):
    run(recipe, monkeypatch)
    model, processor = load_checkpoint(recipe.out, device="cpu")
    plain, _ = load_checkpoint(base, device="cpu")
    inputs = processor(
        images=[tiny.face_picture()], messages=[[tiny.user("What AUs?")]], prior_features=[tiny.prior(0, DIM)]
    )
    with torch.no_grad():
        assert not torch.allclose(model(**inputs).logits, plain(**inputs).logits, atol=1e-3)
    assert model.config.prior_expert == EXPERT
    assert altered_files(recipe.out) == [], "the checksums match"


def test_resumed_run_has_the_losses_of_an_uninterrupted_one(recipe, monkeypatch, tmp_path):
    """With dropout: the checkpoint contains the state of the random generators."""
    expected = run(recipe, monkeypatch)
    resumed = replace(recipe, out=tmp_path / "resumed")
    before = run(resumed, monkeypatch, stop_after=3)
    after = run(resumed, monkeypatch)
    assert sorted(after) == [3, 4], "it resumed from the checkpoint of step 2"
    assert {**before, **after} == pytest.approx(expected, abs=1e-6)


def test_skips_an_unreadable_picture(recipe, capsys):
    tree = recipe.data[0].path.parent
    (tree / "images" / "3.png").write_bytes(b"no picture")
    records = recipe.data[0].records() * 25  # one in 200 is below the limit
    faces = FaceDataset(records, EXPERT, prior="on", seed=0)
    good = FaceDataset(records[:3], EXPERT, prior="on", seed=0)
    with pytest.raises(DataError, match=r"more than one in 100"):
        FaceDataset(records[:8], EXPERT, prior="on", seed=0)[3]
    assert faces[3]["messages"] == records[4].messages
    assert "3.png" in capsys.readouterr().err
    assert good[2]["messages"] == records[2].messages


@pytest.mark.parametrize(("count", "processes", "bad"), [(120, 4, 1), (1600, 4, 4), (1600, 1, 16)])
def test_each_process_may_skip_its_share_of_pictures(recipe, monkeypatch, count, processes, bad):
    for picture in (recipe.data[0].path.parent / "images").iterdir():
        picture.write_bytes(b"no picture")
    records = [replace(recipe.data[0].records()[0], id=str(number)) for number in range(count)]
    monkeypatch.setenv("WORLD_SIZE", str(processes))
    with pytest.raises(DataError, match=f"^{bad + 1} of .* cannot be used"):
        FaceDataset(records, EXPERT, prior="on", seed=0)[0]


def test_prior_can_be_off_or_shuffled(recipe):
    records = recipe.data[0].records()
    on, off, shuffled = (
        FaceDataset(records, EXPERT, prior=kind, seed=0) for kind in ("on", "off", "shuffled")
    )
    own = [on[i]["prior"] for i in range(8)]
    np.testing.assert_array_equal(own[2], tiny.prior(2, DIM))
    assert all(off[i]["prior"] is None for i in range(8))
    others = [shuffled[i]["prior"] for i in range(8)]
    assert sum(np.array_equal(a, b) for a, b in zip(own, others, strict=True)) < 4
    assert {row.tobytes() for row in own} == {row.tobytes() for row in others}


def test_missing_features_name_the_command_that_makes_them(recipe, tmp_path):
    folder = tmp_path / "labels"
    folder.mkdir()
    tiny.face_picture().save(folder / "a.png")
    (folder / "labels.csv").write_text("image,action_units\na.png,1+2\n", "utf-8")
    with pytest.raises(DataError, match=r"1 of 1 faces have no prior features; .*emola data features"):
        FaceDataset.load([DataSource(folder, "au")], EXPERT, prior="on", seed=0)
    assert len(FaceDataset.load([DataSource(folder, "au")], EXPERT, prior="off", seed=0)) == 1


def test_excludes_pictures_without_a_detected_face(tmp_path, caplog):
    """Regression: one frame without a face made a whole data set unusable."""
    for number in range(100):
        tiny.face_picture(number, side=24).save(tmp_path / f"{number}.png")
    rows = "".join(f"{number}.png,1+2\n" for number in range(100))
    (tmp_path / "labels.csv").write_text(f"image,action_units\n{rows}", "utf-8")
    features = tmp_path / "features"
    for number in range(99):
        save_landmarks(features / f"{number}.png.npy", tiny.prior(number, DIM))
    source = DataSource(tmp_path, "au", features=features)
    faces = FaceDataset.load([source], EXPERT, prior="on", seed=0)
    assert [record.id for record in faces.records] == [f"{number}.png" for number in range(99)]
    assert "1 of 100 faces have no prior features and are left out" in caplog.text
    (features / "0.png.npy").unlink()
    with pytest.raises(DataError, match="2 of 100 faces have no prior features"):
        FaceDataset.load([source], EXPERT, prior="on", seed=0)


def test_reads_no_features_if_the_prior_is_off(recipe):
    for file in recipe.data[0].path.parent.rglob("*.npy"):
        file.unlink()
    faces = FaceDataset.load(recipe.data, EXPERT, prior="off", seed=0)
    assert faces[2]["prior"] is None and faces[2]["messages"] == recipe.data[0].records()[2].messages


def test_each_process_makes_its_own_prior_expert(tmp_path, monkeypatch):
    """Regression: workers waited forever for the threads of an expert made before the fork."""

    class Expert:
        def __init__(self, name: str) -> None:
            self.process = os.getpid()

        def detect(self, image):
            assert self.process == os.getpid()
            return []

    monkeypatch.setattr("emola.train.face_dataset.prior_expert", Expert)
    monkeypatch.setattr("emola.train.face_dataset.downloads.path", lambda name: name)
    tiny.face_picture().save(tmp_path / "a.png")
    (tmp_path / "labels.csv").write_text("image,emotion\na.png,anger\n", "utf-8")
    faces = FaceDataset.load([DataSource(tmp_path, "emotion")], "mediapipe-face", prior="on", seed=0)
    local = faces[0]
    (loaded,) = DataLoader(faces, batch_size=None, num_workers=1, timeout=60, multiprocessing_context="fork")
    assert loaded["messages"] == local["messages"]
    pickle.dumps(faces)  # required by spawned workers


def test_stops_if_the_prior_projector_has_no_gradient(recipe, tmp_path):
    without_prior = replace(
        recipe, data=(DataSource(faba_tree(tmp_path / "without_prior", scale=0.0), "au"),)
    )
    with pytest.raises(RecipeError, match="prior projector receives no gradient"):
        train_finetune(without_prior)


@pytest.mark.parametrize("part", ["projector", "prior_projector", "lora"])
def test_frozen_parts_do_not_change(recipe, part):
    model, _ = start_adapter(replace(recipe, frozen=(part,)))
    mark = {"projector": "multi_modal_projector", "prior_projector": "prior_projector", "lora": "lora_"}[part]
    trained = [name for name, p in model.named_parameters() if p.requires_grad]
    assert trained and not any(mark in name for name in trained)


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"frozen": ("tower",)}, "'tower' cannot be frozen; use one of projector"),
        ({"frozen": ("lora", "projector", "prior_projector")}, "Everything is frozen"),
        ({"prior": "maybe"}, "on, off, shuffled"),
        ({"quantize": "nf5"}, "nf4, int8 or null, not 'nf5'"),
    ],
)
def test_rejects_invalid_settings_before_loading(recipe, setting, sentence):
    with pytest.raises(RecipeError, match=sentence):
        replace(recipe, **setting)


def test_refuses_to_resume_with_other_settings(recipe, monkeypatch, tmp_path):
    """Regression: the second fold resumed from an adapter that had seen its test subjects."""
    run(recipe, monkeypatch)
    train_finetune(replace(recipe, workers=1, save_steps=5))  # complete: no further training
    other = replace(recipe, data=(DataSource(faba_tree(tmp_path / "more"), "au"),), rank=8)
    with pytest.raises(RecipeError, match="out holds a training with another data and rank: choose another"):
        train_finetune(other)


def test_cuts_conversations_at_max_length(recipe):
    _, processor = start_adapter(recipe)
    faces = FaceDataset.load(recipe.data, EXPERT, prior="on", seed=0)
    full = collator(processor, 2048)([faces[0], faces[1]])
    length = full["input_ids"].shape[1] - 4
    cut = collator(processor, length)([faces[0], faces[1]])
    torch.testing.assert_close(cut["labels"], full["labels"][:, :length])
    assert (cut["labels"] != IGNORE_INDEX).any()
    with pytest.raises(DataError, match="raise max_length"):
        collator(processor, 20)([faces[0]])


def test_trains_a_base_in_four_bits(recipe, monkeypatch):
    losses = run(replace(recipe, quantize="nf4", gradient_checkpointing=True), monkeypatch)
    assert len(losses) == 4 and all(np.isfinite(list(losses.values())))


def test_continues_from_an_adapter(recipe, monkeypatch, tmp_path):
    run(recipe, monkeypatch)
    continued = replace(recipe, start=recipe.out / "adapters" / "au", out=tmp_path / "more")
    model, _ = start_adapter(continued)
    first, _ = load_checkpoint(recipe.out, device="cpu", trainable=True)
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            torch.testing.assert_close(parameter, first.get_parameter(name))


def test_links_the_base_instead_of_copying_it(base, tmp_path):
    share_base(base, tmp_path)
    assert (tmp_path / "config.json").read_bytes() == (base / "config.json").read_bytes()
    assert (tmp_path / "model.safetensors").samefile(base / "model.safetensors")


def test_rejects_a_folder_without_a_model(recipe, tmp_path):
    with pytest.raises(CheckpointError, match=r"is not an EmoLA checkpoint: config\.json is missing"):
        start_adapter(replace(recipe, model=tmp_path))


def test_deepspeed_needs_its_package_and_configuration(recipe, tmp_path, monkeypatch):
    with pytest.raises(RecipeError, match="no DeepSpeed configuration at nowhere"):
        replace(recipe, deepspeed=Path("nowhere"))
    monkeypatch.setitem(sys.modules, "deepspeed", None)
    (tmp_path / "zero3.json").write_text("{}", "utf-8")
    with pytest.raises(PackageError, match=r"pip install deepspeed.* without it: --set deepspeed=null"):
        train_finetune(replace(recipe, deepspeed=tmp_path / "zero3.json"))


def test_reports_a_missing_tensorboard_before_loading(recipe, monkeypatch):
    """Guards against the RuntimeError of the trainer after loading."""
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    monkeypatch.setattr(finetune, "start_adapter", None)
    with pytest.raises(PackageError, match=r'pip install tensorboard, or pip install "emola\[train\]"'):
        train_finetune(recipe)
