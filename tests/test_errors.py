"""Shortening of third-party messages to one line."""

import pytest

from emola.errors import first_line


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("no such tensor", "no such tensor"),
        ("no such tensor.\nTry another.", "no such tensor"),
        ("\n  Expected:\n  1, 2", "Expected"),
        ("", "ValueError"),
        ("x" * 300, "x" * 300),
        ("x" * 301, "x" * 300 + " ..."),
    ],
)
def test_first_line_of_an_error(message, line):
    assert first_line(ValueError(message)) == line
