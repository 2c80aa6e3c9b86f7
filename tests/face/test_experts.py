"""Creation of prior experts by name."""

import pytest
from onnx_networks import write_network

from emola.errors import CheckpointError
from emola.face import prior_expert
from emola.face.landmarker import FaceLandmarker


@pytest.mark.network
def test_creates_experts_by_name(tmp_path):
    mediapipe = prior_expert("mediapipe-face")
    assert isinstance(mediapipe, FaceLandmarker)
    assert (mediapipe.name, mediapipe.dim, mediapipe.missing) == ("mediapipe-face", 91, None)
    insightface = prior_expert("insightface-2d106", write_network(tmp_path / "n.onnx"))
    assert (insightface.name, insightface.dim, insightface.missing) == ("insightface-2d106", 212, None)


def test_lists_the_known_names_for_an_unknown_one():
    with pytest.raises(CheckpointError, match=r"'dlib-68'.*'mediapipe-face' and 'insightface-2d106'"):
        prior_expert("dlib-68")
