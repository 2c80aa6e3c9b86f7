"""The app as a process: start, end, memory, open files, threads, and what it leaves on the disk."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psutil

from benchmarks.machine import ROOT
from emola.errors import EmolaError

__all__ = ["AppProcess", "Sample"]

START_TIMEOUT = 300.0
"""Seconds after which an app that does not respond has failed."""
STOP_TIMEOUT = 60.0
_POLL_INTERVAL = 0.05
_PEAK_INTERVAL = 1.0
_FAILED = "Traceback (most recent call last)"


class Sample(NamedTuple):
    """The state of the process. at: seconds from the start of the samples. open_files: with sockets."""

    at: float
    rss_mb: float
    open_files: int
    threads: int
    cpu_seconds: float


class AppProcess:
    """``python app.py`` with a temporary folder of its own.

    arguments: of the app. folder: for its temporary folder and its log.
    """

    def __init__(self, arguments: Sequence[str], folder: Path) -> None:
        self._arguments = list(arguments)
        self.temp = folder / "tmp"
        self.temp.mkdir()
        self._log = folder / "app.log"
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self.samples: list[Sample] = []
        self.peak_mb = 0.0

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The process. Raises EmolaError before :meth:`start`."""
        if self._process is None:
            raise EmolaError("The app has not been started.")
        return self._process

    async def start(self) -> float:
        """Start the app; returns the seconds until it serves the page. Raises EmolaError if it does not."""
        begun = time.perf_counter()
        command = [sys.executable, "app.py", "--port", str(self.port), *self._arguments]
        environment = {
            **os.environ,
            "TMPDIR": str(self.temp),
            "HF_HUB_OFFLINE": "1",
            "GRADIO_ANALYTICS_ENABLED": "False",
            "PYTHONUNBUFFERED": "1",
        }
        environment.pop("GRADIO_TEMP_DIR", None)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        async with httpx.AsyncClient(trust_env=False, timeout=START_TIMEOUT) as http:
            while time.perf_counter() - begun < START_TIMEOUT and self.process.poll() is None:
                try:
                    if (await http.get(self.url)).status_code == 200:
                        return time.perf_counter() - begun
                except httpx.TransportError:
                    pass
                await asyncio.sleep(_POLL_INTERVAL)
        raise EmolaError(f"The app did not start: {self.last_words()}")

    def kill(self) -> None:
        """End the process with SIGKILL, which it cannot notice."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End the process with SIGTERM, and with SIGKILL if it does not end; returns its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                self.kill()
        return int(self.process.returncode)

    def last_words(self) -> str:
        """Return the last line of the log."""
        lines = self._log.read_text("utf-8", "replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "it wrote nothing")

    def failures(self) -> int:
        """Return the number of tracebacks in the log."""
        return self._log.read_text("utf-8", "replace").count(_FAILED)

    def files(self) -> dict[str, int]:
        """Return the sizes of the files in the temporary folder, by path."""
        return {
            str(path.relative_to(self.temp)): path.stat().st_size
            for path in self.temp.rglob("*")
            if path.is_file()
        }

    def sample(self, at: float) -> Sample:
        """Return the state of the process now."""
        process = psutil.Process(self.process.pid)
        with process.oneshot():
            times = process.cpu_times()
            return Sample(
                round(at, 1),
                round(process.memory_info().rss / 1e6, 1),
                process.num_fds(),
                process.num_threads(),
                round(times.user + times.system, 1),
            )

    @asynccontextmanager
    async def observed(self, interval: float = 60.0) -> AsyncIterator[None]:
        """Take a sample at the start, after each ``interval`` in seconds, and at the end of the block."""
        begun = time.perf_counter()
        self.samples.append(self.sample(0.0))

        async def observe() -> None:
            due = interval
            while True:
                await asyncio.sleep(_PEAK_INTERVAL)
                at = time.perf_counter() - begun
                sample = self.sample(at)
                self.peak_mb = max(self.peak_mb, sample.rss_mb)
                if at >= due:
                    self.samples.append(sample)
                    due += interval

        task = asyncio.create_task(observe())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            if self.process.poll() is None:
                self.samples.append(self.sample(time.perf_counter() - begun))

    def figures(self) -> dict[str, Any]:
        """Return the samples, the peak of the memory and its growth, and the tracebacks in the log."""
        return {
            "alive": self.process.poll() is None,
            "samples": [sample._asdict() for sample in self.samples],
            "peak_mb": max([self.peak_mb, *(sample.rss_mb for sample in self.samples)]),
            "growth_mb": round(self.samples[-1].rss_mb - self.samples[0].rss_mb, 1) if self.samples else 0.0,
            "tracebacks": self.failures(),
        }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
