"""Write Nano's instruction corpus: conversations about the faces of labelled sets, as JSON lines."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from emola.data.corpus import FaceFacts, UnitFact, build_conversation, build_drill
from emola.data.faces import FaceTable
from emola.face.evidence import AUEvidence
from emola.face.prior import PRIOR_NAMES
from emola.files import replacing
from emola.train.sources import FaceSource, draw

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CorpusRecipe:
    """Which faces to talk about, and how much.

    sources: tables of faces; evidence: fitted evidence; conversations: how many to write; balance:
    how much rarer emotions are favoured (frequency to that power); drill: write short questions
    only, from which reading a face is learnt first.
    """

    sources: tuple[FaceSource, ...]
    evidence: Path
    out: Path
    conversations: int = 12000
    drill: bool = False
    balance: float = -0.5
    seed: int = 0


def train_corpus(recipe: CorpusRecipe) -> None:
    """Write the corpus; the same recipe writes the same file."""
    with replacing(recipe.out) as partial, partial.open("w", encoding="utf-8") as file:
        for record in _records(recipe):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    log.info("%d conversations in %s", recipe.conversations, recipe.out)


def _records(recipe: CorpusRecipe) -> Iterator[dict[str, Any]]:
    evidence = AUEvidence.load(recipe.evidence)
    tables = [FaceTable.load(source.faces) for source in recipe.sources]
    # Who is kept out never appears; rows count in the whole table, where the training looks them up.
    rows = [np.flatnonzero(~t.kept_out(s.hold_out)) for t, s in zip(tables, recipe.sources, strict=True)]
    shown = [t.where(kept) for t, kept in zip(tables, rows, strict=True)]
    rng = random.Random(recipe.seed)
    build = build_drill if recipe.drill else build_conversation
    for table, place in draw(shown, recipe.sources, recipe.conversations, recipe.balance, recipe.seed):
        row = int(rows[table][place])
        facts = face_facts(tables[table], row, evidence)
        yield {
            "faces": recipe.sources[table].faces.name,
            "row": row,
            "messages": build(facts, random.Random(rng.getrandbits(64))),
        }


def face_facts(table: FaceTable, row: int, evidence: AUEvidence) -> FaceFacts:
    """What the corpus may say of one face: the human emotion label and the evidence."""
    emotion = str(table.emotions[row]) or None
    if not table.found[row]:
        return FaceFacts(emotion=emotion, units=None, yaw=None)
    prior = table.priors[row]
    units = {au: UnitFact(**vars(estimate)) for au, estimate in evidence.estimate(prior).items()}
    return FaceFacts(emotion=emotion, units=units, yaw=float(prior[PRIOR_NAMES.index("yaw")]) * 90)
