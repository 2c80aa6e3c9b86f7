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

from emola.data.corpus import FaceFacts, UnitFact, build_contrast, build_conversation, build_drill
from emola.data.faces import FaceTable
from emola.errors import RecipeError
from emola.faba import EMOTIONS
from emola.face.evidence import AUEvidence
from emola.face.prior import PRIOR_NAMES
from emola.files import replacing
from emola.train.sources import FaceSource, draw
from emola.train.tower import load_tower

log = logging.getLogger(__name__)

KINDS = {"conversations": build_conversation, "drill": build_drill, "contrast": build_contrast}


@dataclass(frozen=True)
class CorpusRecipe:
    """Which faces to talk about, and how much.

    sources: tables of faces; evidence: fitted evidence; tower: a trained tower, which says what emotion
    a face shows and how clearly; conversations: how many to write; balance: how much a table's rarer emotions
    are favoured (frequency to that power); kind: "conversations"; or "drill", short questions from which
    reading a face is learnt first; or "contrast", questions to answer beside questions to decline.

    Raises RecipeError for another kind.
    """

    sources: tuple[FaceSource, ...]
    evidence: Path
    tower: Path
    out: Path
    conversations: int = 12000
    kind: str = "conversations"
    balance: float = -0.5
    seed: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise RecipeError(f"The kind of corpus is {self.kind!r}; it can be {', '.join(KINDS)}.")


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
    drawn = draw(shown, recipe.sources, recipe.conversations, recipe.balance, recipe.seed)
    places = [(table, int(rows[table][place])) for table, place in drawn]
    crops = np.stack([tables[table].crops[row] for table, row in places])
    beliefs = load_tower(recipe.tower).beliefs(crops)
    rng = random.Random(recipe.seed)
    build = KINDS[recipe.kind]
    for (table, row), belief in zip(places, beliefs, strict=True):
        facts = face_facts(tables[table], row, evidence, dict(zip(EMOTIONS, belief.tolist(), strict=True)))
        yield {
            "faces": recipe.sources[table].faces.name,
            "row": row,
            "messages": build(facts, random.Random(rng.getrandbits(64))),
        }


def face_facts(table: FaceTable, row: int, evidence: AUEvidence, beliefs: Mapping[str, float]) -> FaceFacts:
    """What the corpus may say of one face: the emotion, how clear it is, and the evidence.

    The emotion is the one that the tower, which people's labels taught, finds likeliest. Labels of everyday
    faces are often disputed, and what cannot be seen in a face cannot be learnt from it. Faces that nobody
    labelled are not said to show any.
    """
    emotion = max(beliefs, key=lambda name: beliefs[name]) if str(table.emotions[row]) else None
    if not table.found[row]:
        return FaceFacts(emotion, units=None, beliefs=beliefs)
    prior = table.priors[row]
    units = {au: UnitFact(**vars(estimate)) for au, estimate in evidence.estimate(prior).items()}
    yaw = float(prior[PRIOR_NAMES.index("yaw")]) * 90
    return FaceFacts(emotion, units, yaw, beliefs)
