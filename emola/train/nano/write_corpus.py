"""Write Nano's instruction corpus: conversations about the faces of labelled sets, as JSON lines."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from emola.errors import RecipeError
from emola.faba import EMOTIONS
from emola.face.evidence import EVIDENCE_NAME, AUEstimate, AUEvidence
from emola.face.prior import PRIOR_NAMES
from emola.files import replacing
from emola.train.nano.corpus import BUILDERS, FaceFacts, Mixture, UnitFact, Writer
from emola.train.nano.face_sources import FaceSource, draw
from emola.train.nano.face_table import FaceTable
from emola.train.nano.tower import load_tower

log = logging.getLogger(__name__)

THRESHOLDS = (0.53, 0.7)
"""Range of the probability from which a unit counts as active, drawn for each conversation.

The range lies above the evidence's own threshold of 0.5, because a small model is unstable near a
threshold, and naming too few units is better than naming units without evidence. The threshold varies, so
later answers of a conversation can only follow its list, and the model learns to agree with itself.
"""


@dataclass(frozen=True)
class CorpusRecipe:
    """Settings of the stage "corpus".

    sources: tables of faces. tower: a trained tower; it gives the emotion and how clear it is, and its
    evidence the action units. out: the corpus, JSON lines. kinds: number of conversations of each kind, see
    :data:`~emola.train.nano.corpus.builders.BUILDERS`. phrases: folder of the phrases. mixture: YAML file
    with the settings of :class:`~emola.train.nano.corpus.mixture.Mixture`. balance: exponent of an emotion's
    frequency in its weight; below 0 favours rare emotions.

    Raises:
        RecipeError: for an unknown kind, and if the phrases or the mixture cannot be read.
    """

    sources: tuple[FaceSource, ...]
    tower: Path
    out: Path
    kinds: dict[str, int]
    phrases: Path
    mixture: Path
    balance: float = -0.5
    seed: int = 0

    def __post_init__(self) -> None:
        for kind in self.kinds:
            if kind not in BUILDERS:
                raise RecipeError(f"A kind of conversation is {kind!r}; it can be {', '.join(BUILDERS)}.")
        self.writer()

    def writer(self) -> Writer:
        """Read phrases and mixture."""
        return Writer.load(self.phrases, Mixture.load(self.mixture))


def write_corpus(recipe: CorpusRecipe) -> None:
    """Write the corpus; the same recipe writes the same file."""
    with replacing(recipe.out) as partial, partial.open("w", encoding="utf-8") as file:
        for record in _records(recipe):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    log.info("%d conversations in %s", sum(recipe.kinds.values()), recipe.out)


def _records(recipe: CorpusRecipe) -> Iterator[dict[str, Any]]:
    writer = recipe.writer()
    evidence = AUEvidence.load(recipe.tower / EVIDENCE_NAME)
    tables = [FaceTable.load(source.faces) for source in recipe.sources]
    # held-out people are left out; rows are those of the whole table, where the training looks them up
    rows = [np.flatnonzero(~t.held_out(s.hold_out)) for t, s in zip(tables, recipe.sources, strict=True)]
    shown = [t.where(kept) for t, kept in zip(tables, rows, strict=True)]
    kinds = [kind for kind, count in recipe.kinds.items() for _ in range(count)]
    drawn = draw(shown, recipe.sources, len(kinds), recipe.balance, recipe.seed)
    faces = [(table, int(rows[table][index])) for table, index in drawn]
    tower = load_tower(recipe.tower)
    features = tower.features(np.stack([tables[table].crops[row] for table, row in faces]))
    beliefs = tower.beliefs(features)
    rng = random.Random(recipe.seed)
    for kind, (table, row), seen, belief in zip(kinds, faces, features.numpy(), beliefs, strict=True):
        estimates = evidence.estimate(tables[table].priors[row], seen)
        beliefs_by_name = dict(zip(EMOTIONS, belief.tolist(), strict=True))
        facts = face_facts(tables[table], row, estimates, beliefs_by_name, rng.uniform(*THRESHOLDS))
        yield {
            "faces": recipe.sources[table].faces.name,
            "row": row,
            "messages": writer.build(kind, facts, random.Random(rng.getrandbits(64))),
        }


def face_facts(
    table: FaceTable,
    row: int,
    estimates: Mapping[int, AUEstimate],
    beliefs: Mapping[str, float],
    threshold: float = 0.5,
) -> FaceFacts:
    """Return the facts of one face that the corpus speaks about.

    The emotion is the likeliest by the tower, which was trained on human labels: labels of everyday faces are
    often disputed, and what a face does not show cannot be learnt from it. Faces without a label get no
    emotion.

    threshold: probability from which a unit counts as active.
    """
    emotion = max(beliefs, key=lambda name: beliefs[name]) if str(table.emotions[row]) else None
    if not table.found[row]:
        return FaceFacts(emotion, units=None, beliefs=beliefs)
    units = {
        au: UnitFact(e.probability, e.intensity, e.probability >= threshold, e.left, e.right)
        for au, e in estimates.items()
        if e.probability is not None and e.intensity is not None
    }
    yaw = float(table.priors[row][PRIOR_NAMES.index("yaw")]) * 90
    return FaceFacts(emotion, units, yaw, beliefs)
