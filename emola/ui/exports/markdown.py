"""Conversations as Markdown (CommonMark), in which all text of the conversation stays text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emola.ui.exports import words
from emola.ui.exports.record import ConversationRecord, SessionRecord, TurnRecord

_PUNCTUATION = re.compile(r"([\\`*_\[\]<>#~|&$!@^{}=+-])")
_NUMBER = re.compile(r"^(\d{1,9})([.)])")


def as_markdown(record: SessionRecord) -> str:
    """Return the conversations of a session as Markdown."""
    lines = [f"# {words.TITLE}", "", escaped(words.LIMIT)]
    if record.movement_only:
        lines += ["", escaped(words.MOVEMENT_ONLY)]
    for conversation in record.conversations:
        lines += ["", *_conversation(conversation)]
    lines += ["", "## What made it", ""]
    lines += [f"- {escaped(name)}: {escaped(value)}" for name, value in words.facts(record)]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is; its line breaks are kept."""
    return "\\\n".join(_escaped_line(line) for line in text.strip().splitlines())


def _escaped_line(line: str) -> str:
    # Indented text would be code, and an empty line would end the paragraph.
    plain = _PUNCTUATION.sub(r"\\\1", line.strip())
    return _NUMBER.sub(r"\1\\\2", plain) or "&nbsp;"


def _conversation(conversation: ConversationRecord) -> Iterator[str]:
    yield f"## Face {conversation.face}"
    if conversation.reading:
        given, written = conversation.reading.given, conversation.reading.written
        yield from ("", "What the model read before it answered:", "")
        yield from (f"> {line}" for text in (given, written) if text.strip() for line in _paragraph(text))
    for turn in conversation.turns:
        yield from ("", *_turn(turn, conversation))
    for note in words.evidence_notes(conversation):
        yield from ("", escaped(note))
    if conversation.measured:
        yield from ("", *_measured(conversation))


def _paragraph(text: str) -> list[str]:
    return [*escaped(text).split("\n"), ""]


def _turn(turn: TurnRecord, conversation: ConversationRecord) -> Iterator[str]:
    yield "**Question**"
    yield from ("", escaped(turn.question), "", "**Answer**", "")
    yield escaped(turn.answer) or "&nbsp;"
    if claims := words.shown_claims(turn):
        yield ""
        yield from (f"- {escaped(words.claim_line(claim, conversation))}" for claim in claims)
    yield from ("", f"*{escaped(words.made_by(turn))}*")


def _measured(conversation: ConversationRecord) -> Iterator[str]:
    yield "| Unit | Name | Likely | Left | Right |"
    yield "| --- | --- | --- | --- | --- |"
    for each in conversation.measured:
        sides = " | ".join(words.strength(side) for side in (each.left, each.right))
        mark = "**" if each.active else ""
        yield f"| {mark}AU{each.unit}{mark} | {escaped(each.name)} | {words.likely(each)} | {sides} |"
