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
from emola.train.nano.corpus import (
    FaceFacts,
    UnitFact,
    build_check,
    build_contrast,
    build_conversation,
    build_doubt,
    build_drill,
    build_lesson,
    build_quiz,
)
from emola.train.nano.face_sources import FaceSource, draw
from emola.train.nano.face_table import FaceTable
from emola.train.nano.tower import load_tower

log = logging.getLogger(__name__)

KINDS = {
    "conversation": build_conversation,
    "drill": build_drill,
    "contrast": build_contrast,
    "lesson": build_lesson,
    "check": build_check,
    "quiz": build_quiz,
    "doubt": build_doubt,
}


NAMED = (0.53, 0.7)
"""From which probability on a unit is spoken of as active, drawn for each conversation.

Above the evidence's own threshold of one half: a small model reads a number close to a threshold now as
this, now as that, and had better name too little than what the evidence does not show. Drawn anew, because
then the list in a conversation is all that tells how its later questions are to be answered, and the model
learns to agree with itself.
"""


@dataclass(frozen=True)
class CorpusRecipe:
    """Which faces to talk about, and how much.

    sources: tables of faces; tower: a trained tower, which says what emotion a face shows and how clearly,
    and with its evidence which action units; kinds: how many conversations of each kind, which are
    "conversation"; "drill", short questions from which reading a face is learnt first; "contrast", questions
    to answer beside questions to decline; "lesson", questions about action units as such; "check", yes/no
    questions that agree with a list; "quiz", questions about single units before any list; "doubt", whether
    it is this or that emotion, and why; balance: how much a table's rarer emotions are favoured (frequency
    to that power).

    Raises RecipeError for another kind.
    """

    sources: tuple[FaceSource, ...]
    tower: Path
    out: Path
    kinds: dict[str, int]
    balance: float = -0.5
    seed: int = 0

    def __post_init__(self) -> None:
        for kind in self.kinds:
            if kind not in KINDS:
                raise RecipeError(f"A kind of conversation is {kind!r}; it can be {', '.join(KINDS)}.")


def train_corpus(recipe: CorpusRecipe) -> None:
    """Write the corpus; the same recipe writes the same file."""
    with replacing(recipe.out) as partial, partial.open("w", encoding="utf-8") as file:
        for record in _records(recipe):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    log.info("%d conversations in %s", sum(recipe.kinds.values()), recipe.out)


def _records(recipe: CorpusRecipe) -> Iterator[dict[str, Any]]:
    evidence = AUEvidence.load(recipe.tower / EVIDENCE_NAME)
    tables = [FaceTable.load(source.faces) for source in recipe.sources]
    # Who is kept out never appears; rows count in the whole table, where the training looks them up.
    rows = [np.flatnonzero(~t.held_out(s.hold_out)) for t, s in zip(tables, recipe.sources, strict=True)]
    shown = [t.where(kept) for t, kept in zip(tables, rows, strict=True)]
    kinds = [kind for kind, count in recipe.kinds.items() for _ in range(count)]
    drawn = draw(shown, recipe.sources, len(kinds), recipe.balance, recipe.seed)
    places = [(table, int(rows[table][place])) for table, place in drawn]
    crops = np.stack([tables[table].crops[row] for table, row in places])
    tower = load_tower(recipe.tower)
    features = tower.features(crops)
    beliefs = tower.beliefs(features)
    rng = random.Random(recipe.seed)
    for kind, (table, row), seen, belief in zip(kinds, places, features.numpy(), beliefs, strict=True):
        estimates = evidence.estimate(tables[table].priors[row], seen)
        beliefs_by_name = dict(zip(EMOTIONS, belief.tolist(), strict=True))
        facts = face_facts(tables[table], row, estimates, beliefs_by_name, rng.uniform(*NAMED))
        yield {
            "faces": recipe.sources[table].faces.name,
            "row": row,
            "messages": KINDS[kind](facts, random.Random(rng.getrandbits(64))),
        }


def face_facts(
    table: FaceTable,
    row: int,
    estimates: Mapping[int, AUEstimate],
    beliefs: Mapping[str, float],
    named: float = 0.5,
) -> FaceFacts:
    """What the corpus may say of one face: the emotion, how clear it is, and the evidence.

    The emotion is the one that the tower, which people's labels taught, finds likeliest. Labels of everyday
    faces are often disputed, and what cannot be seen in a face cannot be learnt from it. Faces that nobody
    labelled are not said to show any. A unit is said to be active from a probability of ``named`` on.
    """
    emotion = max(beliefs, key=lambda name: beliefs[name]) if str(table.emotions[row]) else None
    if not table.found[row]:
        return FaceFacts(emotion, units=None, beliefs=beliefs)
    units = {
        au: UnitFact(one.probability, one.intensity, one.probability >= named, one.left, one.right)
        for au, one in estimates.items()
        if one.probability is not None and one.intensity is not None
    }
    yaw = float(table.priors[row][PRIOR_NAMES.index("yaw")]) * 90
    return FaceFacts(emotion, units, yaw, beliefs)
