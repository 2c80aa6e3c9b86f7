"""Suppression of MediaPipe's start-up lines on standard error."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from emola.face.detection.startup_log import suppress_startup_lines

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
STARTUP = (
    "WARNING: Logging before InitGoogle() is written to STDERR\n"
    "W0000 00:00:1795866186.934486    6036 face_landmarker_graph.cc:181] Sets acceleration.\n"
    "I0000 00:00:1795866186.934486    6036 gl_context_egl.cc:85] Successfully initialized EGL.\n"
    "INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n"
)
OTHERS = (
    "emola: our own line\n"
    "E0000 00:00:1795866186.934486    6036 graph.cc:1] An error of MediaPipe\n"
    "WARNING: from another library\n"
    "no line end"
)


def test_drops_only_startup_lines(capfd):
    with suppress_startup_lines():
        os.write(2, (STARTUP + OTHERS).encode())
    os.write(2, b" after\n")
    assert capfd.readouterr().err == OTHERS + " after\n"


def test_shows_other_lines_after_an_error(capfd):
    def fail() -> None:
        with suppress_startup_lines():
            os.write(2, OTHERS.encode())
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert capfd.readouterr().err == OTHERS


def test_runs_the_block_without_disk_space(monkeypatch):
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    ran = []
    with suppress_startup_lines():
        ran.append(True)
    assert ran


@pytest.mark.network
def test_the_landmarker_prints_nothing():
    """Runs in a new process, because some lines appear once per process, and keeps a landmarker open.

    MediaPipe reports errors when its tasks are closed during interpreter shutdown.
    """
    script = (
        "from emola import downloads\n"
        "from emola.face import FaceLandmarker, load_image\n"
        "assert FaceLandmarker().detect(load_image(downloads.path('surprise.jpg')))\n"
        "kept = FaceLandmarker()\n"
        "assert kept.detect(load_image(downloads.path('group.jpg')))\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert process.stdout + process.stderr == ""
