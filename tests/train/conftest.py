"""Puts the tables of made-up faces, and the tiny models, within the reach of these tests."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "model")]
