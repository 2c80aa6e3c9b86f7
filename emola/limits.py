"""Limits of the server on memory, time and counts.

The fields with ``setting`` are flags of ``emola app`` and environment variables; the others are constants.
"""

from __future__ import annotations

from dataclasses import dataclass

from emola.settings import count, seconds, setting, size

__all__ = ["DEFAULT", "MIB", "Limits"]

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """Limits of the server. Sizes are bytes, times are seconds. The help texts describe the settings.

    upload_seconds: duration of the transfer of a photo. upload_pause: longest pause within a transfer.
    transfers_per_address: simultaneous transfers of one visitor. request_bytes, request_seconds: size of any
    other request body, and duration of its transfer. uploads_per_address: photos of one visitor that no page
    has asked to read yet. uploads_kept: time after which such a photo is deleted. uploads_memory: size of all
    photos that are being transferred or wait to be read.

    idle: time without a request after which a visit ends. after_close: time from the closing of its page to
    its end. sweep: interval of the cleanup. opened_sessions: number of session files that wait for their
    photo. model_wait: timeout of an API request for a model that is loading.
    """

    upload_bytes: int = setting(
        20 * MIB, "size of a photo file", size, public=10 * MIB, smallest=MIB, largest=160 * MIB
    )
    photo_pixels: int = setting(
        256_000_000,
        "pixels of a photo; above 64 million only baseline JPEG is read, at half its width and height",
        count,
        public=64_000_000,
        smallest=1_000_000,
        largest=256_000_000,
    )
    question_length: int = setting(
        2000, "characters of a question", count, public=500, smallest=20, largest=2000
    )
    turns: int = setting(0, "questions in a conversation; 0 for no limit", count, public=40)
    answer_tokens: int = setting(600, "tokens of an answer", count, public=320, smallest=20, largest=600)
    answer_seconds: float = setting(
        300.0, "seconds for writing an answer; 0 for no limit", seconds, public=60.0, largest=86400.0
    )
    questions_per_minute: int = setting(
        0, "questions of a visitor in a minute; 0 for no limit", count, public=12
    )
    photos_per_minute: int = setting(0, "photos of a visitor in a minute; 0 for no limit", count, public=20)
    requests_per_minute: int = setting(
        0,
        "requests of a visitor in a minute, except for files of the page; 0 for no limit",
        count,
        public=600,
    )
    queue: int = setting(20, "waiting questions, each of which holds a thread", count, largest=200)
    visits: int = setting(250, "visits (photos with their conversations) in memory", count, smallest=1)
    visits_memory: int = setting(
        512 * MIB, "memory for the photos and faces of all visits", size, smallest=MIB
    )
    sessions: int = setting(500, "sessions of pages and programs, with or without a photo", count, smallest=1)
    cache_bytes: int = setting(
        0, "memory for the prefix caches; 0: 1 GB on a CPU, half of the free memory on a GPU", size
    )
    upload_seconds: float = 120.0
    upload_pause: float = 10.0
    transfers_per_address: int = 8
    request_bytes: int = 64 * 1024
    request_seconds: float = 30.0
    uploads_per_address: int = 16
    uploads_memory: int = 160 * MIB
    uploads_kept: float = 60.0
    idle: float = 50 * 60.0
    after_close: float = 60.0
    sweep: float = 5.0
    opened_sessions: int = 32
    model_wait: float = 120.0


DEFAULT = Limits()
