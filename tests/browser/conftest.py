"""Puts the fakes of the page within reach, and finds a browser."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "ui"))
