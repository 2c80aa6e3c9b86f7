"""Fixtures: the landmarker and the NASA portrait. Makes the helper modules of this folder importable."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from example_faces import shared_landmarker

from emola import downloads
from emola.face import load_image


@pytest.fixture(scope="session")
def landmarker():
    return shared_landmarker()


@pytest.fixture(scope="session")
def portrait():
    """The NASA portrait, 512 by 512 pixels. Tests must not change it."""
    return load_image(downloads.path("astronaut.png"))


@pytest.fixture(scope="session")
def face(landmarker, portrait):
    """The face of the NASA portrait."""
    (only,) = landmarker.detect(portrait)
    return only
