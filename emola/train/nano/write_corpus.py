"""Corpus stage: writes conversations about faces, from the readings of the AU evidence and the tower.

The corpus has one JSON object per line: faces (name of the face table), row (of the table), reading (the
lines of ``emola.faba.face_reading``: movements, view and emotion), synthetic (whether the reading is random
instead of that of the face), turns (pairs of question and answer).
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from emola.errors import RecipeError
from emola.faba import EMOTIONS
from emola.faba.face_reading import FaceReading, emotion_line, movement_line, view_line
from emola.faba.regions import REGIONS
from emola.face.evidence import EVIDENCE_NAME, AUEvidence
from emola.face.face_reading import read_face
from emola.face.prior import PRIOR_NAMES
from emola.face.visibility import Visibility
from emola.files import replacing
from emola.train.nano.corpus import Mixture, Turn, Writer
from emola.train.nano.corpus.exchanges import Exchange, load_exchanges
from emola.train.nano.corpus.kinds import KINDS
from emola.train.nano.corpus.requirements import Requirements
from emola.train.nano.face_sources import FaceSource, draw
from emola.train.nano.face_table import FaceTable
from emola.train.nano.tower import load_tower

log = logging.getLogger(__name__)

CLEAR, LIKELY, SECOND = 0.85, 0.5, 0.2
"""Probabilities from which an emotion is clear or likely, and from which another one is the second
candidate."""

_FAULTS = ("dark", "bright", "flat", "small", "blurred")
"""Faults of the view that are drawn for a share of the faces."""
_COVERS = (
    ("brow_left", "brow_right"),
    ("eye_left", "eye_right"),
    ("eye_left", "eye_right", "brow_left", "brow_right"),
    ("mouth_left", "mouth_right"),
    ("mouth_left", "mouth_right", "nose"),
    ("nose",),
)
"""Regions that are hidden together in a share of the faces."""
_SAMPLE, _TRIES = 200, 1000
"""Faces that measure how rare the faces of an exchange are, and faces that an exchange is tried on."""


@dataclass(frozen=True)
class CorpusRecipe:
    """Settings of the corpus stage.

    sources: face tables. tower: folder of a trained tower, which gives the emotion and its certainty; its
    evidence gives the action units. out: the corpus, JSON Lines. conversations: their number; readings:
    number of further faces, which have a reading and no questions. phrases: folder of the phrases. mixture:
    YAML file with the settings of :class:`~emola.train.nano.corpus.mixture.Mixture`. exchanges: folder of the
    written exchanges; repeats: number of conversations that contain each. synthetic: share of the other
    conversations that have a random reading; their answers cannot be guessed from what faces usually show.
    balance: exponent of an emotion's frequency in its weight; below 0 favours rare emotions.

    Raises:
        RecipeError: if the phrases, the mixture or the exchanges cannot be read, for too few conversations,
            and for a share outside 0 to 1.
    """

    sources: tuple[FaceSource, ...]
    tower: Path
    out: Path
    conversations: int
    phrases: Path
    mixture: Path
    exchanges: Path
    repeats: int = 1
    synthetic: float = 0.0
    readings: int = 0
    balance: float = -0.5
    seed: int = 0

    def __post_init__(self) -> None:
        self.writer()
        needed = len(load_exchanges(self.exchanges)) * self.repeats
        if self.conversations < needed:
            raise RecipeError(
                f"The written exchanges need {needed} conversations, and there are {self.conversations}; "
                "raise 'conversations' or lower 'repeats'."
            )
        if not 0 <= self.synthetic <= 1:
            raise RecipeError(f"synthetic is {self.synthetic}; a share is from 0 to 1.")

    def writer(self) -> Writer:
        """Read phrases and mixture."""
        return Writer.load(self.phrases, Mixture.load(self.mixture))


class Drawn(NamedTuple):
    """A face of the corpus: index of its source, row of the source's table, and its reading."""

    source: int
    row: int
    reading: FaceReading


def write_corpus(recipe: CorpusRecipe) -> None:
    """Write the corpus; the same recipe writes the same file."""
    with replacing(recipe.out) as partial, partial.open("w", encoding="utf-8") as file:
        for record in _records(recipe):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    log.info("%d conversations and %d readings in %s", recipe.conversations, recipe.readings, recipe.out)


def _records(recipe: CorpusRecipe) -> Iterator[dict[str, Any]]:
    writer, rng = recipe.writer(), random.Random(recipe.seed)
    faces = drawn_faces(recipe, writer.mixture, rng)
    exchanges = load_exchanges(recipe.exchanges) * recipe.repeats
    written = assign(exchanges, [face.reading for face in faces[: recipe.conversations]], rng)
    for index, face in enumerate(faces):
        exchange, reading = written.get(index, (None, face.reading))
        seeded = random.Random(rng.getrandbits(64))
        asked = index < recipe.conversations
        if asked and not exchange and recipe.synthetic and seeded.random() < recipe.synthetic:
            reading = Requirements().example(seeded)
        turns = writer.converse(reading, seeded, _turns(exchange)) if asked else []
        yield {
            "faces": recipe.sources[face.source].faces.name,
            "row": face.row,
            "reading": {
                "movements": movement_line(reading),
                "view": view_line(reading),
                "emotion": emotion_line(reading),
            },
            "synthetic": reading is not face.reading,
            "turns": [(turn.question, turn.answer) for turn in turns],
        }


def _turns(exchange: Exchange | None) -> list[Turn]:
    turns = exchange.turns if exchange else ()
    return [Turn(KINDS[turn.kind].kind or turn.kind, turn.question, turn.answer) for turn in turns]


def assign(
    exchanges: Sequence[Exchange], readings: Sequence[FaceReading], rng: random.Random
) -> dict[int, tuple[Exchange, FaceReading]]:
    """Assign each exchange to a face for which it is true; return exchange and reading by index of the face.

    Exchanges that fit few faces are assigned first. An exchange that fits no free face gets a random face
    with a synthetic reading.
    """
    free = list(range(len(readings)))
    rng.shuffle(free)
    sample = [readings[index] for index in free[:_SAMPLE]]
    rarity = [sum(map(exchange.needs.holds, sample)) for exchange in exchanges]
    assigned: dict[int, tuple[Exchange, FaceReading]] = {}
    for number in sorted(range(len(exchanges)), key=lambda number: rarity[number]):
        needs = exchanges[number].needs
        index = next((index for index in free[:_TRIES] if needs.holds(readings[index])), free[0])
        free.remove(index)
        fits = needs.holds(readings[index])
        assigned[index] = (exchanges[number], readings[index] if fits else needs.example(rng))
    return assigned


def drawn_faces(recipe: CorpusRecipe, mixture: Mixture, rng: random.Random) -> list[Drawn]:
    """Draw faces of the training split and read them."""
    evidence = AUEvidence.load(recipe.tower / EVIDENCE_NAME)
    tables = [FaceTable.load(source.faces) for source in recipe.sources]
    # row numbers refer to the whole table, which includes the held-out people
    rows = [
        np.flatnonzero(~table.held_out(source.hold_out))
        for table, source in zip(tables, recipe.sources, strict=True)
    ]
    training = [table.where(kept) for table, kept in zip(tables, rows, strict=True)]
    count = recipe.conversations + recipe.readings
    drawn = draw(training, recipe.sources, count, recipe.balance, recipe.seed)
    faces = [(table, int(rows[table][index])) for table, index in drawn]
    tower = load_tower(recipe.tower)
    features = tower.features(np.stack([tables[table].crops[row] for table, row in faces]))
    found = []
    for (table, row), seen, belief in zip(faces, features.numpy(), tower.beliefs(features), strict=True):
        beliefs = dict(zip(EMOTIONS, belief.tolist(), strict=True))
        covered = frozenset(rng.choice(_COVERS)) if rng.random() < mixture.hidden else frozenset()
        faults = (rng.choice(_FAULTS),) if rng.random() < mixture.faulty else ()
        found.append(
            Drawn(table, row, face_reading(tables[table], row, evidence, seen, beliefs, covered, faults))
        )
    return found


def face_reading(
    table: FaceTable,
    row: int,
    evidence: AUEvidence,
    features: Any,
    beliefs: Mapping[str, float],
    covered: frozenset[str] = frozenset(),
    faults: tuple[str, ...] = (),
) -> FaceReading:
    """Return the reading of one face.

    features: (F,), of the tower. beliefs: the tower's probability of each emotion; the labels of the table
    are not used, as labels of everyday faces are often disputed. covered, faults: regions and faults of the
    view that are stated although the picture does not have them.
    """
    reading = FaceReading(None, faults=faults)
    if table.found[row]:
        prior = table.priors[row]
        view = _visibility(prior, covered)
        reading = read_face(evidence.estimate(prior, features, view), view, faults)
    return replace(reading, **emotion_of(beliefs, reading.clear_view))


def emotion_of(beliefs: Mapping[str, float], clear_view: bool) -> dict[str, Any]:
    """Return emotion, certainty and second candidate; an emotion is clear only in a clear view."""
    emotion = max(beliefs, key=lambda name: beliefs[name])
    others = {name: belief for name, belief in beliefs.items() if name != emotion and belief >= SECOND}
    belief = beliefs[emotion]
    certainty = "clear" if belief >= CLEAR and clear_view else "likely" if belief >= LIKELY else "unsure"
    second = max(others, key=lambda name: others[name], default=None)
    return {"emotion": emotion, "certainty": certainty, "second": second}


def _visibility(prior: Any, covered: frozenset[str]) -> Visibility:
    """Return the visibility of a face in a good photo, with the pose of its landmarks."""
    yaw, pitch = (float(prior[PRIOR_NAMES.index(name)]) * 90 for name in ("yaw", "pitch"))
    assert covered <= set(REGIONS)
    return Visibility(
        size=200, brightness=0.5, contrast=0.2, sharpness=0.3, yaw=yaw, pitch=pitch, covered=covered
    )
