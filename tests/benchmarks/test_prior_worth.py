"""The value of the prior: each model gets the kind of prior that it was trained with."""

import json
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from baseline_fakes import RedLandmarker, label_folder, make_face

import emola
from benchmarks import prior_worth
from benchmarks.baselines import faces
from emola.chat.batch import Completion


class PriorLandmarker(RedLandmarker):
    """A landmarker whose prior is the red level of the picture, from 0 to 1."""

    def detect(self, picture):
        red = picture.getpixel((0, 0))[0] / 255
        return [replace(face, prior=np.full(4, red)) for face in super().detect(picture)]


def answer_batch(engine, batch, questions, *, max_new_tokens):
    """Answer a smile if the prior is high, else a frown."""
    return [
        Completion("AU12." if face.prior is not None and face.prior[0] > 0.5 else "AU4.", False)
        for face in batch
    ]


def run(monkeypatch, capsys, *flags):
    monkeypatch.setattr(sys, "argv", ["prior_worth", *map(str, flags)])
    return prior_worth.main(), *capsys.readouterr()


@pytest.fixture
def fakes(monkeypatch):
    loaded = []
    monkeypatch.setattr(faces, "FaceLandmarker", PriorLandmarker)
    monkeypatch.setattr(emola, "load", lambda name: loaded.append(name) or SimpleNamespace(engine=0))
    monkeypatch.setattr(prior_worth, "answer_batch", answer_batch)
    return loaded


def flags(data):
    return ("--data", data, "--task", "au", "--on", "a", "--off", "b", "--shuffled", "c")


def test_asks_each_model_with_its_training_prior(tmp_path, monkeypatch, capsys, fakes):
    rows = [("12", 250), ("4", 50), ("12", 250), ("4", 50), ("12", 0)]
    data = label_folder(tmp_path / "set", rows, "action_units")
    code, out, _ = run(monkeypatch, capsys, *flags(data), "--json")
    figures = json.loads(out)
    assert code == 0 and fakes == ["a", "b", "c"]
    assert figures["n"] == 4, "pictures without landmarks are excluded"
    assert [figures[prior]["f1"] for prior in prior_worth.PRIORS] == [1.0, pytest.approx(1 / 3), 0.0]
    _, table, _ = run(monkeypatch, capsys, *flags(data))
    assert "| on | 1.000 | – | 1.000 |" in table


def test_shuffled_assigns_the_prior_of_another_face():
    faces = [replace(make_face(), prior=np.full(4, i)) for i in range(3)]
    assert [int(face.prior[0]) for face in prior_worth.with_prior(faces, "shuffled")] == [2, 0, 1]
    assert all(face.prior is None for face in prior_worth.with_prior(faces, "off"))


def test_rejects_pictures_without_faces(tmp_path, monkeypatch, capsys, fakes):
    data = label_folder(tmp_path / "set", [("12", 0), ("4", 50)], "action_units")
    code, _, err = run(monkeypatch, capsys, *flags(data))
    assert code == 2 and "needs two faces with landmarks" in err
