"""Downloads from the hub, and repair of damaged files."""

import pytest
import tiny_models as tiny

from emola.errors import CheckpointError
from emola.files import SUMS
from emola.model import hub, load_checkpoint
from emola.model.integrity import write_checksums


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Replace the hub by a repository with one checkpoint; lists the downloads."""
    folder = tiny.save_checkpoint(tmp_path / "repository", tiny.resnet_config())
    write_checksums(folder)
    cache, asked = tmp_path / "cache" / "0123abcd", []
    cache.mkdir(parents=True)

    def snapshot_download(name, *, revision=None, allow_patterns, force_download=False):
        asked.append((name, revision, list(allow_patterns), force_download))
        for file in folder.iterdir():
            chosen = any(file.match(pattern) for pattern in allow_patterns)
            if chosen and (force_download or not (cache / file.name).exists()):
                (cache / file.name).write_bytes(file.read_bytes())
        return str(cache)

    monkeypatch.setattr(hub, "snapshot_download", snapshot_download)
    return asked


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", SUMS])
def test_a_damaged_file_is_downloaded_again(repository, name):
    folder = hub.fetch("me/tiny")
    assert len(repository) == 1
    (folder / name).write_bytes((folder / name).read_bytes()[:100])
    load_checkpoint(hub.fetch("me/tiny"), device="cpu")
    assert [call[2:] for call in repository[2:]] == [([name], True)]
    assert repository[2][1] == "0123abcd", "the same commit is downloaded"


def test_names_a_file_that_stays_damaged(repository, monkeypatch):
    folder = hub.fetch("me/tiny")
    (folder / "model.safetensors").write_bytes(b"damaged")
    monkeypatch.setattr(hub, "snapshot_download", lambda *_, **__: str(folder))
    with pytest.raises(CheckpointError, match=r"model\.safetensors is damaged or changed"):
        load_checkpoint(hub.fetch("me/tiny"), device="cpu")
