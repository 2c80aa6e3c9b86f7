"""The network for covered regions."""

import numpy as np
import pytest
from example_faces import PORTRAITS, example_face, largest_face
from PIL import Image
from safetensors.numpy import save_file

from emola.errors import CheckpointError
from emola.faba import REGIONS
from emola.face import UprightSquare
from emola.face.visibility.covers import COVERS_FILE, INPUT_SIDE, CoverNet, shipped_network, tensor_shapes


def random_tensors() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.normal(0, 0.1, shape).astype(np.float32) for name, shape in tensor_shapes().items()}


def test_the_shipped_network_is_small_and_loads():
    assert COVERS_FILE.stat().st_size < 500_000
    assert set(shipped_network().tensors) == set(tensor_shapes())
    assert shipped_network() is shipped_network(), "the network is cached"


def test_is_invariant_to_brightness_and_contrast():
    crop = np.random.default_rng(0).uniform(0, 255, (INPUT_SIDE, INPUT_SIDE))
    network = CoverNet(random_tensors())
    hidden = network.probabilities(crop)
    assert hidden.shape == (INPUT_SIDE // 2, INPUT_SIDE // 2) and 0 <= hidden.min() <= hidden.max() <= 1
    np.testing.assert_allclose(network.probabilities(crop * 0.3 + 20), hidden, atol=1e-5)


def test_reads_a_uniform_crop():
    assert np.isfinite(shipped_network().probabilities(np.zeros((INPUT_SIDE, INPUT_SIDE)))).all()


@pytest.mark.network
def test_thresholds_select_the_covered_regions():
    _, face = example_face("astronaut.png")
    points = UprightSquare.around(face.landmarks).to_crop(face.landmarks, face.crop.width)
    tensors = shipped_network().tensors
    for threshold, covered in ((0.0, frozenset(REGIONS)), (1.01, frozenset())):
        network = CoverNet(tensors | {"thresholds": np.full(len(REGIONS), threshold)})
        assert network.covered(face.crop, points) == covered


@pytest.mark.network
@pytest.mark.parametrize("name", PORTRAITS)
def test_mirroring_exchanges_the_covered_sides(name):
    image, face = example_face(name)
    points = face.landmarks
    eye = points[[33, 133, 159, 145]]
    (x0, y0), (x1, y1) = eye.min(0) - np.ptp(eye[:, 0]) * 0.3, eye.max(0) + np.ptp(eye[:, 0]) * 0.3
    patched = image.copy()
    patched.paste((15, 15, 15), (int(x0), int(y0), int(x1), int(y1)))
    assert largest_face(patched).visibility.covered == {"eye_right"}
    mirrored = patched.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert largest_face(mirrored).visibility.covered == {"eye_left"}


def test_names_a_missing_file(tmp_path):
    with pytest.raises(CheckpointError, match=str(tmp_path / "none")):
        CoverNet.load(tmp_path / "none")


@pytest.mark.parametrize("fault", ["truncated", "other", "shape", "nan"])
def test_rejects_and_names_a_damaged_file(tmp_path, fault):
    tensors, path = random_tensors(), tmp_path / "damaged"
    if fault == "other":
        tensors.pop("head.bias")
    if fault == "shape":
        tensors["head.bias"] = np.zeros(2, np.float32)
    if fault == "nan":
        tensors["up1.weight"][0] = np.nan
    save_file(tensors, path)
    if fault == "truncated":
        path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CheckpointError, match="damaged"):
        CoverNet.load(path)


def test_save_and_load_round_trip(tmp_path):
    network = CoverNet(random_tensors())
    network.save(tmp_path / "covers")
    for name, tensor in CoverNet.load(tmp_path / "covers").tensors.items():
        np.testing.assert_allclose(tensor, network.tensors[name], atol=1e-3)
