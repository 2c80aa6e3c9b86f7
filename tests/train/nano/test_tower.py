import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from table_fakes import face_table, measured_evidence, save_evidence, save_table, tower_config
from transformers import ResNetModel

from emola.errors import RecipeError
from emola.faba import EMOTIONS, NANO_AUS
from emola.face.evidence import EVIDENCE_NAME, LANDMARK_SHARE, AUEvidence
from emola.train.nano import tower
from emola.train.nano.face_sources import FaceSource
from emola.train.nano.tower import (
    IGNORE,
    TowerRecipe,
    TowerWithHeads,
    average_towers,
    load_tower,
    tower_targets,
    train_tower,
)
from emola.train.resume import last_checkpoint

pytestmark = pytest.mark.slow


@pytest.fixture
def recipe(tmp_path):
    return TowerRecipe(
        sources=(
            FaceSource(save_table(tmp_path / "faces" / "lab", face_table(40, people=20)), hold_out=3),
            FaceSource(save_table(tmp_path / "faces" / "wild", face_table(20, seed=1, prefix="w"))),
        ),
        evidence=save_evidence(tmp_path / "evidence.safetensors"),
        out=tmp_path / "tower",
        image_size=32,
        stem=16,
        widths=(16, 16, 24, 24),
        depths=(1, 1, 1, 1),
        epochs=1,
        epoch_faces=24,
        batch_size=8,
    )


def test_targets_are_codes_else_evidence_else_unknown():
    table, evidence = face_table(6), measured_evidence()
    table.coded[1:3] = False
    table.found[2] = False
    table.emotions[3] = ""
    emotions, units = tower_targets(table, evidence)
    assert emotions[3] == IGNORE
    assert emotions[0] == EMOTIONS.index(str(table.emotions[0]))
    coded = set(map(int, filter(None, str(table.units[0]).split("+"))))
    assert {au for au, on in zip(NANO_AUS, units[0], strict=True) if on} == coded
    expected = [one.probability for one in evidence.estimate(table.priors[1]).values()]
    np.testing.assert_allclose(units[1], expected, atol=1e-5)
    assert np.isnan(units[2]).all() and not np.isnan(units[[0, 1, 3, 4, 5]]).any()


def test_unknown_targets_do_not_reach_the_loss():
    """A face without landmarks has no unit targets; nan must not reach the loss."""
    torch.manual_seed(0)
    model = TowerWithHeads(tower_config(), label_smoothing=0.1, au_weight=1.0).eval()
    pixels, emotion = torch.randn(2, 1, 32, 32), torch.tensor([1, 2])
    unknown = torch.full((2, len(NANO_AUS)), float("nan"))
    known = unknown.clone()
    known[0] = 1.0
    only_emotion = model(pixels, emotion, unknown)["loss"]
    both = model(pixels, emotion, known)["loss"]
    assert only_emotion.isfinite() and both > only_emotion
    other = model(pixels, torch.tensor([1, IGNORE]), unknown)["loss"]
    assert other.isfinite() and other != only_emotion


@pytest.mark.parametrize("narrow", [{"stem": 8}, {"widths": (16, 8, 16, 16)}])
def test_a_convolution_of_few_channels_is_refused(recipe, narrow):
    """oneDNN writes past a buffer in its gradient."""
    with pytest.raises(RecipeError, match="each must be 16 or more"):
        replace(recipe, **narrow)


def test_trained_tower_loads(recipe):
    train_tower(recipe)
    loaded = ResNetModel.from_pretrained(recipe.out).eval()
    assert loaded.config.num_channels == 1 and loaded.config.hidden_sizes == [16, 16, 24, 24]
    assert loaded(torch.zeros(1, 1, 32, 32)).last_hidden_state.shape == (1, 24, 1, 1)
    assert loaded.embedder.embedder.normalization.num_batches_tracked == 3
    figures = json.loads((recipe.out / "figures.json").read_text())
    assert set(figures) == {"lab"}, "only tables with held-out people"
    assert 0 <= figures["lab"]["accuracy"] <= 1 and figures["lab"]["n"] > 0
    assert figures["lab"]["units"] and all(0 <= f1 <= 1 for f1 in figures["lab"]["units"].values())


def test_evidence_of_a_tower_reads_its_features(recipe):
    train_tower(recipe)
    trained, table = load_tower(recipe.out), face_table(4, seed=3)
    evidence = AUEvidence.load(recipe.out / EVIDENCE_NAME)
    features = trained.features(table.crops)
    pixels = trained.au_head(features).detach().numpy()
    landmarks = AUEvidence.load(recipe.evidence).logits(table.priors)
    i = NANO_AUS.index(12)
    expected = pixels[:, i] + LANDMARK_SHARE * landmarks[:, i]
    np.testing.assert_allclose(evidence.logits(table.priors, features.numpy())[:, i], expected, atol=1e-4)


def test_continues_from_another_tower(recipe, tmp_path):
    """Without a training step, the weights are equal, including the heads."""
    train_tower(recipe)
    second = replace(recipe, start=recipe.out, average=True, out=tmp_path / "second", learning_rate=0.0)
    train_tower(second)
    before, after = load_tower(recipe.out).state_dict(), load_tower(second.out).state_dict()
    assert all(
        torch.equal(before[name], after[name]) for name, _ in load_tower(second.out).named_parameters()
    )
    assert any(not torch.equal(before[name], after[name]) for name in before), "its statistics move on"


@pytest.mark.parametrize("averaged", [False, True])
def test_average_is_the_mean_of_before_and_after(recipe, tmp_path, averaged):
    train_tower(recipe)
    second = replace(recipe, start=recipe.out, out=tmp_path / "second", learning_rate=0.1, seed=1)
    train_tower(second)
    train_tower(replace(second, out=tmp_path / "mean", average=averaged))
    before, after, found = (
        dict(load_tower(folder).named_parameters()) for folder in (recipe.out, second.out, tmp_path / "mean")
    )
    for name, parameter in found.items():
        expected = (before[name] + after[name]) / 2 if averaged else after[name]
        torch.testing.assert_close(parameter, expected, atol=1e-5, rtol=1e-4)


def test_averaged_tower_renews_its_batch_statistics():
    """With the statistics of either tower, the averaged weights do not work."""
    torch.manual_seed(0)
    one, other = (TowerWithHeads(tower_config()) for _ in range(2))
    weights = {
        name: (a + b) / 2 for (name, a), b in zip(one.named_parameters(), other.parameters(), strict=True)
    }
    pixels = torch.randn(24, 1, 32, 32) * 3 + 5
    average_towers(one, other, [{"pixel_values": part} for part in pixels.split(8)])
    for name, parameter in one.named_parameters():
        torch.testing.assert_close(parameter, weights[name])
    stem = one.tower.embedder.embedder
    seen = stem.convolution(pixels)
    torch.testing.assert_close(stem.normalization.running_mean, seen.mean((0, 2, 3)), atol=1e-3, rtol=1e-3)
    assert stem.normalization.num_batches_tracked == 3


def test_beliefs_are_invariant_to_mirroring():
    model, crops = TowerWithHeads(tower_config()), face_table(5).crops
    crops[:, :, :40] = 250
    features = model.features(crops)
    beliefs = model.beliefs(features)
    assert beliefs.shape == (5, len(EMOTIONS))
    np.testing.assert_allclose(beliefs.sum(1), 1, atol=1e-6)
    np.testing.assert_allclose(model.features(crops[:, :, ::-1]), features, atol=1e-5)


def test_resumes_an_interrupted_run(recipe, monkeypatch):
    """With the same weights and faces, and only the remaining steps."""
    arguments, recipe = tower._arguments, replace(recipe, epoch_faces=32)

    def interrupted(recipe):
        found = arguments(recipe)
        found.save_steps, found.max_steps = 1, 3
        return found

    with monkeypatch.context() as patch:
        patch.setattr(tower, "_arguments", interrupted)
        train_tower(recipe)
    assert last_checkpoint(recipe.out).endswith("checkpoint-3")
    first = ResNetModel.from_pretrained(recipe.out)
    train_tower(recipe)
    second = ResNetModel.from_pretrained(recipe.out)
    assert last_checkpoint(recipe.out).endswith("checkpoint-4")
    assert first.embedder.embedder.normalization.num_batches_tracked == 3
    assert second.embedder.embedder.normalization.num_batches_tracked == 4
