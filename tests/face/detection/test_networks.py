"""Rejection of files other than MediaPipe's bundle."""

import zipfile

import pytest

from emola.errors import CheckpointError
from emola.face import FaceLandmarker


@pytest.mark.parametrize("kind", ["absent", "text", "zip", "wrong network"])
def test_rejects_a_file_that_is_not_the_bundle(tmp_path, kind):
    file = tmp_path / "face_landmarker.task"
    if kind == "text":
        file.write_text("no bundle")
    elif kind != "absent":
        with zipfile.ZipFile(file, "w") as members:
            members.writestr("face_detector.tflite" if kind == "wrong network" else "other", b"nothing")
    with pytest.raises(CheckpointError, match=r"face_landmarker\.task is not MediaPipe's face landmarker"):
        FaceLandmarker(file)
