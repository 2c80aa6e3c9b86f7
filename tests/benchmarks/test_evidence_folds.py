"""Cross-validation of the evidence, on synthetic face tables and towers trained for one step."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import evidence_folds
from emola.faba import NANO_AUS

sys.path.insert(0, str(Path(__file__).parents[1] / "train" / "nano"))

from table_fakes import face_table, save_table

pytestmark = pytest.mark.slow


def run(monkeypatch, capsys, *flags):
    monkeypatch.setattr(sys, "argv", ["evidence_folds", *map(str, flags)])
    code = evidence_folds.main()
    return code, *capsys.readouterr()


@pytest.fixture
def flags(tmp_path):
    coded = save_table(tmp_path / "coded", face_table(48, people=24))
    everyday = save_table(tmp_path / "everyday", face_table(40, seed=1, prefix="w"))
    steps = ("--folds", 2, "--first-steps", 1, "--steps", 1, "--json")
    return ("--coded", coded, "--everyday", everyday, "--out", tmp_path / "folds", *steps)


def test_measures_only_people_outside_the_training_folds(monkeypatch, capsys, flags):
    folds = []
    original = evidence_folds.train_fold

    def record_fold(folder, args, coded, fold):
        folds.append((evidence_folds.FaceTable.load(folder / "coded"), fold))
        return original(folder, args, coded, fold)

    monkeypatch.setattr(evidence_folds, "train_fold", record_fold)
    code, out, _ = run(monkeypatch, capsys, *flags)
    assert code == 0
    figures = json.loads(out)
    assert set(figures["f1"]) == {str(au) for au in NANO_AUS}
    assert figures["mean_f1"] == pytest.approx(np.mean(list(figures["f1"].values())))
    assert sorted(np.concatenate([fold.images for _, fold in folds])) == sorted(
        face_table(48, people=24).images
    )
    assert all(not set(others.groups) & set(fold.groups) for others, fold in folds)
    monkeypatch.setattr(evidence_folds, "train_tower", None)  # finished folds are not trained again
    assert json.loads(run(monkeypatch, capsys, *flags)[1]) == figures


def test_rejects_too_few_people(monkeypatch, capsys, flags):
    code, _, err = run(monkeypatch, capsys, *flags, "--folds", 25)
    assert code == 2 and "24 people, too few for 25 folds" in err
