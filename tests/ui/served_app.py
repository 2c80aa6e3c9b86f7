"""The app as a process of its own, with a fake model, under observation."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PROGRAM = """
import json, os, sys
record = open(os.environ["EMOLA_RECORD"], "a", buffering=1)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty")
CHANGES = ("os.mkdir", "os.rename", "os.link", "os.symlink", "os.truncate", "shutil.copyfile", "shutil.move")

def watch(event, args):
    found = None
    if event == "open":
        path, mode, flags = args
        if set(mode or "") & set("wax+") or (mode is None and flags & WRITING):
            found = "write", path
    elif event in CHANGES:
        found = "write", args[0]
    elif event in ("socket.connect", "socket.sendto"):
        found = "connect", args[1]
    elif event == "socket.getaddrinfo":
        found = "lookup", args[0]
    elif event in STARTS:
        found = "start", args[0] if args else event
    if found:
        record.write(json.dumps(found, default=repr) + "\\n")

sys.addaudithook(watch)
sys.path[:0] = sys.argv[1:]
from emola.cli import app, main
import emola.emola
from ui_fakes import FakeModel
emola.emola.load = lambda *args, **options: FakeModel()
app._fetch_missing = lambda args: None
app._verify_language_model = lambda: None
app._example_photos = dict
sys.exit(main(["app"]))
"""


@dataclass
class Action:
    """Something that the process did: "write" to a file, "connect" to or "lookup" an address, or "start"."""

    kind: str
    target: Any


@dataclass
class ServedApp:
    """A running app. root: its home and temporary folder."""

    process: subprocess.Popen[str]
    url: str
    root: Path
    record: Path

    def actions(self) -> list[Action]:
        """Return what the process did so far."""
        return [Action(*json.loads(line)) for line in self.record.read_text("utf-8").splitlines()]

    def files(self) -> dict[Path, bytes]:
        """Return the files in its home and its temporary folder."""
        return {path: path.read_bytes() for path in self.root.rglob("*") if path.is_file()}

    def open_files(self) -> list[str]:
        """Return the paths of its open files, on Linux; deleted ones end in "(deleted)"."""
        links = Path(f"/proc/{self.process.pid}/fd").iterdir()
        paths = (os.readlink(link) for link in links)
        return [path for path in paths if path.startswith("/") and not path.startswith("/dev/")]

    def children(self) -> list[str]:
        """Return the ids of its child processes, on Linux."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [child for task in tasks for child in task.read_text().split()]


@contextmanager
def served_app(root: Path) -> Iterator[ServedApp]:
    """Start the app with ``root`` as its home and temporary folder, and observe it."""
    tests = Path(__file__).parent
    record = root.parent / f"{root.name}.record"
    record.touch()
    environment = {
        **os.environ,
        **dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), str(root)),
        "PYTHONPATH": str(tests.parents[1]),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "EMOLA_RECORD": str(record),
    }
    environment.pop("GRADIO_TEMP_DIR", None)  # set by the servers of this process
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(tests), str(tests.parent / "fakes")],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield ServedApp(process, _address(process), root, record)
    finally:
        process.kill()
        process.wait()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    for line in process.stdout:
        if "http://" in line:
            return line[line.index("http://") :].split()[0].rstrip("/") + "/"
    raise AssertionError("the server did not start")
