"""The content of a saved conversation, which is also the format of the JSON file.

The file holds no pixels and no landmarks. It names its photo by a digest, so that the same photo continues
the conversation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from emola.chat import Turn, TurnSettings
from emola.errors import DataError
from emola.faba.prompts import MAX_QUESTION
from emola.face import MAX_FACES, AUEstimate

MAX_BYTES = 2 * 2**20
"""Largest session file that is read, in bytes."""
MAX_TURNS = 200
MAX_ANSWER = 10_000
"""Longest answer that is read, in characters. One of 600 tokens, the limit of the page, has about 3,000."""

Text = Annotated[str, Field(max_length=200)]
Digest = Annotated[str, Field(max_length=80)]
Share = Annotated[float, Field(ge=0, le=1)]
Unit = Annotated[int, Field(ge=1, le=99)]
Coordinate = Annotated[float, Field(ge=-1e6, le=1e6)]
Side = Annotated[int, Field(ge=1, le=100_000)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


class Versions(_Part):
    """Versions of the software that made the answers."""

    emola: Text
    torch: Text
    transformers: Text


class ModelRecord(_Part):
    """The model. identity: digests of its parts, see ``EmoLA.identity``; empty if unknown."""

    name: Text
    identity: Annotated[Mapping[Text, Digest], Field(max_length=20)]
    parameters: Annotated[int, Field(ge=0)] | None
    device: Text | None
    dtype: Text | None
    quantize: Text | None


class PhotoRecord(_Part):
    """The photo. sha256: digest of its decoded pixels. width, height: in pixels."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    width: Side
    height: Side


class EstimateRecord(_Part):
    """The evidence for one action unit, see ``AUEstimate``; None stands for a value that is unknown."""

    unit: Unit
    name: Text
    active: bool
    probability: Share | None
    intensity: Share | None
    left: Share | None
    right: Share | None


class ReadingRecord(_Part):
    """What the model read in the face before the first question, see ``Reading``."""

    given: Annotated[str, Field(max_length=MAX_ANSWER)]
    written: Annotated[str, Field(max_length=MAX_ANSWER)]


class SettingsRecord(_Part):
    """The settings of an answer, see ``TurnSettings``."""

    adapter: Text | None
    temperature: Annotated[float, Field(ge=0)]
    top_p: Annotated[float, Field(gt=0, le=1)]
    no_repeat: Annotated[int, Field(ge=0, le=1000)]
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None
    max_new_tokens: Annotated[int, Field(ge=1, le=1_000_000)]
    prior: bool


class ClaimRecord(_Part):
    """One unit of an answer beside the evidence.

    said: whether the answer says that it is active; None if it does not name the unit. verdict: "agree",
    "disagree", "unmeasured" (there is no measurement) or "unsaid" (measured as active and not named).
    """

    unit: Unit
    name: Text
    said: bool | None
    verdict: Literal["agree", "disagree", "unmeasured", "unsaid"]


class TurnRecord(_Part):
    """A question and its answer, see ``Turn``."""

    question: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION)]
    answer: Annotated[str, Field(max_length=MAX_ANSWER)]
    stopped: bool
    cut: bool
    dropped: Annotated[int, Field(ge=0, le=MAX_TURNS)]
    settings: SettingsRecord
    seconds: Annotated[float, Field(ge=0, le=1e6)]
    tokens: Annotated[int, Field(ge=0, le=1_000_000)]
    claims: Annotated[tuple[ClaimRecord, ...], Field(max_length=100)]

    def turn(self) -> Turn:
        """Return the turn, from which a conversation continues."""
        return Turn(
            self.question,
            self.answer,
            stopped=self.stopped,
            dropped=self.dropped,
            cut=self.cut,
            settings=TurnSettings(**self.settings.model_dump()),
            seconds=self.seconds,
            tokens=self.tokens,
        )


class ConversationRecord(_Part):
    """The conversation about one face.

    face: number of the face, from 1. box: x0, y0, x1, y1 in pixels of the photo. measured: the evidence,
    empty for a model without evidence.
    """

    face: Annotated[int, Field(ge=1, le=MAX_FACES)]
    box: tuple[Coordinate, Coordinate, Coordinate, Coordinate]
    measured: Annotated[tuple[EstimateRecord, ...], Field(max_length=100)]
    reading: ReadingRecord | None
    turns: Annotated[tuple[TurnRecord, ...], Field(max_length=MAX_TURNS)]

    def estimates(self) -> dict[int, AUEstimate]:
        """Return the evidence by unit."""
        return {
            each.unit: AUEstimate(each.probability, each.intensity, each.active, each.left, each.right)
            for each in self.measured
        }

    @model_validator(mode="after")
    def _check_dropped(self) -> ConversationRecord:
        for index, turn in enumerate(self.turns):
            if turn.dropped > index:
                raise ValueError(f"turn {index + 1} omits {turn.dropped} earlier turns, but has {index}")
        return self


class SessionRecord(_Part):
    """The conversations about the faces of one photo.

    started: time at which the photo was read, in UTC. movement_only: emotion words were withheld.
    """

    format: Literal["emola-session"] = "emola-session"
    version: Literal[1] = 1
    started: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    versions: Versions
    model: ModelRecord
    photo: PhotoRecord
    movement_only: bool
    conversations: Annotated[tuple[ConversationRecord, ...], Field(max_length=MAX_FACES)]

    @property
    def digest(self) -> str:
        """SHA-256 of the JSON file, in hex, by which a report can cite it."""
        return hashlib.sha256(as_json(self).encode()).hexdigest()


def as_json(record: SessionRecord) -> str:
    """Return the session file, which :func:`read_session` reads."""
    return f"{record.model_dump_json(indent=2)}\n"


def read_session(data: bytes) -> SessionRecord:
    """Read a session file.

    Raises DataError for a file that is too large, of another kind, or with an unknown, missing or invalid
    field.
    """
    if len(data) > MAX_BYTES:
        raise DataError(
            f"The session file is too large: it has {len(data):,} bytes, and at most {MAX_BYTES:,} are read."
        )
    try:
        return SessionRecord.model_validate_json(data)
    except ValidationError as error:
        raise DataError(_sentence(error)) from error


def _sentence(error: ValidationError) -> str:
    """Return the first problem of a file as one sentence."""
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(map(str, problem["loc"]))
    if where in ("format", "version") or problem["type"] in ("json_invalid", "model_type", "json_type"):
        return "This is not a session file that this version of EmoLA can read; save the conversation again."
    return f"The session file is damaged at {where[:100]!r}: {problem['msg'][:200]}; save it again."
