"""HTML fragments of the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from emola.faba import ACTION_UNITS
from emola.face import AUEstimate, Face
from emola.ui.shared import messages


def notice(text: str = "", kind: str = "info") -> str:
    """Return a notice with escaped text; an empty string for no text."""
    return f'<p class="notice notice-{kind}">{escape(text)}</p>' if text else ""


def loading(name: str) -> str:
    """Return the status line while the model is loading."""
    return _working(messages.loading(name))


def reading_now(name: str) -> str:
    """Return the status line while the model reads a face."""
    return _working(messages.reads(name), ' role="status"')


def _working(text: str, attributes: str = "") -> str:
    return f'<p class="model-loading"{attributes}><span class="spinner"></span>{escape(text)}</p>'


def header(name: str, info: Mapping[str, Any]) -> str:
    """Return the header of the page: the model, its size and its limits.

    info: see ``AffectModel``; empty while the model is loading.
    """
    facts = " ".join(f"<span>{escape(fact)}</span>" for fact in (name, *model_facts(info)))
    limit = f"{messages.LIMIT} {messages.NANO_LIMIT}" if "nano" in name.lower() else messages.LIMIT
    return (
        f'<div class="masthead"><div class="masthead-name"><h1>{messages.TITLE}</h1>'
        f"<p>{messages.TAGLINE}</p></div>"
        f'<div class="masthead-model"><p class="model-facts">{facts}</p>'
        f'<p class="model-limit">{escape(limit)}</p></div>'
        '<button id="theme-toggle" type="button" aria-label="Light or dark colours"></button></div>'
    )


def face_details(face: Face, address: str, measured: Mapping[int, AUEstimate]) -> str:
    """Return the aligned crop of a face, a warning if it is not clearly visible, and the evidence.

    address: URL of the crop. measured: the evidence for each action unit, empty without evidence.
    """
    brightened = " It was brightened before it was read." if face.levels is not None else ""
    return (
        f'<figure class="seen"><img src="{escape(address)}" alt="The face, cut out and upright">'
        "<figcaption><b>What the model sees</b><br>"
        f"The face, turned upright and cut out.{brightened}</figcaption></figure>"
        + notice(caution(face), "caution")
        + (_measured(measured) if measured else "")
    )


def reading(name: str, given: str, written: str) -> str:
    """Return the collapsed reading of a face: what the model was told of it, and what it wrote."""
    lines = ((messages.GIVEN, given), (messages.WRITTEN, written.strip()))
    rows = "".join(f"<dt>{title}</dt><dd>{escape(line)}</dd>" for title, line in lines if line)
    return (
        f'<details class="measured"><summary><b>{escape(messages.what_was_read(name))}</b></summary>'
        f"<p>{messages.READING}</p><dl>{rows}</dl></details>"
    )


def caution(face: Face) -> str:
    """Return a warning with the reasons why a face is not clearly visible; empty for a clear face."""
    if face.visibility is None or face.visibility.clear:
        return ""
    return " ".join([*face.visibility.sentences, messages.UNSURE])


def _measured(estimates: Mapping[int, AUEstimate]) -> str:
    """Return a collapsed table of the action units, most likely first and hidden ones last."""
    ordered = sorted(estimates.items(), key=lambda item: _sort_key(item[1]), reverse=True)
    active = sum(estimate.active for estimate in estimates.values())
    rows = "".join(_row(code, estimate) for code, estimate in ordered)
    head = "".join(f'<th scope="col">{title}</th>' for title in ("Unit", "", "Likely", "Left", "Right"))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return (
        f'<details class="measured"><summary><b>Measured</b> {active} of {len(estimates)} action units'
        f" active</summary><p>{messages.MEASURED}</p>{table}</details>"
    )


def _sort_key(estimate: AUEstimate) -> float:
    return -1.0 if estimate.probability is None else estimate.probability


def _row(code: int, estimate: AUEstimate) -> str:
    """Return the row of one action unit: its probability, and its intensity on each side."""
    head = f'<th scope="row">AU{code}</th><td>{escape(ACTION_UNITS[code].name)}</td>'
    if estimate.probability is None:
        cells = '<td colspan="3">not visible</td>'
    else:
        likely = (
            f'<span class="likely" style="--likely: {estimate.probability:.2f}">'
            f"{_percent(estimate.probability)}</span>"
        )
        sides = "".join(
            f'<td class="side">{_strength(side)}</td>' for side in (estimate.left, estimate.right)
        )
        cells = f"<td>{likely}</td>{sides}"
    state = "active" if estimate.active else "inactive"
    return f'<tr class="{state}" data-au="{code}">{head}{cells}</tr>'


def _strength(side: float | None) -> str:
    return "–" if side is None else f"{round(100 * side)}"


def _percent(share: float) -> str:
    """Return a share in whole per cent, never 0 or 100."""
    percent = round(100 * share)
    return "under 1 %" if percent < 1 else "over 99 %" if percent > 99 else f"{percent} %"


def model_facts(info: Mapping[str, Any]) -> Sequence[str]:
    """Return the size of the model, its quantisation and its device for the header."""
    facts = []
    if parameters := info.get("parameters"):
        facts.append(f"{in_millions(int(parameters))} parameters")
    if quantize := info.get("quantize"):
        facts.append(f"{str(quantize).upper()} weights")
    if device := info.get("device"):
        facts.append({"cpu": "on the CPU", "cuda": "on a GPU"}.get(str(device).split(":")[0], f"on {device}"))
    return facts


def in_millions(parameters: int) -> str:
    """Return a count as text: "142 million", "7.1 billion"."""
    if parameters >= 1_000_000_000:
        return f"{parameters / 1e9:.1f} billion"
    if parameters >= 10_000_000:
        return f"{parameters / 1e6:.0f} million"
    return f"{parameters / 1e6:.1f} million"
