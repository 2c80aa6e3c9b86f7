"""Answers about single units agree with the face: state, level, side and what may be mistaken for it."""

import random
import re
from functools import cache

import pytest
from random_faces import random_facts
from writing import WRITER, each_turn, turn

from emola.faba import ACTION_UNITS, NANO_AUS, read_action_units
from emola.faba.face_reading import FaceReading, UnitReading
from emola.train.nano.corpus import Turn
from emola.train.nano.corpus.checks.clauses import sentences
from emola.train.nano.corpus.checks.units import check_units
from emola.train.nano.corpus.checks.verdicts import check_verdict
from emola.train.nano.corpus.facts import HIDEABLE
from emola.train.nano.corpus.phrases import ENGLISH
from emola.train.nano.corpus.requirements import Requirements, UnitRequirement

ONE_UNIT = (
    "click", "yes_no", "bare", "level", "unit_scale", "unit_percent", "why_unit", "sure_unit", "where",
    "confusion", "correct_unit", "unit_side", "other_side", "and_unit", "it_active", "it_sure", "it_why",
    "it_strength",
)  # fmt: skip
ALL = (*ONE_UNIT, "pair", "compare", "movement", "opposite")
BEFORE = {
    "unit": Turn("unit", "AU12?", "Yes.", 12),
    "side": Turn("side", "AU6 left?", "No.", 6),
    "knowledge": Turn("knowledge", "What is AU4?", "A frown.", 4),
}


@cache
def faces() -> list[FaceReading]:
    rng = random.Random(5)
    return [random_facts(rng) for _ in range(50)]


@cache
def asked_of(name: str) -> list[tuple[FaceReading, Turn]]:
    """Return the turns of a kind about all faces, whatever has to be asked before."""
    before = BEFORE["side" if name == "other_side" else "knowledge" if name == "it_active" else "unit"]
    return [*each_turn(name, faces(), [before])]


def needs(facts: FaceReading) -> Requirements:
    """Return all facts about the units of a face as requirements."""
    return Requirements(
        active={
            code: UnitRequirement(unit.level, unit.sure, unit.stronger_side)
            for code, unit in (facts.units or {}).items()
        },
        inactive=frozenset(facts.inactive),
        hidden=frozenset(part for part in HIDEABLE if facts.part(part) == "hidden")
        if facts.units is not None
        else frozenset(),
        no_landmarks=facts.units is None,
    )


def test_no_claim_contradicts_the_face() -> None:
    for name in ALL:
        for facts, asked in asked_of(name):
            problems = [*check_units(asked.answer, asked.question, name, needs(facts))]
            assert not problems, (name, problems, asked, facts)
            assert set(read_action_units(asked.answer)) <= set(facts.active), (name, facts, asked)


@pytest.mark.parametrize("name", ["unit_scale", "unit_percent"])
def test_figures_are_those_of_the_level(name: str) -> None:
    for facts, asked in asked_of(name):
        assert not [*check_verdict(asked.answer, asked.question, name, needs(facts))], (facts, asked)


def test_what_is_hidden_gets_neither_yes_nor_no() -> None:
    for facts, asked in (pair for name in ALL for pair in asked_of(name)):
        if asked.code is not None and not facts.shows(asked.code):
            assert not re.match(r"(?:Yes|No)\b", asked.answer), asked


@pytest.mark.parametrize("name", ["yes_no", "bare", "correct_unit", "and_unit", "movement", "it_active"])
def test_no_active_unit_is_denied(name: str) -> None:
    for facts, asked in asked_of(name):
        if asked.code in facts.active:
            assert not re.search(r"^No\b|\bnot active\b", asked.answer), asked


@pytest.mark.parametrize("name", ["level", "why_unit", "it_why", "yes_no", "click"])
def test_levels_are_those_of_the_face(name: str) -> None:
    for facts, asked in asked_of(name):
        levels = re.findall(r"[Ll]evel ([A-E])\b", asked.answer)
        assert set(levels) <= {facts.units[asked.code].level if asked.code in facts.active else None}, asked
        assert levels or asked.code not in facts.active, asked


def test_sides_are_those_of_the_face() -> None:
    left = FaceReading({12: UnitReading("C", left="D", right="B")}, emotion="happiness")
    for seed in range(40):
        asked = turn("unit_side", left, seed)
        assert asked is not None
        if asked.code == 12:
            assert re.search(r"stronger on the (?:person's )?left|left side is ahead", asked.answer), asked
            assert "right" in asked.answer


@pytest.mark.parametrize(
    ("name", "least", "most"), [("yes_no", 1, 2), ("why_unit", 2, 6), ("movement", 1, 2)]
)
def test_lengths(name: str, least: int, most: int) -> None:
    for facts, asked in asked_of(name):
        count = len(sentences(asked.answer))
        assert least <= count <= most, asked
        if name == "why_unit" and asked.code in facts.active:
            assert count >= 4, asked


def test_every_unit_has_its_fragments() -> None:
    headings: dict[str, set[str]] = {}
    for heading, phrase in WRITER.book:
        headings.setdefault(heading, set()).add(phrase.text)
    for code in NANO_AUS:
        for name in ("sight", "effect", "place"):
            assert len(headings[f"{name} AU{code}"]) >= 2, (name, code)
        near = [other.code for other in ACTION_UNITS[code].neighbours if other.code in NANO_AUS]
        assert near, code
        for other in near:
            fragments = headings[f"mistaken AU{code} AU{other}"]
            assert len(fragments) >= 2 and all(re.search(rf"\bAU{other}\b", text) for text in fragments)


def test_parts_at_rest_have_words_for_every_opposite() -> None:
    headings = {heading for heading, _ in WRITER.book}
    topics = WRITER.book.topics("opposite", ENGLISH)
    assert len(topics) >= 12
    assert all(f"rest {topic}" in headings for topic in topics)


def test_the_mouth_is_closed_where_nothing_opens_it() -> None:
    still = FaceReading({}, emotion="neutral")
    gaping = FaceReading({27: UnitReading("E")}, emotion="surprise")
    assert still.part("mouth") == "closed"
    for seed in range(120):
        for facts, opening in ((still, "Yes, the"), (gaping, "No")):
            asked = turn("opposite", facts, seed)
            if asked is not None and re.search(
                r"mouth (?:stay )?(?:closed|shut)|lips sealed", asked.question
            ):
                assert asked.answer.startswith(opening), asked
