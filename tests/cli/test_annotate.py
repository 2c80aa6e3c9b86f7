"""``emola annotate`` with a fake model."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from cli_fakes import Model
from PIL import Image

import emola
from emola import cli
from emola.chat.batch import Completion


@pytest.fixture
def model(monkeypatch):
    """A fake model whose ``asked`` lists the size of each batch."""
    loaded = Model()
    loaded.visibility = SimpleNamespace(clear=False, as_dict=lambda: {"clear": False})
    loaded.asked = []

    def answer_batch(engine, faces, questions, **options):
        loaded.asked.append(len(faces))
        return [Completion("AU4 and AU7 are active.", False) for _ in faces]

    monkeypatch.setitem(vars(emola), "load", lambda name, **options: loaded)
    monkeypatch.setattr("emola.chat.batch.answer_batch", answer_batch)
    return loaded


@pytest.fixture
def folder(tmp_path):
    """Pictures with one, no, two and one faces."""
    folder = tmp_path / "faces"
    folder.mkdir()
    for number, faces in enumerate((1, 0, 2, 1)):
        Image.new("L", (30, 30 + number), faces).save(folder / f"{number}.png")
    return folder


def annotate(*arguments):
    return cli.main(["annotate", *map(str, arguments), "--task", "au"])


def rows(out):
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def test_writes_a_row_for_each_picture(model, folder, tmp_path, capsys):
    out = tmp_path / "new" / "answers.jsonl"
    assert annotate(folder, folder / "1.png", "--out", out, "--batch-size", 3) == 0
    printed, err = capsys.readouterr()
    assert printed == f"{out}\n"
    assert "no face was found in 1 of 4 pictures: nothing was asked about them\n" in err
    assert "1 picture shows several faces: the largest is described\n" in err
    lines = rows(out)
    assert [line["id"] for line in lines] == ["0.png", "1.png", "2.png", "3.png"]
    assert [line["found"] for line in lines] == [True, False, True, True]
    assert [line["faces"] for line in lines] == [1, 0, 2, 1]
    assert lines[2]["face"]["box"] == [1.0, 2.0, 30.2, 40.0], "the first face of look() is the largest"
    assert lines[2]["face"]["visibility"] == {"clear": False}
    assert (lines[0]["prediction"], lines[0]["action_units"]) == ("AU4 and AU7 are active.", [4, 7])
    assert set(lines[0]["versions"]) == {"emola", "torch", "transformers"}
    assert lines[0]["parts"] == {"weights": "0123", "prior expert": "4567"}
    assert len({line["identity"] for line in lines}) == 1
    summary = json.loads((tmp_path / "new" / "answers.summary.json").read_text())
    assert summary["identity"] == lines[0]["identity"]
    assert (summary["pictures"], summary["answered"], summary["no_face"]) == (4, 3, 1)
    assert summary["skipped"] == summary["other_files"] == {}


def test_asks_nothing_about_a_picture_without_a_face(model, folder, tmp_path):
    out = tmp_path / "answers.jsonl"
    assert annotate(folder, "--out", out, "--batch-size", 1) == 0
    assert model.asked == [1, 1, 1]
    line = rows(out)[1]
    assert line["prediction"] is line["action_units"] is line["face"] is None
    assert line["unanswered"] == "No face was found."


def test_resumes_after_the_folder_has_moved(model, folder, tmp_path, capsys, monkeypatch):
    """Guards against asking again because a path is spelled differently."""
    out = tmp_path / "answers.jsonl"
    assert annotate(folder, "--out", out) == 0
    before, looks = out.read_bytes(), model.looks
    monkeypatch.chdir(tmp_path)
    for spelling in ("faces", "./faces/", f"../{tmp_path.name}/faces", folder):
        assert annotate(spelling, "--out", out) == 0
    folder.rename(tmp_path / "moved")
    assert annotate("moved", "--out", out) == 0
    assert (out.read_bytes(), model.looks) == (before, looks), "no picture is answered twice"
    capsys.readouterr()
    Image.new("L", (30, 30), 3).save(tmp_path / "moved" / "2.png")
    assert annotate("moved", "--out", out) == 2
    assert "2.png is another picture than the one answered" in capsys.readouterr().err
    (tmp_path / "more").mkdir()
    Image.new("L", (31, 30), 1).save(tmp_path / "more" / "x.png")
    assert annotate("moved", "more", "--out", out) == 2
    assert "has the answer about moved/0.png under the name 0.png" in capsys.readouterr().err
    assert out.read_bytes() == before


def test_rejects_answers_of_another_run_with_the_reason(model, folder, tmp_path, capsys):
    out = tmp_path / "answers.jsonl"
    assert annotate(folder, "--out", out, "--max-new-tokens", 9) == 0
    before = out.read_bytes()
    capsys.readouterr()
    assert annotate(folder, "--out", out, "--max-new-tokens", 8) == 2
    assert "it differs in max_new_tokens; use another file" in capsys.readouterr().err
    model.weights = "89ab"
    assert annotate(folder, "--out", out, "--max-new-tokens", 9) == 2
    assert "it differs in weights; use another file" in capsys.readouterr().err
    assert out.read_bytes() == before


@pytest.fixture
def damaged(folder):
    """The folder with two unreadable pictures, one of which has a valid header, and other files."""
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    noise[0, 0] = 1
    Image.fromarray(noise).save(folder / "4.jpg")
    (folder / "4.jpg").write_bytes((folder / "4.jpg").read_bytes()[:9000])
    (folder / "5.png").write_text("no picture")
    (folder / "._0.png").write_bytes(b"metadata of macOS")
    for name in ("notes.txt", "table.txt", "film.mp4"):
        (folder / name).write_text("x")
    return folder


def test_lists_all_bad_pictures_before_the_first_question(model, damaged, tmp_path, capsys):
    out = tmp_path / "answers.jsonl"
    assert annotate(damaged, "--out", out) == 2
    printed, err = capsys.readouterr()
    *_, line = err.splitlines()
    assert printed == "" and not out.exists() and model.looks == 0
    assert line.startswith("emola: 2 of 6 pictures cannot be read; repair or remove them, or skip them with")
    assert "4.jpg: is damaged" in line and "5.png: is" in line and "._0" not in line


def test_skips_bad_pictures_on_request(model, damaged, tmp_path, capsys):
    out = damaged / "answers.jsonl"
    for _ in "twice":
        assert annotate(damaged, "--out", out, "--skip-bad") == 0
        err = capsys.readouterr().err
        assert "emola: 2 pictures skipped: 4.jpg: is damaged" in err
        assert "emola: 3 files skipped, not pictures: 2 .txt, 1 .mp4\n" in err
    assert [line["id"] for line in rows(out)] == ["0.png", "1.png", "2.png", "3.png"]
    summary = json.loads((damaged / "answers.summary.json").read_text())
    assert (summary["pictures"], summary["answered"], summary["no_face"]) == (6, 3, 1)
    assert list(summary["skipped"]) == ["4.jpg", "5.png"]
    assert summary["other_files"] == {".txt": 2, ".mp4": 1}
    for name in ("0.png", "1.png", "2.png", "3.png"):
        (damaged / name).unlink()
    assert annotate(damaged, "--out", out, "--skip-bad") == 2
    assert "None of 2 pictures can be read: 4.jpg" in capsys.readouterr().err


def test_skips_a_picture_that_breaks_during_the_run(model, folder, tmp_path, capsys):
    look = model.look

    def breaking_look(picture):
        (folder / "3.png").write_bytes(b"overwritten")
        return look(picture)

    model.look = breaking_look
    out = tmp_path / "answers.jsonl"
    assert annotate(folder, "--out", out, "--batch-size", 1) == 0
    assert [line["id"] for line in rows(out)] == ["0.png", "1.png", "2.png"]
    assert "1 picture skipped: 3.png: The picture" in capsys.readouterr().err
    assert list(json.loads((tmp_path / "answers.summary.json").read_text())["skipped"]) == ["3.png"]


def test_rejects_an_unwritable_output_before_the_work(model, folder, tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    for path, reason in ((tmp_path, "which is a folder: name a file"), (tmp_path / "file" / "out", "")):
        assert annotate(folder, "--out", path) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        assert f"The answers cannot be written to {path}" in err and reason in err
    assert model.looks == 0


def test_rejects_a_folder_without_pictures(model, tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("no picture")
    assert annotate(tmp_path, "--out", tmp_path / "x") == 2
    assert "holds no pictures among 1 files" in capsys.readouterr().err
