"""The reading of a face from the AU evidence and the visibility, without its emotion."""

from __future__ import annotations

from collections.abc import Mapping

from emola.faba.face_reading import LEVELS, FaceReading, UnitReading
from emola.face.evidence import AUEstimate
from emola.face.visibility import Visibility

SURE = 0.7
"""Lowest probability at which an active unit is sure."""


def read_face(
    estimates: Mapping[int, AUEstimate] | None,
    visibility: Visibility | None = None,
    faults: tuple[str, ...] = (),
) -> FaceReading:
    """Return the facts of a face without its emotion.

    estimates: result of ``AUEvidence.estimate``, None without landmarks. visibility: None if it was not
    assessed. faults: further faults of the view. Units are sure only in a clear view.
    """
    hidden = visibility.hidden if visibility else frozenset()
    faults = (*(visibility.faults if visibility else ()), *faults)
    units = None
    if estimates is not None:
        clear = not hidden and not faults
        units = {au: _unit(estimate, clear) for au, estimate in estimates.items() if estimate.active}
    return FaceReading(units, hidden, faults)


def _unit(estimate: AUEstimate, clear: bool) -> UnitReading:
    assert estimate.probability is not None and estimate.intensity is not None
    return UnitReading(
        level(estimate.intensity),
        sure=clear and estimate.probability >= SURE,
        left=None if estimate.left is None else level(estimate.left),
        right=None if estimate.right is None else level(estimate.right),
    )


def level(intensity: float) -> str:
    """Return the level, A to E, of an intensity from 0 to 1. Each level covers a fifth of the range."""
    return LEVELS[min(int(max(intensity, 0.0) * len(LEVELS)), len(LEVELS) - 1)]
