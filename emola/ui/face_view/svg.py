"""The overlay of the face view as SVG: frames, points, mesh and regions over the photo.

Everything is drawn by presentation attributes, so the drawing needs no style sheet; that of the page, which
overrides them, only adds the states: hovered, claimed, denied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

import numpy as np

from emola.faba.face_map import FACE_REGIONS, FaceRegion, regions_of
from emola.face import AUEstimate, Face
from emola.face.arrays import FloatArray
from emola.face.face_map import mesh_lines, region_outlines, visible_landmarks
from emola.ui.face_view import paths, texts
from emola.ui.shared.fragments import attribute

Measured = Mapping[int, AUEstimate]

INK, OTHER, HALO = "#5eead4", "#e5e7eb", "#06251f"
"""Colours of the selected face, of other faces, and below lines, on photos of any colour."""

_ZOOM_MARGIN = 1.25
"""Height of the zoomed view divided by that of the face."""


def face_svg(
    picture: str,
    size: tuple[int, int],
    faces: Sequence[Face],
    selected: int,
    measured: Measured | None,
    style: str,
) -> str:
    """Return the photo with the overlay of the selected face as an image without interaction.

    picture: address of the photo, empty to leave the photo out; with a ``data:`` address the SVG is
    self-contained. size: width and height of the photo. faces: in its pixels. measured: evidence of the
    selected face, None without. style: a key of ``texts.STYLES``; "off" draws only frames of several faces.
    """
    layers = {"points": points_layer, "mesh": mesh_layer}
    face = faces[selected]
    drawn = layers[style](face) if style in layers else ""
    if style == "regions":
        drawn = _defs(face) + regions_layer(face, measured or {})
    label = escape(texts.photo(len(faces), selected + 1))
    frames = "".join(_frames(faces, selected, size))
    body = f"<title>{label}</title>{_photo(picture, size)}{frames}{drawn}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" {_box(size)} role="img">{body}</svg>'


def interactive_svg(
    picture: str, size: tuple[int, int], faces: Sequence[Face], selected: int, measured: Measured | None
) -> str:
    """Return the photo with the overlays of all styles, of which the page shows one.

    Frames and regions are buttons. One of each group can be reached with Tab; the script of the page moves on
    from there. Arguments as for ``face_svg``.
    """
    face = faces[selected]
    frames = "".join(_frames(faces, selected, size, buttons=True))
    group = f'<g class="faces" role="group" {attribute("aria-label", texts.FACES)}>{frames}</g>'
    layers = (mesh_layer(face), points_layer(face), regions_layer(face, measured or {}, buttons=True))
    label = attribute("aria-label", texts.photo(len(faces), selected + 1))
    body = f"{_defs(face)}{_photo(picture, size)}{group if frames else ''}{''.join(layers)}"
    zoom = " ".join(paths.number(value) for value in zoom_box(face, size))
    return f'<svg class="face-svg" {_box(size)} data-zoom="{zoom}" role="group" {label}>{body}</svg>'


def ranked_units(region: FaceRegion, measured: Measured) -> tuple[int, ...]:
    """Return the units of a region, likeliest first; those without a probability come last."""

    def probability(code: int) -> float:
        estimate = measured.get(code)
        return -1.0 if estimate is None or estimate.probability is None else estimate.probability

    return tuple(sorted(region.units, key=probability, reverse=True))


def zoom_box(face: Face, size: tuple[int, int]) -> FloatArray:
    """Return x, y, width and height of the view of a face, of the photo's shape and inside the photo."""
    picture = np.array(size, dtype=np.float64)
    low, high = face.box[:2].astype(np.float64), face.box[2:].astype(np.float64)
    share = min(1.0, float(((high - low) * _ZOOM_MARGIN / picture).max()))
    start = np.clip((low + high - share * picture) / 2, 0, (1 - share) * picture)
    return np.concatenate([start, share * picture])


def points_layer(face: Face) -> str:
    """Return the visible landmarks as dots."""
    points = face.landmarks[visible_landmarks(face)]
    width = _width(face) / max(60.0, 5 * float(np.sqrt(len(face.landmarks))))  # fewer points are drawn larger
    data = paths.dots(points)
    return _layer("points", width, f'{_halo(data, 1.7 * width)}<path d="{data}"/>')


def mesh_layer(face: Face) -> str:
    """Return the lines between visible landmarks."""
    visible = visible_landmarks(face)
    thin, thick = (
        paths.lines(face.landmarks, [pair for pair in pairs if visible[list(pair)].all()])
        for pairs in mesh_lines(len(face.landmarks))
    )
    width = _width(face) / 200
    triangles = f'<path class="thin" d="{thin}" stroke-opacity=".5" stroke-width="{width / 2:.2f}"/>'
    return _layer("mesh", width, f'{triangles}{_halo(thick, 2 * width)}<path d="{thick}"/>')


def regions_layer(face: Face, measured: Measured, *, buttons: bool = False) -> str:
    """Return the regions, filled by the probability of their likeliest units.

    buttons: whether the regions can be operated; each then holds all of its units.
    """
    width = _width(face) / 180
    halo = _halo("".join(map(paths.closed_curve, region_outlines(face).values())), 2 * width)
    regions = "".join(_regions(face, measured, buttons=buttons))
    group = f'role="group" {attribute("aria-label", texts.REGIONS)}' if buttons else ""
    return _layer("regions", width, halo + regions, group)


def _halo(data: str, width: float) -> str:
    """Return dark strokes below bright ones, which are then visible on a bright photo."""
    return f'<path class="halo" d="{data}" stroke="{HALO}" stroke-opacity=".3" stroke-width="{width:.2f}"/>'


def _layer(name: str, width: float, content: str, attributes: str = "") -> str:
    """Return a group of strokes. width: of its lines, in pixels of the photo."""
    return (
        f'<g class="layer {name}" style="--w:{width:.2f}px" fill="none" stroke="{INK}" '
        f'stroke-width="{width:.2f}" stroke-linecap="round" stroke-linejoin="round" {attributes}>'
        f"{content}</g>"
    )


def _regions(face: Face, measured: Measured, *, buttons: bool) -> Iterator[str]:
    """Yield the regions of a face, see ``regions_layer``."""
    hidden = face.visibility.hidden if face.visibility else frozenset()
    for index, ((key, side), outline) in enumerate(region_outlines(face).items()):
        covered = FACE_REGIONS[key].is_hidden(side, hidden)
        units = ranked_units(FACE_REGIONS[key], {} if covered else measured)
        estimate = None if covered else measured.get(units[0])
        active = estimate is not None and estimate.active
        state = "covered" if covered else "active" if active else "inactive"
        attributes = f'class="region {state}" data-region="{key}" data-side="{side or ""}"'
        if buttons:
            label = texts.region_label(key, side, texts.measure(units[0], estimate))
            attributes += f' role="button" tabindex="{-min(index, 1)}" {attribute("aria-label", label)}'
            attributes += ' aria-describedby="face-covered"' if covered else ""
        data = paths.closed_curve(outline)
        fill = f'fill="{"url(#face-hatch)" if covered else INK}"'
        lead = _unit(
            key, units[0], data, f'{fill} fill-opacity="{1 if covered else _strength(estimate):.3g}"'
        )
        under = (_unit(key, code, data, f'{fill} fill-opacity="0"', "under") for code in reversed(units[1:]))
        edge = f'<path class="edge" d="{data}" stroke-opacity="{0.95 if active else 0.65}"/>'
        yield f"<g {attributes}>{''.join(under) if buttons else ''}{lead}{edge}</g>"


def _unit(key: str, code: int, data: str, attributes: str, place: str = "lead") -> str:
    """Return the area of a unit in a region. Only the leading one, which lies on top, is seen at rest."""
    second = "" if regions_of(code)[0] == key else " second"
    return f'<path class="unit {place}{second}" data-au="{code}" d="{data}" stroke="none" {attributes}/>'


def _strength(estimate: AUEstimate | None) -> float:
    """Return the opacity of a unit's area."""
    if estimate is None or estimate.probability is None:
        return 0.06
    return 0.04 + 0.46 * estimate.probability


def _frames(
    faces: Sequence[Face], selected: int, size: tuple[int, int], *, buttons: bool = False
) -> Iterator[str]:
    """Yield a numbered frame for each of several faces."""
    if len(faces) < 2:
        return
    smallest = max(28.0, 0.03 * max(size))  # legible when the whole photo is shown small
    for index, face in enumerate(faces):
        x0, y0, x1, y1 = (float(side) for side in face.box)
        side = float(np.clip((x1 - x0) / 5, smallest, max(80.0, smallest)))
        colour = INK if index == selected else OTHER
        attributes = ""
        if buttons:
            attributes = (
                f'role="button" tabindex="{0 if index == selected else -1}" data-face="{index}" '
                f'aria-pressed="{str(index == selected).lower()}" '
                f"{attribute('aria-label', texts.numbered(index + 1, len(faces)))}"
            )
        width, height, radius = (paths.number(value) for value in (x1 - x0, y1 - y0, side / 4))
        badge, middle = paths.number(side), paths.number(side / 2)
        yield (
            f'<g class="face" transform="translate({paths.number(x0)} {paths.number(y0)})" {attributes}>'
            f'<rect class="frame" width="{width}" height="{height}" rx="{radius}" fill="#000" '
            f'fill-opacity="0" stroke="{colour}" stroke-width="{max(3, round(max(size) / 350))}"/>'
            f'<g class="badge"><rect width="{badge}" height="{badge}" rx="{radius}" fill="{colour}"/>'
            f'<text x="{middle}" y="{middle}" dy=".36em" text-anchor="middle" fill="{HALO}" '
            f'font-family="system-ui, sans-serif" font-weight="600" font-size="{paths.number(side * 0.68)}">'
            f"{index + 1}</text></g></g>"
        )


def _defs(face: Face) -> str:
    """Return the hatching of hidden regions."""
    step = max(4.0, _width(face) / 26)
    side, half, line = (paths.number(value) for value in (step, step / 2, step / 3.5))
    area = f'width="{side}" height="{side}"'
    return (
        f'<defs><pattern id="face-hatch" {area} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect {area} fill="{HALO}" fill-opacity=".35"/>'
        f'<path d="M{half} 0V{side}" stroke="#fff" stroke-opacity=".75" stroke-width="{line}"/>'
        "</pattern></defs>"
    )


def _photo(picture: str, size: tuple[int, int]) -> str:
    """Return the photo, or a dark ground for the overlay if it is left out."""
    area = f'width="{size[0]}" height="{size[1]}"'
    return f'<image href="{escape(picture)}" {area}/>' if picture else f'<rect {area} fill="{HALO}"/>'


def _box(size: tuple[int, int]) -> str:
    return f'viewBox="0 0 {size[0]} {size[1]}"'


def _width(face: Face) -> float:
    return float(face.box[2] - face.box[0])
