"""Figures on consistency and grounding, from scripted answers."""

import pytest
from trust_fakes import answers_about, asked, subject

from emola.bench import Answer
from emola.bench.trust.consistency import bare_why, confirmations, list_agreement
from emola.bench.trust.grounding import evidence, reasons, single_units
from emola.faba import NANO_AUS


def test_list_agreement_counts_contradictions_and_unreadable_answers():
    """Faces without landmarks are counted separately."""
    answers = answers_about(
        [subject("a"), subject("b", found=False), subject("c", found=False)],
        units=["AU12 and AU25.", "No landmarks were found.", "AU4."],
    )
    answers.yes_no = [dict.fromkeys(NANO_AUS, Answer("No.")) for _ in range(3)]
    answers.yes_no[0] |= {12: Answer("Yes, AU12 is active."), 1: Answer("Yes."), 4: Answer("Hm.")}
    answers.yes_no[1][6] = Answer("Yes.")
    figures = list_agreement(answers)
    assert (figures["n"], figures["count"], figures["unreadable"]) == (20, 17, 1)
    assert (figures["listed"], figures["listed_denied"], figures["unlisted_affirmed"]) == (2, 1, 1)
    assert figures["where_either_says_yes"]["share"] == pytest.approx(1 / 3)
    assert figures["per_au"]["12"]["share"] == 1 and figures["per_au"]["25"]["share"] == 0
    without_landmarks = figures["yes_without_landmarks"]
    assert (without_landmarks["count"], without_landmarks["n"]) == (1, 40)
    assert (figures["listed_without_landmarks"]["count"], figures["listed_without_landmarks"]["n"]) == (1, 2)
    assert [row["asked"] for row in figures["examples"]] == ["AU1", "AU4", "AU25"]


def test_confirmations_are_compared_with_the_named_emotion():
    face = subject("a")
    answers = answers_about([face], emotions=["The face looks sad."])
    replies = [
        ("sadness", "Yes."),
        ("sadness", "No, rather angry."),
        ("fear", "Yes, the face looks sad."),
        ("fear", "No."),
    ]
    answers.confirmations["first"] = [
        (asked(face, f"{number}?"), emotion, Answer(text)) for number, (emotion, text) in enumerate(replies)
    ]
    figures = confirmations(answers)
    assert [figures[name] for name in ("count", "n", "contradictory", "affirmed")] == [2, 4, 1, 1]
    assert figures["by_turn"]["the one named, first"]["share"] == 0.5
    assert [row["asked"] for row in figures["examples"]] == ["1?", "2?"]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Because the lip corners are pulled up: AU12.", True),
        ("Because the brows are lowered: AU4.", False),
        ("The face looks happy.", False),
        ("I cannot tell why AU12 is active.", False),
    ],
)
def test_a_bare_why_must_name_a_unit_of_the_previous_answer(text, right):
    """Declining, or naming the emotion instead, is wrong."""
    face = subject("a")
    question = asked(face, "Why?", history=(("Which AUs?", "AU12 and AU25."),))
    answers = answers_about([face])
    answers.why["list"] = [(question, Answer(text))]
    figures = bare_why(answers)
    assert (figures["count"], figures["n"]) == (int(right), 1)
    assert figures["by_turn"]["after the unit"]["n"] == 0


def test_units_without_evidence_are_unsupported():
    """Units unknown to the evidence are unsupported too; faces without a prior are excluded."""
    subjects = [subject("a", active=(12, 25)), subject("b", found=False), subject("c", active=(1,))]
    figures = evidence(subjects, [Answer(text) for text in ("AU12, AU18 and AU4.", "AU12.", "None.")])
    assert (figures["count"], figures["n"], figures["faces"]) == (1, 3, 2)
    assert figures["named_where_shown"]["share"] == pytest.approx(1 / 3)
    assert figures["per_au"]["18"]["share"] == 0 and figures["per_au"]["12"]["share"] == 1


def test_single_units_are_compared_with_clear_evidence():
    face = subject("a", active=(12, 25))
    answers = answers_about([face])
    replies = [(12, "Yes, AU12 is active."), (25, "No, AU25 is not active."), (4, "No."), (1, "Hm.")]
    answers.single_units["first"] = [(asked(face), code, Answer(text)) for code, text in replies]
    figures = single_units(answers)
    assert (figures["count"], figures["n"]) == (2, 4)
    assert figures["by_turn"]["active, first"]["share"] == 0.5
    assert figures["by_turn"]["not active, first"]["share"] == 0.5  # an unreadable answer is wrong
    assert [(row["asked"], row["turn"]) for row in figures["examples"]] == [
        ("AU25", "first"),
        ("AU1", "first"),
    ]


def test_reasons_need_evidence_and_their_own_codes():
    subjects = [subject("a", active=(6, 12)), subject("b", found=False)]
    answers = answers_about(
        subjects,
        emotions=[
            "Happy, with raised cheeks and parted lips. I find no stretched lips or raised inner brows.",
            "Happy, with parted lips.",
        ],
    )
    why = Answer("The cheeks are raised (AU7) and the lip corners are pulled up (AU12).")
    answers.why["emotion"] = [(asked(face, "Why?"), why) for face in subjects]
    figures = reasons(answers)
    with_emotion = figures["by_turn"]["with the emotion"]
    assert (with_emotion["count"], with_emotion["n"]) == (1, 2)
    assert (figures["count"], figures["n"]) == (3, 5)  # AU7 is named without evidence
    assert (figures["paired"]["count"], figures["paired"]["n"]) == (1, 2)
    assert [row["turn"] for row in figures["examples"]] == ["with the emotion", '"Why?" after it']
