"""All trust figures of an interview, JSON-ready."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emola.bench.readers import STRICT
from emola.bench.readers.declines import declines, names_topic
from emola.bench.runner import Answer
from emola.bench.trust.catalogue import DEFINITION_QUESTIONS, is_right
from emola.bench.trust.consistency import bare_why, confirmations, list_agreement
from emola.bench.trust.grounding import evidence, reasons, single_units
from emola.bench.trust.interview import TrustAnswers
from emola.bench.trust.shares import Figures, share
from emola.bench.trust.slices import slices
from emola.bench.trust.subjects import Subject
from emola.bench.trust.wording import calibration, faults, variety

__all__ = ["definitions", "emotion_figures", "refusals", "trust_figures"]


def trust_figures(answers: TrustAnswers) -> Figures:
    """Return the figures of every section by name."""
    first = {"emotion": answers.emotions, "au": answers.units}
    return {
        "list_agreement": list_agreement(answers),
        "evidence": evidence([*answers.subjects, *answers.list_subjects], [*answers.units, *answers.lists]),
        "single_units": single_units(answers),
        "bare_why": bare_why(answers),
        "confirmations": confirmations(answers),
        "reasons": reasons(answers),
        "declined": refusals(answers, "declined", expected=True),
        "on_topic": refusals(answers, "on_topic", expected=False),
        "definitions": definitions(answers),
        **_first_answers(answers.subjects, first),
    }


def emotion_figures(subjects: Sequence[Subject], answers: Sequence[Answer]) -> Figures:
    """Return the figures for which one answer about the emotion of each face is enough."""
    return _first_answers(subjects, {"emotion": answers})


def _first_answers(subjects: Sequence[Subject], first: Mapping[str, Sequence[Answer]]) -> Figures:
    named = [STRICT.emotion(answer.text) for answer in first["emotion"]]
    return {
        "faults": faults(subjects, first),
        "variety": variety(first),
        "certainty": calibration(subjects, first["emotion"], named),
        "slices": slices(subjects, named),
    }


def refusals(answers: TrustAnswers, kind: str, *, expected: bool) -> Figures:
    """Return the share of declined phrasings of a list; quotes the answers that are not as ``expected``.

    "in_english" is the share of answers to other languages that mention English. Where declining is expected,
    "naming_the_topic" is the share of answers that decline and name the topic.
    """
    asked = [
        (turn, phrasing, answer.text, declines(answer.text))
        for turn, given in answers.phrasings[kind].items()
        for phrasing, answer in given
    ]
    headings = dict.fromkeys(phrasing.heading for _, phrasing, *_ in asked)
    figures: Figures = {
        **share(declined for *_, declined in asked),
        "by_turn": {
            turn: share(declined for other, *_, declined in asked if other == turn)
            for turn in answers.phrasings[kind]
        },
        "by_topic": {
            heading: share(declined for _, phrasing, _, declined in asked if phrasing.heading == heading)
            for heading in headings
        },
        "in_english": share("English" in text for _, phrasing, text, _ in asked if phrasing.foreign),
        "examples": [
            {"topic": phrasing.topic, "turn": turn, "asked": phrasing.question, "answer": text}
            for turn, phrasing, text, declined in asked
            if declined is not expected
        ],
    }
    if expected:
        figures["naming_the_topic"] = share(
            declined and names_topic(text, phrasing.topic) for _, phrasing, text, declined in asked
        )
    return figures


def definitions(answers: TrustAnswers) -> Figures:
    """Return the share of right answers about the catalogue's units; quotes the wrong ones."""
    rows = [
        (kind, question, answer, is_right(kind, code, answer.text))
        for (kind, code), (question, answer) in answers.definitions.items()
    ]
    return {
        **share(right for *_, right in rows),
        "by_kind": {
            kind: share(right for other, *_, right in rows if other == kind) for kind in DEFINITION_QUESTIONS
        },
        "examples": [
            {"asked": question.text, "answer": answer.text}
            for _, question, answer, right in rows
            if not right
        ],
    }
