"""Puts the fakes within the reach of these tests: of the page, and of the chat under it."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "chat")]
