"""Session records for the tests of the exports."""

from __future__ import annotations

from typing import Any

from emola.ui.exports.record import (
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

GREEDY = SettingsRecord(
    adapter=None, temperature=0.0, top_p=1.0, no_repeat=0, seed=None, max_new_tokens=320, prior=True
)
SAMPLED = SettingsRecord(
    adapter="au", temperature=0.7, top_p=0.9, no_repeat=3, seed=123, max_new_tokens=64, prior=False
)


def turn(question: str = "Which units?", answer: str = "AU12 is active.", **changes: Any) -> TurnRecord:
    values: dict[str, Any] = {
        "stopped": False,
        "cut": False,
        "dropped": 0,
        "settings": GREEDY,
        "seconds": 2.0,
        "tokens": 31,
        "claims": (),
    }
    return TurnRecord(question=question, answer=answer, **{**values, **changes})


def estimate(unit: int, name: str, probability: float | None) -> EstimateRecord:
    return EstimateRecord(
        unit=unit,
        name=name,
        active=bool(probability and probability >= 0.5),
        probability=probability,
        intensity=probability,
        left=probability,
        right=None,
    )


CLAIMS = (
    ClaimRecord(unit=12, name="lip corner puller", said=True, verdict="agree"),
    ClaimRecord(unit=4, name="brow lowerer", said=False, verdict="disagree"),
    ClaimRecord(unit=25, name="lips part", said=None, verdict="unsaid"),
)


def session(*turns: TurnRecord, **changes: Any) -> SessionRecord:
    """Return a session with one conversation."""
    conversation = ConversationRecord(
        face=1,
        box=(10.0, 20.0, 110.5, 140.0),
        measured=(estimate(12, "lip corner puller", 0.97), estimate(4, "brow lowerer", None)),
        reading=ReadingRecord(given="AU12 D.", written="Happiness clear."),
        turns=turns or (turn(),),
    )
    values: dict[str, Any] = {
        "started": "2026-01-02T03:04:05Z",
        "versions": Versions(emola="0.1.0", torch="2.13.0", transformers="5.23.0"),
        "model": ModelRecord(
            name="EmoLA-Nano",
            identity={"weights": "0123456789abcdef"},
            parameters=142_300_000,
            device="cpu",
            dtype="float32",
            quantize=None,
        ),
        "photo": PhotoRecord(sha256="ab" * 32, width=640, height=480),
        "movement_only": False,
        "conversations": (conversation,),
    }
    return SessionRecord(**{**values, **changes})
