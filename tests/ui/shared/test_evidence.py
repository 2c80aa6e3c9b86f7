"""What an answer says beside what was measured."""

from __future__ import annotations

import re

import pytest

from emola.chat import Turn
from emola.faba.prompts import MOVEMENT_QUESTIONS, STARTER_QUESTIONS, doubt, follow_up
from emola.face import AUEstimate
from emola.face.evidence import HIDDEN
from emola.ui.shared import answer_messages as messages
from emola.ui.shared.evidence import MAX_OFFERED, compare, evidence_html, offered


def estimate(probability: float) -> AUEstimate:
    return AUEstimate(probability, probability, probability >= 0.5, probability, None)


MEASURED = {
    1: estimate(0.1), 2: estimate(0.8), 4: estimate(0.3), 6: estimate(0.7), 9: HIDDEN, 12: estimate(0.97),
    25: estimate(0.4), 26: estimate(0.2), 27: estimate(0.9),
}  # fmt: skip


def verdicts(answer: str, **options: object) -> dict[int, tuple[bool | None, str]]:
    rows = compare(answer, options.get("measured", MEASURED))  # type: ignore[arg-type]
    return {row.code: (row.said, row.verdict) for row in rows}


VERDICTS = {
    "AU12 is active.": (12, (True, "agree")),
    "AU4 is active.": (4, (True, "disagree")),
    "AU4 is not active.": (4, (False, "agree")),
    "There is no AU12.": (12, (False, "disagree")),
    "AU9 is active.": (9, (True, "unmeasured")),
    "AU45 is active.": (45, (True, "unmeasured")),
    "AU4 is not active. Yet AU4 shows.": (4, (True, "disagree")),
    "The cheeks are raised.": (6, (True, "agree")),
    "The brows are raised.": (2, (True, "agree")),  # AU1 or AU2
    "The brows are at rest.": (2, (False, "disagree")),  # neither AU1, AU2 nor AU4
    "The jaw is lowered.": (27, (True, "agree")),
}
"""The verdict on a unit by an answer: its code, whether it is said to be active, and the verdict."""


def test_compares_a_claim_with_the_evidence() -> None:
    for answer, (code, expected) in VERDICTS.items():
        assert verdicts(answer)[code] == expected, answer


def test_lists_what_is_said_by_code_and_then_what_is_left_unsaid() -> None:
    rows = compare("AU12 is active, AU4 is not.", MEASURED)
    assert [(row.code, row.verdict) for row in rows] == [
        (4, "agree"),
        (12, "agree"),
        (27, "unsaid"),
        (2, "unsaid"),
        (6, "unsaid"),
    ]


def test_a_question_or_a_general_statement_claims_nothing() -> None:
    assert verdicts("AU12 usually comes with AU6.", measured={12: estimate(0.9)}) == {12: (None, "unsaid")}


def test_words_for_several_units_make_one_row() -> None:
    """Guards against three disagreements with "the mouth is open" when the jaw hangs."""
    assert [row.code for row in compare("The mouth is open.", MEASURED) if row.said] == [27]
    assert 25 not in verdicts("The mouth is open.", measured={25: estimate(0.6), 26: estimate(0.9)})
    said = [row.code for row in compare("The mouth is open (AU25).", MEASURED) if row.said]
    assert said == [25]


@pytest.mark.parametrize("measured", [None, {}])
def test_a_model_without_evidence_can_be_checked_nowhere(measured: dict[int, AUEstimate] | None) -> None:
    rows = compare("AU12 is active.", measured)
    assert [(row.code, row.estimate, row.verdict) for row in rows] == [(12, None, "unmeasured")]
    html = evidence_html(rows)
    assert messages.NO_EVIDENCE in html and messages.SECOND_OPINION not in html


def test_the_table_has_a_row_for_each_unit() -> None:
    rows = compare("AU12 is active, AU4 is active, AU9 is not.", MEASURED)
    html = evidence_html(rows)
    assert html.startswith('<details class="evidence">')
    assert re.findall(r'<tr class="(\w+)" data-au="(\d+)"', html) == [
        (row.verdict, str(row.code)) for row in rows
    ]
    assert "not the truth" in html and "97 %" in html and "--likely: 0.97" in html
    assert messages.TOLD not in html


def test_says_when_agreement_is_no_independent_check() -> None:
    """Guards against evidence for a model that only repeats what it was told."""
    assert messages.TOLD in evidence_html(compare("AU12 is active.", MEASURED), told=True)


def test_an_answer_without_units_has_no_table() -> None:
    assert evidence_html(compare("Happiness.", MEASURED)) == ""
    assert evidence_html([]) == ""


def ask(answer: str, *, movement_only: bool = False, asked: tuple[str, ...] = ()) -> list[str]:
    turns = [*(Turn(question, "a") for question in asked), Turn("q", answer)]
    return offered(turns, compare(answer, MEASURED), movement_only=movement_only)


def test_offers_the_starter_questions_first() -> None:
    assert offered([], [], movement_only=False) == list(STARTER_QUESTIONS[:MAX_OFFERED])
    assert offered([], [], movement_only=True) == list(MOVEMENT_QUESTIONS[:MAX_OFFERED])


def test_offers_questions_about_disagreements_units_and_what_was_not_asked() -> None:
    questions = ask("AU4 and AU12 are active.")
    assert questions == [doubt(4, active=True), follow_up(12), follow_up(27), STARTER_QUESTIONS[0]]
    assert ask("There is no AU12.")[0] == doubt(12, active=False)


def test_does_not_offer_a_question_twice() -> None:
    asked = (follow_up(12), STARTER_QUESTIONS[0], doubt(4, active=True))
    questions = ask("AU4 and AU12 are active.", asked=asked)
    assert not set(questions) & set(asked)
    assert len(set(questions)) == len(questions) == MAX_OFFERED


def test_offers_nothing_about_emotions_in_movement_only_mode() -> None:
    questions = ask("AU12 is active.", movement_only=True)
    emotional = set(STARTER_QUESTIONS) - set(MOVEMENT_QUESTIONS)
    assert not set(questions) & emotional
    assert len(questions) == MAX_OFFERED
