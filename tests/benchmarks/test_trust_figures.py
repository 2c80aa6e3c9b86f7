"""The figures of trust, from answers that are made up."""

import pytest
from PIL import Image
from trust_fakes import a_face, heard_of, seen

from benchmarks.trust import asking, figures
from benchmarks.trust.faces import brightness, looked
from benchmarks.trust.figures import agreement, calibrated, commonest, degenerate, evidence
from benchmarks.trust.questions import Phrasing
from benchmarks.trust.shares import share, terciles, wilson
from benchmarks.trust.slices import bin_of, slices
from emola.chat.batch import Completion
from emola.data import Record
from emola.faba import NANO_AUS
from emola.face import AUEstimate


def test_shares_have_intervals():
    assert share([]) == {"share": None, "low": None, "high": None, "count": 0, "n": 0}
    one = share([True] * 8 + [False] * 2)
    assert (one["share"], one["count"], one["n"]) == (0.8, 8, 10)
    assert (one["low"], one["high"]) == (pytest.approx(0.490, abs=1e-3), pytest.approx(0.943, abs=1e-3))
    assert wilson(0, 10)[0] == 0 and wilson(10, 10)[1] == pytest.approx(1)
    assert terciles([5, 1, 2, 3, 4, 6]) == (3, 5)


def test_agreement_counts_what_cannot_be_read_and_who_contradicts():
    """Faces without landmarks have no list to agree with; an unreadable answer does not agree."""
    heard = heard_of([seen("a"), seen("b", found=False)], au=["AU12 and AU25.", "No landmarks were found."])
    no = Completion("No.", False)
    heard.yes_no = [dict.fromkeys(NANO_AUS, no) for _ in range(2)]
    heard.yes_no[0] |= {
        12: Completion("Yes, AU12 is active.", False),
        1: Completion("Yes.", False),
        4: Completion("Hm.", False),
    }
    heard.yes_no[1][6] = Completion("Yes.", False)
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
    said = [Completion(text, False) for text in ("AU12, AU18 and AU4.", "AU12.", "None.")]
    found = evidence(faces, said)
    assert (found["count"], found["n"], found["faces"]) == (1, 3, 2)
    assert found["named_where_shown"]["share"] == pytest.approx(1 / 3)
    assert found["per_au"]["18"]["share"] == 0 and found["per_au"]["12"]["share"] == 1


def test_single_units_are_right_where_they_say_what_is_clear():
    one = seen("a", active=(12, 25))
    heard = heard_of([one])
    said = [(12, "Yes, AU12 is active."), (25, "No, AU25 is not active."), (4, "No."), (1, "Hm.")]
    heard.unlisted["first"] = [
        (asking.Ask(str(code), one, "au", "?"), code, Completion(text, False)) for code, text in said
    ]
    found = figures.unlisted(heard)
    assert (found["count"], found["n"]) == (2, 4)
    assert found["by_turn"]["active, asked first"]["share"] == 0.5
    assert found["by_turn"]["not active, asked first"]["share"] == 0.5  # what cannot be read is not right
    assert [(wrong["asked"], wrong["turn"]) for wrong in found["examples"]] == [
        ("AU25", "first"),
        ("AU1", "first"),
    ]


def test_refusals_by_topic_and_turn():
    heard = asking.Heard([])
    yes, no, other = (
        Completion(text, False)
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
    heard.first["emotion"][1] = Completion("sad sad sad sad sad sad", True)
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

    def measured(face):
        return {code: AUEstimate(0.5, 0.5, code == 12, None, None) for code in (4, 12)}

    one = looked(Record("a", image=None, emotion="fear"), picture, a_face(yaw=-20), measured)
    assert (one.brightness, one.yaw, one.side, one.found, one.label) == (200, 20, 50, True, "fear")
    assert {code: it.active for code, it in one.measured.items()} == {4: False, 12: True}
    assert one.clear(True) == one.clear(False) == []  # one half either way
    blind = looked(Record("b", image=None, emotion="fear"), picture, None, measured)
    assert (blind.found, blind.measured, blind.yaw, blind.side) == (False, None, None, None)
    assert brightness(picture, (-50, -50, -10, -10)) == 0  # a box that lies outside
