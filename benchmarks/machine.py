"""What a benchmark was run on: the commit, the machine and the versions of packages."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

__all__ = ["ROOT", "commit", "machine", "processor_name"]

ROOT = Path(__file__).resolve().parents[1]
"""The root of the repository."""

_CPU_INFO = Path("/proc/cpuinfo")


def commit() -> str:
    """Return the commit of the repository, with "+" for changed files; empty outside of a repository."""
    head = _git("rev-parse", "--short=12", "HEAD")
    return f"{head}+" if head and _git("status", "--porcelain", "--untracked-files=no") else head


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def machine(packages: Sequence[str] = ()) -> dict[str, Any]:
    """Return facts about this machine, and the versions of packages; None for one that is not installed."""
    return {
        "processor": processor_name(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        **{package: _version(package) for package in packages},
    }


def processor_name(info: str | None = None) -> str:
    """Return the name of the processor. info: the text of ``/proc/cpuinfo``, read if it is not given."""
    if info is None:
        info = _CPU_INFO.read_text("utf-8") if _CPU_INFO.exists() else ""
    for line in info.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
