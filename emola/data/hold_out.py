"""The fixed split of people into training and held-out, by a hash of their names."""

from __future__ import annotations

from emola.files import sha256_text

__all__ = ["is_held_out"]


def is_held_out(person: str, one_in: int) -> bool:
    """Return whether a person is held out of training: a fixed ``1 / one_in`` of all people.

    Nobody is held out when ``one_in`` is 0, nor an unknown person (``""``).
    """
    if not one_in or not person:
        return False
    return int(sha256_text(person), 16) % one_in == 0
