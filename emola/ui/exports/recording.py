"""The record of the conversations that are in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from typing import Any

from emola import __version__
from emola.chat import ChatSession, Reading, Turn
from emola.errors import CheckpointError
from emola.faba import ACTION_UNITS
from emola.faba.movement_only import mask_emotions
from emola.face import AUEstimate, Face
from emola.ui.exports.record import (
    MAX_ANSWER,
    MAX_TURNS,
    ClaimRecord,
    ConversationRecord,
    EstimateRecord,
    ModelRecord,
    PhotoRecord,
    ReadingRecord,
    SessionRecord,
    SettingsRecord,
    TurnRecord,
    Versions,
)
from emola.ui.shared.evidence import compare
from emola.ui.shared.model_handle import AffectModel

Measured = Mapping[int, AUEstimate]


def record_session(
    model: AffectModel,
    photo: PhotoRecord,
    started: datetime,
    conversations: Sequence[ConversationRecord],
    *,
    movement_only: bool,
) -> SessionRecord:
    """Return the record of conversations about the faces of one photo. started: in UTC."""
    return SessionRecord(
        started=started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        versions=Versions(emola=__version__, torch=version("torch"), transformers=version("transformers")),
        model=_model(model),
        photo=photo,
        movement_only=movement_only,
        conversations=tuple(conversations),
    )


def record_conversation(
    number: int, face: Face, chat: ChatSession, measured: Measured, *, movement_only: bool
) -> ConversationRecord:
    """Return the record of the conversation about one face.

    number: of the face, from 1. measured: empty for a model without evidence. movement_only: emotion words
    are masked. Of a very long conversation, the last ``MAX_TURNS`` turns are recorded.
    """
    turns = chat.turns
    first = max(0, len(turns) - MAX_TURNS)
    return ConversationRecord(
        face=number,
        box=_box(face),
        measured=tuple(_estimate(code, estimate) for code, estimate in sorted(measured.items())),
        reading=_reading(chat.reading, movement_only),
        turns=tuple(_turn(turn, first, measured or None, movement_only) for turn in turns[first:]),
    )


def _model(model: AffectModel) -> ModelRecord:
    try:
        identity = dict(model.identity())
    except CheckpointError:  # a model that was not loaded from a checkpoint
        identity = {}
    facts: dict[str, Any] = {
        name: model.info.get(name) for name in ("parameters", "device", "dtype", "quantize")
    }
    return ModelRecord(name=model.name, identity=identity, **facts)


def _box(face: Face) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (round(float(side), 1) for side in face.box)
    return x0, y0, x1, y1


def _estimate(code: int, estimate: AUEstimate) -> EstimateRecord:
    return EstimateRecord(
        unit=code,
        name=ACTION_UNITS[code].name,
        active=bool(estimate.active),
        probability=_share(estimate.probability),
        intensity=_share(estimate.intensity),
        left=_share(estimate.left),
        right=_share(estimate.right),
    )


def _share(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


def _reading(reading: Reading | None, movement_only: bool) -> ReadingRecord | None:
    if reading is None:
        return None
    return ReadingRecord(
        given=reading.given[:MAX_ANSWER], written=_masked(reading.written, movement_only)[:MAX_ANSWER]
    )


def _turn(turn: Turn, omitted: int, measured: Measured | None, movement_only: bool) -> TurnRecord:
    """Return the record of a turn. omitted: number of oldest turns that are not recorded."""
    answer = _masked(turn.answer, movement_only)[:MAX_ANSWER]
    return TurnRecord(
        question=turn.question,
        answer=answer,
        stopped=turn.stopped,
        cut=turn.cut,
        dropped=max(0, turn.dropped - omitted),
        settings=SettingsRecord(**asdict(turn.settings)),
        seconds=round(turn.seconds, 3),
        tokens=turn.tokens,
        claims=tuple(
            ClaimRecord(unit=row.code, name=ACTION_UNITS[row.code].name, said=row.said, verdict=row.verdict)
            for row in compare(answer, measured)
        ),
    )


def _masked(text: str, movement_only: bool) -> str:
    return mask_emotions(text)[0] if movement_only else text
