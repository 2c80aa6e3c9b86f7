"""The files of the Space: the application of this checkout, the card, and the requirements for a hardware."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["ROOT", "ZERO_GPU", "DeployError", "require_clean", "requirements", "space_files", "write_files"]

ROOT = Path(__file__).resolve().parents[1]
"""The folder of the checkout."""

ZERO_GPU = "zero-a10g"
"""The hub's name of the ZeroGPU hardware, whatever GPUs it has today."""

_TRACKED = ("LICENSE", "emola", "assets")
"""Files and folders of the repository that keep their names in the Space."""
_LEFT_OUT = ("assets/screenshot.png",)
_RENAMED = {
    "spaces/README.md": "README.md",
    "spaces/packages.txt": "packages.txt",
    "spaces/space_app.py": "app.py",
    "spaces/zero_gpu.py": "zero_gpu.py",
    "spaces/refusals.py": "refusals.py",
}
"""Files of the repository, and their names in the Space."""

_FROM_CARD = {"gradio"}
"""Packages that the hub installs itself, in the version that the card names."""
_FROM_HUB = {"psutil"}
"""Packages whose version the hub's own package ``spaces``, installed by the same command, has to choose."""
_GPU_ONLY = {"bitsandbytes"}


class DeployError(Exception):
    """A problem that the operator can solve; the message is one sentence."""


def require_clean(root: Path = ROOT) -> str:
    """Return the commit of the checkout. Raises DeployError if its files differ from the commit."""
    if changes := _git(root, "status", "--porcelain"):
        names = [line[3:] for line in changes.splitlines()]
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        raise DeployError(
            f"The checkout has changes that are not committed ({names[0]}{more}); commit or stash them, so "
            "that the Space shows a commit."
        )
    return _git(root, "rev-parse", "HEAD").strip()


def space_files(hardware: str | None, index: str | None = None, root: Path = ROOT) -> dict[str, bytes]:
    """Return the contents of the Space's files by their names there.

    hardware, index: see :func:`requirements`. Raises DeployError.
    """
    tracked = _git(root, "ls-files", "-z", "--", *_TRACKED).split("\0")
    names = {name: name for name in tracked if name and name not in _LEFT_OUT}
    try:
        files = {target: (root / name).read_bytes() for name, target in {**names, **_RENAMED}.items()}
        files["requirements.txt"] = requirements(hardware, index, root).encode()
    except OSError as error:
        raise DeployError(f"{error.filename} cannot be read: {error.strerror}.") from error
    return dict(sorted(files.items()))


def requirements(hardware: str | None, index: str | None = None, root: Path = ROOT) -> str:
    """Return the requirements of the Space.

    They are the dependencies of the package and of its extra ``app``, from ``pyproject.toml``, in the
    versions that ``requirements.txt`` pins. hardware: on a CPU, packages for GPUs are left out; None if it is
    not known. index: an additional package index, such as one that has PyTorch without CUDA.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    needed = _names(project["dependencies"]) | _names(project["optional-dependencies"]["app"])
    needed -= _FROM_CARD | (_GPU_ONLY if (hardware or "").startswith("cpu-") else set())
    lines = [f"--extra-index-url {index}"] if index else []
    for line in (root / "requirements.txt").read_text("utf-8").splitlines():
        pinned = line.partition("#")[0].strip()
        if pinned and (name := canonicalize_name(Requirement(pinned).name)) in needed:
            lines.append(name if name in _FROM_HUB else pinned)
    return "\n".join(lines) + "\n"


def write_files(files: dict[str, bytes], folder: Path) -> None:
    """Write files, by name, into a folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _names(lines: Iterable[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in lines}


def _git(root: Path, *arguments: str) -> str:
    """Return the output of a git command. Raises DeployError."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)
    except FileNotFoundError as error:
        raise DeployError("git is not installed; it tells which files belong to the Space.") from error
    except subprocess.CalledProcessError as error:
        reason = error.stderr.strip().partition("\n")[0] or f"git {arguments[0]} failed"
        raise DeployError(f"{root} is not a checkout of the repository ({reason}).") from error
    return done.stdout
