"""The panels below the face view, one for each region, and the face in words for screen readers."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from emola.faba import ACTION_UNITS
from emola.faba.face_map import FACE_REGIONS, FaceRegion, regions_of
from emola.faba.regions import SIDES
from emola.face import AUEstimate, Face
from emola.face.face_map import region_outlines
from emola.ui.face_view import texts
from emola.ui.face_view.svg import Measured, ranked_units
from emola.ui.shared.fragments import text


def panels(face: Face, measured: Measured | None) -> str:
    """Return a panel for each region of a face, all hidden, and the hint in their place.

    measured: evidence of the face, None without.
    """
    hint = text(texts.NO_REGIONS)
    if region_outlines(face):
        hint = f'{text(texts.HINT)} <span class="keys">{text(texts.HINT_KEYS)}</span>'
    sections = "".join(_panel(region, face, measured) for region in FACE_REGIONS.values())
    return (
        f'<div class="face-panels"><p class="face-hint">{hint}</p>{sections}'
        f'<p id="face-covered" hidden>{text(texts.HIDDEN)}</p></div>'
    )


def in_words(face: Face, measured: Measured | None) -> str:
    """Return the active units of a face, where they show, and the regions that cannot be seen, in words."""
    if not measured:
        return f'<div class="sr-only"><p>{text(texts.NO_EVIDENCE)}</p></div>'
    active = [code for code, estimate in measured.items() if estimate.active]
    active.sort(key=lambda code: measured[code].probability or 0.0, reverse=True)
    items = "".join(f"<li>{_in_words(code, measured[code])}</li>" for code in active)
    covered = "".join(f"<li>{text(texts.region_label(*place, '–'))}</li>" for place in _covered(face))
    return (
        f'<div class="sr-only"><p>{text(texts.in_words(len(active)))}</p><ul>{items}</ul>'
        + (f"<p>{text(texts.HIDDEN_REGIONS)}</p><ul>{covered}</ul>" if covered else "")
        + "</div>"
    )


def _covered(face: Face) -> Iterator[tuple[str, str | None]]:
    """Yield region and side of what cannot be seen."""
    hidden = face.visibility.hidden if face.visibility else frozenset()
    for key, region in FACE_REGIONS.items():
        yield from ((key, side) for side in region.sides if region.is_hidden(side, hidden))


def _in_words(code: int, estimate: AUEstimate) -> str:
    sides = ", ".join(
        f"{text(texts.SIDES[side])} {round(100 * strength)}"
        for side in SIDES
        if (strength := getattr(estimate, side)) is not None
    )
    measure = escape(texts.measure(code, estimate))
    return f"{text(texts.region_name(regions_of(code)[0]))}: {measure}" + (f"; {sides}" if sides else "")


def _panel(region: FaceRegion, face: Face, measured: Measured | None) -> str:
    """Return the panel of a region: its units, how each looks, and what was measured on both sides."""
    hidden = face.visibility.hidden if face.visibility else frozenset()
    covered = all(region.is_hidden(side, hidden) for side in region.sides)
    note = text(texts.HIDDEN) if covered else "" if measured else text(texts.NO_EVIDENCE)
    rows = "".join(_row(code, measured) for code in ranked_units(region, measured or {}))
    sides = "".join(f'<span class="{side}">{text(texts.SIDES[side])}</span>' for side in SIDES)
    legend = f'<p class="legend" aria-hidden="true">{sides}</p>' if measured else ""
    return (
        f'<section class="face-panel" data-region="{region.key}" hidden>'
        f"<header><h2>{text(texts.region_name(region.key))}</h2>{legend}</header>"
        + (f'<p class="note">{note}</p>' if note else "")
        + f"<ul>{rows}</ul></section>"
    )


def _row(code: int, measured: Measured | None) -> str:
    """Return a unit as a button that asks about it."""
    unit = ACTION_UNITS[code]
    estimate = (measured or {}).get(code)
    state = "active" if estimate is not None and estimate.active else "inactive"
    return (
        f'<li><button type="button" class="unit-row {state}" data-au="{code}">'
        f'<span class="name" lang="en"><b>{unit.label}</b> {escape(unit.name)}</span>'
        f"{_measurement(estimate) if measured else ''}"
        f'<span class="looks" lang="en">{escape(unit.appearance)}</span></button></li>'
    )


def _measurement(estimate: AUEstimate | None) -> str:
    """Return the probability of a unit and its intensity on both sides, the subject's right on the left."""
    if estimate is None:
        return f'<span class="unknown">{text(texts.NOT_MEASURED)}</span>'
    if estimate.probability is None:
        return f'<span class="unknown">{text(texts.HIDDEN)}</span>'
    share = f'<span class="share">{escape(texts.percent(estimate.probability))}</span>'
    if estimate.left is None and estimate.right is None:
        return share
    bars = "".join(_bar(side, getattr(estimate, side)) for side in SIDES)
    return f'{share}<span class="sides">{bars}</span>'


def _bar(side: str, strength: float | None) -> str:
    """Return the strength on a side, None if it cannot be seen."""
    label = f'<span class="sr-only">{text(texts.SIDES[side])} </span>'
    value = "–" if strength is None else f"{round(100 * strength)}"
    return f'<span class="{side}" style="--strength:{strength or 0:.2f}">{label}<i>{value}</i></span>'
