"""The kinds, their phrasings and slots."""

import random
import re

import pytest
from asked_fakes import FROWN, HAPPY, REST, SMILE, UNKNOWN, facts

from emola.bench.asked.kinds import ABOUT_FACE, DECLINED, FAMILIES, FAMILY_OF, kinds, questions_digest
from emola.bench.asked.propositions import PROPOSITIONS
from emola.bench.asked.slots import draw_slots, fill, suits


def test_every_kind_has_a_family_and_five_different_phrasings():
    assert kinds().keys() == FAMILY_OF.keys()
    assert len(kinds()) >= 80
    for kind in kinds().values():
        assert len(set(kind.phrasings)) == 5
        assert kind.before is None or kind.before in kinds()


def test_the_families_that_figures_name_exist():
    assert set(ABOUT_FACE) <= FAMILIES.keys() and set(DECLINED) <= FAMILY_OF.keys()


def test_no_phrasing_is_in_the_lists_of_the_trust_interview():
    from emola.bench.trust.questions import LISTS, phrasings

    own = {text.lower() for kind in kinds().values() for text in kind.phrasings if len(text) > 12}
    assert not own & {phrasing.question.lower() for name in LISTS for phrasing in phrasings(name)}


@pytest.mark.parametrize("face", [SMILE, FROWN, REST, UNKNOWN])
def test_slots_fill_every_phrasing(face):
    for kind in kinds().values():
        for number in range(10):
            slots = draw_slots(kind.name, number, face, HAPPY, random.Random(number))
            text = fill(kind.phrasings[number % 5], slots)
            assert not re.search(r"[{}]|AU0", text)


def drawn(kind, face):
    return [draw_slots(kind, number, face, HAPPY, random.Random(number)) for number in range(10)]


def test_answers_yes_and_no_both_occur():
    assert {slots.unit in SMILE.active for slots in drawn("yes_no", SMILE)} == {True, False}
    assert {slots.emotion == "happiness" for slots in drawn("emotion_yes_no", SMILE)} == {True, False}
    assert {PROPOSITIONS[slots.movement].holds(SMILE) for slots in drawn("movement", SMILE)} == {True, False}
    assert {slots.name == slots.unit for slots in drawn("same_unit", SMILE)} == {True, False}


def test_a_reason_is_asked_for_an_active_unit():
    assert all(slots.unit in SMILE.active for slots in drawn("why_unit", SMILE))
    assert all(slots.unit in SMILE.sides for slots in drawn("unit_side", SMILE))


def test_faces_suit_questions():
    assert suits("why_unit", SMILE) and not suits("why_unit", REST)
    assert suits("posed", SMILE) and not suits("posed", FROWN)
    assert suits("compare", SMILE) and not suits("compare", facts(AU4="C"))
    assert not suits("unit_side", facts(AU25="C"))


def test_the_digest_is_that_of_the_file():
    assert re.fullmatch("[0-9a-f]{8}", questions_digest())


@pytest.mark.parametrize(
    ("name", "face", "holds"),
    [("mouth shut", SMILE, False), ("mouth shut", FROWN, True), ("smile", facts(doubtful=(12,)), None)],
)
def test_statements_hold_by_the_evidence(name, face, holds):
    assert PROPOSITIONS[name].holds(face) is holds
