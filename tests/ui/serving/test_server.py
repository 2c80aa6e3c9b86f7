"""Traces of a visit on disk and in memory, during and after the process."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import pytest
from page_client import PageClient, picture_addresses
from PIL import Image
from ui_fakes import FakeModel, drawing

from emola.chat import ChatSession
from emola.face import Face
from emola.limits import Limits
from emola.ui.serving.server import PageServer
from emola.ui.serving.temp_folder import temp_folder
from emola.ui.shared.model_handle import ModelHandle

pytestmark = pytest.mark.slow

MARK = "".join(["mar", "ked-", "visit"])  # joined at run time, so that no code constant contains it


class ForgetfulModel(FakeModel):
    """A fake model that keeps no conversations."""

    def chat(self, face: Face) -> ChatSession:
        session = super().chat(face)
        self.chats.clear()
        return session


@pytest.fixture
def server() -> Iterator[PageServer]:
    server = PageServer(ModelHandle.of(ForgetfulModel()), {}, limits=Limits(after_close=0.2, sweep=0.05))
    yield server
    server.close()


@pytest.fixture
def url(server: PageServer) -> str:
    return server.launch(quiet=True)


def photo() -> bytes:
    """Return a photo with a marked description and a position in its metadata."""
    exif = Image.Exif()
    exif[0x010E] = MARK
    exif.get_ifd(0x8825)[1] = "N"
    buffer = BytesIO()
    drawing().save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def on_disk(*folders: Path) -> list[Path]:
    """Return the files that contain the mark or are pictures."""
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return [
        file
        for file in files
        if MARK.encode() in (data := file.read_bytes()) or data[:2] in (b"\xff\xd8", b"RI")
    ]


def in_memory() -> list[str]:
    """Describe the marked strings that objects known to the garbage collector refer to."""
    gc.unfreeze()  # frozen objects would be missing
    gc.collect()
    return [
        f"{type(holder).__name__}: {text[:100]!r}"
        for holder in gc.get_objects()
        for text in gc.get_referents(holder)
        if type(text) in (str, bytes) and len(text) > len(MARK) and _is_marked(text)
    ]


def _is_marked(text: str | bytes) -> bool:
    return MARK in text if isinstance(text, str) else MARK.encode() in text


def eventually(check: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not check():
        assert time.monotonic() < end
        time.sleep(0.05)


def assert_forgotten() -> None:
    """Wait until memory holds nothing of the visit."""
    for _ in range(5):
        if not (held := in_memory()):
            return
        time.sleep(0.3)
    raise AssertionError(held)


def visit(client: PageClient) -> str:
    """Upload a photo, ask about it and return the address of its picture."""
    picture = picture_addresses(client.look(photo()))[0]
    assert MARK in client.ask(f"About the {MARK}")
    assert client.get(picture).status_code == 200
    return picture


def open_session(url: str, client: PageClient) -> None:
    """Save a marked conversation on one page, and open the file on another one before its photo."""
    first = PageClient(url)
    with first.open():
        token = visit(first).split("/")[1]
        path = client.upload(first.get(f"visit/{token}/conversation.json").content)
        first.do("erase", "click")
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    assert MARK in client.do("import", "upload", **{"import": file})


def test_a_visit_writes_no_files(server: PageServer, url: str) -> None:
    """Guards against photos, overlays and metadata in files."""
    before = on_disk(temp_folder())  # the example photos of other pages of this process
    client = PageClient(url)
    visit(client)
    client.upload(photo())  # no request reads it
    assert on_disk(temp_folder()) == before


def test_delete_leaves_nothing_in_memory(server: PageServer, url: str) -> None:
    """Guards against Gradio's session keeping the question, the answer or the face."""
    client = PageClient(url)
    with client.open():
        picture = visit(client)
        assert in_memory()
        client.do("erase", "click")
        assert client.get(picture).status_code == 404
        assert len(server.visits) == 0
        assert_forgotten()


def test_delete_leaves_nothing_of_the_reading_in_memory() -> None:
    """Guards against a reading that outlives its photo in the engine, the session or the page."""
    model = ForgetfulModel(answers=([*f"{MARK} written".encode(), 259],), given="")
    model.engine._given = lambda *_: f"{MARK} given"
    server = PageServer(ModelHandle.of(model), {}, limits=Limits(after_close=0.2, sweep=0.05))
    client = PageClient(server.launch(quiet=True))
    with client.open():
        client.look(photo())
        shown = client.after("photo", "input")
        assert f"{MARK} given" in shown and f"{MARK} written" in shown
        del shown
        client.ask(f"About the {MARK}")
        client.do("erase", "click")
        assert not model.engine.readings._slots and len(model.engine.decoder.caches) == 0
        assert_forgotten()
    server.close()


def test_delete_leaves_nothing_of_an_opened_session_in_memory(server: PageServer, url: str) -> None:
    client = PageClient(url)
    with client.open():
        open_session(url, client)
        assert in_memory()
        client.do("erase", "click")
        assert_forgotten()


def test_an_opened_session_expires_on_an_idle_page() -> None:
    """Guards against idle tabs that keep a conversation in memory."""
    server = PageServer(ModelHandle.of(ForgetfulModel()), {}, limits=Limits(sweep=0.05))
    url = server.launch(quiet=True)
    client = PageClient(url)
    with client.open():
        open_session(url, client)
        server._limits = server.visits._limits = server.visits.opened._limits = Limits(idle=0.0)
        assert_forgotten()
    server.close()


def test_deletes_messages_that_were_never_fetched(server: PageServer, url: str) -> None:
    """Guards against answers in Gradio's queue that no client reads."""
    client = PageClient(url)
    with client.open():
        client.look(photo())
        client.send("question", "submit", question=f"About the {MARK}")
        eventually(lambda: bool(client.session in server.page._queue.pending_messages_per_session))
    eventually(lambda: client.session not in server.page._queue.pending_messages_per_session)
    assert client.session not in server.page._queue.pending_event_ids_session
    assert_forgotten()


def test_a_closed_page_is_deleted_after_its_timeout(server: PageServer, url: str) -> None:
    """Guards against keeping the photo of a closed page until eviction."""
    client = PageClient(url)
    with client.open():
        picture = visit(client)
        time.sleep(0.5)
        assert client.get(picture).status_code == 200
    eventually(lambda: len(server.visits) == 0)
    assert_forgotten()
    assert client.session not in server.page.state_holder.session_data


def test_an_idle_page_reports_that_its_photo_expired(tmp_path: Path) -> None:
    """Guards against idle tabs that keep a face in memory."""
    server = PageServer(ModelHandle.of(ForgetfulModel()), {}, limits=Limits(sweep=0.05))
    client = PageClient(server.launch(quiet=True))
    with client.open():
        visit(client)
        server._limits = server.visits._limits = Limits(idle=0.0)
        eventually(lambda: len(server.visits) == 0)
        assert_forgotten()
        assert "was deleted" in client.ask("And now?")
    server.close()


def test_an_aborted_upload_leaves_nothing(server: PageServer, url: str) -> None:
    """Guards against a partial photo on disk."""
    host, port = url.removeprefix("http://").rstrip("/").split(":")
    with socket.create_connection((host, int(port))) as connection:
        head = (
            f"POST /gradio_api/upload HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100000\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
            '--x\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
        )
        connection.sendall(head.encode() + photo())
        eventually(lambda: server.uploads._arriving > 0)
    eventually(lambda: server.uploads._arriving == 0)
    assert len(server.uploads) == 0
    assert on_disk(temp_folder()) == []


SERVER = """
import sys
sys.path[:0] = sys.argv[1:]
import signal
from emola.cli import app, main
import emola.emola
from ui_fakes import FakeModel
emola.emola.load = lambda *args, **options: FakeModel()
app._fetch_missing = lambda args: None
app._example_photos = dict
signal.signal(signal.SIGINT, signal.default_int_handler)  # shells ignore it for background jobs
sys.exit(main(["app"]))
"""


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize(
    "endings",
    [(signal.SIGINT,), (signal.SIGKILL, signal.SIGTERM)],
    ids=["interrupted", "killed, then terminated"],
)
def test_nothing_is_left_when_the_process_ends(tmp_path: Path, endings: tuple[signal.Signals, ...]) -> None:
    """Guards against photos on disk after the server was stopped or killed."""
    expected = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}
    for ending in endings:
        with ExitStack() as stack:
            process, url = serve(tmp_path, stack)
            assert len(list(tmp_path.glob("emola-page-*"))) == 1  # that of a killed process is gone
            client = PageClient(url)
            with client.open():
                visit(client)
                client.upload(photo())
                assert on_disk(tmp_path) == []
                process.send_signal(ending)
                assert process.wait(timeout=30) == expected[ending]
    remaining = [
        path for path in tmp_path.iterdir() if not path.name.startswith("emola-tiny-")
    ]  # made by tiny_models
    assert remaining == []


def serve(root: Path, stack: ExitStack) -> tuple[subprocess.Popen[str], str]:
    """Start the app with a fake model and its own temporary folder; return the process and its URL."""
    folder = Path(__file__).parents[1]  # tests/ui
    environment = {**os.environ, "TMPDIR": str(root), "PYTHONPATH": str(folder.parents[1])}
    environment["PYTHONUNBUFFERED"] = "1"
    environment.pop("GRADIO_TEMP_DIR", None)  # set by the servers of this process
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(folder), str(folder.parent / "fakes")],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    stack.callback(process.wait)
    stack.callback(process.kill)
    assert process.stdout
    for line in process.stdout:
        if "http://" in line:
            return process, line[line.index("http://") :].split()[0].rstrip("/") + "/"
    raise AssertionError("the server did not start")


def test_the_cleanup_returns_memory_to_the_system(
    server: PageServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against a process that keeps the memory of all visits after the last one has ended."""
    returned = threading.Event()
    monkeypatch.setattr("emola.ui.serving.server.release_memory", returned.set)
    server.launch(quiet=True)
    assert returned.wait(5.0)
