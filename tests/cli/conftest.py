"""Fixtures: a fake model, photos, labelled pictures, and fetching without a network."""

import sys
from pathlib import Path

import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from cli_fakes import ANSWERS, Model

import emola
from emola import downloads
from emola.chat.batch import Completion
from emola.errors import CheckpointError


@pytest.fixture
def loaded(monkeypatch):
    """Replaces ``emola.load`` by the fake; lists the calls."""
    calls = []

    def load(name, **options):
        calls.append((name, options))
        if name == "broken":
            raise CheckpointError("The folder broken has no config.json:\n  is it a checkpoint?")
        return Model()

    def answer_batch(engine, faces, questions, *, max_new_tokens, adapter):
        return [Completion(ANSWERS[question], False) for question in questions]

    monkeypatch.setitem(vars(emola), "load", load)
    monkeypatch.setattr("emola.cli.models.fetch_groups", lambda groups: {})
    monkeypatch.setattr("emola.chat.batch.answer_batch", answer_batch)
    return calls


@pytest.fixture
def photo(tmp_path):
    """Returns a function that makes a picture with a number of faces."""

    def make(faces: int) -> str:
        file = tmp_path / f"{faces}.png"
        Image.new("L", (50, 50), faces).save(file)
        return str(file)

    return make


@pytest.fixture
def labelled(tmp_path):
    """Four labelled pictures with one, no, two and one faces."""
    folder = tmp_path / "faces"
    folder.mkdir()
    for number, (faces, emotion, units) in enumerate(
        [(1, "anger", "4+7"), (0, "anger", ""), (2, "fear", "1+4"), (1, "", "none")]
    ):
        Image.new("L", (30, 30), faces).save(folder / f"{number}.png")
        with (folder / "labels.csv").open("a") as table:
            table.write("image,emotion,action_units,subject\n" if number == 0 else "")
            table.write(f"{number}.png,{emotion},{units},S{number}\n")
    return folder


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Replaces every fetch by two reports of progress; lists the fetched files."""
    asked = []

    def path(name, progress=None):
        asked.append(name)
        for done in (10, 20):
            progress(name, done, 20)
        return tmp_path / name

    monkeypatch.setattr(downloads, "path", path)
    monkeypatch.setattr(downloads, "language_model_dir", lambda *_: tmp_path / "unpacked")
    return asked
