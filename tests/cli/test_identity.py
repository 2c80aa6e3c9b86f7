"""Answers belong to one checkpoint; a run with another checkpoint is rejected with the reason."""

import json
import shutil

import pytest
import tiny_models as tiny
from PIL import Image
from safetensors.torch import load_file, save_file

from emola import cli
from emola.face.prior import PRIOR_DIM

pytestmark = pytest.mark.slow

PICTURES = 3


@pytest.fixture
def checkpoints(tmp_path):
    """A checkpoint and copies with a changed weight and a changed adapter, all with the same title."""
    config = tiny.resnet_config(prior_dim=PRIOR_DIM, title="EmoLA-Tiny")
    original = tiny.save_checkpoint(tmp_path / "original", config, ("tiny",))
    tuned, adapted = (shutil.copytree(original, tmp_path / name) for name in ("tuned", "adapted"))
    for folder, file in ((tuned, "model.safetensors"), (adapted, "adapters/tiny/adapter_model.safetensors")):
        weights = load_file(folder / file)
        name = next(name for name in weights if "language_model" in name and weights[name].ndim == 2)
        weights[name][0, 0] += 5
        save_file(weights, folder / file, {"format": "pt"})
    return {"original": original, "tuned": tuned, "adapted": adapted}


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "faces"
    folder.mkdir()
    for number in range(PICTURES):
        tiny.face_picture(number).save(folder / f"{number}.png")
    rows = "".join(f"{number}.png,anger\n" for number in range(PICTURES))
    (folder / "labels.csv").write_text(f"image,emotion\n{rows}")
    return folder


def bench(model, data, out):
    arguments = [
        "bench",
        "--data",
        data,
        "--task",
        "emotion",
        "--model",
        model,
        "--device",
        "cpu",
        "--json",
        out,
    ]
    return cli.main([*map(str, arguments), "--max-new-tokens", "4"])


@pytest.mark.network
def test_rejects_the_answers_of_another_checkpoint(checkpoints, data, tmp_path, capsys):
    """Regression: models were identified by title, so all three got the figures of the first."""
    out = tmp_path / "figures.json"
    assert bench(checkpoints["original"], data, out) == 0
    figures, answers = out.read_bytes(), (tmp_path / "figures.answers.jsonl").read_bytes()
    for name, part in (("tuned", "weights"), ("adapted", "adapters")):
        capsys.readouterr()
        assert bench(checkpoints[name], data, out) == 2
        printed, err = capsys.readouterr()
        assert printed == "" and err.splitlines()[-1].endswith(f"it differs in {part}; use another file.")
        assert (out.read_bytes(), (tmp_path / "figures.answers.jsonl").read_bytes()) == (figures, answers)
    moved = checkpoints["original"].rename(tmp_path / "renamed")
    assert bench(moved, data, out) == 0, "the same checkpoint in another folder resumes"
    assert (tmp_path / "figures.answers.jsonl").read_bytes() == answers


@pytest.mark.network
def test_checkpoints_have_distinct_identities(checkpoints, data, tmp_path, capsys):
    runs = {}
    for name, folder in checkpoints.items():
        assert bench(folder, data, tmp_path / f"{name}.json") == 0
        runs[name] = json.loads((tmp_path / f"{name}.json").read_text())
        lines = (tmp_path / f"{name}.answers.jsonl").read_text().splitlines()
        assert {json.loads(line)["identity"] for line in lines} == {runs[name]["identity"]}
        capsys.readouterr()
        command = ["score", str(tmp_path / f"{name}.answers.jsonl"), "--task", "emotion", "--json"]
        assert cli.main(command) == 0
        assert json.loads(capsys.readouterr().out)["identity"] == runs[name]["identity"]
    assert len({run["identity"] for run in runs.values()}) == 3
    assert {run["run"]["model"] for run in runs.values()} == {"EmoLA-Tiny"}
    parts = {name: run["run"]["parts"] for name, run in runs.items()}
    for name, part in (("tuned", "weights"), ("adapted", "adapters")):
        changed = [key for key in parts["original"] if parts[name][key] != parts["original"][key]]
        assert changed == [part]


@pytest.mark.network
def test_prior_features_of_the_data_set_are_part_of_the_identity(tmp_path, capsys):
    """The features come from the data set, so the landmark network is not needed."""
    import numpy as np

    config = tiny.resnet_config(prior_dim=212, prior_expert="insightface-2d106")
    model = tiny.save_checkpoint(tmp_path / "model", config)
    tree = tmp_path / "FABAInstruct" / "eval"
    (tree / "images").mkdir(parents=True)
    entries = []
    for number in range(2):
        Image.new("RGB", (40, 30), (number, 9, 9)).save(tree / "images" / f"{number}.png")
        np.save(tree / f"{number}.npy", np.full(212, number, np.float32))
        names = {
            "image": f"FABAInstruct/eval/images/{number}.png",
            "landmark": f"FABAInstruct/eval/{number}.npy",
        }
        entries.append({**names, "label": "Anger", "gpt4": "An angry face."})
    for name in ("emotion", "au"):
        (tree / f"eval_{name}_anno.json").write_text(json.dumps(entries))
    out = tmp_path / "figures.json"
    assert bench(model, tree.parent, out) == 0
    assert "prior features" in json.loads(out.read_text())["run"]["parts"]
    np.save(tree / "1.npy", np.full(212, 7, np.float32))
    capsys.readouterr()
    assert bench(model, tree.parent, out) == 2
    assert "it differs in prior features; use another file" in capsys.readouterr().err
