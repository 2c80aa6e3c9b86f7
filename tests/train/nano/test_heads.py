import json
from dataclasses import replace

import numpy as np
import pytest
import tiny_models as tiny
import torch
from table_fakes import face_table, measured_evidence, save_table
from torch import nn

from emola.errors import CheckpointError
from emola.face.evidence import EVIDENCE_NAME, AUEvidence
from emola.face.prior import PRIOR_DIM
from emola.train.nano.face_sources import FaceSource
from emola.train.nano.heads import HeadsRecipe, fit_emotions, train_heads
from emola.train.nano.tower import TowerWithHeads, load_tower


@pytest.fixture
def config():
    config = tiny.resnet_config()
    config.vision_config.image_size = 32
    return config


@pytest.fixture
def tower(config):
    tower = TowerWithHeads(config.vision_config)
    tower.tower.load_state_dict(tiny.tiny_model(config).model.vision_tower.state_dict())
    return tower


@pytest.fixture
def recipe(tmp_path, config, tower):
    checkpoint = tiny.save_checkpoint(tmp_path / "checkpoint", config)
    tower.evidence(measured_evidence()).save(checkpoint / EVIDENCE_NAME)
    return HeadsRecipe(
        sources=(FaceSource(save_table(tmp_path / "faces" / "lab", face_table(40, people=20)), hold_out=3),),
        checkpoint=checkpoint,
        out=tmp_path / "tower",
        views=300,
    )


def test_writes_tower_heads_and_evidence_of_a_checkpoint(recipe, tower):
    train_heads(recipe)
    found, crops = load_tower(recipe.out), face_table(5).crops
    torch.testing.assert_close(found.features(crops), tower.features(crops))
    evidence = AUEvidence.load(recipe.out / EVIDENCE_NAME)
    np.testing.assert_array_equal(
        evidence.weights, AUEvidence.load(recipe.checkpoint / EVIDENCE_NAME).weights
    )
    np.testing.assert_allclose(found.au_head.weight.detach(), evidence.weights[:, PRIOR_DIM:])
    figures = json.loads((recipe.out / "figures.json").read_text())
    assert figures["lab"]["n"] > 0


def test_held_out_people_do_not_change_the_heads(recipe, tmp_path):
    train_heads(recipe)
    table = face_table(40, people=20)
    table.emotions[table.held_out(3)] = "fear"
    source = FaceSource(save_table(tmp_path / "other" / "lab", table), hold_out=3)
    train_heads(replace(recipe, sources=(source,), out=tmp_path / "again"))
    before, after = load_tower(recipe.out), load_tower(tmp_path / "again")
    assert torch.equal(before.emotion_head.weight, after.emotion_head.weight)


def test_emotion_head_does_not_depend_on_feature_scales():
    torch.manual_seed(0)
    emotions = torch.arange(700) % 7
    features = torch.randn(700, 8)
    features[:, :7] += 4 * nn.functional.one_hot(emotions, 7)
    heads = [nn.Linear(8, 7), nn.Linear(8, 7)]
    scale = torch.tensor([1000.0] + [1.0] * 7)
    fit_emotions(heads[0], features, emotions, smoothing=0.1, penalty=1e-3)
    fit_emotions(heads[1], features * scale + 5, emotions, smoothing=0.1, penalty=1e-3)
    first = heads[0](features)
    assert (first.argmax(1) == emotions).float().mean() > 0.9
    torch.testing.assert_close(heads[1](features * scale + 5), first, atol=1e-2, rtol=1e-2)


def test_rejects_a_checkpoint_with_another_tower(recipe):
    tiny.clip_config().save_pretrained(recipe.checkpoint)
    with pytest.raises(CheckpointError, match="no vision tower that was trained here"):
        train_heads(recipe)


def test_rejects_a_folder_without_a_checkpoint(recipe):
    with pytest.raises(CheckpointError, match="is not an EmoLA checkpoint"):
        train_heads(replace(recipe, checkpoint=recipe.out))
