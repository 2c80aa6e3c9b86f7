"""What every test runs under: no model hub, no statistics sent anywhere, one thread per maths library."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest

from emola.model import devices


@pytest.fixture(scope="session", autouse=True)
def exact():
    """Models compute in float32 unless a test says otherwise, so that they can be compared anywhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(devices, "computes_in_bfloat16", lambda device: False)
        yield
