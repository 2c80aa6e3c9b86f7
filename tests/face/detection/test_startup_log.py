"""What MediaPipe writes while it starts is left out, and nothing else is."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from emola.face.detection.startup_log import suppress_startup_lines

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
    "WARNING: somebody else's\n"
    "no line end"
)


def test_only_startup_lines_are_left_out(capfd):
    with suppress_startup_lines():
        os.write(2, (STARTUP + OTHERS).encode())
    os.write(2, b" after\n")
    assert capfd.readouterr().err == OTHERS + " after\n"


def test_what_was_written_before_an_error_is_shown(capfd):
    def fail() -> None:
        with suppress_startup_lines():
            os.write(2, OTHERS.encode())
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert capfd.readouterr().err == OTHERS


def test_without_a_place_for_a_file_the_block_still_runs(monkeypatch):
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    ran = []
    with suppress_startup_lines():
        ran.append(True)
    assert ran


@pytest.mark.network
def test_a_landmarker_starts_and_looks_without_a_word(tmp_path):
    """In a process of its own: some of the lines come once per process."""
    script = (
        "import sys; from emola import downloads; from emola.face.image import load_image\n"
        "from emola.face.landmarker import FaceLandmarker\n"
        "for name in ('surprise.jpg', 'group.jpg'):\n"
        "    assert FaceLandmarker().detect(load_image(downloads.path(name)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout + done.stderr == ""
