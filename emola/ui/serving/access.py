"""Access rules of the page: host names, origins, and the security headers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import ip_address
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Access:
    """Access rules.

    hosts: host names of the server, with ``*`` as a wildcard; IP addresses and localhost are always accepted.
    Other names are refused, which prevents DNS rebinding. embed: origins of sites that may show the page in a
    frame, such as ``https://huggingface.co``.
    """

    hosts: tuple[str, ...] = ()
    embed: tuple[str, ...] = ()

    def admits_host(self, host: str) -> bool:
        """Return whether a ``Host`` header is accepted."""
        name = _name_of(host)
        if name == "localhost" or _is_address(name):
            return True
        return self._is_allowed_name(name)

    def admits_origin(self, origin: str, host: str, forwarded: str) -> bool:
        """Return whether a page from ``origin`` may send requests to a server reached as ``host``.

        forwarded: the ``X-Forwarded-Host`` header. Any client can send it, so only names in ``hosts`` count.
        """
        if origin.lower() in self.embed:
            return True
        first = forwarded.split(",")[0].strip()
        hosts = [host, *([first] if self._is_allowed_name(_name_of(first)) else [])]
        try:
            parts = urlsplit(origin)
            return bool(parts.netloc) and _normalise(parts.netloc) in map(_normalise, hosts)
        except ValueError:
            return False

    def _is_allowed_name(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern.lower()) for pattern in self.hosts)

    @property
    def headers(self) -> Mapping[str, str]:
        """The security headers of each response."""
        policy = {
            "default-src": "'self'",
            # Gradio starts with inline scripts, and compiles the functions that events name.
            "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
            "style-src": "'self' 'unsafe-inline'",
            "img-src": "'self' data: blob:",
            "media-src": "'self' blob:",
            "font-src": "'self' data:",
            "worker-src": "'self' blob:",
            "object-src": "'none'",
            "base-uri": "'self'",
            "form-action": "'self'",
            "frame-ancestors": " ".join(["'self'", *self.embed]),
        }
        headers = {
            "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
        }
        # Browsers that support frame-ancestors ignore this header, which cannot name other sites.
        return headers if self.embed else {**headers, "X-Frame-Options": "SAMEORIGIN"}


def _normalise(netloc: str) -> str:
    """Return a host in lower case, without the default port of its scheme."""
    return re.sub(r":(80|443)$", "", netloc.lower())


def _name_of(host: str) -> str:
    """Return the name in a ``Host`` header, without the port; empty if the header holds more than these."""
    try:
        parts = urlsplit(f"//{host}")
    except ValueError:
        return ""
    # Some versions of Starlette put the header into the address whose path the middleware checks.
    return (parts.hostname or "").lower() if parts.netloc == host and "@" not in host else ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
