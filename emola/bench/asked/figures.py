"""The figures of an interview, JSON-ready."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

from emola.bench.asked.facts import Facts
from emola.bench.asked.interview import AskedAnswer, AskedAnswers
from emola.bench.asked.judging import fault, judge
from emola.bench.asked.kinds import ABOUT_FACE, DECLINED, FAMILIES, FAMILY_OF
from emola.bench.readers.claims import claimed_units, words
from emola.bench.trust.shares import EXAMPLES, Figures, share

__all__ = ["WEAK", "asked_figures"]

WEAK = 0.6
"""Share of answers as asked below which a kind is weak."""

_MEASURED_LENGTHS = ("emotion", "describe")
# Their answers name units that they do not claim to be active.
_NOT_CLAIMS = ("absent", "change", "json")


def asked_figures(asked: AskedAnswers) -> Figures:
    """Return the figures by name, and every answer with its verdict under "answers"."""
    judged = [(item, judge(item.answer, item.case)) for item in asked.answers]
    by_kind: dict[str, list[str | None]] = {}
    for item, reason in judged:
        by_kind.setdefault(item.case.kind, []).append(reason)
    shares = {kind: _kind_figures(kind, reasons) for kind, reasons in by_kind.items()}
    return {
        "as_asked": {
            **share(reason is None for _, reason in judged),
            "kinds": len(by_kind),
            "weak": sorted(kind for kind, row in shares.items() if row["share"] < WEAK),
            "by_family": {
                family: share(r is None for kind in members for r in by_kind.get(kind, ()))
                for family, members in FAMILIES.items()
            },
            "by_kind": shares,
        },
        "carried": _carried(asked.answers),
        "declined": share(reason is None for item, reason in judged if item.case.kind in DECLINED),
        "faults": _faults(asked.answers),
        "words": {kind: _median(asked.answers, kind) for kind in _MEASURED_LENGTHS},
        "answers": [_row(item, reason) for item, reason in judged],
    }


def _kind_figures(kind: str, reasons: Sequence[str | None]) -> Figures:
    failures = Counter(reason for reason in reasons if reason)
    return {
        **share(reason is None for reason in reasons),
        "family": FAMILY_OF[kind],
        "reasons": dict(failures.most_common()),
    }


def _carried(answers: Sequence[AskedAnswer]) -> Figures:
    """Return the share of claimed units that the evidence carries, without the doubtful ones.

    "over_threshold" is the share of all claimed units whose evidence is over its threshold. Faces with
    evidence only.
    """
    over: list[bool] = []
    carried: list[bool] = []
    examples = []
    for item in answers:
        kind, facts = item.case.kind, item.case.facts
        if not facts.known or FAMILY_OF[kind] not in ABOUT_FACE or kind in _NOT_CLAIMS:
            continue
        claimed = claimed_units(item.answer.text)
        over += [_shows(facts, code) for code in claimed]
        clear = claimed - facts.doubtful
        carried += [_shows(facts, code) for code in clear]
        if wrong := sorted(code for code in clear if not _shows(facts, code)):
            units = ", ".join(f"AU{code}" for code in wrong)
            examples.append({"face": item.face, "kind": kind, "units": units, "answer": item.answer.text})
    return {**share(carried), "over_threshold": share(over), "examples": examples[:EXAMPLES]}


def _shows(facts: Facts, code: int) -> bool:
    """Return whether a claim is carried; a lowered jaw in words may be AU26 or AU27."""
    return code in facts.over or (code in (26, 27) and bool({26, 27} & facts.over))


def _faults(answers: Sequence[AskedAnswer]) -> Figures:
    found = Counter(kind for item in answers if (kind := fault(item.answer)))
    counts = {name: found[name] for name in ("empty", "cut", "loops")}
    return {"n": len(answers), "any": sum(found.values()), **counts}


def _median(answers: Sequence[AskedAnswer], kind: str) -> float | None:
    lengths = [words(item.answer.text) for item in answers if item.case.kind == kind]
    return float(median(lengths)) if lengths else None


def _row(item: AskedAnswer, reason: str | None) -> dict[str, Any]:
    row = {"kind": item.case.kind, "face": item.face, "asked": item.case.question, "answer": item.answer.text}
    if item.asked_before is not None:
        row |= {"asked_before": item.asked_before, "answer_before": item.case.before}
    return {**row, "reason": reason}
