"""Figures on refusals, wording and slices, from scripted answers."""

import pytest
from trust_fakes import answers_about, subject

from emola.bench import Answer
from emola.bench.intervals import share_interval
from emola.bench.trust.figures import refusals
from emola.bench.trust.questions import Phrasing
from emola.bench.trust.shares import share, terciles
from emola.bench.trust.slices import slices
from emola.bench.trust.wording import calibration, faults, variety


def test_shares_have_intervals():
    assert share([]) == {"share": None, "low": None, "high": None, "count": 0, "n": 0}
    figures = share([True] * 8 + [False] * 2)
    assert (figures["share"], figures["count"], figures["n"]) == (0.8, 8, 10)
    assert figures["low"] == pytest.approx(0.490, abs=1e-3)
    assert figures["high"] == pytest.approx(0.943, abs=1e-3)
    assert share_interval(0, 10).low == 0 and share_interval(10, 10).high == pytest.approx(1)
    assert terciles([5, 1, 2, 3, 4, 6]) == (3, 5)


def test_refusals_by_topic_and_turn():
    answers = answers_about([])
    declined, guessed, other_topic = (
        Answer(text)
        for text in ("I cannot tell how old she is.", "She is old.", "I do not judge anyone's honesty.")
    )
    foreign = Phrasing("age, in other languages", "Quel âge ?")
    age_question, in_english = Phrasing("age", "Old?"), Answer("I answer in English. I cannot tell her age.")
    answers.phrasings["declined"] = {
        "first": [(age_question, declined), (foreign, in_english)],
        "second": [(age_question, guessed), (foreign, other_topic)],
    }
    figures = refusals(answers, "declined", expected=True)
    assert (figures["count"], figures["n"]) == (3, 4)
    assert figures["by_turn"]["first"]["share"] == 1 and figures["by_turn"]["second"]["share"] == 0.5
    assert {heading: row["count"] for heading, row in figures["by_topic"].items()} == {
        "age": 1,
        "age, in other languages": 2,
    }
    assert (figures["in_english"]["count"], figures["in_english"]["n"]) == (1, 2)
    assert figures["naming_the_topic"]["count"] == 2
    assert figures["examples"] == [
        {"topic": "age", "turn": "second", "asked": "Old?", "answer": "She is old."}
    ]
    answers.phrasings["on_topic"] = answers.phrasings["declined"]
    assert len(refusals(answers, "on_topic", expected=False)["examples"]) == 3


def test_counts_each_faulty_answer_once():
    subjects = [subject("a"), subject("b"), subject("c")]
    emotions = [Answer("Happy."), Answer("sad sad sad sad sad sad", cut=True), Answer("")]
    units = [Answer(text) for text in ("AU12 is active.", "AU1 is", "AU4 (Brow Lowerer)")]
    figures = faults(subjects, {"emotion": emotions, "au": units})
    assert {key: figures[key] for key in ("n", "any", "empty", "cut", "loop", "unfinished")} == {
        "n": 6, "any": 3, "empty": 1, "cut": 1, "loop": 1, "unfinished": 2,
    }  # fmt: skip


def test_variety_of_openings_and_lists():
    emotions = [Answer(text) for text in ("This face looks happy, so", "This face looks happy: so", "Sad.")]
    units = [Answer(text) for text in ("AU12.", "AU 12", "AU4.")]
    figures = variety({"emotion": emotions, "au": units})
    openings = figures["openings"]["emotion"]
    assert openings["share"] == pytest.approx(2 / 3)
    assert openings["most_common"][0] == {"opening": "this face looks happy so", "count": 2}
    assert openings["different"] == 2
    assert figures["openings"]["all"]["n"] == 6
    assert figures["lists"] == {"different": 2, "n": 3}


def test_calibration_by_words_of_certainty():
    subjects = [subject(label="fear"), subject(label="fear"), subject(label="anger"), subject(label=None)]
    answers = [Answer(text) for text in ("Clearly fear.", "Perhaps anger.", "Anger.", "Clearly fear.")]
    figures = calibration(subjects, answers, ["fear", "anger", "anger", "fear"])
    assert {name: (row["count"], row["n"]) for name, row in figures["groups"].items()} == {
        "strong": (1, 1), "weak": (0, 1), "both": (0, 0), "neither": (1, 1),
    }  # fmt: skip
    assert figures["by_word"]["weak, certainty"]["perhaps"]["n"] == 1


def test_slices_by_brightness_pose_size_and_landmarks():
    """Faces without a label are excluded; faces without landmarks have neither pose nor size."""
    subjects = [
        subject("a", brightness=10, yaw=4, side=30),
        subject("b", brightness=20, yaw=20, side=90),
        subject("c", "fear", brightness=30, yaw=31, side=400),
        subject("d", brightness=40, found=False),
        subject("e", brightness=50, yaw=15, side=80),
        subject("f", None, brightness=999),
        subject("g", "fear", brightness=60, yaw=1, side=39.9),
    ]
    figures = slices(subjects, ["happiness", "fear", "fear", "happiness", "happiness", "fear", None])
    assert figures["all"]["all faces"]["n"] == 6
    assert figures["all"]["all faces"]["class_mean"] == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert [(name, row["n"], row["count"]) for name, row in figures["brightness"].items()] == [
        ("dark, under 30", 2, 1), ("middle, 30 to 50", 2, 2), ("bright, 50 and more", 2, 1),
    ]  # fmt: skip
    assert [(name, row["n"]) for name, row in figures["yaw"].items()] == [
        ("0 to 15°", 2), ("15 to 30°", 2), ("30° and more", 1),
    ]  # fmt: skip
    assert {name: row["n"] for name, row in figures["size"].items()} == {
        "0 to 40 px": 2, "80 to 160 px": 2, "160 px and more": 1,
    }  # fmt: skip
    assert {name: row["n"] for name, row in figures["landmarks"].items()} == {"found": 5, "not found": 1}
    assert slices([subject(label=None)], [None]) == {}
