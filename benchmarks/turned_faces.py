"""Measure detection, landmarks and action units in turned pictures.

    python benchmarks/turned_faces.py [--model M] [--photos NAME ...] [--angles N] [--mirrored] [--json]

Turns every example photo by N equal angles and compares each with the upright photo: the number of faces
found (landmarks within 4 % of the face's width on average), the mean landmark error relative to that width,
the error of the roll, and how many action units change.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import emola
from emola import downloads
from emola.bench.pages import Table
from emola.cli.exit_codes import with_exit_codes
from emola.cli.options import positive_int
from emola.emola import EmoLA
from emola.face import Face, load_image

Points = npt.NDArray[np.floating]
PHOTOS = (
    "astronaut.png",
    "anger.jpg",
    "surprise.jpg",
    "happiness.jpg",
    "disgust.jpg",
    "single.jpg",
    "group.jpg",
)
CLOSE = 0.04
"""Largest mean landmark error of a found face, relative to its width."""


@with_exit_codes("turned_faces")
def main() -> int:
    """Parse the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="nano", metavar="M", help="checkpoint (default: nano)")
    parser.add_argument("--photos", nargs="+", choices=PHOTOS, default=PHOTOS, help="default: all")
    parser.add_argument(
        "--angles", type=positive_int, default=24, metavar="N", help="equal turns (default: 24)"
    )
    parser.add_argument("--mirrored", action="store_true", help="turn the mirror images")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    args = parser.parse_args()
    model = emola.load(args.model)
    figures = {name: measure(model, photo(name, args.mirrored), args.angles) for name in args.photos}
    print(json.dumps(figures, indent=2) if args.json else report(figures))
    return 0


def photo(name: str, mirrored: bool) -> Image.Image:
    """Return an example photo. Raises DownloadError."""
    picture = load_image(downloads.path(name))
    return ImageOps.mirror(picture) if mirrored else picture


def measure(model: EmoLA, picture: Image.Image, angles: int) -> list[dict[str, Any]]:
    """Return the figures of one picture by angle; the faces are those of the upright picture."""
    upright = model.look(picture)
    units = [active(model, face) for face in upright]
    rows = []
    for i in range(angles):
        degrees = 360 * i / angles
        turned, to_turned = turn(picture, degrees)
        found = model.look(turned)
        row: dict[str, Any] = {"degrees": degrees, "faces": len(upright), "reported": len(found)}
        pairs = [match(face, to_turned(face.landmarks), found) for face in upright]
        row["found"] = sum(error <= CLOSE for _, error in pairs)
        row["error"] = max(error for _, error in pairs)
        row["roll"] = max(
            roll_error(found_face, face, degrees)
            for (found_face, _), face in zip(pairs, upright, strict=True)
        )
        row["changed"] = max(
            len(active(model, found_face) ^ before) if found_face else len(before)
            for (found_face, _), before in zip(pairs, units, strict=True)
        )
        rows.append(row)
    return rows


def turn(picture: Image.Image, degrees: float) -> tuple[Image.Image, Any]:
    """Turn a picture clockwise on black; return it and the function that maps points to it."""
    turned = picture.rotate(-degrees, Image.Resampling.BICUBIC, expand=True)
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    rotation = np.array([[cos, sin], [-sin, cos]])

    def to_turned(points: Points) -> Points:
        mapped: Points = (points - np.array(picture.size) / 2) @ rotation + np.array(turned.size) / 2
        return mapped

    return turned, to_turned


def match(face: Face, expected: Points, found: Sequence[Face]) -> tuple[Face | None, float]:
    """Return the found face with the closest landmarks, and their mean error relative to the width."""
    width = float(np.ptp(face.landmarks[:, 0]))
    errors = [float(np.linalg.norm(other.landmarks - expected, axis=1).mean()) / width for other in found]
    if not errors:
        return None, math.inf
    best = int(np.argmin(errors))
    return found[best], errors[best]


def roll_error(found: Face | None, upright: Face, degrees: float) -> float:
    """Return the error of the roll in degrees; 180 without a face."""
    if found is None or found.pose is None or upright.pose is None:
        return 180.0
    return abs((found.pose.roll - upright.pose.roll - degrees + 180) % 360 - 180)


def active(model: EmoLA, face: Face) -> set[int]:
    """Return the units that are active by the evidence."""
    return {au for au, estimate in model.evidence(face).items() if estimate.active}


def report(figures: dict[str, list[dict[str, Any]]]) -> str:
    """Return a table for each photo and a line for all."""
    lines = []
    for name, rows in figures.items():
        table = [["degrees", "found", "reported", "error", "roll", "units changed"]]
        table += [
            [
                f"{row['degrees']:.0f}",
                f"{row['found']}/{row['faces']}",
                f"{row['reported']}",
                f"{row['error']:.3f}",
                f"{row['roll']:.1f}",
                f"{row['changed']}",
            ]
            for row in rows
        ]
        lines += [name, "", Table(table[0], table[1:]).markdown(), ""]
    rows = [row for photo_rows in figures.values() for row in photo_rows]
    found, faces = (sum(row[key] for row in rows) for key in ("found", "faces"))
    within = sum(row["changed"] <= 1 for row in rows)
    lines.append(
        f"Found: {found} of {faces} faces. At most one unit changed: {within} of {len(rows)} pictures."
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
