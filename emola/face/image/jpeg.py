"""What a JPEG will cost, read from its markers before it is decoded."""

from __future__ import annotations

import re

__all__ = ["scans"]

_MARKER = re.compile(rb"\xff[^\x00\xff]")
_MARKER_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # a scan holds stuffed bytes and restarts
_END, _START_OF_SCAN = 0xD9, 0xDA
_ALONE = frozenset((0x01, *range(0xD0, 0xD9)))
"""Markers without a length after them."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SEQUENTIAL = frozenset((0xC0, 0xC1))


def scans(data: bytes) -> tuple[int, bool]:
    """How many scans a JPEG has, and whether it is decoded line by line.

    It is, where one scan holds all colours. Otherwise, as in a progressive one, the decoder holds the
    coefficients of the whole picture, up to six bytes a pixel, and goes over all of them for each scan.
    """
    count, components, by_line = 0, 0, True
    found = _MARKER.search(data)
    while found and (marker := data[found.end() - 1]) != _END:
        at = found.end()
        if marker in _FRAMES:
            components = next(iter(data[at + 7 : at + 8]), 0)
            by_line = by_line and marker in _SEQUENTIAL
        if marker not in _ALONE:
            at += max(2, int.from_bytes(data[at : at + 2], "big"))
        if marker == _START_OF_SCAN:
            count += 1
            by_line = by_line and data[found.end() + 2 : found.end() + 3] == bytes([components])
        found = (_MARKER_AFTER_SCAN if marker == _START_OF_SCAN else _MARKER).search(data, at)
    return count, by_line
