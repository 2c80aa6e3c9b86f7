"""Who a visitor is: the network address that limits are counted by."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from gradio.context import LocalContext
from starlette.types import Scope

IPV6_PREFIX = 64
"""Length of the network prefix of one visitor: providers give each customer at least such a network."""

PRIVATE_PROXIES = -1
"""In place of a number of proxies: any number of them, all with addresses of a private network."""

UNKNOWN = "unknown"
"""The visitor of all requests that come from no network address, such as those of a Unix socket."""

_FORWARDED_FOR = b"x-forwarded-for"


def visitor_of(scope: Scope, trusted_proxies: int) -> str:
    """Return the address of the visitor who sent a request; an IPv6 address stands for its network.

    The result is an address in its shortest form, or ``UNKNOWN``, whatever the headers hold.

    trusted_proxies: number of reverse proxies in front of the server. Each one adds the address of its client
    to the end of X-Forwarded-For, and everything before the entries of the trusted ones can be made up by the
    visitor. A request that did not pass them all counts by its connection. With ``PRIVATE_PROXIES``, the last
    public address in the header counts. Uvicorn has replaced the address of a connection from this machine by
    the last entry of the header, which may be any text.
    """
    peer: str = scope["client"][0] if scope.get("client") else ""
    values = [value.decode("latin-1") for name, value in scope["headers"] if name == _FORWARDED_FOR]
    hops = ",".join(values).split(",") if trusted_proxies else []
    if trusted_proxies == PRIVATE_PROXIES:
        hops, trusted_proxies = [hop for hop in hops if _is_public(hop)], 1
    address = _network(hops[-trusted_proxies]) if len(hops) >= trusted_proxies > 0 else ""
    return address or _network(peer) or UNKNOWN


def current_visitor() -> str:
    """Return the visitor whose event is being handled; empty outside of an event of Gradio."""
    if (request := LocalContext.request.get(None)) is None:
        return ""
    client = getattr(request, "client", None)
    return str(client.host) if client else UNKNOWN  # never "", which has no limits


def _is_public(text: str) -> bool:
    address = _network(text)
    return bool(address) and ip_address(address).is_global


def _network(text: str) -> str:
    """Return an address in its shortest form, an IPv6 one without its last 64 bits; empty for other text."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]  # [2001:db8::1]:443
    elif text.count(":") == 1:
        text = text.partition(":")[0]  # 192.0.2.1:443
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address, IPV6_PREFIX), strict=False).network_address)
    return str(address)
