"""Fixtures: a local package index, a temporary cache folder and a small catalogue."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from package_index import CONTENT, Index, small_catalogue

from emola.downloads import cache, unpacking
from emola.downloads.catalogue import RemoteFile


@pytest.fixture
def index(tmp_path, monkeypatch):
    """The index, with pip configured to use it and a catalogue of its two files."""
    server = Index()
    monkeypatch.setenv("EMOLA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", f"{server.url}/simple/")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(cache, "FILES", small_catalogue(server.url))
    yield server
    server.close()


@pytest.fixture
def publisher(index, monkeypatch):
    """The same files at the publisher's address only, which avoids running pip."""
    without_wheels = {
        name: RemoteFile(name, file.size, file.sha256, file.licence, file.sources[1:])
        for name, file in cache.FILES.items()
    }
    monkeypatch.setattr(cache, "FILES", without_wheels)
    index.published = dict(CONTENT)
    return index


@pytest.fixture
def toy_language_model(publisher, monkeypatch):
    """A fake conversion that writes two small files; ``unpacked`` lists its inputs."""
    unpacked = []

    def convert(packed: Path, folder: Path) -> None:
        unpacked.append(packed.name)
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(packed.read_bytes()[:1000])
        if len(unpacked) == 1 and convert.interrupted:
            raise KeyboardInterrupt
        (folder / "tokenizer.json").write_text("{}")

    convert.interrupted = False
    monkeypatch.setattr(cache, "LANGUAGE_MODEL", "model.bin")
    monkeypatch.setattr(unpacking, "_convert", convert)
    return SimpleNamespace(unpacked=unpacked, convert=convert)
