"""The limit of the process on open files."""

from __future__ import annotations

from contextlib import suppress

ENOUGH = 65_536
"""Open files that are always enough: an open page has a connection, and one more while it waits."""


def raise_file_limit() -> None:
    """Raise the limit on open files as far as the system allows, to at most ``ENOUGH``.

    The usual limit of a shell and of systemd, 1,024, stems from ``select``, which nothing here uses. At the
    limit, the server accepts no connection, and a visitor waits without a word.
    """
    try:
        import resource
    except ImportError:  # Windows, which has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(ENOUGH, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # macOS has a lower limit of the kernel
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
