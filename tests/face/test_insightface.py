"""The published prior over tiny networks: what they are shown, and where their points come to lie."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from onnx_networks import write_network, write_other_network
from PIL import Image

from emola import downloads
from emola.errors import CheckpointError, DownloadError
from emola.face import Face, UprightSquare, draw_overlay
from emola.face.detection.contrast import Levels
from emola.face.insightface import ALIGNED_SIZE, NETWORK_PATH_VARIABLE, InsightFaceExpert


class Finder:
    """Stands for the landmarker: finds what it is told, whatever the picture."""

    def __init__(self, *faces: Face) -> None:
        self.faces = list(faces)

    def detect(self, image: Image.Image) -> list[Face]:
        return self.faces


def found(centre: tuple[float, float] = (150, 120), half: float = 60, degrees: float = 0) -> Face:
    """A face whose landmarks fill a square around ``centre``, turned clockwise."""
    points = np.random.default_rng(0).uniform(-half, half, (478, 2))
    points[:2] = [[-half, -half], [half, half]]
    points[33], points[263] = (-half / 2, -half / 4), (half / 2, -half / 4)
    turn = np.radians(degrees)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    landmarks = (points @ rotation + centre).astype(np.float32)
    box = np.concatenate([landmarks.min(0), landmarks.max(0)])
    return Face(box=box, landmarks=landmarks, prior=None, crop=Image.new("RGB", (240, 240)))


def noise(width: int = 300, height: int = 240) -> Image.Image:
    values = np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(values)


def grid() -> np.ndarray:
    """106 points, -1 to 1, spread over the face."""
    return np.stack(np.meshgrid(np.linspace(-0.9, 0.9, 53), [-0.5, 0.6]), -1).reshape(106, 2)


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """No network in the cache and none named."""
    monkeypatch.setenv("EMOLA_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv(NETWORK_PATH_VARIABLE, raising=False)


def expert(path, *faces: Face) -> InsightFaceExpert:
    return InsightFaceExpert(path, Finder(*(faces or (found(),))))


class TestPrior:
    def test_a_plain_colour_comes_as_blue_green_red_over_255(self, tmp_path):
        """Guards against red and blue changed places, or the network's own mean and scale applied."""
        network = write_network(tmp_path / "n.onnx", probes=[(0, 5, 7), (1, 5, 7), (2, 5, 7)])
        prior = expert(network).features(Image.new("RGB", (100, 100), (255, 51, 102)))
        assert prior.shape == (212,) and prior.dtype == np.float32
        np.testing.assert_allclose(prior[:4], [102 / 255, 51 / 255, 1.0, 0.0], atol=1e-7)

    def test_the_whole_picture_is_resized_as_opencv_does(self, tmp_path):
        """384 to 192: OpenCV takes the mean of the middle two of each axis, which here is of all four.

        Guards against a filter that averages more widely, a centre crop, or rows and columns mixed up.
        """
        pixels = np.zeros((384, 384, 3), np.uint8)
        pixels[20:22, 30:32, 2] = [[10, 20], [30, 40]]  # the 2 x 2 pixels under row 10, column 15
        network = write_network(
            tmp_path / "n.onnx", probes=[(0, 10, 15), (0, 10, 14), (0, 9, 15), (0, 15, 10)]
        )
        prior = expert(network).features(Image.fromarray(pixels))
        np.testing.assert_allclose(prior[:4] * 255, [25, 0, 0, 0], atol=1e-4)

    def test_shrinking_by_three_picks_single_pixels(self, tmp_path):
        """576 to 192 lies exactly on the middle pixel of three: its neighbours must not count."""
        pixels = np.zeros((576, 576, 3), np.uint8)
        pixels[31, 46] = 90
        pixels[30, 46] = pixels[31, 45] = 255
        network = write_network(tmp_path / "n.onnx", probes=[(1, 10, 15)])
        np.testing.assert_allclose(expert(network).features(Image.fromarray(pixels))[0] * 255, 90, atol=1e-4)

    def test_proportions_are_not_kept(self, tmp_path):
        """A wide picture is squeezed, not cut or padded: its last column is the network's last."""
        pixels = np.zeros((192, 576, 3), np.uint8)
        pixels[:, -3:] = 200
        network = write_network(tmp_path / "n.onnx", probes=[(0, 0, 191), (0, 191, 191), (0, 100, 190)])
        prior = expert(network).features(Image.fromarray(pixels))
        np.testing.assert_allclose(prior[:3] * 255, [200, 200, 0], atol=1e-4)

    def test_enlarging_by_two_weighs_three_to_one(self, tmp_path):
        """96 to 192: a quarter of a pixel off each centre; the border is repeated."""
        pixels = np.zeros((96, 96, 3), np.uint8)
        pixels[:, 0], pixels[:, 1] = 100, 200
        probes = [(0, 50, column) for column in range(5)]
        network = write_network(tmp_path / "n.onnx", probes=probes)
        expected = [100, 125, 175, 150, 50]
        prior = expert(network).features(Image.fromarray(pixels))
        np.testing.assert_allclose(prior[:5] * 255, expected, atol=1e-4)

    def test_a_face_has_the_prior_of_its_crop(self, tmp_path):
        probes = [(channel, row, 60) for channel in range(3) for row in range(0, 192, 20)]
        one = expert(write_network(tmp_path / "n.onnx", probes=probes))
        (face,) = one.detect(noise())
        assert face.prior is not None and face.prior.shape == (212,)
        np.testing.assert_array_equal(face.prior, one.features(face.crop))
        assert face.crop.size == (ALIGNED_SIZE, ALIGNED_SIZE)

    def test_a_dark_face_is_stretched_before_it_is_read(self, tmp_path):
        one = expert(write_network(tmp_path / "n.onnx", probes=[(0, 96, 96)]))
        dark = expert(tmp_path / "n.onnx", replace(found(), levels=Levels(0, 51)))
        (usual,), (stretched,) = (
            each.detect(Image.new("RGB", (300, 240), (9, 9, 9))) for each in (one, dark)
        )
        assert usual.crop.getpixel((168, 168)) == (9, 9, 9)
        assert stretched.crop.getpixel((168, 168)) == (45, 45, 45)
        assert stretched.prior[0] == pytest.approx(5 * usual.prior[0])


class TestLandmarks:
    @pytest.mark.parametrize("degrees", [0, 25, -60, 120, 180])
    def test_points_come_back_in_picture_pixels(self, tmp_path, degrees):
        """Marks in the picture, found in the crop by their colour, must be where the points map back."""
        points = np.zeros((106, 2))
        face = found(degrees=degrees)
        marks = np.array([[-0.6, -0.4], [0.6, -0.5], [0.3, 0.7]])
        points[:3] = marks
        one = expert(write_network(tmp_path / "n.onnx", points=points), face)
        (read,) = one.detect(Image.new("RGB", (300, 240)))
        assert read.landmarks.shape == (106, 2) and read.landmarks.dtype == np.float32
        picture = np.zeros((240, 300, 3), np.uint8)
        for (x, y), colour in zip(read.landmarks[:3], np.eye(3, dtype=np.uint8) * 255, strict=True):
            picture[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2] = colour
        (again,) = one.detect(Image.fromarray(picture))
        crop = np.asarray(again.crop).astype(int)
        for i, mark in enumerate(marks):
            where = np.argwhere(crop[..., i] > 100)[:, ::-1].mean(0) + 0.5
            np.testing.assert_allclose(where, (mark + 1) / 2 * ALIGNED_SIZE, atol=4)

    def test_the_corners_of_the_square_are_a_tenth_beyond_the_face(self, tmp_path):
        points = np.zeros((106, 2))
        points[:2] = [[-1, -1], [1, 1]]
        network = write_network(tmp_path / "n.onnx", points=points)
        (face,) = expert(network, found((150, 120), half=60)).detect(noise())
        np.testing.assert_allclose(face.landmarks[:3], [[84, 54], [216, 186], [150, 120]], atol=0.01)

    def test_the_points_are_read_as_the_makers_of_the_network_do(self, tmp_path):
        """Red first and 0 to 255: in the published feature's range the network sees next to nothing."""
        network = write_network(tmp_path / "n.onnx", probes=[(0, 96, 96), (2, 96, 96)])
        (face,) = expert(network).detect(Image.new("RGB", (300, 240), (200, 100, 50)))
        square = UprightSquare.around(found().landmarks)
        expected = square.to_image((np.array([[200.0, 50.0]]) + 1) / 2)
        np.testing.assert_allclose(face.landmarks[:1], expected, rtol=1e-5)
        np.testing.assert_allclose(face.prior[:2] * 255, [50, 200], atol=1e-4)

    def test_the_order_and_the_box_stay_those_of_the_finder(self, tmp_path):
        faces = found((60, 60), 50), found((200, 150), 30)
        read = expert(write_network(tmp_path / "n.onnx"), *faces).detect(noise())
        assert [tuple(face.box) for face in read] == [tuple(face.box) for face in faces]

    def test_no_face_is_an_empty_list(self, tmp_path):
        one = InsightFaceExpert(write_network(tmp_path / "n.onnx"), Finder())
        assert one.detect(noise()) == []

    @pytest.mark.parametrize("style", ["points", "mesh"])
    def test_the_overlay_draws_them(self, tmp_path, style):
        """Guards against lines by MediaPipe's indices between 106 points."""
        (face,) = expert(write_network(tmp_path / "n.onnx", points=grid())).detect(noise())
        plain = Image.new("RGB", (300, 240))
        drawn = np.asarray(draw_overlay(plain, [face], style))
        y, x = np.nonzero(drawn.sum(-1))
        low, high = face.landmarks.min(0), face.landmarks.max(0)
        assert len(x) > 106
        assert x.min() >= low[0] - 3 and y.min() >= low[1] - 3
        assert x.max() <= high[0] + 3 and y.max() <= high[1] + 3


def test_threads_give_the_same_result_as_one(tmp_path):
    probes = [(channel, row, 60) for channel in range(3) for row in range(0, 192, 5)]
    one = expert(write_network(tmp_path / "n.onnx", probes=probes))
    pictures = [noise(200 + 10 * i, 200) for i in range(12)]
    alone = [one.detect(picture)[0] for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        together = [faces[0] for faces in pool.map(one.detect, pictures)]
    for a, b in zip(alone, together, strict=True):
        np.testing.assert_array_equal(a.prior, b.prior)
        np.testing.assert_array_equal(a.landmarks, b.landmarks)


class TestAbsence:
    def test_can_be_created_and_names_the_missing_file(self):
        one = expert(None)
        assert one.missing is not None and "\n" not in one.missing
        for part in ("2d106det.onnx", "emola fetch insightface", "non-commercial", NETWORK_PATH_VARIABLE):
            assert part in one.missing

    @pytest.mark.parametrize("act", ["detect", "features"])
    def test_raises_download_error(self, act):
        one = expert(None)
        with pytest.raises(DownloadError) as caught:
            getattr(one, act)(noise())
        assert str(caught.value) == one.missing

    def test_names_the_missing_path(self, tmp_path):
        assert str(tmp_path / "gone.onnx") in str(expert(tmp_path / "gone.onnx").missing)

    def test_finds_a_file_added_later(self, tmp_path):
        """Guards against a server that has to be started again after the file was fetched."""
        one = expert(tmp_path / "n.onnx")
        assert one.missing
        write_network(tmp_path / "n.onnx")
        assert one.missing is None
        assert len(one.detect(noise())) == 1

    def test_the_environment_can_name_the_file(self, tmp_path, monkeypatch):
        monkeypatch.setenv(NETWORK_PATH_VARIABLE, str(write_network(tmp_path / "mine.onnx")))
        assert expert(None).missing is None

    def test_only_the_published_file_counts_in_the_cache(self):
        """Guards against a half-written or other file, taken for the network."""
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
