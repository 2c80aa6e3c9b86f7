"""How much one page may take of the server, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """Limits of the page. Sizes are bytes, times are seconds.

    upload_bytes: one photo; upload_seconds: its transfer; upload_pause: the longest wait for its next bytes;
    transfers_per_address: those from one network address at once. request_bytes: the body of another request.
    uploads_per_address: photos of one network address that may wait for their first look. uploads_memory:
    all photos that arrive or wait. uploads_kept: how long a photo waits before it is dropped.

    visits: photos with their conversations that are kept; visits_memory: their pictures together. A visit
    ends after idle without a request, or after left once its page is closed. sweep: interval of the check.
    sessions: pages, with a photo or without, of which Gradio keeps the state.
    """

    upload_bytes: int = 20 * MIB
    upload_seconds: float = 120.0
    upload_pause: float = 10.0
    transfers_per_address: int = 8
    request_bytes: int = 64 * 1024
    uploads_per_address: int = 16
    uploads_memory: int = 160 * MIB
    uploads_kept: float = 60.0
    visits: int = 100
    visits_memory: int = 512 * MIB
    idle: float = 50 * 60.0
    left: float = 60.0
    sweep: float = 5.0
    sessions: int = 500


DEFAULT = Limits()
