"""How long the app takes to start, relative to the import of its libraries.

Three figures are measured in turn, several times, each in a new process with its files cached:

- floor: ``python -c "import torch, transformers, gradio"``
- page: from ``python app.py`` to the first response with the page
- answer: from ``python app.py`` to the first words of an answer about an example photo

The ratios of the minima are the result; the machine's load affects all figures alike. Targets: page 1.4,
answer 1.8.

    python benchmarks/startup.py --runs 5 [--json OUT]

Needs Nano's files and the test photos in the cache folder: ``python -m emola fetch`` with ``nano``, ``face``
and ``test-photos``.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

from gradio_client import Client, handle_file

ROOT = Path(__file__).resolve().parents[1]
FLOOR = "import torch, transformers, gradio"
QUESTION = "Which action units are active?"
TIMEOUT = 300.0
_POLL_INTERVAL = 0.05


def main() -> None:
    """Print the figures and, if asked, write them as JSON."""
    parser = argparse.ArgumentParser(description="Start-up time of the app, relative to its libraries.")
    parser.add_argument("--runs", type=int, default=5, help="measurements of each figure (default: 5)")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args()
    times: dict[str, list[float]] = {"floor": [], "page": [], "answer": []}
    for _ in range(args.runs):
        times["floor"].append(floor_seconds())
        page, answer = app_seconds()
        times["page"].append(page)
        times["answer"].append(answer)
    result = summary(times)
    for name, figures in result.items():
        print(
            f"{name:7} min {figures['min']:5.2f} s   median {figures['median']:5.2f} s   "
            f"{figures['ratio']:.2f} times the floor (medians: {figures['median_ratio']:.2f})"
        )
    if args.json:
        args.json.write_text(json.dumps({"seconds": times, "summary": result}, indent=2), encoding="utf-8")


def summary(times: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Return minimum and median of each figure, and their ratios to those of the floor."""
    least, median = min(times["floor"]), statistics.median(times["floor"])
    return {
        name: {
            "min": min(values),
            "median": statistics.median(values),
            "ratio": min(values) / least,
            "median_ratio": statistics.median(values) / median,
        }
        for name, values in times.items()
    }


def floor_seconds() -> float:
    """Return the seconds that a process takes to import the libraries."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", FLOOR], check=True, cwd=ROOT, env=_environment())
    return time.perf_counter() - start


def app_seconds() -> tuple[float, float]:
    """Return the seconds from the start of the app to the page, and to the first words of an answer."""
    port = _free_port()
    start = time.perf_counter()
    command = [sys.executable, "app.py", "--port", str(port), "--device", "cpu"]
    process = subprocess.Popen(command, cwd=ROOT, env=_environment(), stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        with urlopen(f"http://127.0.0.1:{port}/", timeout=TIMEOUT) as response:
            response.read()
        page = time.perf_counter() - start
        _first_words(port)
        return page, time.perf_counter() - start
    finally:
        process.terminate()
        process.wait()


def _first_words(port: int) -> None:
    from emola import downloads

    client = Client(f"http://127.0.0.1:{port}", verbose=False)
    photo = handle_file(str(downloads.path("happiness.jpg")))
    client.predict(photo, api_name="/look")
    job = client.submit(QUESTION, api_name="/ask")
    if not any(job):
        raise RuntimeError("the app gave no answer")
    job.cancel()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(_POLL_INTERVAL)
    raise RuntimeError("the app did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment() -> dict[str, str]:
    return {**os.environ, "HF_HUB_OFFLINE": "1", "GRADIO_ANALYTICS_ENABLED": "False"}


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
