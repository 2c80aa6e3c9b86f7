"""Figures on consistency: whether the answers agree with each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from emola.bench.readers import STRICT
from emola.bench.readers.confirmations import confirms
from emola.bench.readers.declines import declines
from emola.bench.readers.yes_no import says
from emola.bench.trust.interview import TrustAnswers
from emola.bench.trust.shares import EXAMPLES, Figures, share
from emola.faba import NANO_AUS

__all__ = ["bare_why", "confirmations", "list_agreement"]


class _FollowUp(NamedTuple):
    """A yes/no follow-up: the unit, whether the list names it, and what the follow-up says."""

    code: int
    listed: bool
    affirmed: bool | None


def list_agreement(answers: TrustAnswers) -> Figures:
    """Compare the yes/no follow-ups with the list of units before them, for faces with landmarks.

    Without landmarks there is no list to agree with; for these faces, counts the follow-ups that affirm a
    unit and the lists that name one.
    """
    follow_ups: list[_FollowUp] = []
    without_landmarks: list[bool] = []
    named_without_landmarks: list[bool] = []
    examples: list[dict[str, str]] = []
    for subject, listed, by_code in zip(answers.subjects, answers.units, answers.yes_no, strict=True):
        units = set(STRICT.units(listed.text))
        if not subject.found:
            named_without_landmarks.append(bool(units))
            without_landmarks += [
                says(answer.text, code) is True and code not in units for code, answer in by_code.items()
            ]
            continue
        for code, answer in by_code.items():
            follow_up = _FollowUp(code, code in units, says(answer.text, code))
            follow_ups.append(follow_up)
            if follow_up.affirmed is not follow_up.listed:
                asked = f"AU{code}"
                examples.append(
                    {"face": subject.id, "list": listed.text, "asked": asked, "answer": answer.text}
                )
    return {
        **_agreement(follow_ups),
        "per_au": {
            str(code): _agreement([row for row in follow_ups if row.code == code]) for code in NANO_AUS
        },
        "yes_without_landmarks": share(without_landmarks),
        "listed_without_landmarks": share(named_without_landmarks),
        "examples": examples[:EXAMPLES],
    }


def _agreement(rows: Sequence[_FollowUp]) -> Figures:
    return {
        **share(row.affirmed is row.listed for row in rows),
        "unreadable": sum(row.affirmed is None for row in rows),
        "listed": sum(row.listed for row in rows),
        "listed_denied": sum(row.listed and row.affirmed is False for row in rows),
        "unlisted_affirmed": sum(not row.listed and row.affirmed is True for row in rows),
        "where_either_says_yes": share(
            row.affirmed is row.listed for row in rows if row.listed or row.affirmed is True
        ),
    }


def confirmations(answers: TrustAnswers) -> Figures:
    """Compare yes/no answers about an emotion with the emotion named in the first answer."""
    named = {
        subject.id: STRICT.emotion(answer.text)
        for subject, answer in zip(answers.subjects, answers.emotions, strict=True)
    }
    by_turn: dict[str, list[bool]] = {}
    examples: list[dict[str, str]] = []
    contradictory = affirmed = 0
    for turn, asked in answers.confirmations.items():
        right: dict[bool, list[bool]] = {True: [], False: []}
        for question, emotion, answer in asked:
            face = question.subject.id
            expected, confirmed = named[face] == emotion, confirms(answer.text, emotion)
            right[expected].append(confirmed is expected)
            contradictory += confirmed is None
            affirmed += confirmed is True
            if confirmed is not expected:
                examples.append({"face": face, "turn": turn, "asked": question.text, "answer": answer.text})
        by_turn |= {f"the one named, {turn}": right[True], f"another, {turn}": right[False]}
    return {
        **share(flag for flags in by_turn.values() for flag in flags),
        "contradictory": contradictory,
        "affirmed": affirmed,
        "by_turn": {name: share(flags) for name, flags in by_turn.items()},
        "examples": examples[:EXAMPLES],
    }


def bare_why(answers: TrustAnswers) -> Figures:
    """Check that a bare "Why?" is answered about the units of the answer before it, and not declined."""
    by_turn: dict[str, list[bool]] = {}
    examples: list[dict[str, str]] = []
    for turn in ("list", "unit"):
        by_turn[f"after the {turn}"] = flags = []
        for question, answer in answers.why.get(turn, ()):
            before = set(STRICT.units(question.history[-1][1]))
            right = bool(before & set(STRICT.units(answer.text))) and not declines(answer.text)
            flags.append(right)
            if not right:
                examples.append({"face": question.subject.id, "turn": turn, "answer": answer.text})
    return {
        **share(flag for flags in by_turn.values() for flag in flags),
        "by_turn": {name: share(flags) for name, flags in by_turn.items()},
        "examples": examples[:EXAMPLES],
    }
