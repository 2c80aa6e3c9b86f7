"""Reader of movements: the movements that an answer names in words, with the codes next to them.

Only the wordings of :data:`emola.faba.movements.MOVEMENTS`, on which EmoLA-Nano is trained, are found.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from emola.faba.movements import MOVEMENTS, Movement

__all__ = ["NamedMovement", "movements"]

_HOW = r"(?:(?:barely|slightly|widely|very widely|strongly|very strongly) )?"


class NamedMovement(NamedTuple):
    """A movement in an answer. code: the unit that its words mean. given: the code next to it, or None."""

    code: int
    given: int | None


def _pattern(words: str) -> str:
    return re.escape(words).replace(re.escape("{how}"), _HOW).replace(r"\ ", " ")


def _group(code: int, move: Movement) -> str:
    words = (*move.clauses, *move.things, *move.acts)
    return f"(?P<m{code}>{'|'.join(_pattern(wording.removeprefix('a ')) for wording in words)})"


_WORDS = "|".join(_group(code, move) for code, move in MOVEMENTS.items())
# "AU12 pulls the lip corners up", "the lip corners are pulled up (AU12)", "..., which is AU12"
_NAMED = re.compile(
    rf"(?P<no>\b(?:no|without) )?(?:\bAU(?P<before>\d+) )?\b(?:{_WORDS})\b"
    r"(?: ?\(AU(?P<after>\d+)\)|, (?:which|and that) is (?:what )?AU(?P<which>\d+))?",
    re.I,
)


def movements(text: str) -> list[NamedMovement]:
    """Return the movements that a text asserts, in order; "no raised cheeks" is not asserted."""
    found = []
    for match in _NAMED.finditer(text):
        if match["no"] is None:
            code = next(code for code in MOVEMENTS if match[f"m{code}"] is not None)
            given = match["before"] or match["after"] or match["which"]
            found.append(NamedMovement(code, int(given) if given else None))
    return found
