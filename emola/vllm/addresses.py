"""Addresses of vLLM servers, and the key that they ask for."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from emola.errors import CheckpointError

__all__ = ["KEY_VARIABLE", "check_address", "check_servers", "engine_key"]

KEY_VARIABLE = "EMOLA_ENGINE_KEY"
"""The environment variable with the key. A flag would show it to every user of the machine."""

_HOST = re.compile(r"[A-Za-z0-9._:-]+")
_PATH = re.compile(r"(/[\w.~-]+)*/?", re.ASCII)
_KEY = re.compile(r"[!-~]{1,1000}")  # visible ASCII, as a header allows


def check_address(text: str) -> str:
    """Return the address of a server, such as ``http://10.0.0.5:8000``, in the form that requests use.

    A path before ``/v1`` is kept, for a proxy that serves several machines.

    Raises CheckpointError for anything else, such as an address with a password.
    """
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if (
        host is None
        or not (_HOST.fullmatch(host) and _PATH.fullmatch(parts.path))
        or parts.scheme not in ("http", "https")
        or "@" in parts.netloc
        or parts.query
        or parts.fragment
        or port == 0
        or text != text.strip()  # urlsplit drops leading spaces, line ends and tabs
        or not text.isprintable()
    ):
        raise CheckpointError(
            f"{text!r} is not the address of a server; give one such as http://10.0.0.5:8000, without a key."
        )
    path = parts.path.rstrip("/").removesuffix("/v1")
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"


def check_servers(addresses: Sequence[str]) -> list[str]:
    """Return the addresses of servers, each once, see :func:`check_address`; the key is checked as well.

    Raises CheckpointError.
    """
    if isinstance(addresses, str):
        raise CheckpointError(f"servers is a list of addresses, not a str; give [{addresses!r}].")
    checked = list(dict.fromkeys(map(check_address, addresses)))
    engine_key(checked)
    return checked


def engine_key(addresses: Iterable[str]) -> str | None:
    """Return the key of the servers from the environment; None if it is not set and not needed.

    Raises CheckpointError for a key that no header can carry, and when a server on another machine has none:
    whoever reaches a server that accepts prompt embeddings can stop it.
    """
    key = os.environ.get(KEY_VARIABLE, "")
    if key:
        if not _KEY.fullmatch(key):
            raise CheckpointError(f"{KEY_VARIABLE} is not a key: it must be visible ASCII without spaces.")
        return key
    for address in addresses:
        if not _is_this_machine(urlsplit(address).hostname or ""):
            raise CheckpointError(
                f"{KEY_VARIABLE} is not set, but {address} is on another machine: start vLLM with a key "
                f"(VLLM_API_KEY) and set {KEY_VARIABLE} to the same."
            )
    return None


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
