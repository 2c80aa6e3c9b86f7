"""Limits of the server on memory, time and counts."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """Limits of the server. Sizes are bytes, times are seconds.

    upload_bytes: size of a photo. upload_seconds: duration of its transfer. upload_pause: longest pause
    within a transfer. transfers_per_address: simultaneous transfers from one network address.
    request_bytes: size of any other request body. uploads_per_address: photos from one address that wait to
    be read. uploads_memory: size of all photos that are being transferred or wait. uploads_kept: time after
    which a waiting photo is deleted.

    visits: number of visits. visits_memory: size of their pictures. idle: time without a request after which
    a visit ends. after_close: time from the closing of its page to its end. sweep: interval of the cleanup.
    sessions: number of pages, with or without a photo, whose state Gradio keeps. opened_sessions: number of
    session files that wait for their photo.

    model_wait: timeout of an API request for a model that is loading.
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
    after_close: float = 60.0
    sweep: float = 5.0
    sessions: int = 500
    opened_sessions: int = 32
    model_wait: float = 120.0


DEFAULT = Limits()
