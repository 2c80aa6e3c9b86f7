"""Trust in the words, from the pictures to the tables, with a fake model that is asked in memory."""

import json
import sys

import numpy as np
import pytest
from baseline_fakes import label_folder
from PIL import Image

import emola
from benchmarks.trust import __main__ as command
from benchmarks.trust import asking, figures
from benchmarks.trust.faces import Looked, brightness, looked
from benchmarks.trust.figures import agreement, calibrated, commonest, degenerate, evidence
from benchmarks.trust.log import Book
from benchmarks.trust.questions import Ask, Phrasing, first_question, spread
from benchmarks.trust.shares import share, terciles, wilson
from benchmarks.trust.slices import bin_of, slices
from emola import Face
from emola.chat.batch import Said
from emola.data import Record
from emola.errors import DataError
from emola.faba import NANO_AUS
from emola.face import PRIOR_DIM, AUEvidence, Pose


def a_face(found=True, side=50.0, yaw=0.0):
    box = np.array([10, 10, 10 + side, 10 + side], np.float32)
    prior = np.zeros(PRIOR_DIM, np.float32) if found else None
    pose = Pose(yaw, 0, 0) if found else None
    return Face(box, np.zeros((0, 2), np.float32), prior, Image.new("RGB", (8, 8)), {}, pose)


def seen(name="a", label="happiness", active=(), found=True, light=100.0, yaw=0.0, side=50.0):
    units = {code: code in active for code in NANO_AUS} if found else None
    return Looked(name, a_face(found), label, units, light, yaw if found else None, side if found else None)


def heard_of(faces, emotion=None, au=None):
    heard = asking.Heard(faces)
    heard.first = {
        "emotion": [Said(one, False) for one in emotion or ["Happiness."] * len(faces)],
        "au": [Said(one, False) for one in au or ["None."] * len(faces)],
    }
    return heard


# -- figures -------------------------------------------------------------------------------------


def test_shares_have_intervals():
    assert share([]) == {"share": None, "low": None, "high": None, "count": 0, "n": 0}
    one = share([True] * 8 + [False] * 2)
    assert (one["share"], one["count"], one["n"]) == (0.8, 8, 10)
    assert (one["low"], one["high"]) == (pytest.approx(0.490, abs=1e-3), pytest.approx(0.943, abs=1e-3))
    assert wilson(0, 10)[0] == 0 and wilson(10, 10)[1] == 1
    assert terciles([5, 1, 2, 3, 4, 6]) == (3, 5)


def test_agreement_counts_what_cannot_be_read_and_who_contradicts():
    """Faces without landmarks have no list to agree with; an unreadable answer does not agree."""
    heard = heard_of([seen("a"), seen("b", found=False)], au=["AU12 and AU25.", "No landmarks were found."])
    no = Said("No.", False)
    heard.yes_no = [dict.fromkeys(NANO_AUS, no) for _ in range(2)]
    heard.yes_no[0] |= {
        12: Said("Yes, AU12 is active.", False),
        1: Said("Yes.", False),
        4: Said("Hm.", False),
    }
    heard.yes_no[1][6] = Said("Yes.", False)
    found = agreement(heard)
    assert (found["n"], found["count"], found["unreadable"]) == (20, 17, 1)  # 25 denied, 1 affirmed, 4 unread
    assert (found["listed"], found["listed_denied"], found["unlisted_affirmed"]) == (2, 1, 1)
    assert found["where_either_says_yes"]["share"] == pytest.approx(1 / 3)
    assert found["per_au"]["12"]["share"] == 1 and found["per_au"]["25"]["share"] == 0
    assert (found["yes_without_landmarks"]["count"], found["yes_without_landmarks"]["n"]) == (1, 20)
    assert [one["asked"] for one in found["examples"]] == ["AU1", "AU4", "AU25"]


def test_units_named_need_evidence():
    """Units that the evidence does not know are unbacked; faces without a prior have no part in it."""
    faces = [seen("a", active=(12, 25)), seen("b", found=False), seen("c", active=(1,))]
    said = [Said(text, False) for text in ("AU12, AU18 and AU4.", "AU12.", "None.")]
    found = evidence(faces, said)
    assert (found["count"], found["n"], found["faces"]) == (1, 3, 2)
    assert found["named_where_shown"]["share"] == pytest.approx(1 / 3)
    assert found["per_au"]["18"]["share"] == 0 and found["per_au"]["12"]["share"] == 1


def test_refusals_by_topic_and_turn():
    heard = asking.Heard([])
    yes, no, other = (
        Said(text, False)
        for text in ("I cannot tell how old she is.", "She is old.", "I do not judge anyone's honesty.")
    )
    heard.lists["declined"] = [(Phrasing("age", "Old?"), yes, no), (Phrasing("age", "Age?"), yes, other)]
    found = figures.refusals(heard, "declined", wanted=True)
    assert (found["count"], found["n"]) == (3, 4)
    assert found["by_turn"]["first"]["share"] == 1 and found["by_turn"]["second"]["share"] == 0.5
    assert found["naming_the_topic"]["count"] == 2
    assert found["examples"] == [{"topic": "age", "turn": "second", "asked": "Old?", "said": "She is old."}]
    heard.lists["on_topic"] = heard.lists["declined"]
    assert len(figures.refusals(heard, "on_topic", wanted=False)["examples"]) == 3


def test_degenerate_answers_are_counted_once():
    heard = heard_of(
        [seen("a"), seen("b"), seen("c")],
        emotion=["Happy.", "sad sad sad sad sad sad", ""],
        au=["AU12 is active.", "AU1 is", "AU4 (Brow Lowerer)"],
    )
    heard.first["emotion"][1] = Said("sad sad sad sad sad sad", True)
    found = degenerate(heard)
    assert {key: found[key] for key in ("n", "any", "empty", "cut", "loop", "unfinished")} == {
        "n": 6, "any": 3, "empty": 1, "cut": 1, "loop": 1, "unfinished": 2,
    }  # fmt: skip


def test_the_commonest_opening():
    found = commonest(["This face looks happy, so", "This face looks happy: so", "Sad."])
    assert found["share"] == pytest.approx(2 / 3)
    assert found["commonest"][0] == {"opening": "this face looks happy so", "count": 2}
    assert found["different"] == 2


def test_words_and_whether_they_are_right():
    faces = [seen(label="fear"), seen(label="fear"), seen(label="anger"), seen(label=None)]
    texts = ["Clearly fear.", "Perhaps anger.", "Anger.", "Clearly fear."]
    found = calibrated(faces, texts, ["fear", "anger", "anger", "fear"])
    assert {name: (one["count"], one["n"]) for name, one in found["groups"].items()} == {
        "strong": (1, 1), "weak": (0, 1), "both": (0, 0), "neither": (1, 1),
    }  # fmt: skip
    assert found["by_word"]["weak, sureness"]["perhaps"]["n"] == 1


def test_slices():
    """The unlabelled have no part; those without landmarks none in pose and size."""
    faces = [
        seen("a", light=10, yaw=4, side=30),
        seen("b", light=20, yaw=20, side=90),
        seen("c", "fear", light=30, yaw=31, side=400),
        seen("d", light=40, found=False),
        seen("e", light=50, yaw=15, side=80),
        seen("f", None, light=999),
        seen("g", "fear", light=60, yaw=1, side=39.9),
    ]
    found = slices(faces, ["happiness", "fear", "fear", "happiness", "happiness", "fear", None])
    assert found["all"]["all faces"]["n"] == 6
    assert found["all"]["all faces"]["class_mean"] == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert [(name, one["n"], one["count"]) for name, one in found["brightness"].items()] == [
        ("dark, under 30", 2, 1), ("middle, 30 to 50", 2, 2), ("bright, 50 and more", 2, 1),
    ]  # fmt: skip
    assert [(name, one["n"]) for name, one in found["yaw"].items()] == [
        ("0 to 15°", 2), ("15 to 30°", 2), ("30° and more", 1),
    ]  # fmt: skip
    assert {name: one["n"] for name, one in found["size"].items()} == {
        "0 to 40 px": 2, "80 to 160 px": 2, "160 px and more": 1,
    }  # fmt: skip
    assert {name: one["n"] for name, one in found["landmarks"].items()} == {"found": 5, "not found": 1}
    assert slices([seen(label=None)], [None]) == {}
    assert bin_of(15, (0, 15, 30), "°") == (1, "15 to 30°")


def test_what_is_known_of_a_face():
    """Brightness is of the picture inside the box, not of the black around it."""
    picture = Image.new("RGB", (100, 80))
    picture.paste((200, 200, 200), (10, 10, 60, 60))
    one = looked(Record("a", image=None, emotion="fear"), picture, a_face(yaw=-20), AUEvidence.load())
    assert (one.brightness, one.yaw, one.side, one.found, one.label) == (200, 20, 50, True, "fear")
    assert set(one.active) == set(NANO_AUS)
    blind = looked(Record("b", image=None, emotion="fear"), picture, None, AUEvidence.load())
    assert (blind.found, blind.active, blind.yaw, blind.side) == (False, None, None, None)
    assert brightness(picture, (-50, -50, -10, -10)) == 0  # a box that lies outside


# -- asking --------------------------------------------------------------------------------------


def test_first_questions_vary_and_are_the_same_for_the_same_seed():
    faces = [seen(str(number)) for number in range(40)]
    asked = [first_question("emotion", one, 0).question for one in faces]
    assert asked == [first_question("emotion", one, 0).question for one in reversed(faces)][::-1]
    assert len(set(asked)) > 10
    assert asked != [first_question("emotion", one, 1).question for one in faces]


def test_phrasings_are_spread_over_faces_with_landmarks():
    faces = [seen("a"), seen("blind", found=False), seen("b"), seen("c")]
    before = [((f"{one.id}?", "Happy."),) for one in faces]
    first, second = spread("declined", [Phrasing("age", f"{n}?") for n in range(4)], faces, before)
    assert [ask.looked.id for ask in first] == ["a", "b", "c", "a"]
    assert [ask.looked.id for ask in second] == ["b", "c", "a", "b"]
    assert [ask.before[0][0] for ask in second] == ["b?", "c?", "a?", "b?"]
    assert all(not ask.before for ask in first)
    only = spread("declined", [Phrasing("age", "?")], [faces[1]], before)[0]
    assert only[0].looked.id == "blind"  # better than nobody


class FakeModel:
    """Stands for a loaded model: red pictures have faces, as bright as they are red."""

    adapters = ()

    def look(self, picture):
        return [a_face()] if picture.getpixel((0, 0))[0] else []


class Speaker:
    """Answers by rote, and remembers how it was asked; may break off."""

    asked: list[list[Ask]] = []
    breaks_after = None

    def __init__(self, model, size):
        self.size = size

    def batch(self, asks, limit):
        if Speaker.breaks_after is not None and len(Speaker.asked) >= Speaker.breaks_after:
            raise KeyboardInterrupt
        Speaker.asked.append(list(asks))
        return [Said(self.answer(ask), False) for ask in asks]

    def branches(self, asks, limit):
        assert len({ask.before for ask in asks}) == 1
        return self.batch(asks, limit)

    def answer(self, ask):
        kind = ask.id.split("/")[0]
        texts = {
            "emotion": "Clearly happiness.",
            "au": "AU12 is active.",
            "declined": "I cannot tell who this is.",
        }
        if kind == "yes_no":
            return "Yes." if ask.question == "Is AU12 active?" else "No."
        return texts.get(kind, "This face looks happy.")


@pytest.fixture
def fakes(monkeypatch):
    monkeypatch.setattr(emola, "load", lambda *args, **options: FakeModel())
    monkeypatch.setattr(command, "Model", Speaker)
    monkeypatch.setattr(Speaker, "asked", [])
    monkeypatch.setattr(Speaker, "breaks_after", None)


def run(monkeypatch, capsys, *flags):
    monkeypatch.setattr(sys, "argv", ["trust", *map(str, flags)])
    code = command.main()
    return code, *capsys.readouterr()


@pytest.fixture
def data(tmp_path):
    return label_folder(tmp_path / "set", [("happy", 200), ("sad", 90), ("happy", 0)], "emotion")


def test_from_the_pictures_to_the_tables(tmp_path, monkeypatch, capsys, fakes, data):
    code, out, _ = run(monkeypatch, capsys, "--data", data, "--out", tmp_path / "out", "--batch-size", 2)
    assert code == 0
    assert (tmp_path / "out" / "trust.md").read_text() == out
    assert "| answers that agree with themselves | 100.0 % | 91.2 % to 100.0 % | 40 |" in out
    assert "| declined as asked | 100.0 % |" in out
    assert "| on-topic questions wrongly declined | 0.0 % |" in out
    assert "| degenerate or truncated answers | 0 |  | 6 |" in out
    assert "| strong words | 66.7 % |" in out
    assert "Skin tone, age, gender and origin of these people are not known" in out
    found = json.loads((tmp_path / "out" / "trust.json").read_text())
    assert (found["run"]["faces"], found["run"]["found"]) == (3, 2)
    assert found["slices"]["landmarks"]["found"]["share"] == 0.5
    sizes = {len(asks) for asks in Speaker.asked}
    assert sizes == {20, 2, 1}  # all units of a face together, else no more than --batch-size


def test_a_run_that_was_stopped_goes_on(tmp_path, monkeypatch, capsys, fakes, data):
    flags = ("--data", data, "--out", tmp_path / "out")
    whole = tmp_path / "whole"
    run(monkeypatch, capsys, "--data", data, "--out", whole)
    count = sum(map(len, Speaker.asked))
    Speaker.asked.clear()
    monkeypatch.setattr(Speaker, "breaks_after", 3)
    with pytest.raises(KeyboardInterrupt):
        run(monkeypatch, capsys, *flags)
    log = tmp_path / "out" / "answers.jsonl"
    with log.open("ab") as stream:
        stream.write(b'{"id": "yes_no/4/1.p')  # a line that a kill cut short
    Speaker.breaks_after = None
    assert run(monkeypatch, capsys, *flags)[0] == 0
    assert sum(map(len, Speaker.asked)) == count
    assert log.read_bytes() == (whole / "answers.jsonl").read_bytes()
    assert (tmp_path / "out" / "trust.md").read_text() == (whole / "trust.md").read_text()


def test_answers_of_another_run_are_a_users_mistake(tmp_path, monkeypatch, capsys, fakes, data):
    flags = ("--data", data, "--out", tmp_path / "out")
    run(monkeypatch, capsys, *flags)
    code, _, err = run(monkeypatch, capsys, *flags, "--seed", 1)
    assert code == 2 and "another seed: use another folder" in err
    assert err.count("\n") == err.count("\n".join(err.splitlines()[-1:])) or err.endswith("folder.\n")
    code, _, err = run(monkeypatch, capsys, "--data", tmp_path / "none", "--out", tmp_path / "out")
    assert code == 2 and "There is no data set" in err
    (tmp_path / "file").write_text("x")
    code, _, err = run(monkeypatch, capsys, "--data", data, "--out", tmp_path / "file")
    assert code == 2 and "cannot be used for the answers" in err


def test_a_log_that_does_not_fit(tmp_path):
    file = tmp_path / "answers.jsonl"
    ask = Ask("emotion/a", seen(), "emotion", "Mood?")
    Book(file, {"seed": 0}).add([ask], [Said("Happy.", False)])
    assert Book(file, {"seed": 0}).said(ask) == Said("Happy.", False)
    with pytest.raises(DataError, match=r"was asked 'Mood\?' and would be 'Feeling\?' now"):
        Book(file, {"seed": 0}).said(Ask("emotion/a", seen(), "emotion", "Feeling?"))
    file.write_text("my notes")
    with pytest.raises(DataError, match="not a file of answers"):
        Book(file, {"seed": 0})
    assert file.read_text() == "my notes"
    file.write_text('{"run": {"seed": 0}}\n{"id": 3}\n')
    with pytest.raises(DataError, match="line 2 is not an answer"):
        Book(file, {"seed": 0})


def test_weights_tell_models_apart(tmp_path):
    (tmp_path / "adapters").mkdir()
    (tmp_path / "model.safetensors").write_bytes(b"one")
    first = command.weights(tmp_path)
    (tmp_path / "adapters" / "x.safetensors").write_bytes(b"two")
    assert len(first) == 12 and command.weights(tmp_path) != first
    assert command.weights(None) is None
