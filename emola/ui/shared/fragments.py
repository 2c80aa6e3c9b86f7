"""HTML fragments of the pages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from emola.faba import ACTION_UNITS
from emola.face import AUEstimate, Face
from emola.ui.shared import messages
from emola.ui.shared.message import Message


def text(content: str) -> str:
    """Return a text as HTML: escaped, and marked for the browser to translate if it is a message."""
    if not isinstance(content, Message):
        return escape(content)
    return f'<span data-i18n="{escape(content.key)}"{_values(content)}>{escape(content)}</span>'


def attribute(name: str, content: str) -> str:
    """Return an attribute of an HTML element, such as ``aria-label``, marked for translation like a text.

    Several messages of one element share their values.
    """
    plain = f'{name}="{escape(content)}"'
    if not isinstance(content, Message):
        return plain
    return f'{plain} data-i18n-{name}="{escape(content.key)}"{_values(content)}'


def _values(content: Message) -> str:
    return f' data-values="{escape(json.dumps(content.values))}"' if content.values else ""


def notice(content: str = "", kind: str = "info") -> str:
    """Return a notice with escaped text; an empty string for no text."""
    return f'<p class="notice notice-{kind}">{text(content)}</p>' if content else ""


def loading(name: str) -> str:
    """Return the status line while the model is loading."""
    return _working(messages.loading(name))


def reading_now(name: str) -> str:
    """Return the status line while the model reads a face."""
    return _working(messages.reads(name), ' role="status"')


def _working(content: str, attributes: str = "") -> str:
    return f'<p class="model-loading"{attributes}><span class="spinner"></span>{text(content)}</p>'


def header(name: str, info: Mapping[str, Any]) -> str:
    """Return the header of the page: the model, its size and its limits.

    info: see ``AffectModel``; empty while the model is loading.
    """
    facts = " ".join(f"<span>{text(fact)}</span>" for fact in (name, *model_facts(info)))
    limits = (messages.LIMIT, messages.NANO_LIMIT) if "nano" in name.lower() else (messages.LIMIT,)
    return (
        f'<div class="masthead"><div class="masthead-name"><h1>{messages.TITLE}</h1>'
        f"<p>{text(messages.TAGLINE)}</p></div>"
        f'<div class="masthead-model"><p class="model-facts">{facts}</p>'
        f'<p class="model-limit">{" ".join(map(text, limits))}</p></div>'
        f'<button id="theme-toggle" type="button" {attribute("aria-label", messages.CHANGE_COLOURS)}>'
        "</button></div>"
    )


def face_details(
    face: Face, address: str, measured: Mapping[int, AUEstimate], cautions: Sequence[str] = ()
) -> str:
    """Return the aligned crop of a face, a warning if it is not clearly visible, and the evidence.

    address: URL of the crop. measured: the evidence for each action unit, empty without evidence. cautions:
    what makes the face hard to read.
    """
    brightened = f" {text(messages.SEEN_BRIGHTENED)}" if face.levels is not None else ""
    return (
        f'<figure class="seen"><img src="{escape(address)}" {attribute("alt", messages.SEEN_ALT)}>'
        f"<figcaption><b>{text(messages.SEEN)}</b><br>"
        f"{text(messages.SEEN_HOW)}{brightened}</figcaption></figure>"
        + _caution(cautions)
        + (_measured(measured) if measured else "")
    )


def reading(name: str, given: str, written: str) -> str:
    """Return the collapsed reading of a face: what the model was told of it, and what it wrote."""
    lines = ((messages.GIVEN, given), (messages.WRITTEN, written.strip()))
    rows = "".join(
        f'<dt>{text(title)}</dt><dd lang="en">{escape(line)}</dd>' for title, line in lines if line
    )
    return (
        f'<details class="measured"><summary><b>{text(messages.what_was_read(name))}</b></summary>'
        f"<p>{text(messages.READING)}</p><dl>{rows}</dl></details>"
    )


def exports(addresses: Mapping[str, str]) -> str:
    """Return the links that save a conversation. addresses: by suffix, see ``messages.EXPORT_KINDS``."""
    links = " ".join(
        f'<a href="{escape(address)}" download>{text(messages.EXPORT_KINDS[suffix])}</a>'
        for suffix, address in addresses.items()
    )
    return f'<p class="exports">{text(messages.EXPORTS)} {links}</p>'


def _caution(reasons: Sequence[str]) -> str:
    """Return a notice with the reasons why a face is not clearly visible; empty without any."""
    if not reasons:
        return ""
    return f'<p class="notice notice-caution">{" ".join(map(text, (*reasons, messages.UNSURE)))}</p>'


def _measured(estimates: Mapping[int, AUEstimate]) -> str:
    """Return a collapsed table of the action units, most likely first and hidden ones last."""
    ordered = sorted(estimates.items(), key=lambda item: _sort_key(item[1]), reverse=True)
    active = messages.units_active(sum(estimate.active for estimate in estimates.values()), len(estimates))
    rows = "".join(_row(code, estimate) for code, estimate in ordered)
    unit, *columns = (f'<th scope="col">{text(title)}</th>' for title in messages.MEASURED_COLUMNS)
    head = "".join((unit, "<td></td>", *columns))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return (
        f'<details class="measured"><summary><b>{text(messages.MEASURED_TITLE)}</b> {text(active)}</summary>'
        f"<p>{text(messages.MEASURED)}</p>{table}</details>"
    )


def _sort_key(estimate: AUEstimate) -> float:
    return -1.0 if estimate.probability is None else estimate.probability


def _row(code: int, estimate: AUEstimate) -> str:
    """Return the row of one action unit: its probability, and its intensity on each side."""
    head = f'<th scope="row">AU{code}</th><td>{escape(ACTION_UNITS[code].name)}</td>'
    if estimate.probability is None:
        cells = f'<td colspan="3">{text(messages.NOT_VISIBLE)}</td>'
    else:
        likely = (
            f'<span class="likely" style="--likely: {estimate.probability:.2f}">'
            f"{text(percent(estimate.probability))}</span>"
        )
        sides = "".join(
            f'<td class="side">{_strength(side)}</td>' for side in (estimate.left, estimate.right)
        )
        cells = f"<td>{likely}</td>{sides}"
    state = "active" if estimate.active else "inactive"
    return f'<tr class="{state}" data-au="{code}">{head}{cells}</tr>'


def _strength(side: float | None) -> str:
    return "–" if side is None else f"{round(100 * side)}"


def percent(share: float) -> str:
    """Return a share in whole per cent, never 0 or 100."""
    whole = round(100 * share)
    return messages.UNDER_1 if whole < 1 else messages.OVER_99 if whole > 99 else f"{whole} %"


def model_facts(info: Mapping[str, Any]) -> Sequence[str]:
    """Return the size of the model, its quantisation and its device for the header."""
    facts = []
    if count := info.get("parameters"):
        facts.append(messages.parameters(int(count)))
    if quantize := info.get("quantize"):
        facts.append(messages.weights(str(quantize)))
    if device := info.get("device"):
        facts.append(messages.device(str(device)))
    return facts
