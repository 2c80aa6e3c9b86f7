"""``emola ask``."""

import json

import pytest
from cli_fakes import ANSWERS, Chat

from emola import cli
from emola.chat import Reading
from emola.face import MAX_FACES


def test_prints_the_conversation(loaded, photo, capsys):
    assert cli.main(["ask", photo(2), "Which emotion?", "Is AU12 active?"]) == 0
    out, err = capsys.readouterr()
    assert out == (
        "> Which emotion?\nThe face looks happy, and slightly surprised.\n"
        "> Is AU12 active?\nYes, AU12 is active; AU4 is not.\n"
    )
    assert err == "emola: 2 faces; asking about the largest.\n"
    assert loaded == [("nano", {"device": "auto", "dtype": "auto", "quantize": None, "servers": ()})]


def test_reports_that_the_face_limit_was_reached(loaded, photo, capsys):
    assert cli.main(["ask", photo(MAX_FACES), "Which emotion?"]) == 0
    assert capsys.readouterr().err == f"emola: {MAX_FACES} or more faces; asking about the largest.\n"


def test_prints_json(loaded, photo, capsys):
    command = [
        "ask",
        photo(1),
        "Which emotion?",
        "Is AU12 active?",
        "--json",
        "--model",
        "here",
        "--device",
        "cpu",
        "--dtype",
        "float32",
    ]
    assert cli.main(command) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == {
        "model": "fake",
        "faces": [{"box": [1.0, 2.0, 30.2, 40.0], "visibility": None, "landmarks": [[1.5, 2.0], [3.0, 4.0]]}],
        "reading": None,
        "turns": [
            {
                "question": "Which emotion?",
                "answer": ANSWERS["Which emotion?"],
                "action_units": [],
                "emotion": "happiness",
            },
            {
                "question": "Is AU12 active?",
                "answer": ANSWERS["Is AU12 active?"],
                "action_units": [12],
                "emotion": None,
            },
        ],
    }
    assert err == ""
    assert loaded == [("here", {"device": "cpu", "dtype": "float32", "quantize": None, "servers": ()})]


def test_json_tells_what_was_given_from_what_the_model_wrote(loaded, photo, capsys, monkeypatch):
    monkeypatch.setattr(Chat, "reading", Reading("AU12 D.", "Happiness clear."))
    assert cli.main(["ask", photo(1), "Which emotion?", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["reading"] == {"given": "AU12 D.", "written": "Happiness clear."}


def test_asks_vllm_servers(loaded, photo, capsys):
    engine = ["--engine", "vllm", "--engine-url", "http://127.0.0.1:8000/v1", "--engine-url", "http://b:1"]
    assert cli.main(["ask", *engine, photo(1), "Which emotion?"]) == 0
    assert loaded[0][1]["servers"] == ("http://127.0.0.1:8000", "http://b:1")


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--engine", "vllm"], "needs the address of a server; give --engine-url"),
        (["--engine-url", "http://a:1"], "--engine-url is for --engine vllm"),
        (["--engine", "vllm", "--engine-url", "http://a:1", "--quantize", "nf4"], "--quantize has no effect"),
    ],
)
def test_flags_of_the_engine_that_contradict_each_other(flags, sentence, loaded, photo, capsys):
    assert cli.main(["ask", *flags, photo(1), "Which emotion?"]) == 2
    assert sentence in capsys.readouterr().err
    assert loaded == []


def test_a_key_in_an_address_is_refused(loaded, photo, capsys):
    """Guards against keys that every user of the machine sees in the list of processes."""
    with pytest.raises(SystemExit):
        cli.main(["ask", photo(1), "Why?", "--engine", "vllm", "--engine-url", "http://:secret@a:1"])
    assert "is not the address of a server" in capsys.readouterr().err
