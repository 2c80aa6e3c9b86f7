"""Texts of the face view."""

from __future__ import annotations

from emola.faba import ACTION_UNITS
from emola.face import AUEstimate
from emola.ui.shared.message import Message, message

STYLES = {style: message(f"face_style_{style}") for style in ("points", "mesh", "regions", "off")}
"""Labels of the drawing styles."""

STYLE = message("face_style")
FACES = message("face_faces")
REGIONS = message("face_regions")
ZOOM = message("face_zoom")
SAVE_PNG = message("face_save_png")
SAVE_SVG = message("face_save_svg")
HINT = message("face_hint")
HINT_KEYS = message("face_hint_keys")
NO_REGIONS = message("face_no_regions")
HIDDEN = message("face_hidden")
NOT_MEASURED = message("face_not_measured")
NO_EVIDENCE = message("face_no_evidence")
SIDES = {"right": message("face_right"), "left": message("face_left")}
HIDDEN_REGIONS = message("face_hidden_regions")


def photo(count: int, number: int) -> Message:
    """Return the description of the photo. number: of the selected face, from 1."""
    return message("face_photo", count=count, number=number)


def numbered(number: int, count: int) -> Message:
    """Return the label of the frame of a face."""
    return message("face_number", number=number, total=count)


def region_name(key: str) -> Message:
    """Return the heading of a region."""
    return message(f"face_region_{key}")


def region_label(key: str, side: str | None, unit: str) -> Message:
    """Return the label of a region on one side. unit: the leading unit and what was measured of it."""
    return message("_".join(filter(None, ("face_label", key, side))), unit=unit)


def in_words(active: int) -> Message:
    """Return the sentence before the list of the active units, for screen readers."""
    return message("face_in_words", count=active)


def unit_name(code: int) -> str:
    """Return code and name of a unit, which are not translated."""
    return f"AU{code} {ACTION_UNITS[code].name}"


def percent(share: float) -> str:
    """Return a share in whole per cent, never 0 or 100."""
    value = round(100 * share)
    return "<1 %" if value < 1 else ">99 %" if value > 99 else f"{value} %"


def measure(code: int, estimate: AUEstimate | None) -> str:
    """Return a unit and its probability, or the unit alone when nothing was measured."""
    if estimate is None or estimate.probability is None:
        return unit_name(code)
    return f"{unit_name(code)}, {percent(estimate.probability)}"
