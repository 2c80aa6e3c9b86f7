"""The sentences of the Markdown and the HTML export."""

from __future__ import annotations

from collections.abc import Iterator

from emola.faba.face_reading import is_measured_line
from emola.ui.exports.record import (
    ClaimRecord,
    ConversationRecord,
    EstimateRecord,
    ModelRecord,
    SessionRecord,
    TurnRecord,
)

TITLE = "A conversation with EmoLA"
EVIDENCE = (
    "The evidence is a second opinion from landmarks and pixels, measured apart from the model’s words. "
    "It is not the truth: both err."
)
TOLD = (
    "With the prior on, the model was told the measured units before it answered, so agreement proves little."
)
LIMIT = "EmoLA describes visible movements; it does not know what someone feels."
MOVEMENT_ONLY = "Movement-only mode: emotion words were withheld."
NO_EVIDENCE = "This model measures no action units."

_VERDICTS = {
    "agree": "the measurement agrees",
    "disagree": "the measurement disagrees",
    "unmeasured": "it cannot be measured",
}


def facts(record: SessionRecord) -> Iterator[tuple[str, str]]:
    """Yield the facts about a session, as pairs of name and value."""
    yield "Model", model_line(record.model)
    for part, digest in record.model.identity.items():
        yield f"Digest of the {part}", digest
    versions = record.versions
    yield "Versions", f"emola {versions.emola}, torch {versions.torch}, transformers {versions.transformers}"
    yield "Photo", f"{record.photo.width} × {record.photo.height} pixels, SHA-256 {record.photo.sha256}"
    yield "Started", record.started
    yield "Session file", f"SHA-256 {record.digest}"


def model_line(model: ModelRecord) -> str:
    """Return the name of the model, its size, quantisation, type and device."""
    parameters = f"{model.parameters:,} parameters" if model.parameters else None
    return ", ".join(filter(None, (model.name, parameters, model.quantize, model.dtype, model.device)))


def made_by(turn: TurnRecord) -> str:
    """Return what made an answer, in one line."""
    settings = turn.settings
    parts = [f"{settings.adapter} adapter"] if settings.adapter else []
    parts.append(f"temperature {settings.temperature:g}")
    if settings.temperature:
        parts.append(f"top-p {settings.top_p:g}")
        parts += [] if settings.seed is None else [f"seed {settings.seed}"]
    parts += [f"no repeated {settings.no_repeat}-grams"] if settings.no_repeat else []
    tokens = settings.max_new_tokens
    parts.append(f"at most {tokens} token{'' if tokens == 1 else 's'}")
    parts.append("prior on" if settings.prior else "prior off")
    if turn.seconds and turn.tokens:
        parts.append(f"{turn.seconds:.1f} s, {turn.tokens / turn.seconds:.1f} tokens a second")
    parts += ["stopped"] if turn.stopped else ["ended at its length limit"] if turn.cut else []
    if turn.dropped:
        parts.append("without the first " + ("turn" if turn.dropped == 1 else f"{turn.dropped} turns"))
    return " · ".join(parts)


def evidence_notes(conversation: ConversationRecord) -> list[str]:
    """Return what a reader must know of the evidence."""
    if not conversation.measured:
        return [NO_EVIDENCE]
    reading = conversation.reading
    knows = reading is not None and is_measured_line(reading.given)
    told = knows and any(turn.settings.prior for turn in conversation.turns)
    return [EVIDENCE, TOLD] if told else [EVIDENCE]


def shown_claims(turn: TurnRecord) -> tuple[ClaimRecord, ...]:
    """Return the claims of an answer; none if it says nothing of any unit."""
    return turn.claims if any(claim.said is not None for claim in turn.claims) else ()


def claim_line(claim: ClaimRecord, conversation: ConversationRecord) -> str:
    """Return one unit of an answer beside the evidence, in one line."""
    estimate = next((each for each in conversation.measured if each.unit == claim.unit), None)
    seen = f"measured at {likely(estimate)}" if estimate and estimate.probability is not None else ""
    name = f"AU{claim.unit} {claim.name}"
    if claim.verdict == "unsaid":
        return f"{name}: {seen or 'measured'}, and not named in the answer."
    said = "said to be active" if claim.said else "said to be absent"
    return f"{name}: {', '.join(filter(None, (said, seen)))}; {_VERDICTS[claim.verdict]}."


def likely(estimate: EstimateRecord) -> str:
    """Return the probability of a unit in whole per cent, never 0 or 100; "not visible" without one."""
    if estimate.probability is None:
        return "not visible"
    percent = round(100 * estimate.probability)
    return "under 1 %" if percent < 1 else "over 99 %" if percent > 99 else f"{percent} %"


def strength(side: float | None) -> str:
    """Return the intensity on one side, of 100."""
    return "–" if side is None else f"{round(100 * side)}"
