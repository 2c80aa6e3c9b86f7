"""Texts beside an answer: what produced it, and its evidence."""

from __future__ import annotations

from typing import Literal

from emola.ui.shared.message import Message, message
from emola.ui.shared.messages import MEASURED_COLUMNS

Verdict = Literal["agree", "disagree", "unmeasured", "unsaid"]
"""Result of the comparison of an answer with the evidence for one unit."""

EVIDENCE = message("evidence")
SECOND_OPINION = message("evidence_note")
NO_EVIDENCE = message("evidence_none")
TOLD = message("evidence_told")
SAID = message("evidence_said_active")
DENIED = message("evidence_said_absent")
VERDICTS: dict[Verdict, Message] = {
    "agree": message("evidence_agree"),
    "disagree": message("evidence_disagree"),
    "unmeasured": message("evidence_unmeasured"),
    "unsaid": message("evidence_unsaid"),
}
"""The verdict of a row in words, in the order of the tally."""
_COUNTS: dict[Verdict, str] = {
    "agree": "evidence_count_agree",
    "disagree": "evidence_count_disagree",
    "unmeasured": "evidence_count_unmeasured",
    "unsaid": "evidence_count_unsaid",
}

_UNIT, _LIKELY, *_SIDES = MEASURED_COLUMNS
SIDES = tuple(_SIDES)
COLUMNS = (_UNIT, message("evidence_said"), _LIKELY, *SIDES, message("evidence_verdict"))

PRIOR_OFF = message("made_prior_off")
WITHHELD = message("withheld_word")
"""What stands in the place of an emotion word."""


def tally(verdict: Verdict, count: int) -> Message:
    """Return how many rows have a verdict: "2 agree"."""
    return message(_COUNTS[verdict], count=count)


def temperature(value: float) -> Message:
    """Return the temperature of the sampling."""
    return message("made_temperature", value=f"{value:g}")


def top_p(value: float) -> Message:
    """Return the share of likely words that the sampling chose from."""
    return message("made_top_p", value=f"{value:g}")


def seed(value: int) -> Message:
    """Return the seed of the sampling; as text, so that no language groups its digits."""
    return message("made_seed", value=str(value))


def length_limit(tokens: int) -> Message:
    """Return the length limit of an answer."""
    return message("made_limit", count=tokens)


def speed(seconds: float, tokens: int) -> Message:
    """Return how long an answer took, and how fast it was."""
    return message("made_speed", seconds=f"{seconds:.1f}", rate=f"{tokens / seconds:.0f}")


def withheld(count: int) -> Message:
    """Return how many emotion words are withheld from an answer."""
    return message("withheld", count=count)
