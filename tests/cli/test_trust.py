"""``emola bench --trust`` with a fake model."""

import json
from contextlib import nullcontext

import pytest
from interviewed_model import InterviewedModel, answering, make_face, write_data_set
from PIL import Image

import emola
from emola import cli
from emola.bench import ProcessGroup
from emola.cli import interviews, trust
from emola.data import Record, open_dataset

answer_batch = answering("Yes, AU12 is clearly active: happiness.")


def answer_branches(engine, face, history, questions, *, size, **options):
    return answer_batch(engine, [face] * len(questions), questions, history=[history], **options)


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setattr(emola, "load", lambda *args, **options: InterviewedModel())
    monkeypatch.setattr(trust, "load_model", lambda args: InterviewedModel())
    monkeypatch.setattr(interviews, "answer_batch", answer_batch)
    monkeypatch.setattr(interviews, "answer_branches", answer_branches)
    return write_data_set(tmp_path / "set", [("happy", 200), ("sad", 90), ("happy", 0)])


def bench(data, *arguments):
    return cli.main(["bench", "--trust", "--data", str(data), *map(str, arguments)])


def test_writes_figures_report_and_answers(data, tmp_path, capsys):
    out = tmp_path / "trust.json"
    assert bench(data, "--json", out, "--report", tmp_path / "report") == 0
    printed = capsys.readouterr().out
    assert "questions to decline that were declined" in printed and "no_face              1" in printed
    figures = json.loads(out.read_text())
    assert (figures["n"], figures["no_face"], figures["skipped"]) == (3, 1, 0)
    assert figures["slices"]["all"]["all faces"]["share"] == pytest.approx(2 / 3)
    assert figures["run"]["task"] == "trust" and figures["run"]["identity"] == figures["identity"]
    lines = (tmp_path / "trust.answers.jsonl").read_text("utf-8").splitlines()
    assert {json.loads(line)["identity"] for line in lines} == {figures["identity"]}
    markdown = (tmp_path / "report" / "report.md").read_text("utf-8")
    for heading in ("Agreement with the list", '"Why?" about units', "Questions to decline", "Fairness"):
        assert f"## {heading}" in markdown
    assert figures["identity"] in markdown
    assert "<table>" in (tmp_path / "report" / "report.html").read_text("utf-8")


def test_prints_json(data, capsys):
    assert bench(data, "--limit", 1, "--json") == 0
    assert json.loads(capsys.readouterr().out)["n"] == 1


def test_more_lists_change_only_the_evidence(data, capsys):
    figures = []
    for flags in ((), ("--lists", 9)):
        assert bench(data, "--limit", 1, "--json", *flags) == 0
        figures.append(json.loads(capsys.readouterr().out))
    assert figures[1].pop("evidence")["faces"] == 2 and figures[0].pop("evidence")["faces"] <= 1
    assert figures[0] == figures[1]


def test_rejects_answers_of_another_model(data, tmp_path, monkeypatch, capsys):
    out = tmp_path / "trust.json"
    assert bench(data, "--limit", 1, "--json", out) == 0
    monkeypatch.setattr(InterviewedModel, "weights", "8901")
    assert bench(data, "--limit", 1, "--json", out) == 2
    assert "it differs in weights; use another file" in capsys.readouterr().err


def test_measures_logged_answers_without_asking(data, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(trust, "load_model", None)
    monkeypatch.setattr(
        trust, "FaceLandmarker", lambda: type("FakeLandmarker", (), {"detect": InterviewedModel().look})()
    )
    answers = tmp_path / "answers.jsonl"
    texts = ("This face looks clearly happy.", "Sad, perhaps.", "This face looks clearly happy. It")
    ids = [record.id for record in open_dataset(data, "emotion")]
    lines = [
        json.dumps({"id": name, "label": label, "prediction": text, "cut": text.endswith("It")})
        for name, label, text in zip(ids, ("happiness", "sadness", "happiness"), texts, strict=True)
    ]
    answers.write_text("\n".join(lines))
    assert bench(data, "--from-answers", answers, "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["faults"]["any"], figures["faults"]["n"]) == (1, 3)
    assert figures["slices"]["all"]["all faces"]["share"] == 1
    assert "declined" not in figures and figures["run"] is None
    answers.write_text("\n".join(lines[1:]))
    assert bench(data, "--from-answers", answers) == 2
    assert f"no answer about 1 of 3 pictures, such as {ids[0]}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--trust --task emotion", "--task cannot be combined with --trust."),
        ("--trust --question Why?", "--question cannot be combined with --trust."),
        ("--trust --features .", "--features cannot be combined with --trust."),
        ("--trust --parser published", "--trust reads answers strictly"),
        ("--trust --from-answers a --lists 2", "leave --lists and --answers out"),
        ("--task emotion --lists 2", "--lists needs --trust."),
        ("", "Give --task emotion, --task au, --trust or --asked."),
    ],
)
def test_rejects_options_that_exclude_each_other(data, words, message, capsys):
    assert cli.main(["bench", "--data", str(data), *words.split()]) == 2
    assert message in capsys.readouterr().err


def test_rejects_several_processes(data, monkeypatch, capsys):
    monkeypatch.setattr(trust, "join_process_group", lambda: nullcontext(ProcessGroup(0, 2)))
    assert bench(data) == 2
    assert "runs in one process" in capsys.readouterr().err


def test_measures_brightness_pose_and_size_of_a_face():
    """Brightness is measured inside the box only."""
    picture = Image.new("RGB", (100, 80))
    picture.paste((200, 200, 200), (10, 10, 60, 60))
    record = Record("a", image=None, emotion="fear")
    subject = interviews.subject_of(record, picture, make_face(yaw=-20), InterviewedModel().evidence)
    assert (subject.brightness, subject.yaw, subject.side, subject.found, subject.label) == (
        200,
        20,
        50,
        True,
        "fear",
    )
    assert subject.clear(active=True) == [12]
    without_face = interviews.subject_of(record, picture, None, InterviewedModel().evidence)
    assert (
        without_face.found,
        without_face.evidence,
        without_face.yaw,
        without_face.side,
    ) == (False, None, None, None)
    assert interviews._brightness(picture, (-50, -50, -10, -10)) == 0  # a box outside the picture
