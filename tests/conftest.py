"""The environment of every test: no model hub, one thread per maths library, a range of ports per worker."""

import gc
import os

import pytest

WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
# Workers share the cores; torch reads OMP_NUM_THREADS when it is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Gradio takes the first free port from here; two workers that search the same range can choose the same one.
os.environ.setdefault("GRADIO_SERVER_PORT", str(7860 + 100 * WORKER))

WITHOUT_MODELS = {"faba"}
"""Folders whose tests must run without importing torch."""


@pytest.fixture(scope="session")
def exact():
    """Make models compute in float32 unless a test says otherwise, so that results agree on every CPU."""
    from emola.model import devices

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(devices, "computes_in_bfloat16", lambda device: False)
        yield


def pytest_collection_finish():
    """Exclude the imported modules from garbage collection, which otherwise traverses them repeatedly."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent.name not in WITHOUT_MODELS:
            item.fixturenames.insert(0, "exact")
