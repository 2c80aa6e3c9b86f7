"""The comparison of EmoLA with other networks, from pictures to figures, with fakes for every model."""

import json
import sys

import numpy as np
import pytest
from baseline_fakes import RedLandmarker, answer_file, blendshapes, label_folder

from benchmarks.baselines import __main__ as command
from benchmarks.baselines import emotions, faces, units
from benchmarks.baselines.networks import NETWORKS
from benchmarks.baselines.tables import EMOLA
from emola.bench import Outcome, RunResult
from emola.bench.metrics import UnitScore
from emola.cli import inference
from emola.data import Record
from emola.data.hold_out import is_held_out
from emola.errors import DataError
from emola.faba import NANO_AUS
from emola.face.evidence import AUEstimate

OUT, IN = (next(name for name in "abcdefgh" if is_held_out(name, 2) is out) for out in (True, False))
"""People inside and outside a held-out split of one in two."""


def run(monkeypatch, capsys, *flags):
    monkeypatch.setattr(sys, "argv", ["baselines", *map(str, flags)])
    code = command.main()
    return code, *capsys.readouterr()


# -- emotions ------------------------------------------------------------------------------------


def test_emotion_figures():
    labels = ["fear", "fear", "fear", "anger"]
    figures = emotions.emotion_figures(labels, ["fear", None, "anger", "anger"], blind=1)
    assert figures == {
        "accuracy": 0.5,
        "class_mean": pytest.approx((1 / 3 + 1) / 2),
        "recall": {"anger": 1.0, "fear": pytest.approx(1 / 3)},
        "no_landmarks": 1,
    }


@pytest.fixture
def fakes(monkeypatch):
    """Replace the landmarker and the networks; each network always predicts the same emotion."""
    monkeypatch.setattr(faces, "FaceLandmarker", RedLandmarker)
    monkeypatch.setattr(emotions, "fetch", lambda file: file.name)
    monkeypatch.setattr(emotions, "interpreter", lambda path: lambda pixels: np.eye(7)[3])


def test_emotions_end_to_end(tmp_path, monkeypatch, capsys, fakes):
    data = label_folder(
        tmp_path / "set",
        [("happy", OUT, 200), ("sad", OUT, 200), ("sad", IN, 200), ("happy", OUT, 0)],
        "emotion,subject",
    )
    kept = answer_file(
        tmp_path / "kept.jsonl",
        "emotion",
        [(0, "happiness", "Happiness.", True), (1, "sadness", "I see no face.", True),
         (3, "happiness", "This is sadness.", False)],
    )  # fmt: skip
    flags = ("--data", data, "--held-out", 2, "--nano", kept, "--json")
    code, out, _ = run(monkeypatch, capsys, *flags, tmp_path / "out.json")
    assert code == 0
    assert out.splitlines() == [
        "set, one in 2 people: 3 faces",
        "",
        "|  | accuracy | class mean | happiness | sadness | without landmarks |",
        "| --- | --- | --- | --- | --- | --- |",
        "| EmoLA's words | 0.333 | 0.250 | 0.500 | 0.000 | 1 |",
        "| fer 25.10.3 | 0.667 | 0.500 | 1.000 | 0.000 | 1 |",
        "| facex 1.1.0 | 0.667 | 0.500 | 1.000 | 0.000 | 1 |",
        "",
        *(f"- {network.name}: {network.file.licence}" for network in NETWORKS),
    ]
    figures = json.loads((tmp_path / "out.json").read_text())
    assert figures["n"] == 3
    assert figures["readers"]["fer 25.10.3"]["accuracy"] == pytest.approx(2 / 3)
    assert set(figures["licences"]) == {network.name for network in NETWORKS}
    code, out, _ = run(monkeypatch, capsys, *flags)
    assert json.loads(out) == figures


def test_rejects_answers_about_other_faces(tmp_path, monkeypatch, capsys, fakes):
    data = label_folder(tmp_path / "set", [("happy", 200), ("sad", 200)], "emotion")
    kept = answer_file(tmp_path / "kept.jsonl", "emotion", [(0, "happiness", "Happiness.", True)])
    code, out, err = run(monkeypatch, capsys, "--data", data, "--nano", kept)
    assert (code, out) == (2, "")
    assert "no answer about 1 of 2 faces, such as 1.png" in err


def test_asks_emola_as_bench_does(tmp_path, monkeypatch, capsys, fakes):
    """The answers are saved beside the figures, so that an interrupted run can resume."""
    asked = []

    def answer_records(args, name, records, log, group, data):
        asked.append(
            (args.model, args.device, args.quantize, args.question, args.max_new_tokens, log, group.size)
        )
        outcomes = [Outcome(record.id, "Sadness.", label=record.emotion) for record in records]
        return None, RunResult(outcomes, {})

    monkeypatch.setattr(inference, "answer_records", answer_records)
    data = label_folder(tmp_path / "set", [("sad", 200), ("happy", 200)], "emotion")
    out = tmp_path / "out.json"
    code, _, _ = run(monkeypatch, capsys, "--data", data, "--model", "other", "--json", out)
    assert code == 0
    assert asked == [("other", "auto", None, None, 512, tmp_path / "out.answers.jsonl", 1)]
    figures = json.loads(out.read_text())
    assert figures["readers"][EMOLA]["recall"] == {"happiness": 0.0, "sadness": 1.0}
    assert figures["answers"] == "other"


def test_rejects_an_answer_with_another_label():
    record = Record("a", image=None, emotion="fear")
    outcome = Outcome("a", "Anger.", label="anger")
    with pytest.raises(DataError, match=r"answers\.jsonl has no answer about 1 of 1 faces"):
        faces.matched([record], [outcome], "emotion", "answers.jsonl")
    more = [Outcome("a", "Anger.", label="fear"), Outcome("b", "Fear.", label="fear")]
    assert faces.matched([record], more, "emotion", "answers.jsonl")["a"] is more[0]


# -- action units --------------------------------------------------------------------------------


def test_every_unit_has_a_blendshape():
    assert tuple(units.OWN_BLENDSHAPE) == NANO_AUS
    assert set(units.OWN_BLENDSHAPE.values()) <= set(units.EVERY_BLENDSHAPE)
    for name in units.EVERY_BLENDSHAPE:  # exists, with or without sides
        assert units.strength(blendshapes(), name) == 0


@pytest.mark.parametrize(
    ("values", "active", "f1", "expected"),
    [
        ([0.1, 0.2, 0.6, 0.8], [0, 0, 1, 1], 1.0, 0.4),  # halfway between the classes
        ([0.1, 0.2, 0.6, 0.8], [1, 1, 1, 1], 1.0, 0.1),  # every face is active
        ([0.5, 0.5, 0.5], [1, 0, 0], 0.5, 0.5),  # a constant blendshape: every face is active
        ([0.1, 0.3, 0.5, 0.7], [1, 0, 0, 1], 2 / 3, 0.6),  # ties with 0.1: the higher threshold wins
    ],
)
def test_threshold_maximises_f1(values, active, f1, expected):
    assert units.threshold(values, [bool(label) for label in active]) == pytest.approx((f1, expected))


def coded(*faces):
    """Return records and blendshapes of faces given as (units, uncoded units, moved blendshapes)."""
    return [
        (Record(str(i), image=None, action_units=active, uncoded=unknown), blendshapes(**moved))
        for i, (active, unknown, moved) in enumerate(faces)
    ]


def test_tuning_chooses_the_most_predictive_blendshape():
    faces = coded(
        ((12,), (), {"jawOpen": 0.9, "mouthSmileLeft": 0.8, "mouthSmileRight": 0.4}),
        ((12,), (), {"jawOpen": 0.1, "mouthSmileLeft": 0.6, "mouthSmileRight": 0.8}),
        ((), (), {"jawOpen": 0.5, "mouthSmileLeft": 0.9}),
    )
    assert units.tuned(12, ["jawOpen", "mouthSmile*"], faces) == ("mouthSmile*", pytest.approx(0.525))
    assert units.tuned(12, ["jawOpen"], faces) == ("jawOpen", pytest.approx(0.1))
    assert units.tuned(12, ["jawOpen", "jaw*"], faces).blendshape == "jawOpen"  # a tie: the first wins
    assert units.tuned(6, ["jawOpen"], faces) == ("jawOpen", None)  # no positive example


def test_tuning_ignores_uncoded_faces():
    """Counting the third face, whose AU25 is uncoded, would raise the threshold."""
    faces = coded(((), (), {"jawOpen": 0.2}), ((25,), (), {"jawOpen": 0.6}), ((), (25,), {"jawOpen": 0.5}))
    assert units.tuned(25, ["jawOpen"], faces).threshold == pytest.approx(0.4)


def test_a_unit_is_active_at_or_above_its_threshold():
    """Left and right are averaged; a unit without a threshold is never active."""
    rules = {
        12: units.Rule("mouthSmile*", 0.5),
        25: units.Rule("jawOpen", 0.3),
        26: units.Rule("jawOpen", None),
    }
    shapes = blendshapes(mouthSmileLeft=0.75, mouthSmileRight=0.25, jawOpen=0.29)
    assert units.over(rules, shapes) == {12}
    assert units.over(rules, {}) == set()


def test_mean_covers_units_with_enough_faces():
    scores = {1: UnitScore(0.8, 5, 1.0), 2: UnitScore(0.6, 9, 1.0), 4: UnitScore(0.0, 4, 1.0)}
    figures = units.unit_figures(scores)
    assert (figures["f1"], figures["units_in_mean"]) == (pytest.approx(0.7), 2)
    assert figures["per_au"]["4"] == {"f1": 0.0, "support": 4}
    assert units.unit_figures({4: scores[4]})["f1"] is None


class Nano:
    """A model whose evidence says AU25 for every face."""

    def evidence(self, face):
        return {code: AUEstimate(0.5, 0.5, code == 25, None, None) for code in NANO_AUS}


def test_units_end_to_end(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(faces, "FaceLandmarker", RedLandmarker)
    monkeypatch.setattr(units, "load", lambda name: Nano())
    others = [("25+26", IN, 204), ("none", IN, 102), ("25", IN, 0)]  # no landmarks: not used for tuning
    held = [("25", OUT, 204)] * 5 + [("none", OUT, 204), ("1", OUT, 51), ("25", OUT, 0)]
    data = label_folder(tmp_path / "set", others + held, "action_units,subject")
    answers = [("25", "AU25 is active.")] * 5 + [("", "AU25 and AU1."), ("1", "AU1."), ("25", "None.")]
    kept = answer_file(
        tmp_path / "kept.jsonl",
        "au",
        [(i, *answer, i < 10) for i, answer in enumerate(answers, start=len(others))],
    )
    flags = ("--task", "au", "--data", data, "--held-out", 2, "--nano", kept)
    code, out, _ = run(monkeypatch, capsys, *flags)
    assert code == 0
    assert out.splitlines() == [
        "set, one in 2 people: 8 faces; 1 without landmarks; thresholds tuned on 2 others",
        "",
        "| AU | faces | EmoLA's words | EmoLA's evidence | own blendshape, tuned | best blendshape, tuned "
        "| which is best |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| 1 | 1 | 0.667 | 0.000 | 0.000 | 0.000 | - |",
        "| 25 | 6 | 0.833 | 0.769 | 0.833 | 0.833 | jawOpen |",
        "| mean of 1 | 5 or more | 0.833 | 0.769 | 0.833 | 0.833 |  |",
    ]


def test_units_need_held_out_people(tmp_path, monkeypatch, capsys):
    data = label_folder(tmp_path / "set", [("25", OUT, 200)], "action_units,subject")
    code, _, err = run(monkeypatch, capsys, "--task", "au", "--data", data)
    assert code == 2
    assert "--held-out" in err
