"""Memory that is returned to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

from emola import system_memory

# Small blocks between the large ones keep the heap from shrinking by itself.
SCRIPT = """
import psutil
from emola.system_memory import release_memory

def resident():
    return psutil.Process().memory_info().rss / 2**20

large, small = [], []
for number in range(3000):
    large.append(bytearray(100_000))
    small.append(bytearray(100))
del large
kept = resident()
release_memory()
print(kept - resident())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc keeps freed memory")
def test_freed_memory_between_used_blocks_is_returned() -> None:
    process = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert float(process.stdout) > 100  # of 286 MB


def test_nothing_happens_without_glibc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_memory, "_malloc_trim", lambda: None)
    system_memory.release_memory()
