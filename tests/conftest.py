"""The environment and the order of the tests: no model hub, one thread per library, ports of each worker."""

import gc
import os
from itertools import chain, groupby

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
# Workers inherit the variable from the process that starts them.
os.environ["GRADIO_SERVER_PORT"] = str(7860 + 100 * WORKER)

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


@pytest.hookimpl(trylast=True)  # after the folders have set their markers
def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent.name not in WITHOUT_MODELS:
            item.fixturenames.insert(0, "exact")
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        items[:] = slow_first(items, workers)


def slow_first(items, workers):
    """Return the tests in an order in which every worker starts with slow ones.

    At first each worker gets an equal share of consecutive tests; later an idle one takes tests from the end
    of another share. The browser tests stay in one share, since they have a browser and a server in common.
    """
    slow = [item for item in items if item.get_closest_marker("slow")]
    quick = [item for item in items if not item.get_closest_marker("slow")]
    files = [[*tests] for _, tests in groupby(slow, key=lambda item: shared_folder(item) or item.path)]
    ordered = []
    for worker in range(workers):
        ordered += chain(*files[worker::workers])
        missing = len(items) * (worker + 1) // workers - len(ordered)
        ordered += quick[: max(0, missing)]
        del quick[: max(0, missing)]
    return ordered


def shared_folder(item):
    return item.path.parent if item.get_closest_marker("browser") else None
