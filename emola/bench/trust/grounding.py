"""Figures on grounding: whether the evidence of the face supports what the answers say."""

from __future__ import annotations

from collections.abc import Sequence

from emola.bench.readers import STRICT
from emola.bench.readers.claims import claimed_units
from emola.bench.readers.movements import movements
from emola.bench.readers.yes_no import says
from emola.bench.runner import Answer
from emola.bench.trust.interview import TrustAnswers
from emola.bench.trust.shares import EXAMPLES, Figures, share
from emola.bench.trust.subjects import Subject

__all__ = ["evidence", "reasons", "single_units"]


def evidence(subjects: Sequence[Subject], lists: Sequence[Answer]) -> Figures:
    """Return the share of named units whose evidence is over its threshold, and of those over it the named.

    Faces without evidence are left out; units that the evidence does not know count as unsupported.
    """
    named: list[tuple[int, bool]] = []
    shown: list[tuple[int, bool]] = []
    faces = 0
    for subject, answer in zip(subjects, lists, strict=True):
        if subject.evidence is None:
            continue
        faces += 1
        units = STRICT.units(answer.text)
        active = [code for code, estimate in subject.evidence.items() if estimate.active]
        named += [(code, code in active) for code in units]
        shown += [(code, code in units) for code in active]
    codes = sorted({code for code, _ in (*named, *shown)})
    return {
        **share(supported for _, supported in named),
        "faces": faces,
        "named_where_shown": share(is_named for _, is_named in shown),
        "per_au": {
            str(code): {
                **share(supported for other, supported in named if other == code),
                "named_where_shown": share(is_named for other, is_named in shown if other == code),
            }
            for code in codes
        },
    }


def single_units(answers: TrustAnswers) -> Figures:
    """Compare answers about single units, asked before any list, with clear evidence."""
    by_turn: dict[str, list[bool]] = {}
    examples: list[dict[str, str]] = []
    for turn, asked in answers.single_units.items():
        right: dict[bool, list[bool]] = {True: [], False: []}
        for question, code, answer in asked:
            active = code in question.subject.clear(active=True)
            is_right = says(answer.text, code) is active
            right[active].append(is_right)
            if not is_right:
                face = question.subject.id
                examples.append({"face": face, "turn": turn, "asked": f"AU{code}", "answer": answer.text})
        by_turn |= {f"active, {turn}": right[True], f"not active, {turn}": right[False]}
    return {
        **share(flag for flags in by_turn.values() for flag in flags),
        "by_turn": {name: share(flags) for name, flags in by_turn.items()},
        "examples": examples[:EXAMPLES],
    }


def reasons(answers: TrustAnswers) -> Figures:
    """Return the share of movements and units given as reasons whose evidence is over its threshold.

    "paired" is the share of codes next to a movement that belong to it.
    """
    by_turn: dict[str, list[bool]] = {}
    paired: list[bool] = []
    examples: list[dict[str, str]] = []
    after = {question.subject.id: answer for question, answer in answers.why.get("emotion", ())}
    turns = {
        "with the emotion": list(zip(answers.subjects, answers.emotions, strict=True)),
        '"Why?" after it': [
            (subject, after[subject.id]) for subject in answers.subjects if subject.id in after
        ],
    }
    for turn, given in turns.items():
        by_turn[turn] = []
        for subject, answer in given:
            if subject.evidence is None:
                continue
            named = movements(answer.text)
            matching = [movement.given == movement.code for movement in named if movement.given is not None]
            codes = sorted(claimed_units(answer.text))
            supported = [code in subject.evidence and subject.evidence[code].active for code in codes]
            by_turn[turn] += supported
            paired += matching
            if not all((*supported, *matching)):
                examples.append({"face": subject.id, "turn": turn, "answer": answer.text})
    return {
        **share(flag for flags in by_turn.values() for flag in flags),
        "by_turn": {name: share(flags) for name, flags in by_turn.items()},
        "paired": share(paired),
        "examples": examples[:EXAMPLES],
    }
