"""The picture fuzzer, with a few hundred damaged files."""

import json
import sys

import pytest

from benchmarks import fuzz_images
from emola.face.image.formats import FORMATS


@pytest.fixture(scope="module")
def figures():
    return fuzz_images.measure(300, seed=1)


def test_every_damaged_file_is_read_or_refused(figures):
    assert figures["errors"] == []
    assert set(figures["outcomes"]) == {format_.name for format_ in FORMATS}
    assert all(sum(kinds.values()) == 30 for kinds in figures["outcomes"].values())


def test_damage_is_moderate(figures):
    """Files damaged too much never reach the decoders; files damaged too little do not test them."""
    for kinds in figures["outcomes"].values():
        assert kinds["refused"] > 0
    assert sum(kinds.get("read", 0) for kinds in figures["outcomes"].values()) > 60


def test_is_reproducible_by_seed():
    originals = [("PNG", bytes(range(256)) * 4), ("GIF", bytes(900))]
    files = [fuzz_images.damaged(originals, 5, number) for number in range(40)]
    assert files == [fuzz_images.damaged(originals, 5, number) for number in range(40)]
    assert {name for name, _ in files} == {"PNG", "GIF"}
    assert len({data for _, data in files}) > 35


def test_reports_unexpected_exceptions(monkeypatch, capsys):
    def fail(data):
        raise RuntimeError("broken")

    monkeypatch.setattr(fuzz_images, "load_image", lambda data: None)
    monkeypatch.setattr(fuzz_images, "read", lambda data: "RuntimeError: broken")
    monkeypatch.setattr(sys, "argv", ["fuzz_images", "--count", "10", "--json"])
    assert fuzz_images.main() == 1
    assert json.loads(capsys.readouterr().out)["errors"][0] == "file 0, JPEG: RuntimeError: broken"
    monkeypatch.undo()
    monkeypatch.setattr(fuzz_images, "load_image", fail)
    assert fuzz_images.read(b"") == "RuntimeError: broken"
