"""Which movements an answer names in words, and whether a code stands with the movement of another unit.

The words are those of Nano's training, :data:`emola.faba.movements.MOVEMENTS`; an answer in other
words names none.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from emola.faba.movements import MOVEMENTS, Movement

_HOW = r"(?:(?:barely|slightly|widely|very widely|strongly|very strongly) )?"


class Named(NamedTuple):
    """A movement as an answer names it: the unit that its words mean, and the code given with it, if any."""

    code: int
    given: int | None


def _pattern(words: str) -> str:
    return re.escape(words).replace(re.escape("{how}"), _HOW).replace(r"\ ", " ")


def _group(code: int, move: Movement) -> str:
    words = (*move.clauses, *move.things, *move.acts)
    return f"(?P<m{code}>{'|'.join(_pattern(one.removeprefix('a ')) for one in words)})"


_WORDS = "|".join(_group(code, move) for code, move in MOVEMENTS.items())
# "AU12 pulls the lip corners up", "the lip corners are pulled up (AU12)", "..., which is AU12"
_NAMED = re.compile(
    rf"(?P<no>\b(?:no|without) )?(?:\bAU(?P<before>\d+) )?\b(?:{_WORDS})\b"
    r"(?: ?\(AU(?P<after>\d+)\)|, (?:which|and that) is (?:what )?AU(?P<which>\d+))?",
    re.I,
)


def movements(text: str) -> list[Named]:
    """The movements that ``text`` says are there, in the order in which it names them."""
    found = []
    for match in _NAMED.finditer(text):
        if match["no"] is None:
            code = next(code for code in MOVEMENTS if match[f"m{code}"] is not None)
            given = match["before"] or match["after"] or match["which"]
            found.append(Named(code, int(given) if given else None))
    return found
