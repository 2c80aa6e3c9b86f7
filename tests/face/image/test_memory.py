"""Memory and locking of large images."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from emola.face.image import memory

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
# Long-lived threads and small objects between the pictures keep malloc arenas from shrinking.
SCRIPT = """
import io, sys
from concurrent.futures import ThreadPoolExecutor
import psutil
from PIL import Image
from emola.face import load_image

out = io.BytesIO()
Image.new("LA", (4000, 3000)).save(out, "PNG", compress_level=1)
png, kept, process = out.getvalue(), [], psutil.Process()

def read(number):
    load_image(png)
    kept.append(bytes(20_000))

load_image(png)
start = process.memory_info().rss
with ThreadPoolExecutor(3) as pool:
    for number in range(2):
        list(pool.map(read, range(3)))
    print((process.memory_info().rss - start) // 2**20)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc retains freed memory")
def test_returns_memory_to_the_system():
    process = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(process.stdout) < 30  # one such image takes 48 MB


def test_serialises_large_images_only():
    active = {"now": 0, "maximum": 0}
    lock = threading.Lock()

    def read(pixels):
        with memory.large_image_lock(pixels):
            with lock:
                active["now"] += 1
                active["maximum"] = max(active["maximum"], active["now"])
            time.sleep(0.05)
            with lock:
                active["now"] -= 1

    for pixels, maximum in ((memory.LARGE_PIXELS, 1), (memory.LARGE_PIXELS - 1, 3)):
        active["maximum"] = 0
        threads = [threading.Thread(target=read, args=(pixels,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert active["maximum"] == maximum


def test_releases_the_lock_after_an_error():
    for _ in range(2):
        with pytest.raises(ValueError, match="damaged"), memory.large_image_lock(memory.LARGE_PIXELS):
            raise ValueError("damaged")
