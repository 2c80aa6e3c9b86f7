"""The limit on open files."""

from __future__ import annotations

import pytest

from emola.ui.serving import open_files

resource = pytest.importorskip("resource")


def test_raises_the_limit_of_a_shell() -> None:
    """Guards against a server that is silent to the next visitor at a thousand connections."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = open_files.ENOUGH if before[1] == resource.RLIM_INFINITY else min(open_files.ENOUGH, before[1])
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1000, before[1]))
        open_files.raise_file_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_leaves_a_higher_limit_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    monkeypatch.setattr(open_files, "ENOUGH", 100)
    open_files.raise_file_limit()
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == before
