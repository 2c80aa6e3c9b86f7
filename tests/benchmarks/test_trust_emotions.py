"""Trust in what is said of the emotion: yes or no to it, and the reasons that are given."""

import random

import pytest
from trust_fakes import heard_of, seen

from benchmarks.trust.asking import Ask
from benchmarks.trust.emotions import confirming, reasons
from benchmarks.trust.questions import confirming as confirming_questions
from benchmarks.trust.questions import why
from emola.bench.readers.confirmations import confirms
from emola.bench.readers.movements import movements
from emola.chat.batch import Completion
from emola.faba import EMOTIONS
from emola.faba.movements import MOVEMENTS
from emola.train.nano.corpus.movements import act, clause, thing
from emola.train.nano.corpus.turns import emotion_yes_no_answer


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("Yes.", True),
        ("Yes, the face looks afraid.", True),
        ("Afraid, I would say.", True),
        ("No.", False),
        ("No, rather sad.", False),
        ("No, I see sadness, not fear.", False),
        ("I do not think so: the face looks sad.", False),
        ("The face looks sad.", False),
        ("Yes, the face looks sad.", None),
        ("No, the face looks afraid.", None),
        ("Hm.", None),
        ("", None),
    ],
)
def test_yes_or_no_to_an_emotion(answer, says):
    assert confirms(answer, "fear") is says


def test_all_that_the_corpus_answers_is_read_as_meant():
    for seed in range(500):
        rng = random.Random(seed)
        true = rng.choice(EMOTIONS)
        asked = rng.choice((true, rng.choice(EMOTIONS)))
        assert confirms(emotion_yes_no_answer(rng, true, asked), asked) is (asked == true)


def test_every_movement_is_read_in_all_its_words():
    rng = random.Random(0)
    for code in MOVEMENTS:
        for _ in range(20):
            for words in (clause(rng, code), thing(rng, code), f"AU{code} {act(rng, code)}"):
                assert [move.code for move in movements(f"I see {words}.")] == [code], words


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("The lips are very widely parted (AU25) and the jaw is lowered (AU20).", [(25, 25), (26, 20)]),
        ("AU6 raises the cheeks. Strongly raised cheeks, which is AU7.", [(6, 6), (6, 7)]),
        ("The lips are parted, and that is what AU25 means.", [(25, 25)]),
        ("The cheeks are not raised. I see no wrinkled nose, and no raised cheeks.", []),
        ("AU12 is active.", []),
    ],
)
def test_movements_and_their_codes(text, named):
    assert [tuple(one) for one in movements(text)] == named


def test_why_is_asked_after_the_emotion_and_both_emotions_twice():
    faces = [seen("a"), seen("b"), seen("dumb")]
    firsts = [(("Mood?", text),) for text in ("Happy.", "The face looks sad.", "Hm.")]
    assert [(ask.question, ask.before) for ask in why(faces, firsts)] == [("Why?", first) for first in firsts]
    asks = confirming_questions(faces, firsts, 0)
    assert [len(some) for some in asks.values()] == [4, 4]
    for turn, some in asks.items():
        assert [emotion for _, emotion in some][::2] == ["happiness", "sadness"]  # the one that was named
        assert {ask.before for ask, _ in some} == ({()} if turn == "first of all" else set(firsts[:2]))
        assert "happy" in some[0][0].question
    assert [ask.question for ask, _ in asks["first of all"]] == [
        ask.question for ask, _ in asks["after the emotion"]
    ]


def test_yes_or_no_agrees_with_the_emotion_named():
    one = seen("a")
    heard = heard_of([one], emotion=["The face looks sad."])
    said = [
        ("sadness", "Yes."),
        ("sadness", "No, rather angry."),
        ("fear", "Yes, the face looks sad."),
        ("fear", "No."),
    ]
    heard.confirming["first"] = [
        (Ask(str(number), one, "emotion", f"{number}?"), emotion, Completion(text, False))
        for number, (emotion, text) in enumerate(said)
    ]
    found = confirming(heard)
    assert (found["count"], found["n"], found["contradictory"], found["affirmed"]) == (2, 4, 1, 1)
    assert found["by_turn"]["named, asked first"]["share"] == 0.5
    assert [one["asked"] for one in found["examples"]] == ["1?", "2?"]


def test_reasons_need_evidence_and_their_own_codes():
    faces = [seen("a", active=(6, 12)), seen("b", found=False)]
    heard = heard_of(
        faces, emotion=["Happy, with raised cheeks and parted lips.", "Happy, with parted lips."]
    )
    heard.why = [
        Completion("The cheeks are raised (AU7) and the lip corners are pulled up (AU12).", False)
    ] * 2
    found = reasons(heard)
    assert (
        found["by_turn"]["with the emotion"]["count"] == 1 and found["by_turn"]["with the emotion"]["n"] == 2
    )
    assert (found["count"], found["n"]) == (3, 5)  # AU7 is named, and has no evidence
    assert (found["paired"]["count"], found["paired"]["n"]) == (1, 2)
    assert [one["turn"] for one in found["examples"]] == ["with the emotion", "asked why after it"]
