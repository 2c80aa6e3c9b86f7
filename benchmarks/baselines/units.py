"""Action units: EmoLA's answers, its evidence, and single MediaPipe blendshapes."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from benchmarks.baselines.faces import answers, look, training_records
from benchmarks.baselines.tables import EMOLA, facts, headline
from emola import EmoLA, load
from emola.bench import STRICT
from emola.bench.metrics import UnitScore, unit_scores
from emola.bench.pages import Table, decimal
from emola.cli.labelled_data import sampled_records
from emola.data import Dataset, Record
from emola.errors import DataError
from emola.faba import NANO_AUS
from emola.face import Face
from emola.face.prior import BLENDSHAPES

Coded = tuple[Record, Mapping[str, float]]
"""A record with expert codes, and the blendshapes of its face by name."""

EVIDENCE = "EmoLA's evidence"
OWN = "own blendshape, tuned"
BEST = "best blendshape, tuned"
ENOUGH = 5
"""Number of positive faces from which a unit counts in the mean."""

OWN_BLENDSHAPE = {
    1: "browInnerUp", 2: "browOuterUp*", 4: "browDown*", 5: "eyeWide*", 6: "cheekSquint*", 7: "eyeSquint*",
    9: "noseSneer*", 10: "mouthUpperUp*", 12: "mouthSmile*", 14: "mouthDimple*", 15: "mouthFrown*",
    16: "mouthLowerDown*", 17: "mouthShrugLower", 20: "mouthStretch*", 23: "mouthPress*", 24: "mouthPress*",
    25: "jawOpen", 26: "jawOpen", 27: "jawOpen", 43: "eyeBlink*",
}  # fmt: skip
"""The blendshape that corresponds to each unit; * is the mean of Left and Right."""

EVERY_BLENDSHAPE = tuple(
    f"{name.removesuffix('Left')}*" if name.endswith("Left") else name
    for name in BLENDSHAPES
    if not name.endswith("Right")
)


class Rule(NamedTuple):
    """A unit is active if a blendshape is at least ``threshold``; never if that is None."""

    blendshape: str
    threshold: float | None


def measure_units(data: Dataset, args: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Return the figures of every model, and their table."""
    records, others = sampled_records(data, args, args.task), training_records(data, args)
    if not others:
        raise DataError("Give --held-out N: the thresholds are tuned on the people who are not held out.")
    outcomes = answers(data, records, args)
    nano = load("nano")
    coded = [(record, face.blendshapes) for record, _, face in look(f"{data.name}, to tune", others) if face]
    rules = {
        OWN: {code: tuned(code, [name], coded) for code, name in OWN_BLENDSHAPE.items()},
        BEST: {code: tuned(code, [name, *EVERY_BLENDSHAPE], coded) for code, name in OWN_BLENDSHAPE.items()},
    }
    seen = [(record, face) for record, _, face in look(data.name, records)]
    found = {
        EMOLA: [set(STRICT.units(outcomes[record.id].prediction)) for record, _ in seen],
        EVIDENCE: [shown(nano, face) for _, face in seen],
        **{
            name: [over(rule, face.blendshapes if face else {}) for _, face in seen]
            for name, rule in rules.items()
        },
    }
    labels = [set(record.action_units or ()) for record, _ in seen]
    codes = [code for code in NANO_AUS if any(code in label for label in labels)]
    uncoded = [record.uncoded for record, _ in seen]
    scores = {name: unit_scores(labels, units, codes, uncoded) for name, units in found.items()}
    figures = {
        **facts(data, args, len(seen)),
        "no_landmarks": sum(face is None for _, face in seen),
        "tuned_on": len(coded),
        "readers": {name: unit_figures(by_code) for name, by_code in scores.items()},
        "rules": {name: {str(code): rule[code]._asdict() for code in codes} for name, rule in rules.items()},
    }
    return figures, unit_table(figures)


def tuned(code: int, names: Sequence[str], coded: Sequence[Coded]) -> Rule:
    """Return the blendshape of ``names`` and the threshold with the best F1; of equals, the first blendshape.

    Faces in which the unit could not be judged are left out.
    """
    judged = [(record, shapes) for record, shapes in coded if code not in record.uncoded]
    active = [code in (record.action_units or ()) for record, _ in judged]
    if not any(active):
        return Rule(names[0], None)
    best = {name: threshold([strength(shapes, name) for _, shapes in judged], active) for name in names}
    name = max(best, key=lambda candidate: best[candidate][0])
    return Rule(name, best[name][1])


def threshold(values: Sequence[float], active: Sequence[bool]) -> tuple[float, float]:
    """Return the best F1 of ``value >= threshold``, and that threshold; of equals, the middle one."""
    levels, is_active = np.unique(values), np.asarray(active)
    cuts = np.concatenate([levels[:1], (levels[1:] + levels[:-1]) / 2])
    predicted = np.asarray(values) >= cuts[:, None]
    f1 = 2 * (predicted & is_active).sum(1) / (predicted.sum(1) + is_active.sum())
    best = np.flatnonzero(f1 == f1.max())
    return float(f1.max()), float(cuts[best[len(best) // 2]])


def strength(shapes: Mapping[str, float], name: str) -> float:
    """Return a blendshape, 0 to 1; with *, the mean of its sides."""
    if name.endswith("*"):
        return (shapes[f"{name[:-1]}Left"] + shapes[f"{name[:-1]}Right"]) / 2
    return shapes[name]


def over(rules: Mapping[int, Rule], shapes: Mapping[str, float]) -> set[int]:
    """Return the units whose blendshape reaches its threshold; none without blendshapes."""
    if not shapes:
        return set()
    return {
        code
        for code, rule in rules.items()
        if rule.threshold is not None and strength(shapes, rule.blendshape) >= rule.threshold
    }


def shown(nano: EmoLA, face: Face | None) -> set[int]:
    """Return the units that are active by the evidence; none without landmarks."""
    if face is None:
        return set()
    return {code for code, estimate in nano.evidence(face).items() if estimate.active}


def unit_figures(scores: Mapping[int, UnitScore]) -> dict[str, Any]:
    """Return F1 and support of each unit, and the mean F1 of units with ``ENOUGH`` positive faces."""
    enough = [unit.f1 for unit in scores.values() if unit.f1 is not None and unit.support >= ENOUGH]
    return {
        "f1": sum(enough) / len(enough) if enough else None,
        "units_in_mean": len(enough),
        "per_au": {str(code): {"f1": unit.f1, "support": unit.support} for code, unit in scores.items()},
    }


def unit_table(figures: Mapping[str, Any]) -> str:
    """Return a Markdown table with a row for each unit and one for the mean."""
    readers, best = figures["readers"], figures["rules"][BEST]
    rows = [["AU", "faces", *readers, "which is best"]]
    for code, unit in readers[EMOLA]["per_au"].items():
        scores = [decimal(reader["per_au"][code]["f1"]) for reader in readers.values()]
        which = "-" if best[code]["threshold"] is None else best[code]["blendshape"].rstrip("*")
        rows.append([code, str(unit["support"]), *scores, which])
    means = [decimal(reader["f1"]) for reader in readers.values()]
    rows.append([f"mean of {readers[EMOLA]['units_in_mean']}", f"{ENOUGH} or more", *means, ""])
    notes = f"{figures['no_landmarks']} without landmarks; thresholds tuned on {figures['tuned_on']} others"
    return f"{headline(figures)}; {notes}\n\n{Table(rows[0], rows[1:]).markdown()}"
