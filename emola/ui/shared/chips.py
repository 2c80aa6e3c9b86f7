"""Text of a conversation as HTML, with a chip for each claim about an action unit.

Text of visitors and models enters the HTML of the conversation through ``plain`` alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from emola.faba import ACTION_UNITS
from emola.faba.claims import Claim

__all__ = ["plain", "with_chips"]

_NAMED = re.compile(
    r" ?(?:[-–,]|(?P<bracket>\())? ?(?:the )?", re.I
)  # between a code and a name: "AU12 (the "
_NEWLINE = re.compile(r"\r\n?|\n")
_KINDS = {True: "said", False: "denied", None: "mentioned"}


def plain(text: str) -> str:
    """Return a text as HTML that shows exactly the text; newlines become line breaks."""
    return _NEWLINE.sub("<br>", escape(text))


def with_chips(text: str, claims: Iterable[Claim]) -> str:
    """Return a text as HTML with its claims as chips, which act as buttons.

    A chip carries ``data-au``, the code of its unit, and the class "said", "denied" or "mentioned". A code
    and a name beside it ("AU12 (lip corner puller)") share a chip. claims: in order, without overlaps; those
    without text of their own get no chip.
    """
    pieces: list[str] = []
    position = 0
    for claim in _joined(text, claims):
        pieces += (plain(text[position : claim.start]), _chip(claim, text[claim.start : claim.end]))
        position = claim.end
    return "".join([*pieces, plain(text[position:])])


def _joined(text: str, claims: Iterable[Claim]) -> list[Claim]:
    """Return the claims that have text, each with the same claim that follows at once."""
    joined: list[Claim] = []
    for claim in claims:
        last = joined[-1] if joined else None
        if last and claim[2:] == last[2:] and (gap := _NAMED.fullmatch(text, last.end, claim.start)):
            closed = gap["bracket"] and text[claim.end : claim.end + 1] == ")"
            if closed or not gap["bracket"]:
                joined[-1] = last._replace(end=claim.end + bool(closed))
                continue
        if claim.start < claim.end:
            joined.append(claim)
    return joined


def _chip(claim: Claim, words: str) -> str:
    """Return the words of a claim as a button that wraps like text, which a ``<button>`` does not.

    The role and ``tabindex`` make it a button for the keyboard and for screen readers; the script of the face
    view adds the keys. Its name is its words, as sighted visitors read them, and its description the unit.
    """
    unit = ACTION_UNITS[claim.code]
    return (
        f'<span class="chip {_KINDS[claim.present]}" data-au="{claim.code}" role="button" tabindex="0"'
        f' title="{escape(f"{unit.label} {unit.name}")}">{plain(words)}</span>'
    )
