"""The published prior with tiny networks: their input, and the mapping of their points."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from onnx_networks import write_network, write_other_network
from PIL import Image

from emola import downloads
from emola.errors import CheckpointError, DownloadError
from emola.face import Face, UprightSquare
from emola.face.detection.contrast import Levels
from emola.face.insightface import ALIGNED_SIZE, NETWORK_PATH_VARIABLE, InsightFaceExpert


class FixedLandmarker:
    """A fake landmarker that finds the given faces in any picture."""

    def __init__(self, *faces: Face) -> None:
        self.faces = list(faces)

    def detect(self, image: Image.Image) -> list[Face]:
        return self.faces


def make_face(centre: tuple[float, float] = (150, 120), half: float = 60, degrees: float = 0) -> Face:
    """Return a face whose landmarks fill a square around ``centre``, turned clockwise."""
    points = np.random.default_rng(0).uniform(-half, half, (478, 2))
    points[:2] = [[-half, -half], [half, half]]
    points[33], points[263] = (-half / 2, -half / 4), (half / 2, -half / 4)
    angle = np.radians(degrees)
    rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    landmarks = (points @ rotation + centre).astype(np.float32)
    box = np.concatenate([landmarks.min(0), landmarks.max(0)])
    return Face(box=box, landmarks=landmarks, prior=None, crop=Image.new("RGB", (240, 240)))


def noise(width: int = 300, height: int = 240) -> Image.Image:
    values = np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(values)


def grid() -> np.ndarray:
    """Return 106 points spread over the face, from -1 to 1."""
    return np.stack(np.meshgrid(np.linspace(-0.9, 0.9, 53), [-0.5, 0.6]), -1).reshape(106, 2)


@pytest.fixture(autouse=True)
def no_network(tmp_path, monkeypatch):
    """Remove the network from the cache and the environment."""
    monkeypatch.setenv("EMOLA_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv(NETWORK_PATH_VARIABLE, raising=False)


def expert(path, *faces: Face) -> InsightFaceExpert:
    return InsightFaceExpert(path, FixedLandmarker(*(faces or (make_face(),))))


class TestPrior:
    def test_pixels_are_bgr_divided_by_255(self, tmp_path):
        """Guards against swapped channels and the normalisation of the network itself."""
        network = write_network(tmp_path / "n.onnx", probes=[(0, 5, 7), (1, 5, 7), (2, 5, 7)])
        prior = expert(network).features(Image.new("RGB", (100, 100), (255, 51, 102)))
        assert prior.shape == (212,) and prior.dtype == np.float32
        np.testing.assert_allclose(prior[:4], [102 / 255, 51 / 255, 1.0, 0.0], atol=1e-7)

    def test_resizes_the_whole_picture_like_opencv(self, tmp_path):
        """From 384 to 192, OpenCV averages two pixels per axis, here four pixels.

        Guards against a wider filter, a centre crop, and swapped rows and columns.
        """
        pixels = np.zeros((384, 384, 3), np.uint8)
        pixels[20:22, 30:32, 2] = [[10, 20], [30, 40]]  # the 2 x 2 pixels under row 10, column 15
        network = write_network(
            tmp_path / "n.onnx", probes=[(0, 10, 15), (0, 10, 14), (0, 9, 15), (0, 15, 10)]
        )
        prior = expert(network).features(Image.fromarray(pixels))
        np.testing.assert_allclose(prior[:4] * 255, [25, 0, 0, 0], atol=1e-4)

    def test_shrinking_by_three_picks_single_pixels(self, tmp_path):
        """From 576 to 192, each sample is the centre of three pixels; its neighbours do not count."""
        pixels = np.zeros((576, 576, 3), np.uint8)
        pixels[31, 46] = 90
        pixels[30, 46] = pixels[31, 45] = 255
        network = write_network(tmp_path / "n.onnx", probes=[(1, 10, 15)])
        np.testing.assert_allclose(expert(network).features(Image.fromarray(pixels))[0] * 255, 90, atol=1e-4)

    def test_resizing_ignores_the_aspect_ratio(self, tmp_path):
        """A wide picture is neither cropped nor padded; its last column becomes the last input column."""
        pixels = np.zeros((192, 576, 3), np.uint8)
        pixels[:, -3:] = 200
        network = write_network(tmp_path / "n.onnx", probes=[(0, 0, 191), (0, 191, 191), (0, 100, 190)])
        prior = expert(network).features(Image.fromarray(pixels))
        np.testing.assert_allclose(prior[:3] * 255, [200, 200, 0], atol=1e-4)

    def test_enlarging_by_two_weighs_three_to_one(self, tmp_path):
        """From 96 to 192, samples lie a quarter of a pixel off the centres; the border is repeated."""
        pixels = np.zeros((96, 96, 3), np.uint8)
        pixels[:, 0], pixels[:, 1] = 100, 200
        probes = [(0, 50, column) for column in range(5)]
        network = write_network(tmp_path / "n.onnx", probes=probes)
        expected = [100, 125, 175, 150, 50]
        prior = expert(network).features(Image.fromarray(pixels))
        np.testing.assert_allclose(prior[:5] * 255, expected, atol=1e-4)

    def test_a_face_has_the_prior_of_its_crop(self, tmp_path):
        probes = [(channel, row, 60) for channel in range(3) for row in range(0, 192, 20)]
        insightface = expert(write_network(tmp_path / "n.onnx", probes=probes))
        (face,) = insightface.detect(noise())
        assert face.prior is not None and face.prior.shape == (212,)
        np.testing.assert_array_equal(face.prior, insightface.features(face.crop))
        assert face.crop.size == (ALIGNED_SIZE, ALIGNED_SIZE)

    def test_stretches_a_dark_face_before_the_network(self, tmp_path):
        normal = expert(write_network(tmp_path / "n.onnx", probes=[(0, 96, 96)]))
        dark = expert(tmp_path / "n.onnx", replace(make_face(), levels=Levels(0, 51)))
        (original,), (stretched,) = (
            network_expert.detect(Image.new("RGB", (300, 240), (9, 9, 9)))
            for network_expert in (normal, dark)
        )
        assert original.crop.getpixel((168, 168)) == (9, 9, 9)
        assert stretched.crop.getpixel((168, 168)) == (45, 45, 45)
        assert stretched.prior[0] == pytest.approx(5 * original.prior[0])


class TestLandmarks:
    @pytest.mark.parametrize("degrees", [0, 25, -60, 120, 180])
    def test_maps_points_back_to_picture_pixels(self, tmp_path, degrees):
        """Marks drawn at the mapped points must appear in the crop at the original points."""
        points = np.zeros((106, 2))
        face = make_face(degrees=degrees)
        marks = np.array([[-0.6, -0.4], [0.6, -0.5], [0.3, 0.7]])
        points[:3] = marks
        insightface = expert(write_network(tmp_path / "n.onnx", points=points), face)
        (detected,) = insightface.detect(Image.new("RGB", (300, 240)))
        assert detected.landmarks.shape == (106, 2) and detected.landmarks.dtype == np.float32
        picture = np.zeros((240, 300, 3), np.uint8)
        for (x, y), colour in zip(detected.landmarks[:3], np.eye(3, dtype=np.uint8) * 255, strict=True):
            picture[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2] = colour
        (again,) = insightface.detect(Image.fromarray(picture))
        crop = np.asarray(again.crop).astype(int)
        for i, mark in enumerate(marks):
            position = np.argwhere(crop[..., i] > 100)[:, ::-1].mean(0) + 0.5
            np.testing.assert_allclose(position, (mark + 1) / 2 * ALIGNED_SIZE, atol=4)

    def test_the_square_extends_a_tenth_beyond_the_face(self, tmp_path):
        points = np.zeros((106, 2))
        points[:2] = [[-1, -1], [1, 1]]
        network = write_network(tmp_path / "n.onnx", points=points)
        (face,) = expert(network, make_face((150, 120), half=60)).detect(noise())
        np.testing.assert_allclose(face.landmarks[:3], [[84, 54], [216, 186], [150, 120]], atol=0.01)

    def test_landmarks_use_the_input_range_of_the_network(self, tmp_path):
        """RGB from 0 to 255; in the range of the published features, the network finds nothing."""
        network = write_network(tmp_path / "n.onnx", probes=[(0, 96, 96), (2, 96, 96)])
        (face,) = expert(network).detect(Image.new("RGB", (300, 240), (200, 100, 50)))
        square = UprightSquare.around(make_face().landmarks)
        expected = square.to_image((np.array([[200.0, 50.0]]) + 1) / 2)
        np.testing.assert_allclose(face.landmarks[:1], expected, rtol=1e-5)
        np.testing.assert_allclose(face.prior[:2] * 255, [50, 200], atol=1e-4)

    def test_keeps_the_order_and_boxes_of_the_landmarker(self, tmp_path):
        faces = make_face((60, 60), 50), make_face((200, 150), 30)
        detected = expert(write_network(tmp_path / "n.onnx"), *faces).detect(noise())
        assert [tuple(face.box) for face in detected] == [tuple(face.box) for face in faces]

    def test_no_face_is_an_empty_list(self, tmp_path):
        insightface = InsightFaceExpert(write_network(tmp_path / "n.onnx"), FixedLandmarker())
        assert insightface.detect(noise()) == []


def test_threads_give_the_same_result_as_one(tmp_path):
    probes = [(channel, row, 60) for channel in range(3) for row in range(0, 192, 5)]
    insightface = expert(write_network(tmp_path / "n.onnx", probes=probes))
    pictures = [noise(200 + 10 * i, 200) for i in range(12)]
    sequential = [insightface.detect(picture)[0] for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        parallel = [faces[0] for faces in pool.map(insightface.detect, pictures)]
    for a, b in zip(sequential, parallel, strict=True):
        np.testing.assert_array_equal(a.prior, b.prior)
        np.testing.assert_array_equal(a.landmarks, b.landmarks)


class TestMissingNetwork:
    def test_can_be_created_and_names_the_missing_file(self):
        insightface = expert(None)
        assert insightface.missing is not None and "\n" not in insightface.missing
        for part in ("2d106det.onnx", "emola fetch insightface", "non-commercial", NETWORK_PATH_VARIABLE):
            assert part in insightface.missing

    @pytest.mark.parametrize("method", ["detect", "features"])
    def test_raises_download_error(self, method):
        insightface = expert(None)
        with pytest.raises(DownloadError) as caught:
            getattr(insightface, method)(noise())
        assert str(caught.value) == insightface.missing

    def test_names_the_missing_path(self, tmp_path):
        assert str(tmp_path / "gone.onnx") in str(expert(tmp_path / "gone.onnx").missing)

    def test_finds_a_file_added_later(self, tmp_path):
        """Guards against having to restart the server after fetching the file."""
        insightface = expert(tmp_path / "n.onnx")
        assert insightface.missing
        write_network(tmp_path / "n.onnx")
        assert insightface.missing is None
        assert len(insightface.detect(noise())) == 1

    def test_the_environment_can_name_the_file(self, tmp_path, monkeypatch):
        monkeypatch.setenv(NETWORK_PATH_VARIABLE, str(write_network(tmp_path / "mine.onnx")))
        assert expert(None).missing is None

    def test_only_the_published_file_counts_in_the_cache(self):
        """Guards against using a partial or different file."""
        downloads.cache_dir().mkdir()
        write_network(downloads.cache_dir() / "2d106det.onnx")
        assert expert(None).missing


def test_rejects_a_file_that_is_not_a_network(tmp_path):
    (tmp_path / "n.onnx").write_bytes(b"<html>not found</html>" * 100)
    with pytest.raises(CheckpointError, match="not an ONNX network") as caught:
        expert(tmp_path / "n.onnx")
    assert "\n" not in str(caught.value)


def test_rejects_another_network_and_states_both_shapes(tmp_path):
    with pytest.raises(CheckpointError, match=r"112, 112.*192, 192.*212"):
        expert(write_other_network(tmp_path / "n.onnx"))
