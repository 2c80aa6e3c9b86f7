"""``emola ask``."""

import json

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
    assert loaded == [("nano", {"device": "auto", "quantize": None})]


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
    assert loaded == [("here", {"device": "cpu", "quantize": None})]


def test_json_tells_what_was_given_from_what_the_model_wrote(loaded, photo, capsys, monkeypatch):
    monkeypatch.setattr(Chat, "reading", Reading("AU12 D.", "Happiness clear."))
    assert cli.main(["ask", photo(1), "Which emotion?", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["reading"] == {"given": "AU12 D.", "written": "Happiness clear."}
