"""Makes the miniature data sets importable."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
