"""The movement of each action unit in words.

EmoLA-Nano is trained on these words, and readers of answers look for them. The same movement always uses the
same few words.
"""

from __future__ import annotations

from dataclasses import dataclass

_STRONGLY = ("barely ", "slightly ", "", "strongly ", "very strongly ")
_WIDELY = ("barely ", "slightly ", "", "widely ", "very widely ")
_SLIGHTLY = ("barely ", "slightly ", "", "", "")


@dataclass(frozen=True)
class Movement:
    """The wordings of one action unit's movement.

    part: the moving part: brows, eyes, cheeks, nose, mouth or chin. clauses: "the nose is {how}wrinkled",
    where ``{how}`` takes an adverb or nothing. things: "a {how}wrinkled nose". acts: "wrinkles the
    nose". gists: clauses without a slot, for definitions. asks: yes/no questions. adverbs: the adverb for
    each band of intensity, weakest first, each with a space after it.
    """

    part: str
    clauses: tuple[str, ...]
    things: tuple[str, ...]
    acts: tuple[str, ...]
    gists: tuple[str, ...]
    asks: tuple[str, ...]
    adverbs: tuple[str, ...] = _STRONGLY


MOVEMENTS: dict[int, Movement] = {
    1: Movement(
        "brows",
        ("the inner brows are {how}raised", "the inner ends of the brows are {how}lifted"),
        ("{how}raised inner brows",),
        ("raises the inner brows", "lifts the inner ends of the brows"),
        ("the inner ends of the brows go up", "the brows rise in the middle"),
        ("Are the inner brows raised?",),
    ),
    2: Movement(
        "brows",
        ("the outer brows are {how}raised", "the outer ends of the brows are {how}lifted"),
        ("{how}raised outer brows",),
        ("raises the outer brows", "lifts the outer ends of the brows"),
        ("the outer ends of the brows go up", "the brows are arched"),
        ("Are the outer brows raised?",),
    ),
    4: Movement(
        "brows",
        ("the brows are {how}lowered", "the brows are {how}drawn together"),
        ("{how}lowered brows", "a {how}furrowed brow"),
        ("lowers the brows", "draws the brows together"),
        ("the brows come down and together", "the brows are pulled down"),
        ("Are the brows lowered?", "Is there a frown?"),
    ),
    5: Movement(
        "eyes",
        ("the upper lids are {how}raised", "the eyes are {how}widened"),
        ("{how}raised upper lids", "{how}widened eyes"),
        ("raises the upper lids", "widens the eyes"),
        ("the upper lids go up", "the eyes open wider"),
        ("Are the eyes widened?", "Are the upper lids raised?"),
    ),
    6: Movement(
        "cheeks",
        ("the cheeks are {how}raised", "the cheeks are {how}lifted"),
        ("{how}raised cheeks",),
        ("raises the cheeks", "lifts the cheeks"),
        ("the cheeks go up toward the eyes", "the cheeks bunch up below the eyes"),
        ("Are the cheeks raised?", "Do the cheeks go up?"),
    ),
    7: Movement(
        "eyes",
        ("the lids are {how}tightened", "the eyes are {how}narrowed"),
        ("{how}tightened lids", "{how}narrowed eyes"),
        ("tightens the lids", "narrows the eyes"),
        ("the lids tighten around the eyes", "the eyes narrow"),
        ("Are the eyes narrowed?", "Are the lids tight?"),
    ),
    9: Movement(
        "nose",
        ("the nose is {how}wrinkled",),
        ("a {how}wrinkled nose",),
        ("wrinkles the nose",),
        ("the skin along the nose wrinkles", "the nose is wrinkled at its bridge"),
        ("Is the nose wrinkled?", "Any wrinkles on the nose?"),
    ),
    10: Movement(
        "mouth",
        ("the upper lip is {how}raised", "the upper lip is {how}drawn up"),
        ("a {how}raised upper lip",),
        ("raises the upper lip", "draws the upper lip up"),
        ("the upper lip is drawn up", "the upper lip lifts toward the nose"),
        ("Is the upper lip raised?",),
    ),
    12: Movement(
        "mouth",
        ("the lip corners are {how}pulled up", "the corners of the mouth are {how}raised"),
        ("{how}raised lip corners",),
        ("pulls the lip corners up", "raises the corners of the mouth"),
        ("the lip corners go up and back", "the mouth curves up as in a smile"),
        ("Are the lip corners raised?", "Is there a smile?"),
    ),
    14: Movement(
        "mouth",
        ("the lip corners are {how}tightened", "the lip corners are {how}drawn in"),
        ("{how}tightened lip corners",),
        ("tightens the lip corners", "draws the lip corners in"),
        ("the lip corners tighten inwards", "the corners of the mouth are pressed in"),
        ("Are the lip corners tight?", "Are the lip corners drawn in?"),
    ),
    15: Movement(
        "mouth",
        ("the lip corners are {how}pulled down", "the corners of the mouth are {how}lowered"),
        ("{how}lowered lip corners",),
        ("pulls the lip corners down", "lowers the corners of the mouth"),
        ("the lip corners go down", "the mouth bends down at the corners"),
        ("Are the lip corners pulled down?", "Does the mouth bend down?"),
    ),
    16: Movement(
        "mouth",
        ("the lower lip is {how}pulled down",),
        ("a {how}pulled-down lower lip",),
        ("pulls the lower lip down",),
        ("the lower lip is pulled down", "the lower lip moves down from the teeth"),
        ("Is the lower lip pulled down?",),
    ),
    17: Movement(
        "chin",
        ("the chin is {how}pushed up",),
        ("a {how}pushed-up chin",),
        ("pushes the chin up", "raises the chin"),
        ("the chin is pushed up and its skin tightens", "the chin pushes the lower lip up"),
        ("Is the chin pushed up?",),
    ),
    20: Movement(
        "mouth",
        ("the lips are {how}stretched sideways", "the mouth is {how}pulled wide"),
        ("{how}stretched lips",),
        ("stretches the lips sideways", "pulls the mouth wide"),
        ("the lip corners are pulled sideways", "the mouth is stretched flat and wide"),
        ("Are the lips stretched?", "Is the mouth pulled sideways?"),
    ),
    23: Movement(
        "mouth",
        ("the lips are {how}tightened", "the lips are {how}narrowed"),
        ("{how}tightened lips",),
        ("tightens the lips", "narrows the lips"),
        ("the lips are tight and narrow", "the lips tighten and roll in a little"),
        ("Are the lips tight?", "Are the lips narrowed?"),
    ),
    24: Movement(
        "mouth",
        ("the lips are {how}pressed together", "the lips are {how}pressed"),
        ("{how}pressed lips",),
        ("presses the lips together", "presses the lips"),
        ("the lips are pressed together", "one lip presses against the other"),
        ("Are the lips pressed together?",),
    ),
    25: Movement(
        "mouth",
        ("the lips are {how}parted",),
        ("{how}parted lips",),
        ("parts the lips", "opens the lips"),
        ("the lips come apart", "there is a gap between the lips"),
        ("Are the lips parted?", "Is there a gap between the lips?"),
        _WIDELY,
    ),
    26: Movement(
        "mouth",
        ("the jaw is {how}lowered", "the jaw is {how}dropped"),
        ("a {how}lowered jaw",),
        ("lets the jaw fall", "lowers the jaw"),
        ("the jaw falls loosely", "the jaw hangs and the teeth are apart"),
        ("Does the jaw hang?", "Is the jaw lowered?"),
        _SLIGHTLY,
    ),
    27: Movement(
        "mouth",
        ("the mouth is {how}stretched open", "the jaw is {how}pulled down"),
        ("a {how}stretched mouth",),
        ("stretches the mouth open", "pulls the jaw down"),
        ("the mouth is stretched wide open", "the jaw is pulled far down"),
        ("Is the mouth stretched wide open?",),
    ),
    43: Movement(
        "eyes",
        ("the upper lids are {how}lowered", "the upper lids are {how}drooping"),
        ("{how}lowered upper lids",),
        ("lowers the upper lids", "lets the upper lids fall"),
        ("the upper lids come down over the eyes", "the upper lids fall"),
        ("Are the eyes closed?", "Are the eyes shut?"),
    ),
}
"""Movements of the units in ``NANO_AUS``, by code."""
