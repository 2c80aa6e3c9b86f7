"""Phrase files: one phrase per line, under headings that begin with ``#``."""

from __future__ import annotations

__all__ = ["parse_phrases"]


def parse_phrases(text: str) -> dict[str, list[str]]:
    """Return the phrases of a file by heading, in the order of the file.

    Blank lines are ignored; a heading that occurs again continues its list. Raises ValueError for a phrase
    above the first heading and for an empty heading.
    """
    phrases: dict[str, list[str]] = {}
    current: list[str] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if line.startswith("#"):
            heading = line.lstrip("#").strip()
            if not heading:
                raise ValueError(f"line {number} is a heading without a name")
            current = phrases.setdefault(heading, [])
        elif line:
            if current is None:
                raise ValueError(f"line {number} stands above the first heading: {line!r}")
            current.append(line)
    return phrases
