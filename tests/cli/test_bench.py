"""``emola bench`` with a fake model."""

import json
import re
from types import SimpleNamespace

import numpy as np
import pytest
from cli_fakes import Model
from PIL import Image

from emola import cli
from emola.chat.batch import Completion


def test_prints_emotion_figures_as_json(loaded, labelled, capsys):
    """A picture without a face is asked about as a whole and counted; unlabelled ones are excluded."""
    assert cli.main(["bench", "--data", str(labelled), "--task", "emotion", "--json"]) == 0
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert report.pop("samples_per_second") > 0
    identity, run = report.pop("identity"), report.pop("run")
    assert report == {
        "n": 3,
        "accuracy": pytest.approx(2 / 3),
        "class_mean": 0.5,
        "f1": pytest.approx(0.4),
        "per_au": {},
        "rouge_l": None,
        "rege": None,
        "no_face": 1,
        "skipped": 0,
    }
    assert run["identity"] == identity and len(identity) == 16
    assert (run["model"], run["parts"], run["dtype"]) == ("fake", Model().identity(), "float32")
    assert "no face was found in 1 of 3 pictures: the model was asked about the whole picture\n" in err


def test_writes_action_unit_figures_and_resumes(loaded, labelled, tmp_path, capsys, monkeypatch):
    out = tmp_path / "figures.json"
    command = ["bench", "--data", str(labelled), "--task", "au", "--json", str(out)]
    assert cli.main([*command, "--action-units", "1,4,12"]) == 0
    report = json.loads(out.read_text())
    assert report["per_au"] == {
        "1": {"f1": 0.0, "support": 1},
        "4": {"f1": pytest.approx(0.8), "support": 2},
        "12": {"f1": None, "support": 0},
    }
    assert report["f1"] == pytest.approx(0.4)
    printed = capsys.readouterr().out
    assert "AU4    f1 0.8  in 2 faces" in printed
    answers = (tmp_path / "figures.answers.jsonl").read_text().splitlines()
    assert [json.loads(line)["label"] for line in answers] == ["4, 7", "1, 4", ""]
    monkeypatch.setattr(Model, "look", None)  # no picture is answered twice
    assert cli.main([*command, "--action-units", "1,4,12"]) == 0
    assert json.loads(out.read_text()) == report


def test_skips_bad_pictures_and_reports_them(loaded, labelled, tmp_path, capsys):
    for number in range(4, 110):
        Image.new("L", (30, 30), 1).save(labelled / f"{number}.png")
    with (labelled / "labels.csv").open("a") as table:
        table.writelines(f"{number}.png,anger,4+7,S{number}\n" for number in range(4, 110))
    (labelled / "50.png").write_bytes(b"no picture")
    command = [
        "bench",
        "--data",
        str(labelled),
        "--task",
        "au",
        "--json",
        "--report",
        str(tmp_path / "report"),
    ]
    assert cli.main([*command, "--parser", "published", "--batch-size", "64"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["n"] == 108
    assert "skipped 50.png" in err
    assert "1 of 109 pictures were skipped" in err
    identity = json.loads(out)["identity"]
    assert json.loads(out)["skipped"] == 1
    for name in ("report.md", "report.html"):
        page = (tmp_path / "report" / name).read_text("utf-8")
        assert "50.png" in page
        assert identity in page and "0123" in page
        assert "Which action units are active in this face?" in page
        assert "at random" not in page and "held out" not in page
    assert cli.main([*command, "--held-out", "2", "--limit", "9", "--action-units", "4,12"]) == 0
    page = (tmp_path / "report" / "report.md").read_text("utf-8")
    assert "| people | one in 2, as held out from training |" in page
    assert "| pictures | 9 at random |" in page and "| scored | AU4, AU12 |" in page


def test_evaluates_the_published_model_on_its_published_input(loaded, tmp_path, capsys, monkeypatch):
    """The picture is neither cropped nor padded; the prior features come from the data set."""
    tree = tmp_path / "FABAInstruct" / "eval"
    (tree / "images").mkdir(parents=True)
    picture, features = Image.new("RGB", (40, 30), (9, 9, 9)), np.arange(212, dtype=np.float32)
    picture.save(tree / "images" / "a.png")
    np.save(tree / "a.npy", features)
    entry = {
        "image": "FABAInstruct/eval/images/a.png",
        "landmark": "FABAInstruct/eval/a.npy",
        "label": "1, 4",
        "gpt4": "AU4 is active.",
    }
    (tree / "eval_au_anno.json").write_text(json.dumps([entry]))
    asked = []

    def answer_batch(engine, faces, questions, *, max_new_tokens, adapter):
        asked.append((faces[0], *questions, adapter))
        return [Completion("AU4 is active.", False)]

    monkeypatch.setattr(Model, "processor", SimpleNamespace(prompt="vicuna_v1"))
    monkeypatch.setattr(Model, "prior", SimpleNamespace(dim=212))
    monkeypatch.setattr(Model, "adapters", ("emotion", "au"))
    monkeypatch.setattr("emola.chat.batch.answer_batch", answer_batch)
    assert cli.main(["bench", "--data", str(tmp_path), "--task", "au", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["f1"] == pytest.approx(0.5)
    assert figures["rege"] == pytest.approx(1.5)
    assert list(figures["per_au"]) == "1 2 4 5 6 10 12 17 24 25 26 43".split()
    ((face, question, adapter),) = asked
    assert (question, adapter) == ("What AUs are conveyed by this face?", "au")
    assert face.crop.size == (40, 30)
    assert np.array_equal(face.prior, features)


@pytest.mark.parametrize("flag", ["--json", "--answers"])
def test_rejects_unwritable_outputs_before_loading_the_model(loaded, labelled, tmp_path, capsys, flag):
    (tmp_path / "file").write_text("x")
    for path, reason in ((tmp_path, "a folder"), (tmp_path / "file" / "out", "Not a directory|File exists")):
        assert cli.main(["bench", "--data", str(labelled), "--task", "au", flag, str(path)]) == 2
        out, err = capsys.readouterr()
        assert out == "" and err.count("\n") == 1
        assert re.search(rf"cannot be written to {path}.*({reason})", err)
    assert loaded == []


def test_selects_samples_and_held_out_people(loaded, labelled, capsys):
    from emola.data.hold_out import is_held_out

    command = ["bench", "--data", str(labelled), "--task", "emotion", "--json"]
    assert cli.main([*command, "--limit", "2", "--seed", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["n"] == 2
    held_out = [subject for subject in ("S0", "S1", "S2") if is_held_out(subject, 2)]
    assert 0 < len(held_out) < 3
    assert cli.main([*command, "--held-out", "2"]) == 0
    assert json.loads(capsys.readouterr().out)["n"] == len(held_out)
    assert cli.main([*command, "--held-out", "1000003"]) == 2
    assert "no matching picture" in capsys.readouterr().err


def test_rejects_features_that_the_model_does_not_read(loaded, labelled, tmp_path, capsys):
    """Regression: --features was ignored for EmoLA-Nano."""
    folder = tmp_path / "features"
    folder.mkdir()
    command = ["bench", "--data", str(labelled), "--task", "emotion", "--features", str(folder)]
    assert cli.main(command) == 2
    out, err = capsys.readouterr()
    assert out == "" and "fake does not read landmark features: leave --features out." in err
