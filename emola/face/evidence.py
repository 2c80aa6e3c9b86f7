"""Action-unit evidence: probability and intensity of each unit, from landmarks and pixels.

The model is one logistic regression per action unit, fitted on faces coded by FACS experts. It reads the
prior vector (``emola train recipes/nano.yaml``) and, once a vision tower has been trained, the
features of that tower. Units with too few coded examples use a single measure with a fixed ramp instead
(``RULES``). The training targets of Nano come from the same evidence, and its answers are checked against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from emola.errors import CheckpointError
from emola.faba.action_units import NANO_AUS
from emola.face.arrays import FloatArray
from emola.face.prior import PRIOR_DIM, PRIOR_NAMES
from emola.face.visibility import Lids, Visibility
from emola.files import replacing

EVIDENCE_NAME = "evidence.safetensors"
"""File name of the evidence, in the folder of the tower or checkpoint whose features it reads."""

Measure = dict[str, float]

# Measure of each unit's intensity, as a weighted sum of prior features. A name ending in * is the mean
# over both sides. Geometry replaces the blendshapes noseSneer and cheekSquint, which MediaPipe's
# landmarker always reports close to zero.
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

# Units that are too rare in the coded faces to be learnt: the measure at which the probability is one half,
# and the slope of the logit.
RULES: dict[int, tuple[float, float]] = {
    10: (0.22, 20.0),
    14: (0.13, 40.0),
    16: (0.62, 15.0),
    20: (0.35, 15.0),
    26: (0.14, 40.0),
    43: (0.50, 15.0),
}

_EYES_CLOSED = 43

EXCLUDES = (27, 26)
"""The first unit excludes the second: FACS codes the opening of the jaw as AU26 or AU27, never both."""

LANDMARK_SHARE = 0.25
"""Weight of the landmarks' logits when added to those of a vision tower that was trained on them."""


@dataclass(frozen=True)
class AUEstimate:
    """The evidence for one action unit.

    probability: 0 to 1, one half at the threshold with the best F1; None if the unit is not visible.
    intensity: 0 (at rest) to 1 (maximum); None if the unit is not visible. active: whether the probability is
    at least one half. left, right: intensity on the subject's left and right; None for a unit without sides
    and for a side that is not visible.
    """

    probability: float | None
    intensity: float | None
    active: bool
    left: float | None
    right: float | None

    @property
    def visible(self) -> bool:
        """Whether the unit can be seen; if not, all values are unknown."""
        return self.probability is not None


HIDDEN = AUEstimate(None, None, False, None, None)
"""The estimate of a unit that is not visible."""


class AUEvidence:
    """Linear evidence for the A action units of ``NANO_AUS``.

    weights: (A, PRIOR_DIM + F), over the prior and F features of a vision tower; F is 0 for evidence from
    landmarks only. bias: (A,). The logits are zero at the threshold. rest, full: (A,), measure of each unit
    at rest and at its maximum.
    """

    def __init__(self, weights: FloatArray, bias: FloatArray, rest: FloatArray, full: FloatArray) -> None:
        self.weights, self.bias, self.rest, self.full = weights, bias, rest, full

    @property
    def feature_count(self) -> int:
        """Number F of vision-tower features that the evidence reads."""
        return int(self.weights.shape[1]) - PRIOR_DIM

    def with_tower(self, weights: FloatArray, bias: FloatArray) -> AUEvidence:
        """Return new evidence that adds the logits of a vision tower's head, except for units of ``RULES``.

        weights: (A, F). bias: (A,).
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
        """Read evidence. Raises CheckpointError if the file is missing, damaged or of another shape."""
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
        """Write the evidence as safetensors."""
        fields = {"weights": self.weights, "bias": self.bias, "rest": self.rest, "full": self.full}
        with replacing(Path(path)) as partial:
            save_file({n: np.ascontiguousarray(v, dtype=np.float32) for n, v in fields.items()}, partial)

    def logits(self, priors: FloatArray, features: FloatArray | None = None) -> FloatArray:
        """Return the logit of each unit, (..., A), zero at the threshold.

        priors: (..., PRIOR_DIM). features: (..., F), of the vision tower for the whole face. Raises
        ValueError if F is not ``feature_count``.
        """
        inputs = np.asarray(priors, dtype=np.float64)
        if features is not None:
            inputs = np.concatenate([inputs, features], axis=-1)
        if inputs.shape[-1] != self.weights.shape[1]:
            raise ValueError(
                f"The evidence reads {self.feature_count} features of a vision tower, "
                f"and got {inputs.shape[-1] - PRIOR_DIM}."
            )
        logits = np.asarray(inputs @ self.weights.T + self.bias)
        stronger, weaker = (NANO_AUS.index(au) for au in EXCLUDES)
        logits[..., weaker] = np.where(
            logits[..., stronger] >= 0,
            np.minimum(logits[..., weaker], -logits[..., stronger] - 1),
            logits[..., weaker],
        )
        return logits

    def estimate(
        self,
        prior: FloatArray,
        features: FloatArray | None = None,
        visibility: Visibility | None = None,
        lids: Lids | None = None,
    ) -> dict[int, AUEstimate]:
        """Return the evidence for each unit of ``NANO_AUS`` in one face.

        prior: (PRIOR_DIM,). features: (F,). visibility: None if the whole face is visible. lids: closure of
        the eyes from pixels, which is combined with the landmarks for AU43.
        """
        probabilities = 1 / (1 + np.exp(-self.logits(prior, features)))
        estimates = {
            au: self._estimate_unit(i, prior, float(probability), visibility)
            for i, (au, probability) in enumerate(zip(NANO_AUS, probabilities, strict=True))
        }
        if lids is not None:
            estimates[_EYES_CLOSED] = _with_lids(estimates[_EYES_CLOSED], lids)
        return estimates

    def _estimate_unit(
        self, i: int, prior: FloatArray, probability: float, visibility: Visibility | None
    ) -> AUEstimate:
        au = NANO_AUS[i]
        if visibility is not None and not visibility.shows(au):
            return HIDDEN
        if not any(name.endswith("*") for name in MEASURES[au]):
            return AUEstimate(probability, self._intensity(i, prior), probability >= 0.5, None, None)
        left, right = (
            self._intensity(i, prior, side) if visibility is None or visibility.shows(au, side) else None
            for side in ("left", "right")
        )
        return AUEstimate(probability, _mean(left, right), probability >= 0.5, left, right)

    def _intensity(self, i: int, prior: FloatArray, side: str = "") -> float:
        """Return the position of a unit's measure between rest and maximum, 0 to 1."""
        value = float(prior @ measure_weights(NANO_AUS[i], side))
        return float(np.clip((value - self.rest[i]) / (self.full[i] - self.rest[i]), 0, 1))


def _with_lids(closed: AUEstimate, lids: Lids) -> AUEstimate:
    """Combine the evidence for closed eyes from landmarks and from pixels by the maximum."""
    if closed.probability is None:
        return closed
    left, right = (
        None if intensity is None else max(intensity, lid)
        for intensity, lid in ((closed.left, lids.left), (closed.right, lids.right))
    )
    both_closed = min(lid for lid, side in ((lids.left, left), (lids.right, right)) if side is not None)
    probability = max(closed.probability, both_closed)
    return AUEstimate(probability, _mean(left, right), probability >= 0.5, left, right)


def _mean(*intensities: float | None) -> float:
    """Return the mean of the values that are not None."""
    known = [intensity for intensity in intensities if intensity is not None]
    return sum(known) / len(known)


def measure_weights(au: int, side: str = "") -> npt.NDArray[np.float64]:
    """Return a unit's measure as weights over the prior vector, (PRIOR_DIM,).

    side: "left" or "right" for one side, "" for the mean over both.
    """
    weights = np.zeros(PRIOR_DIM)
    for name, weight in MEASURES[au].items():
        sides = [side] if side else ["left", "right"]
        columns = [_column(name[:-1], s) for s in sides] if name.endswith("*") else [name]
        for column in columns:
            weights[PRIOR_NAMES.index(column)] += weight / len(columns)
    return weights


def _column(stem: str, side: str) -> str:
    """Return the name of a prior feature on one side, in the style of geometry or of blendshapes."""
    return f"{stem}_{side}" if f"{stem}_{side}" in PRIOR_NAMES else f"{stem}{side.capitalize()}"
