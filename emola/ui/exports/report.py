"""Conversations as one HTML file that needs no other file, script or host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from emola.files import asset
from emola.ui.exports import words
from emola.ui.exports.record import (
    ClaimRecord,
    ConversationRecord,
    EstimateRecord,
    ReadingRecord,
    SessionRecord,
    TurnRecord,
)

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""Content security policy of the report: nothing is loaded and no script runs."""


def as_html(record: SessionRecord, figures: Mapping[int, str] | None = None) -> str:
    """Return the conversations of a session as an HTML page.

    figures: SVG of the face by its number, which must be self-contained; a face without one has no figure.
    """
    style = asset("report.css").read_text(encoding="utf-8")
    conversations = (_conversation(each, (figures or {}).get(each.face, "")) for each in record.conversations)
    notes = [words.LIMIT, *([words.MOVEMENT_ONLY] if record.movement_only else [])]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">'
        f"<title>{words.TITLE}</title><style>{style}</style></head><body><main>"
        f"<header><h1>{words.TITLE}</h1><p>{_text(words.model_line(record.model))}</p>"
        f"{''.join(f'<p>{_text(note)}</p>' for note in notes)}</header>"
        f"{''.join(conversations)}{_facts(record)}</main></body></html>\n"
    )


def _text(text: str) -> str:
    """Return escaped text with its line breaks."""
    return escape(text.strip()).replace("\n", "<br>")


def _conversation(conversation: ConversationRecord, figure: str) -> str:
    name = f"face-{conversation.face}"
    picture = f"<figure>{figure}</figure>" if figure else ""
    turns = "".join(_turn(turn, conversation) for turn in conversation.turns)
    seen = "".join((picture, _reading(conversation.reading), _measured(conversation)))
    return (
        f'<section aria-labelledby="{name}"><h2 id="{name}">Face {conversation.face}</h2>'
        f'<div class="face"><div class="seen">{seen}</div><ol class="turns">{turns}</ol></div></section>'
    )


def _turn(turn: TurnRecord, conversation: ConversationRecord) -> str:
    claims = "".join(_claim(claim, conversation) for claim in words.shown_claims(turn))
    claims = f'<ul class="claims">{claims}</ul>' if claims else ""
    return (
        f'<li><p class="question">{_text(turn.question)}</p><p class="answer">{_text(turn.answer)}</p>'
        f'{claims}<p class="made">{escape(words.made_by(turn))}</p></li>'
    )


def _claim(claim: ClaimRecord, conversation: ConversationRecord) -> str:
    line = escape(words.claim_line(claim, conversation))
    return f'<li class="{claim.verdict}" data-au="{claim.unit}">{line}</li>'


def _reading(reading: ReadingRecord | None) -> str:
    if reading is None:
        return ""
    given = f"<p>{_text(reading.given)}</p>" if reading.given.strip() else ""
    return f"<h3>What the model read before it answered</h3>{given}<p>{_text(reading.written)}</p>"


def _measured(conversation: ConversationRecord) -> str:
    notes = "".join(f'<p class="note">{_text(note)}</p>' for note in words.evidence_notes(conversation))
    if not conversation.measured:
        return f"<h3>Measured</h3>{notes}"
    ordered = sorted(
        conversation.measured, key=lambda each: (each.probability is None, -(each.probability or 0.0))
    )
    head = "".join(f'<th scope="col">{title}</th>' for title in ("Unit", "", "Likely", "Left", "Right"))
    rows = "".join(map(_row, ordered))
    return f"<h3>Measured</h3>{notes}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(estimate: EstimateRecord) -> str:
    state = "active" if estimate.active else "inactive"
    share = estimate.probability or 0.0
    return (
        f'<tr class="{state}" data-au="{estimate.unit}"><th scope="row">AU{estimate.unit}</th>'
        f"<td>{escape(estimate.name)}</td>"
        f'<td class="likely" style="--likely: {share:.2f}">{words.likely(estimate)}</td>'
        f"<td>{words.strength(estimate.left)}</td><td>{words.strength(estimate.right)}</td></tr>"
    )


def _facts(record: SessionRecord) -> str:
    rows = "".join(_fact_rows(record))
    return f'<section aria-labelledby="facts"><h2 id="facts">What made it</h2><dl>{rows}</dl></section>'


def _fact_rows(record: SessionRecord) -> Iterator[str]:
    for name, value in words.facts(record):
        yield f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"
