"""Cost of decoding a JPEG, read from its markers (ITU-T T.81, annex B)."""

from __future__ import annotations

import re

__all__ = ["count_scans"]

_MARKER = re.compile(rb"\xff[^\x00\xff]")
_MARKER_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # skips stuffed bytes and restart markers
_END, _START_OF_SCAN = 0xD9, 0xDA
_WITHOUT_LENGTH = frozenset((0x01, *range(0xD0, 0xD9)))
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SEQUENTIAL_FRAMES = frozenset((0xC0, 0xC1))


def count_scans(data: bytes) -> tuple[int, bool]:
    """Return the number of scans of a JPEG and whether it decodes line by line.

    A sequential JPEG whose scan holds all components decodes line by line. For others, such as progressive
    ones, the decoder keeps the coefficients of the whole image, up to six bytes per pixel, and processes
    all of them in each scan.
    """
    scans, components, line_by_line = 0, 0, True
    match = _MARKER.search(data)
    while match and (marker := data[match.end() - 1]) != _END:
        position = match.end()
        if marker in _FRAMES:
            components = next(iter(data[position + 7 : position + 8]), 0)
            line_by_line = line_by_line and marker in _SEQUENTIAL_FRAMES
        if marker not in _WITHOUT_LENGTH:
            position += max(2, int.from_bytes(data[position : position + 2], "big"))
        if marker == _START_OF_SCAN:
            scans += 1
            line_by_line = line_by_line and data[match.end() + 2 : match.end() + 3] == bytes([components])
        match = (_MARKER_AFTER_SCAN if marker == _START_OF_SCAN else _MARKER).search(data, position)
    return scans, line_by_line
