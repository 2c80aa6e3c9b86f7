"""``emola bench --asked`` with a fake model."""

import json
from contextlib import nullcontext

import pytest
from interviewed_model import InterviewedModel, answering, write_data_set

import emola
from emola import cli
from emola.bench import ProcessGroup
from emola.bench.asked.kinds import kinds
from emola.cli import asked, interviews


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setattr(emola, "load", lambda *args, **options: InterviewedModel())
    monkeypatch.setattr(asked, "load_model", lambda args: InterviewedModel())
    answer_batch = answering("Yes: AU12 is active, so the face looks happy.")
    monkeypatch.setattr(interviews, "answer_batch", answer_batch)
    return write_data_set(tmp_path / "set", [("happy", 90), ("sad", 90), ("happy", 90)])


def bench(data, *arguments):
    return cli.main(["bench", "--asked", "--data", str(data), *map(str, arguments)])


def test_writes_figures_report_and_answers(data, tmp_path, capsys):
    out = tmp_path / "out"
    assert bench(data, "--limit", 2, "--out", out) == 0
    assert "answers as asked" in capsys.readouterr().out
    figures = json.loads((out / "figures.json").read_text())
    assert (figures["n"], figures["no_face"], figures["skipped"]) == (2, 0, 0)
    assert figures["as_asked"]["n"] == 5 * len(kinds())
    assert figures["run"]["task"] == "asked" and figures["run"]["identity"] == figures["identity"]
    lines = (out / "answers.jsonl").read_text("utf-8").splitlines()
    assert {json.loads(line)["identity"] for line in lines} == {figures["identity"]}
    assert figures["identity"] in (out / "report.md").read_text("utf-8")


def test_judges_logged_answers_without_asking(data, tmp_path, monkeypatch, capsys):
    log = tmp_path / "answers.jsonl"
    assert bench(data, "--limit", 1, "--answers", log, "--json") == 0
    first = json.loads(capsys.readouterr().out)
    monkeypatch.setattr(interviews, "answer_batch", None)
    assert bench(data, "--limit", 1, "--from-answers", log, "--json") == 0
    assert json.loads(capsys.readouterr().out) == first
    assert bench(data, "--limit", 2, "--from-answers", log) == 2
    assert "has no answer to first/" in capsys.readouterr().err
    log.write_text("{}\n")
    assert bench(data, "--limit", 1, "--from-answers", log) == 2
    assert "is not a log of answers" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--asked --trust", "--asked cannot be combined with --trust."),
        ("--asked --task au", "--task cannot be combined with --asked."),
        ("--asked --lists 2", "--lists needs --trust."),
        ("--asked --parser published", "--asked reads answers strictly"),
        ("--asked --out a --json b", "--json cannot be combined with --out."),
        ("--trust --out a", "--out needs --asked."),
        ("--task au --from-answers a", "--from-answers needs --trust or --asked."),
    ],
)
def test_rejects_options_that_exclude_each_other(data, words, message, capsys):
    assert cli.main(["bench", "--data", str(data), *words.split()]) == 2
    assert message in capsys.readouterr().err


def test_rejects_several_processes(data, monkeypatch, capsys):
    monkeypatch.setattr(asked, "join_process_group", lambda: nullcontext(ProcessGroup(0, 2)))
    assert bench(data) == 2
    assert "runs in one process" in capsys.readouterr().err
