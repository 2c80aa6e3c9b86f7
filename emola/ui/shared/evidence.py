"""What an answer says about action units beside what was measured, and the questions that follow from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from emola.faba import ACTION_UNITS
from emola.faba.claims import Claim, find_claims
from emola.faba.prompts import MOVEMENT_QUESTIONS, STARTER_QUESTIONS, doubt, follow_up
from emola.ui.shared import answer_messages as messages
from emola.ui.shared.answer_messages import Verdict
from emola.ui.shared.fragments import percent, text
from emola.ui.shared.messages import NOT_VISIBLE

if TYPE_CHECKING:
    from emola.chat import Turn
    from emola.face import AUEstimate

__all__ = ["MAX_OFFERED", "EvidenceRow", "compare", "evidence_html", "offered"]

MAX_OFFERED = 4
"""Maximum number of questions that are offered."""


class EvidenceRow(NamedTuple):
    """An action unit in an answer and in the evidence.

    said: True if the answer asserts the unit, False if it denies it, None if it does neither. estimate: None
    for a unit that is not measured. verdict: "agree" or "disagree"; "unmeasured" for a unit without evidence
    or one that is not visible; "unsaid" for an active unit that the answer leaves out.
    """

    code: int
    said: bool | None
    estimate: AUEstimate | None
    verdict: Verdict


def compare(answer: str, measured: Mapping[int, AUEstimate] | None) -> list[EvidenceRow]:
    """Compare the units of an answer with the evidence.

    Returns the units that the answer asserts or denies by code, then the active ones that it leaves out, the
    likeliest first. A unit counts as asserted if it is asserted anywhere. measured: None or empty for a model
    without evidence.
    """
    estimates = measured or {}
    said, covered = _said(answer, estimates)
    rows = []
    for code in sorted(said):
        estimate = estimates.get(code)
        rows.append(EvidenceRow(code, said[code], estimate, _verdict(said[code], estimate)))
    unsaid = [code for code, estimate in estimates.items() if estimate.active and code not in covered]
    unsaid.sort(key=lambda code: _likelihood(estimates.get(code)), reverse=True)
    return rows + [EvidenceRow(code, None, estimates[code], "unsaid") for code in unsaid]


def _said(answer: str, estimates: Mapping[int, AUEstimate]) -> tuple[dict[int, bool], set[int]]:
    """Return what an answer says of each unit, and the units that need no mention besides."""
    claims = [claim for claim in find_claims(answer) if claim.present is not None]
    said: dict[int, bool] = {}
    for claim in claims:
        if not claim.others:
            said[claim.code] = said.get(claim.code, False) or bool(claim.present)
    for claim in claims:
        if claim.others and not any(said.get(code) is claim.present for code in claim.codes):
            said.setdefault(_unit_meant(claim, estimates), bool(claim.present))
    fitting = {code for claim in claims if claim.present for code in claim.codes}
    return said, fitting | said.keys()


def _unit_meant(claim: Claim, estimates: Mapping[int, AUEstimate]) -> int:
    """Return the unit by which a claim is judged: the likeliest of those that its words fit."""
    return max(claim.codes, key=lambda code: _likelihood(estimates.get(code)))


def _likelihood(estimate: AUEstimate | None) -> float:
    return -1.0 if estimate is None or estimate.probability is None else estimate.probability


def _verdict(said: bool, estimate: AUEstimate | None) -> Verdict:
    if estimate is None or not estimate.visible:
        return "unmeasured"
    return "agree" if estimate.active is said else "disagree"


def evidence_html(rows: Sequence[EvidenceRow], *, told: bool = False) -> str:
    """Return the rows of an answer as a collapsed table; empty if the answer says nothing of any unit.

    told: the model was given the measurement before it answered, so that agreement proves nothing.
    """
    if all(row.said is None for row in rows):
        return ""
    notes = [messages.SECOND_OPINION] if any(row.estimate for row in rows) else [messages.NO_EVIDENCE]
    if told:
        notes.append(messages.TOLD)
    head = "".join(f'<th scope="col"{_side(column)}>{text(column)}</th>' for column in messages.COLUMNS)
    return (
        f'<details class="evidence"><summary><b>{text(messages.EVIDENCE)}</b> {_tally(rows)}</summary>'
        f"{''.join(f'<p>{text(note)}</p>' for note in notes)}"
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(map(_row, rows))}</tbody></table></details>"
    )


def _tally(rows: Sequence[EvidenceRow]) -> str:
    counts = Counter(row.verdict for row in rows)
    found = [verdict for verdict in messages.VERDICTS if counts[verdict]]
    return " · ".join(text(messages.tally(verdict, counts[verdict])) for verdict in found)


def _side(column: str) -> str:
    return ' class="side"' if column in messages.SIDES else ""


def _row(row: EvidenceRow) -> str:
    unit = ACTION_UNITS[row.code]
    said = "–" if row.said is None else text(messages.SAID if row.said else messages.DENIED)
    return (
        f'<tr class="{row.verdict}" data-au="{row.code}">'
        f'<th scope="row"><button type="button" class="unit">{unit.label}</button> {unit.name}</th>'
        f"<td>{said}</td>{_measured(row.estimate)}"
        f'<td class="verdict">{text(messages.VERDICTS[row.verdict])}</td></tr>'
    )


def _measured(estimate: AUEstimate | None) -> str:
    """Return three cells: the probability as a bar, and the intensity on the left and the right."""
    if estimate is None or estimate.probability is None:
        return f"<td>{text(NOT_VISIBLE) if estimate else '–'}</td>" + 2 * '<td class="side">–</td>'
    sides = ("–" if side is None else str(round(100 * side)) for side in (estimate.left, estimate.right))
    likely = text(percent(estimate.probability))
    return (
        f'<td><span class="likely" style="--likely: {estimate.probability:.2f}">{likely}</span></td>'
        + "".join(f'<td class="side">{side}</td>' for side in sides)
    )


def offered(turns: Sequence[Turn], rows: Sequence[EvidenceRow], *, movement_only: bool) -> list[str]:
    """Return up to ``MAX_OFFERED`` questions that were not asked yet.

    They are about a unit on which the last answer and the evidence disagree, units that it asserts, and what
    was not asked. turns: of the conversation. rows: of the last answer. movement_only: no question is about
    an emotion.
    """
    asked = {turn.question for turn in turns}

    def fresh(questions: Iterable[str]) -> list[str]:
        return [question for question in questions if question not in asked]

    doubts = fresh(doubt(row.code, active=bool(row.said)) for row in rows if row.verdict == "disagree")
    about = fresh(follow_up(row.code) for row in rows if row.said and row.verdict != "disagree")
    unsaid = fresh(follow_up(row.code) for row in rows if row.verdict == "unsaid")
    general = fresh(MOVEMENT_QUESTIONS if movement_only else (*STARTER_QUESTIONS, *MOVEMENT_QUESTIONS))
    chosen = [*doubts[:1], *about[:2], *unsaid[:1]][: MAX_OFFERED - 1]
    return list(dict.fromkeys([*chosen, *general[:1], *doubts, *about, *unsaid, *general]))[:MAX_OFFERED]
