"""The session file: what it holds, and what its reader refuses."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import pytest
from raised import message_of
from sessions import CLAIMS, SAMPLED, session, turn

from emola.chat import Turn, TurnSettings
from emola.errors import DataError
from emola.ui.exports.record import MAX_ANSWER, MAX_BYTES, MAX_TURNS, as_json, read_session


def as_dict(**changes: Any) -> dict[str, Any]:
    value: dict[str, Any] = {**json.loads(as_json(session())), **changes}
    return value


def read(value: Any) -> Any:
    return read_session(json.dumps(value).encode())


def test_a_written_session_is_read_unchanged() -> None:
    record = session(turn(claims=CLAIMS), turn('1. why?\n+ "x" 😀', "é\u2028\\", settings=SAMPLED, cut=True))
    assert read_session(as_json(record).encode()) == record


def test_the_digest_is_that_of_the_file() -> None:
    """Guards against a citation that nobody can verify."""
    record = session()
    assert record.digest == hashlib.sha256(as_json(record).encode()).hexdigest()
    assert record.digest != session(turn(answer="Other.")).digest


def test_a_turn_keeps_what_made_it() -> None:
    made = turn(stopped=True, settings=SAMPLED).turn()
    assert made == Turn("Which units?", "AU12 is active.", stopped=True)
    assert made.settings == TurnSettings("au", 0.7, 0.9, 3, 123, 64, False)
    assert (made.seconds, made.tokens) == (2.0, 31)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff\xe0 a photo",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"format": "emola-session"',
        json.dumps(as_dict(format="other")).encode(),
        json.dumps(as_dict(version=2)).encode(),
        as_json(session()).encode("utf-16"),
        as_json(session()).replace("Which", "\\ud800").encode(),
    ],
)
def test_refuses_other_files(data: bytes) -> None:
    with pytest.raises(DataError, match="session file that this version of EmoLA can read"):
        read_session(data)


def test_refuses_a_large_file_unread() -> None:
    with pytest.raises(DataError, match=r"too large: it has 2,097,153 bytes, and at most 2,097,152"):
        read_session(b" " * (MAX_BYTES + 1))


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return a session with another value at a path such as "conversations.0.face"."""
    whole = as_dict()
    *parents, last = (int(part) if part.isdecimal() else part for part in path.split("."))
    target: Any = whole
    for part in parents:
        target = target[part]
    target[last] = value
    return whole


TURN = "conversations.0.turns.0"


INVALID: list[tuple[str, Any]] = [
    ("unknown", 1),
    ("started", "yesterday"),
    ("photo.sha256", "AB" * 32),
    ("photo.width", 0),
    ("movement_only", "yes"),
    ("movement_only", 1),
    ("model.name", "x" * 201),
    ("conversations.0.face", 0),
    ("conversations.0.face", 51),
    ("conversations.0.box", [1, 2, 3]),
    ("conversations.0.box", [1, 2, 3, float("nan")]),
    ("conversations.0.box", [1, 2, 3, float("inf")]),
    (f"{TURN}.question", ""),
    (f"{TURN}.question", "x" * 2001),
    (f"{TURN}.answer", "x" * (MAX_ANSWER + 1)),
    (f"{TURN}.answer", None),
    (f"{TURN}.dropped", 1),
    (f"{TURN}.dropped", -1),
    (f"{TURN}.seconds", -0.5),
    (f"{TURN}.settings.seed", 2**63),
    (f"{TURN}.settings.seed", 1.5),
    (f"{TURN}.settings.temperature", -1),
    (f"{TURN}.settings.top_p", 0),
    (f"{TURN}.settings.prior", None),
    (f"{TURN}.claims", [{"unit": 12, "name": "x", "said": True, "verdict": "true"}]),
    (f"{TURN}.<b>", 1),
]


def test_refuses_an_invalid_value() -> None:
    """Guards against values that a conversation or an export would fail on."""
    sentence = re.compile(r"The session file is damaged at [^\n]*; save it again\.")
    for path, value in INVALID:
        message = message_of(DataError, read, changed(path, value))
        assert sentence.fullmatch(message) and len(message) < 400, (path, str(value)[:40], message)


@pytest.mark.parametrize("path", ["photo", "model.name", f"{TURN}.settings", f"{TURN}.settings.seed"])
def test_refuses_a_missing_value(path: str) -> None:
    whole = as_dict()
    *parents, last = (int(part) if part.isdecimal() else part for part in path.split("."))
    target: Any = whole
    for part in parents:
        target = target[part]
    del target[last]
    with pytest.raises(DataError, match="damaged at"):
        read(whole)


def test_refuses_too_many_turns_and_conversations() -> None:
    whole = as_dict()
    conversation = whole["conversations"][0]
    with pytest.raises(DataError, match="damaged at"):
        read({**whole, "conversations": [conversation] * 51})
    with pytest.raises(DataError, match="damaged at"):
        read({**whole, "conversations": [{**conversation, "turns": conversation["turns"] * (MAX_TURNS + 1)}]})
