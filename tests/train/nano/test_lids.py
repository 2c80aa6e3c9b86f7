"""The lids stage on fake eyes, and lids drawn on the NASA portrait."""

import dataclasses
import json

import numpy as np
import pytest
import torch

from emola import downloads
from emola.errors import DataError
from emola.face import FaceLandmarker, load_image
from emola.face.visibility.lids import HEIGHT, WIDTH, LidNet
from emola.train.nano.lids import STYLES, LidExamples, LidsRecipe, eyes_of, fit_lids, joined, with_lids


def eyes(count: int = 240) -> LidExamples:
    """Fake eyes: open ones have a dark disc in the middle, closed ones a dark line below it."""
    rng = np.random.default_rng(0)
    pictures = rng.normal(0, 0.4, (count, HEIGHT, WIDTH))
    closed = np.arange(count) % 2 == 0
    pictures[~closed, 4:12, 8:16] -= 3
    pictures[closed, 11:13, 3:21] -= 3
    pictures = (pictures - pictures.mean((1, 2), keepdims=True)) / pictures.std((1, 2), keepdims=True)
    kinds = np.where(closed, "flat", "open")
    return LidExamples(pictures.astype(np.float32), closed, kinds, np.arange(count) >= 180)


def recipe(tmp_path) -> LidsRecipe:
    return LidsRecipe((), tmp_path / "new" / "lids.safetensors", epochs=6)


def test_detects_closed_eyes_on_held_out_people(tmp_path):
    network = fit_lids(recipe(tmp_path), eyes())
    figures = json.loads((tmp_path / "new" / "lids.json").read_text())
    assert figures["flat"]["n"] == figures["open"]["n"] == 30
    assert figures["flat"]["share"] > 0.9 and figures["open"]["share"] < 0.1
    written = LidNet.load(tmp_path / "new" / "lids.safetensors")
    examples = eyes(8)
    for eye, closed in zip(examples.pictures, examples.closed, strict=True):
        assert written.closed_probability(eye) == pytest.approx(network.closed_probability(eye), abs=0.01)
        assert (written.closed_probability(eye) >= 0.5) == closed


@pytest.mark.parametrize("closed", [True, False])
def test_rejects_examples_of_one_class(tmp_path, closed):
    one_kind = dataclasses.replace(eyes(20), closed=np.full(20, closed))
    with pytest.raises(DataError, match="Closed and open eyes are needed"):
        fit_lids(recipe(tmp_path), one_kind)


def test_rejects_an_empty_list_of_examples():
    with pytest.raises(DataError, match="No eyes"):
        joined([])


@pytest.mark.network
def test_eyes_of_a_face_with_and_without_drawn_lids(tmp_path):
    image = load_image(downloads.path("astronaut.png"))
    face = FaceLandmarker().detect(image)[0]
    settings, rng = dataclasses.replace(recipe(tmp_path), share=1.0), np.random.default_rng(0)
    found = eyes_of(image, face, True, settings, rng)
    assert found.kinds[:2].tolist() == ["open", "open"] and set(found.kinds[2:]) <= set(STYLES)
    assert found.closed.tolist() == [False, False, True, True] and found.held_out.all()
    assert not len(eyes_of(image, face, True, dataclasses.replace(settings, share=0.0), rng).closed)
    blinking = dataclasses.replace(face, blendshapes={"eyeBlinkLeft": 0.7, "eyeBlinkRight": 0.7})
    assert eyes_of(image, blinking, False, settings, rng).kinds.tolist() == ["closed", "closed"]
    grey = np.asarray(image.convert("L"))
    x0, y0, _, y1 = face.box.astype(int)
    for style in STYLES:
        drawn = with_lids(grey, face.landmarks, style, rng)
        different = np.argwhere(drawn != grey)
        assert len(different) > 50
        assert different[:, 0].max() < (y0 + y1) / 2 and different[:, 1].min() > x0
    assert torch.isfinite(torch.from_numpy(found.pictures)).all()
