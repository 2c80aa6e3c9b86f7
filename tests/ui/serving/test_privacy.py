"""What a visit leaves on the disk, in the process and on the network, seen from outside the page."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from io import BytesIO
from ipaddress import ip_address
from typing import Any

import pytest
from page_client import PageClient, picture_addresses
from PIL import Image
from served_app import ServedApp, served_app
from ui_fakes import drawing

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="the home of the process is set by posix variables"),
]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="/proc")

MARK = "marked-visit"


def photo() -> bytes:
    """Return a photo with a marked description in its metadata."""
    exif = Image.Exif()
    exif[0x010E] = MARK
    buffer = BytesIO()
    drawing().save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def visit(client: PageClient) -> str:
    """Upload a photo, ask about it, fetch its picture, and return the address of the picture."""
    picture = picture_addresses(client.look(photo()))[0]
    assert MARK in client.ask(f"About the {MARK}")
    assert client.get(picture).status_code == 200
    return picture


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    """An app that has had a visit: at the first one Gradio imports matplotlib, which caches its fonts."""
    with served_app(tmp_path_factory.mktemp("home")) as running:
        client = PageClient(running.url)
        with client.open():
            visit(client)
        yield running


def is_local(address: Any) -> bool:
    """Return whether the address of a socket, or a host name, is of this machine."""
    host = address[0] if isinstance(address, list) else address
    if host in (None, "", "localhost") or not isinstance(host, str) or host.startswith(("/", "\0")):
        return True  # a socket of the file system, or a file descriptor
    try:
        return ip_address(host).is_loopback or ip_address(host).is_unspecified
    except ValueError:
        return False


def test_a_visit_writes_no_file_and_starts_no_process(app: ServedApp) -> None:
    """Guards against photos, questions and answers in any file of the machine."""
    client = PageClient(app.url)
    files, before = app.files(), len(app.actions())
    with client.open():
        visit(client)
        client.upload(photo())  # no request reads it
        client.do("erase", "click")
    done = app.actions()[before:]
    assert [action for action in done if action.kind in ("write", "start")] == []
    assert app.files() == files


def test_the_files_of_the_process_hold_nothing_of_a_visit(app: ServedApp) -> None:
    client = PageClient(app.url)
    with client.open():
        visit(client)
        for path, data in app.files().items():
            assert MARK.encode() not in data, path
            assert not data.startswith((b"\xff\xd8", b"\x89PNG")), path


@LINUX
def test_the_process_has_no_open_file_of_a_visit_and_no_child(app: ServedApp) -> None:
    """Guards against a spool file, which is deleted while it is open and so seen by no listing."""
    client = PageClient(app.url)
    with client.open():
        before = set(app.open_files())
        visit(client)
        client.upload(photo())
        assert [path for path in app.open_files() if path not in before and path.endswith("(deleted)")] == []
        assert [
            path for path in app.open_files() if path.startswith(str(app.root)) and path not in before
        ] == []
        assert app.children() == []


def test_the_process_speaks_with_no_other_machine(app: ServedApp) -> None:
    """Guards against analytics, fonts, checks for a newer version, and calls to a hub."""
    client = PageClient(app.url)
    with client.open():
        visit(client)
    spoken = [action for action in app.actions() if action.kind in ("connect", "lookup")]
    assert [action for action in spoken if not is_local(action.target)] == []


def test_erase_removes_every_address_of_the_visit(app: ServedApp) -> None:
    client = PageClient(app.url)
    with client.open():
        picture = visit(client)
        token = picture.split("/")[1]
        client.do("erase", "click")
        files = ("photo", "face?face=0", "conversation.md", "conversation.json", "conversation.html")
        assert {client.get(f"visit/{token}/{file}").status_code for file in files} == {404}
        assert client.get(picture).status_code == 404


CLOSED = (
    "monitoring", "monitoring/summary", "gradio_api/runs", "gradio_api/run-history/records",
    "gradio_api/deep_link?session_hash=s", "?deep_link=x", "pwa_icon", "gradio_api/process_recording",
)  # fmt: skip


def test_routes_that_keep_or_show_visits_are_closed(app: ServedApp) -> None:
    client = PageClient(app.url)
    assert {path: client.get(path).status_code for path in CLOSED} == dict.fromkeys(CLOSED, 404)


def test_the_page_offers_nothing_that_stores_or_shares(app: ServedApp) -> None:
    """Guards against Gradio's defaults: run history, share buttons, flagging, installation as an app."""
    config = PageClient(app.url).get("config").json()
    assert not config.get("run_history") and not config.get("enable_monitoring") and not config.get("pwa")
    chat = next(part for part in config["components"] if part["props"].get("elem_id") == "chat")
    assert "share" not in (chat["props"].get("buttons") or [])
    kinds = {part["type"] for part in config["components"]}
    assert kinds & {"deeplinkbutton", "duplicatebutton", "browserstate", "loginbutton"} == set()


def test_every_address_of_the_page_is_of_this_server(app: ServedApp) -> None:
    """Guards against scripts, styles and fonts from other hosts."""
    client = PageClient(app.url)
    html = client.get("").text
    policy = client.get("").headers["content-security-policy"]
    assert "default-src 'self'" in policy and "http" not in policy
    for attribute in ("src=", "href="):
        for part in html.split(attribute)[1:]:
            address = part[1:].split(part[0])[0]
            assert not address.startswith(("http://", "https://", "//")) or address.startswith(app.url), (
                address
            )


def test_the_record_of_the_process_is_complete(app: ServedApp) -> None:
    """Guards against an observation that sees nothing: the start of the app does write its lock file."""
    written = [str(action.target) for action in app.actions() if action.kind == "write"]
    assert any("in-use.lock" in path for path in written)
    assert any(action.kind == "lookup" for action in app.actions())
