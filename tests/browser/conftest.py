"""Puts the fakes of the page within reach, and finds a browser."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "ui"), str(HERE.parent / "chat")]
