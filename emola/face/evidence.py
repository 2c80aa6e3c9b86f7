"""Action-unit evidence: which movements the landmarks and the pixels show, and how strongly.

One linear model for each action unit, fitted on faces that FACS experts coded: over the prior vector
(``emola train recipes/nano.yaml``) and, once a vision tower has been trained, over its features
too. Units with too few coded examples use one measure with a fixed ramp instead (``RULES``). The same
evidence teaches Nano to speak, and its answers are checked against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from emola.errors import CheckpointError
from emola.faba.action_units import NANO_AUS
from emola.face.prior import PRIOR_DIM, PRIOR_NAMES
from emola.face.visibility import Lids, Visibility
from emola.files import replacing

EVIDENCE_NAME = "evidence.safetensors"
"""The file of the evidence, in the folder of the tower or the checkpoint whose features it reads."""

Measure = dict[str, float]

# The measure whose size stands for the strength of a unit, as a weighted sum of prior numbers.
# A name ending in * stands for the mean of its left and right twins. Two blendshapes of the
# landmarker, noseSneer and cheekSquint, are always close to zero: geometry stands in for them.
MEASURES: dict[int, Measure] = {
    1: {"brow_inner_height*": 1},
    2: {"brow_outer_height*": 1},
    4: {"browDown*": 1},
    5: {"eyeWide*": 1},
    6: {"lower_lid_height*": 1},
    7: {"eyeSquint*": 1},
    9: {"nose_wing_height*": 1},
    10: {"mouthUpperUp*": 1, "mouthSmile*": -0.6},
    12: {"mouthSmile*": 1},
    14: {"mouthDimple*": 1},
    15: {"mouthFrown*": 1},
    16: {"mouthLowerDown*": 1},
    17: {"mouthShrugLower": 1},
    20: {"mouthStretch*": 1},
    23: {"mouthPress*": 1},
    24: {"mouthPress*": 1},
    25: {"lip_gap": 1},
    26: {"jawOpen": 1},
    27: {"jawOpen": 1},
    43: {"eyeBlink*": 1},
}

# Units that the coded faces show too rarely to learn: measure at which the evidence is one half,
# and the steepness of the ramp.
RULES: dict[int, tuple[float, float]] = {
    10: (0.22, 20.0),
    14: (0.13, 40.0),
    16: (0.62, 15.0),
    20: (0.35, 15.0),
    26: (0.14, 40.0),
    43: (0.50, 15.0),
}


_CLOSED = 43

EXCLUDES = (27, 26)
"""The first unit rules out the second: FACS codes how far the mouth is open as 26 or 27, never both."""

LANDMARK_SHARE = 0.25
"""What the landmarks add to the log odds of a vision tower that was itself taught by them."""


@dataclass(frozen=True)
class AUEstimate:
    """The evidence for one action unit.

    probability: 0 to 1, one half at the threshold chosen for F1; intensity: 0 (none) to 1 (as
    strong as it gets), how far the unit's measure has moved; both None where the unit cannot be seen.
    active: probability reached one half. left, right: intensity on the subject's two sides, None for units
    that have no sides and for a side that cannot be seen.
    """

    probability: float | None
    intensity: float | None
    active: bool
    left: float | None
    right: float | None

    @property
    def visible(self) -> bool:
        """Whether the unit can be seen; if not, nothing is known of it."""
        return self.probability is not None


HIDDEN = AUEstimate(None, None, False, None, None)
"""The evidence for a unit that cannot be seen."""


class AUEvidence:
    """Linear evidence for the action units of ``NANO_AUS``.

    weights: (A, PRIOR_DIM + F) over the prior and F features of a vision tower, none for evidence of the
    landmarks alone; bias: (A,): logits are linear in them, zero at the threshold. rest, full: (A,): a unit's
    measure on a face at rest and at its strongest.
    """

    def __init__(self, weights: np.ndarray, bias: np.ndarray, rest: np.ndarray, full: np.ndarray) -> None:
        self.weights, self.bias, self.rest, self.full = weights, bias, rest, full

    @property
    def feature_count(self) -> int:
        """How many features of a vision tower are read."""
        return self.weights.shape[1] - PRIOR_DIM

    def with_tower(self, weights: np.ndarray, bias: np.ndarray) -> AUEvidence:
        """The same with what a vision tower's head sees in the pixels; units of ``RULES`` stay as they are.

        weights: (A, F), bias: (A,): the head's log odds of each unit.
        """
        learnt = np.array([au not in RULES for au in NANO_AUS])
        share = np.where(learnt, LANDMARK_SHARE, 1.0)
        return AUEvidence(
            np.hstack([share[:, None] * self.weights, learnt[:, None] * weights]),
            share * self.bias + learnt * bias,
            self.rest,
            self.full,
        )

    @classmethod
    def load(cls, path: str | Path) -> AUEvidence:
        """Read fitted evidence; CheckpointError when the file is absent or of another shape."""
        if not Path(path).is_file():
            raise CheckpointError(f"The action-unit evidence is missing: {path}; train it or restore it.")
        try:
            tensors = load_file(path)
        except (SafetensorError, OSError) as error:
            raise CheckpointError(f"{path} is damaged ({error}); restore it or fit it again.") from error
        if set(tensors) != {"weights", "bias", "rest", "full"}:
            raise CheckpointError(f"{path} does not hold action-unit evidence; restore it or fit it again.")
        shape, count = tensors["weights"].shape, len(NANO_AUS)
        vectors = [tensors[name].shape for name in ("bias", "rest", "full")]
        if len(shape) != 2 or shape[0] != count or shape[1] < PRIOR_DIM or set(vectors) != {(count,)}:
            raise CheckpointError(
                f"{path} holds evidence of shape {tuple(shape)}, but {len(NANO_AUS)} units over at least "
                f"{PRIOR_DIM} numbers are needed; fit it again."
            )
        return cls(**tensors)

    def save(self, path: str | Path) -> None:
        """Write the fitted numbers as safetensors."""
        fields = {"weights": self.weights, "bias": self.bias, "rest": self.rest, "full": self.full}
        with replacing(Path(path)) as partial:
            save_file({n: np.ascontiguousarray(v, dtype=np.float32) for n, v in fields.items()}, partial)

    def logits(self, priors: np.ndarray, features: np.ndarray | None = None) -> np.ndarray:
        """(..., A): log odds of each unit of NANO_AUS, zero at the threshold.

        priors: (..., PRIOR_DIM); features: (..., F), what the vision tower makes of the whole face. Raises
        ValueError when F is not ``features``.
        """
        seen = np.asarray(priors, dtype=np.float64)
        if features is not None:
            seen = np.concatenate([seen, features], axis=-1)
        if seen.shape[-1] != self.weights.shape[1]:
            raise ValueError(
                f"The evidence reads {self.feature_count} features of a vision tower, "
                f"and {seen.shape[-1] - PRIOR_DIM} came."
            )
        logits = seen @ self.weights.T + self.bias
        stronger, weaker = (NANO_AUS.index(au) for au in EXCLUDES)
        logits[..., weaker] = np.where(
            logits[..., stronger] >= 0,
            np.minimum(logits[..., weaker], -logits[..., stronger] - 1),
            logits[..., weaker],
        )
        return logits

    def estimate(
        self,
        prior: np.ndarray,
        features: np.ndarray | None = None,
        visibility: Visibility | None = None,
        lids: Lids | None = None,
    ) -> dict[int, AUEstimate]:
        """The evidence for each unit of NANO_AUS in one face.

        prior: (PRIOR_DIM,); features: (F,); visibility: what of the face can be seen, None for all of it;
        lids: what the pixels say of closed eyes, which AU43 counts beside the landmarks.
        """
        probabilities = 1 / (1 + np.exp(-self.logits(prior, features)))
        estimates = {
            au: self._unit(i, prior, float(probability), visibility)
            for i, (au, probability) in enumerate(zip(NANO_AUS, probabilities, strict=True))
        }
        return estimates if lids is None else estimates | {_CLOSED: _with_lids(estimates[_CLOSED], lids)}

    def _unit(self, i: int, prior: np.ndarray, probability: float, seen: Visibility | None) -> AUEstimate:
        au = NANO_AUS[i]
        if seen is not None and not seen.shows(au):
            return HIDDEN
        if not any(name.endswith("*") for name in MEASURES[au]):
            return AUEstimate(probability, self._strength(i, prior), probability >= 0.5, None, None)
        left, right = (
            self._strength(i, prior, side) if seen is None or seen.shows(au, side) else None
            for side in ("left", "right")
        )
        return AUEstimate(probability, _mean(left, right), probability >= 0.5, left, right)

    def _strength(self, i: int, prior: np.ndarray, side: str = "") -> float:
        """How far the measure of a unit moved from rest, 0 to 1."""
        value = float(prior @ measure_weights(NANO_AUS[i], side))
        return float(np.clip((value - self.rest[i]) / (self.full[i] - self.rest[i]), 0, 1))


def _with_lids(closed: AUEstimate, lids: Lids) -> AUEstimate:
    """The evidence for closed eyes, by landmarks or by pixels: whichever finds more."""
    if closed.probability is None:
        return closed
    left, right = (
        None if strength is None else max(strength, lid)
        for strength, lid in ((closed.left, lids.left), (closed.right, lids.right))
    )
    both = min(lid for lid, side in ((lids.left, left), (lids.right, right)) if side is not None)
    probability = max(closed.probability, both)
    return AUEstimate(probability, _mean(left, right), probability >= 0.5, left, right)


def _mean(*strengths: float | None) -> float:
    """The mean of those that are known."""
    known = [strength for strength in strengths if strength is not None]
    return sum(known) / len(known)


def measure_weights(au: int, side: str = "") -> np.ndarray:
    """The measure of a unit as (PRIOR_DIM,) weights over the prior vector.

    side: "left" or "right" for one side of a unit that has sides, "" for both together.
    """
    weights = np.zeros(PRIOR_DIM)
    for name, weight in MEASURES[au].items():
        sides = [side] if side else ["left", "right"]
        columns = [_column(name[:-1], s) for s in sides] if name.endswith("*") else [name]
        for column in columns:
            weights[PRIOR_NAMES.index(column)] += weight / len(columns)
    return weights


def _column(stem: str, side: str) -> str:
    return f"{stem}_{side}" if f"{stem}_{side}" in PRIOR_NAMES else f"{stem}{side.capitalize()}"
