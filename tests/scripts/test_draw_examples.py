"""The drawn examples: the shipped files are those of the script, and a reader sees the expression."""

from __future__ import annotations

import numpy as np
import pytest
from draw_examples import FOLDER, drawings
from PIL import Image

import emola
from emola.downloads.photos import DRAWINGS

ACTIVE = {"surprise.jpg": {1, 2, 5, 27}, "sadness.jpg": {1, 15}, "anger.jpg": set()}


def test_the_shipped_drawings_are_those_of_the_script() -> None:
    """Up to the noise of JPEG, and of another version of Pillow."""
    drawn = drawings()
    assert drawn.keys() == DRAWINGS.keys() == {path.name for path in FOLDER.iterdir()}
    for name, picture in drawn.items():
        with Image.open(FOLDER / name) as shipped:
            assert shipped.size == picture.size
            difference = np.abs(np.asarray(shipped, float) - np.asarray(picture, float))
        assert difference.mean() < 3, name


@pytest.mark.slow
def test_the_faces_are_found_and_move_as_drawn() -> None:
    model = emola.load("nano")
    for name in DRAWINGS:
        faces = model.look(FOLDER / name)
        assert len(faces) == (3 if name == "group.jpg" else 1), name
        if name in ACTIVE:
            evidence = model.evidence(faces[0])
            active = {code for code, estimate in evidence.items() if estimate.active}
            assert ACTIVE[name] <= active and 12 not in active, (name, active)
