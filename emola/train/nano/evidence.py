"""Evidence stage: fits the action unit evidence of the landmarks on FACS-coded faces."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from emola.bench.metrics import f1
from emola.errors import DataError
from emola.extras import require
from emola.faba.action_units import NANO_AUS
from emola.face.evidence import RULES, AUEvidence, measure_weights
from emola.face.prior import PRIOR_DIM
from emola.files import replacing
from emola.train.nano.face_table import FaceTable

log = logging.getLogger(__name__)

LEAST_MOVEMENT = 0.01
"""Lower limit of a prior number's standard deviation when it is scaled to unit variance."""

LEAST_ACTIVE = 10
"""Lowest number of active faces from which the F1 of a unit is reported."""


@dataclass(frozen=True)
class EvidenceRecipe:
    """Settings of the evidence stage.

    faces: table of FACS-coded faces; everyday: table of faces with emotion labels, of which
    ``everyday_faces`` neutral and happy ones are sampled; hold_out, everyday_hold_out: one person in this
    many is held out; folds: of the cross-validation by person that chooses the thresholds; strength:
    inverse of the L2 penalty; weak: weight of the everyday faces relative to the coded ones.
    """

    faces: Path
    everyday: Path
    out: Path
    hold_out: int = 3
    everyday_hold_out: int = 10
    everyday_faces: int = 1200
    folds: int = 5
    strength: float = 0.1
    weak: float = 0.25
    seed: int = 0


def train_evidence(recipe: EvidenceRecipe) -> AUEvidence:
    """Fit the evidence, write it to ``recipe.out`` and its cross-validated F1 to a JSON file beside it.

    Raises DataError if too few people have coded faces, or if a unit is never active.
    """
    require("sklearn")
    coded = FaceTable.load(recipe.faces).split(recipe.hold_out)[0].with_known_units()
    if not coded.coded.any():
        raise DataError(f"No coded faces in {recipe.faces}; a labels.csv with action_units is needed.")
    everyday, _ = FaceTable.load(recipe.everyday).split(recipe.everyday_hold_out)
    fit = _Fit(recipe, coded, everyday.where(everyday.found))
    evidence, unit_scores = fit.run(), fit.cross_validated()
    evidence.save(recipe.out)
    mean = float(np.mean(list(unit_scores.values()))) if unit_scores else None
    figures = {"mean_f1": mean, "f1": unit_scores}
    with replacing(recipe.out.with_suffix(".json")) as partial:
        partial.write_text(json.dumps(figures, indent=1))
    log.info("Cross-validated by person: %s", figures)
    return evidence


def unit_f1(
    active_NA: npt.NDArray[np.bool_], predicted_NA: npt.NDArray[np.bool_], least: int
) -> dict[int, float]:
    """Return the F1 of each unit of NANO_AUS that is active in at least ``least`` faces."""
    return {
        au: f1(zip(active.tolist(), predicted.tolist(), strict=True))
        for au, active, predicted in zip(NANO_AUS, active_NA.T, predicted_NA.T, strict=True)
        if active.sum() >= least
    }


class _Fit:
    """A fit on coded faces, and on everyday faces as weak labels.

    The coded faces are few, posed, and from one laboratory; a model fitted on them alone reports brow and
    chin units in many neutral faces elsewhere. Everyday faces labelled neutral therefore count as faces
    without any unit, and happy ones as faces with AU12.
    """

    def __init__(self, recipe: EvidenceRecipe, coded: FaceTable, everyday: FaceTable) -> None:
        self.recipe, self.coded = recipe, coded
        rng = np.random.default_rng(recipe.seed)
        self.neutral, self.happy = (
            rng.permutation(everyday.priors[everyday.emotions == emotion])[: recipe.everyday_faces]
            for emotion in ("neutral", "happiness")
        )

    def run(self) -> AUEvidence:
        """Return the evidence, with the values at rest and at full intensity of each unit."""
        count = len(NANO_AUS)
        weights, bias = np.zeros((count, PRIOR_DIM)), np.zeros(count)
        rest, full = np.zeros(count), np.zeros(count)
        for i, au in enumerate(NANO_AUS):
            active = self._active(au)
            weights[i], bias[i] = self._unit(au)
            values = self.coded.priors @ measure_weights(au)
            rest[i] = np.median(values[~active])
            full[i] = 2 * RULES[au][0] if au in RULES else np.quantile(values[active], 0.95)
        return AUEvidence(weights, bias, rest, full)

    def cross_validated(self) -> dict[int, float]:
        """Return the F1 of each unit with enough active faces, fitted on other people than tested."""
        priors, active_NA = self.coded.priors, self.coded.active()
        predicted_NA = np.zeros_like(active_NA)
        for i, au in enumerate(NANO_AUS):
            active = active_NA[:, i]
            if active.sum() < LEAST_ACTIVE:
                continue
            for train, test in self._folds():
                weights, bias = self._with_rows(train)._unit(au)
                predicted_NA[test, i] = priors[test] @ weights + bias >= 0
        return unit_f1(active_NA, predicted_NA, LEAST_ACTIVE)

    def _with_rows(self, rows: npt.NDArray[Any]) -> _Fit:
        """Return the same fit on a subset of the coded faces."""
        part = copy(self)
        part.coded = self.coded.where(rows)
        return part

    def _active(self, au: int) -> npt.NDArray[np.bool_]:
        return np.asarray(self.coded.active()[:, NANO_AUS.index(au)])

    def _folds(self) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
        """Yield the training rows and the test rows of each fold, grouped by person."""
        from sklearn.model_selection import GroupKFold

        folds, people = self.recipe.folds, len(set(self.coded.groups))
        if people < folds:
            raise DataError(
                f"{self.recipe.faces}: {people} people with coded faces are left to learn from; "
                f"{folds} folds need {folds} or more."
            )
        yield from GroupKFold(folds).split(self.coded.priors, groups=self.coded.groups)

    def _unit(self, au: int) -> tuple[npt.NDArray[np.float64], float]:
        """Return weights and bias of a unit; the logit is zero at the threshold with the best F1."""
        if au in RULES:
            half, steepness = RULES[au]
            return measure_weights(au) * steepness, -half * steepness
        priors, active = self.coded.priors, self._active(au)
        scores = np.zeros(len(priors))
        for train, test in self._folds():
            weights, bias = self._regression(au, priors[train], active[train])
            scores[test] = priors[test] @ weights + bias
        # The mean of the nearly best thresholds varies less than the best one.
        thresholds = np.linspace(-2, 3, 101)
        scored = np.array([f1(zip(active.tolist(), (scores >= t).tolist(), strict=True)) for t in thresholds])
        threshold = float(thresholds[scored >= scored.max() - 0.02].mean())
        weights, bias = self._regression(au, priors, active)
        return weights, bias - threshold

    def _regression(
        self, au: int, priors: npt.NDArray[np.float32], active: npt.NDArray[np.bool_]
    ) -> tuple[npt.NDArray[np.float64], float]:
        """Return the weights and the bias of a logistic regression on coded and everyday faces."""
        from sklearn.linear_model import LogisticRegression

        if not active.any():
            raise DataError(
                f"Too few people show AU{au} in {self.recipe.faces}: some fold leaves none to learn from."
            )
        happy = self.happy if au == 12 else self.happy[:0]
        share = self.recipe.weak / (1 + self.recipe.weak)
        parts = [  # faces, whether the unit is active, their share of all faces with that label
            (priors[active], True, 1 - share if len(happy) else 1.0),
            (priors[~active], False, 1 - share),
            (happy, True, share),
            (self.neutral, False, share),
        ]
        x = np.concatenate([faces for faces, _, _ in parts]).astype(np.float64)
        y = np.concatenate([np.full(len(faces), label) for faces, label, _ in parts])
        weight = np.concatenate(
            [np.full(len(faces), of_label / max(1, len(faces))) for faces, _, of_label in parts]
        )
        # Some blendshapes are almost constant (cheekSquint varies by a millionth). Scaled to unit variance,
        # they would dominate the rare faces where they do move.
        mean, scale = x.mean(0), np.maximum(x.std(0), LEAST_MOVEMENT)
        model = LogisticRegression(C=self.recipe.strength, max_iter=5000)
        model.fit((x - mean) / scale, y, sample_weight=weight * len(priors) / 2)
        coefficients = model.coef_[0] / scale
        return coefficients, float(model.intercept_[0] - mean @ coefficients)
