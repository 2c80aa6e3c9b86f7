"""Training of a converted checkpoint, compared with losses recorded from the published code."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from emola.model import load_checkpoint
from emola.model.conversion import convert
from emola.train import finetune
from emola.train.face_dataset import DataSource
from emola.train.finetune import FinetuneRecipe, train_finetune
from emola.train.trainer import AdapterTrainer

PUBLISHED = Path(__file__).parents[1] / "fixtures" / "published"


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    out = tmp_path_factory.mktemp("converted") / "emola-tiny"
    adapter = PUBLISHED / "llava-v1.5-tiny-lora-emola-au"
    convert(
        str(PUBLISHED / "llava-v1.5-tiny"), {"au": adapter}, out, vision_tower=str(PUBLISHED / "clip-tiny")
    )
    return out


def test_first_step_has_the_published_loss(converted, tmp_path, monkeypatch):
    """Covers records, prompt, labels, padded pixels, prior and loss."""
    data = tmp_path / "data"
    shutil.copytree(PUBLISHED / "train", data / "train")
    start = shutil.copytree(converted / "adapters" / "au", tmp_path / "au")
    config = json.loads((start / "adapter_config.json").read_text("utf-8"))
    (start / "adapter_config.json").write_text(json.dumps({**config, "lora_dropout": 0.0}), "utf-8")
    losses = []

    class RecordingTrainer(AdapterTrainer):
        def compute_loss(self, *args, **kwargs):
            loss = super().compute_loss(*args, **kwargs)
            losses.append(float(loss.detach()))
            return loss

    monkeypatch.setattr(finetune, "AdapterTrainer", RecordingTrainer)
    recipe = FinetuneRecipe(
        model=converted,
        data=(DataSource(data / "train" / "annotations.json", "au"),),
        out=tmp_path / "out",
        adapter="au",
        start=start,
        batch_size=4,
        workers=0,
        gradient_checkpointing=False,
    )
    train_finetune(recipe)
    expected = float(np.load(PUBLISHED / "train" / "expected.npz")["batch.loss"])
    assert losses == [pytest.approx(expected, abs=1e-4)]

    model, processor = load_checkpoint(recipe.out, device="cpu")
    assert model.merged_adapter == "au" and processor.prompt == "vicuna_v1"
    before, _ = load_checkpoint(converted, device="cpu")
    changed = [
        not torch.equal(new, old) for new, old in zip(model.parameters(), before.parameters(), strict=True)
    ]
    assert any(changed)
