"""Runs that are cut short, resumed, or meet a log that is not theirs; the model is a function."""

import json

import pytest
from PIL import Image

from emola.bench import Answer, Run, answer_all, make_report
from emola.data.labels import LabelFolder
from emola.errors import DataError

EMOTION = Run("set", "emotion", "fake", "Which emotion?")
AU = Run("set", "au", "fake", "Which units?")
# Each picture is one grey level, so that the fake model below can tell them apart.
SAID = {
    10: Answer("The face looks happy, with a wide smile."),
    20: Answer("Anger: AU4 draws the brows down.", found=False),
    30: Answer("I cannot say."),
    40: Answer("This is surprise; AU1, AU2 and AU25 are active."),
}
ROWS = {10: "happiness,12+25", 20: "anger,4", 30: "fear,", 40: "happiness,1+2"}


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    for level in ROWS:
        Image.new("L", (20, 20), level).save(folder / f"{level}.png")
    rows = "".join(f"{level}.png,{row}\n" for level, row in ROWS.items())
    (folder / "labels.csv").write_text("image,emotion,action_units\n" + rows)
    return LabelFolder(folder)


class Model:
    def __init__(self, breaks_at: int | None = None) -> None:
        self.asked: list[int] = []
        self.breaks_at = breaks_at

    def __call__(self, picture: Image.Image) -> Answer:
        level = picture.getpixel((0, 0))[0]
        if level == self.breaks_at:
            raise KeyboardInterrupt
        self.asked.append(level)
        return SAID[level]


def test_figures_of_an_emotion_run(data):
    heard = []
    outcomes = answer_all(EMOTION, data, Model(), progress=lambda *step: heard.append(step))
    report = make_report(outcomes, "emotion")
    speed = report.pop("samples_per_second")
    assert speed is None or speed > 0
    assert report == {
        "n": 4,
        "accuracy": 0.5,
        "class_mean": 0.5,  # happiness 1 of 2, anger 1 of 1, fear 0 of 1
        "f1": round((2 / 3 + 1 + 0) / 3, 4),
        "per_au": {},
        "rouge_l": None,
        "rege": None,
        "no_face": 1,
    }
    assert heard == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_figures_of_a_unit_run(data):
    outcomes = answer_all(AU, data.labelled("au"), Model())
    report = make_report(outcomes, "au")
    assert report["n"] == 3
    assert report["accuracy"] is None
    assert report["per_au"] == {
        "1": {"f1": 1.0, "support": 1},
        "2": {"f1": 1.0, "support": 1},
        "4": {"f1": 1.0, "support": 1},
        "12": {"f1": 0.0, "support": 1},
        "25": {"f1": 0.0, "support": 1},
    }
    assert report["f1"] == 0.6
    chosen = make_report(outcomes, "au", [1, 12, 43])
    assert chosen["per_au"]["43"] == {"f1": None, "support": 0}
    assert chosen["f1"] == 0.5


def test_nothing_to_measure_is_said():
    with pytest.raises(DataError, match="'au'"):
        make_report([], "au")


def test_an_interrupted_run_goes_on(data, tmp_path):
    log = tmp_path / "new folder" / "answers.jsonl"
    first = Model(breaks_at=30)
    with pytest.raises(KeyboardInterrupt):
        answer_all(EMOTION, data, first, log)
    second = Model()
    outcomes = answer_all(EMOTION, data, second, log)
    assert (first.asked, second.asked) == ([10, 20], [30, 40])
    third = Model()
    assert answer_all(EMOTION, data, third, log) == outcomes
    assert third.asked == []
    assert [json.loads(line)["image"] for line in log.read_text().splitlines()] == [r.image for r in data]


def test_a_line_cut_short_by_a_kill_is_written_anew(data, tmp_path):
    log = tmp_path / "answers.jsonl"
    whole = answer_all(EMOTION, data, Model(), log)
    content = log.read_bytes()
    log.write_bytes(content[:-30])
    again = Model()
    assert [outcome.prediction for outcome in answer_all(EMOTION, data, again, log)] == [
        outcome.prediction for outcome in whole
    ]
    assert again.asked == [40]
    assert [json.loads(line)["image"] for line in log.read_text().splitlines()] == [r.image for r in data]


def test_a_larger_sample_keeps_the_answers_of_a_smaller_one(data, tmp_path):
    log = tmp_path / "answers.jsonl"
    answer_all(EMOTION, data[2:3], Model(), log)
    more = Model()
    outcomes = answer_all(EMOTION, data, more, log)
    assert more.asked == [10, 20, 40]
    assert [outcome.image for outcome in outcomes] == [record.image for record in data]


def test_a_log_that_is_not_of_this_run_is_left_alone(data, tmp_path):
    log = tmp_path / "answers.jsonl"
    answer_all(EMOTION, data[:1], Model(), log)
    before = log.read_bytes()
    other = Run("set", "emotion", "another", "Which feeling?")
    with pytest.raises(DataError, match="line 1 is of a run with another model and question"):
        answer_all(other, data, Model(), log)
    (data.path / "labels.csv").write_text("image,emotion\n10.png,fear\n")
    with pytest.raises(DataError, match=r"10\.png was happiness and is fear now"):
        answer_all(EMOTION, LabelFolder(data.path), Model(), log)
    assert log.read_bytes() == before
    for strange in (b"a letter to a friend\n", b"[1]\n", b'{"image": "10.png"}\n'):
        log.write_bytes(strange)
        with pytest.raises(DataError, match="line 1 is not an answer"):
            answer_all(EMOTION, data, Model(), log)
        assert log.read_bytes() == strange
    log.write_bytes(b"a note without an end of line")
    with pytest.raises(DataError, match="ends in something"):
        answer_all(EMOTION, data, Model(), log)
    assert log.read_bytes() == b"a note without an end of line"
    with pytest.raises(DataError, match="cannot be used"):
        answer_all(EMOTION, data, Model(), tmp_path)
