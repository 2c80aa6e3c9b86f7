"""The process of the app, played by a small web server."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from benchmarks.visitors import app_process
from benchmarks.visitors.app_process import AppProcess
from emola.errors import EmolaError

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and open files")

SERVER = """
import http.server, os, sys, tempfile
open(os.path.join(tempfile.gettempdir(), "left.txt"), "w").write("x" * 10)
print("Traceback (most recent call last)", flush=True)
assert sys.argv[3:] == ["--public"]

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

http.server.HTTPServer(("127.0.0.1", int(sys.argv[2])), Page).serve_forever()
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppProcess:
    monkeypatch.setattr(app_process, "ROOT", tmp_path)
    (tmp_path / "app.py").write_text(SERVER)
    return AppProcess(["--public"], tmp_path)


def test_observes_the_app(app: AppProcess) -> None:
    async def observe() -> float:
        seconds = await app.start()
        async with app.observed(interval=0.0):
            await asyncio.sleep(1.2)
        return seconds

    try:
        assert 0 < asyncio.run(observe()) < app_process.START_TIMEOUT
        first, *_, last = app.samples
        assert len(app.samples) == 3
        assert first.at == 0 < last.at
        assert first.rss_mb > 1 and first.open_files > 0 and first.threads > 0
        figures = app.figures()
        assert figures["alive"] and figures["tracebacks"] == 1
        assert figures["peak_mb"] >= last.rss_mb
        assert app.files() == {"left.txt": 10}
    finally:
        assert app.stop() < 0  # the small server ends with the signal
    assert not app.figures()["alive"]


def test_a_killed_app_starts_again_at_the_same_port(app: AppProcess) -> None:
    try:
        asyncio.run(app.start())
        pid = app.process.pid
        app.kill()
        asyncio.run(app.start())
        assert app.process.pid != pid
    finally:
        app.stop()


def test_an_app_that_ends_is_reported(app: AppProcess, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import sys; sys.exit('emola: the port is taken')")
    with pytest.raises(EmolaError, match="the port is taken"):
        asyncio.run(app.start())


def test_an_app_that_was_not_started_has_no_process(app: AppProcess) -> None:
    with pytest.raises(EmolaError, match="not been started"):
        app.sample(0.0)
