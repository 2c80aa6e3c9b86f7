"""Catalogue of facial action units: muscle, appearance and similar units.

Codes and names follow the Facial Action Coding System (Ekman, Friesen and Hager, 2002); the sentences are our
own.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Neighbour:
    """A similar unit, and a sentence that tells the two apart."""

    code: int
    difference: str


@dataclass(frozen=True)
class ActionUnit:
    """One movement of the face.

    appearance: a sentence that describes what is visible. aliases: further lower-case names in texts.
    neighbours: units that look similar.
    """

    code: int
    name: str
    muscle: str
    appearance: str
    aliases: tuple[str, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()

    @property
    def label(self) -> str:
        """Code as written in texts, such as ``"AU12"``."""
        return f"AU{self.code}"


_CATALOGUE = (
    ActionUnit(
        1, "Inner Brow Raiser", "inner part of the frontalis",
        "The inner ends of the brows go up, often with short wrinkles in the middle of the forehead.",
        ("inner brow raise", "inner brows raiser", "inner eyebrow raiser"),
        (Neighbour(2, "AU1 lifts the inner ends of the brows, AU2 the outer ends."),),
    ),
    ActionUnit(
        2, "Outer Brow Raiser", "outer part of the frontalis",
        "The outer ends of the brows go up and the brows take on an arched shape.",
        ("outer brow raise", "outer brows raiser", "outer eyebrow raiser"),
        (Neighbour(1, "AU2 lifts the outer ends of the brows, AU1 the inner ends."),),
    ),
    ActionUnit(
        4, "Brow Lowerer", "corrugator supercilii and depressor supercilii",
        "The brows come down and together, and upright folds may show between them.",
        ("brow lower", "brows lowerer", "eyebrow lowerer", "brow furrower"),
        (
            Neighbour(9, "AU4 moves the brows alone, AU9 also wrinkles the nose."),
            Neighbour(7, "AU4 lowers the brows, AU7 tightens the lids below them."),
        ),
    ),
    ActionUnit(
        5, "Upper Lid Raiser", "levator palpebrae superioris",
        "The upper lids go up, the eyes open wide and more white shows above the iris.",
        ("upper lid raise", "upper eyelid raiser", "upper lids raiser"),
        (Neighbour(2, "AU5 lifts the lids, AU2 lifts the brows and only seems to open the eyes."),),
    ),
    ActionUnit(
        6, "Cheek Raiser", "orbicularis oculi, outer part",
        "The cheeks go up, the skin below the eyes bunches and crow's feet may appear.",
        ("cheek raise", "cheeks raiser", "cheek raiser and lid compressor"),
        (
            Neighbour(7, "AU6 lifts the cheeks and brings crow's feet, AU7 only tightens the lids."),
            Neighbour(12, "A strong AU12 lifts the cheeks by itself, so look for crow's feet to find AU6."),
        ),
    ),
    ActionUnit(
        7, "Lid Tightener", "orbicularis oculi, inner part",
        "The lids tighten and the eyes narrow, as when looking at something bright.",
        ("lid tighten", "lids tightener", "eyelid tightener"),
        (
            Neighbour(6, "AU7 tightens the lids alone, AU6 also lifts the cheeks."),
            Neighbour(43, "AU7 narrows the eyes by tension, AU43 lets the lids fall."),
        ),
    ),
    ActionUnit(
        9, "Nose Wrinkler", "levator labii superioris alaeque nasi",
        "The skin along the nose wrinkles, and the upper lip is drawn up with it.",
        ("nose wrinkle", "nose wrinkling", "nasal wrinkler"),
        (
            Neighbour(10, "AU9 wrinkles the bridge of the nose, AU10 lifts the lip without that."),
            Neighbour(4, "AU9 wrinkles the nose and lowers the brows with it, AU4 moves the brows alone."),
        ),
    ),
    ActionUnit(
        10, "Upper Lip Raiser", "levator labii superioris",
        "The upper lip goes up in the middle and the fold beside the nose deepens.",
        ("upper lip raise", "upper lips raiser"),
        (
            Neighbour(9, "AU10 lifts the lip, AU9 also wrinkles the bridge of the nose."),
            Neighbour(12, "AU10 lifts the middle of the lip, AU12 pulls its corners."),
        ),
    ),
    ActionUnit(
        11, "Nasolabial Deepener", "zygomaticus minor",
        "The middle of the fold between nose and mouth deepens.",
        ("nasolabial furrow deepener", "nasolabial fold deepener"),
        (Neighbour(10, "AU11 deepens the fold beside the nose, AU10 lifts the whole upper lip."),),
    ),
    ActionUnit(
        12, "Lip Corner Puller", "zygomaticus major",
        "The lip corners go up and back, as in a smile.",
        ("lip corner pull", "lip corners puller", "lips corner puller"),
        (
            Neighbour(14, "AU12 pulls the lip corners up, AU14 tightens them inwards."),
            Neighbour(20, "AU12 pulls the corners up, AU20 pulls them straight sideways."),
        ),
    ),
    ActionUnit(
        13, "Sharp Lip Puller", "levator anguli oris",
        "The lip corners rise sharply and the cheeks puff out above them.",
        ("cheek puffer",),
        (Neighbour(12, "AU13 lifts the corners steeply, AU12 draws them back as well."),),
    ),
    ActionUnit(
        14, "Dimpler", "buccinator",
        "The lip corners tighten inwards, and dimples may show beside them.",
        ("dimple maker",),
        (
            Neighbour(12, "AU14 tightens the lip corners, AU12 lifts them."),
            Neighbour(24, "AU14 works at the corners, AU24 presses the lips along their whole length."),
        ),
    ),
    ActionUnit(
        15, "Lip Corner Depressor", "depressor anguli oris",
        "The lip corners go down and the mouth bends downwards.",
        ("lip corner depress", "lip corners depressor"),
        (Neighbour(17, "AU15 pulls the corners down, AU17 pushes the middle of the lower lip up."),),
    ),
    ActionUnit(
        16, "Lower Lip Depressor", "depressor labii inferioris",
        "The lower lip is pulled down and the lower teeth may show.",
        ("lower lip depress",),
        (Neighbour(25, "AU16 pulls the lower lip down, AU25 only lets the lips come apart."),),
    ),
    ActionUnit(
        17, "Chin Raiser", "mentalis",
        "The chin is pushed up, its skin dimples and the lower lip rises.",
        ("chin raise",),
        (
            Neighbour(24, "AU17 pushes the chin up, AU24 presses the lips together."),
            Neighbour(15, "AU17 can make the mouth bend down by itself, AU15 pulls its corners."),
        ),
    ),
    ActionUnit(
        18, "Lip Puckerer", "incisivus muscles of the lips",
        "The lips are drawn together and forward, as for a kiss.",
        ("lip pucker", "lip puckering"),
        (Neighbour(22, "AU18 draws the lips to a point, AU22 opens them like a funnel."),),
    ),
    ActionUnit(
        20, "Lip Stretcher", "risorius and platysma",
        "The lip corners are pulled sideways and the mouth becomes wide and flat.",
        ("lip stretch", "lips stretcher"),
        (Neighbour(12, "AU20 pulls the corners straight sideways, AU12 pulls them up."),),
    ),
    ActionUnit(
        22, "Lip Funneler", "orbicularis oris",
        "The lips turn outwards and form a funnel.",
        ("lip funneller", "lip funnel"),
        (Neighbour(18, "AU22 turns the lips outwards, AU18 draws them to a point."),),
    ),
    ActionUnit(
        23, "Lip Tightener", "orbicularis oris",
        "The lips tighten and look narrower, with the red part rolled in a little.",
        ("lip tighten", "lips tightener"),
        (Neighbour(24, "AU23 tightens the lips, AU24 presses one against the other."),),
    ),
    ActionUnit(
        24, "Lip Pressor", "orbicularis oris",
        "The lips are pressed together and look thinner.",
        ("lip presser", "lip press", "lips pressor"),
        (
            Neighbour(23, "AU24 presses the lips together, AU23 tightens them and can leave them open."),
            Neighbour(17, "AU24 presses the lips, AU17 pushes them up from the chin."),
        ),
    ),
    ActionUnit(
        25, "Lips Part", "depressor labii inferioris, or a relaxed mentalis or orbicularis oris",
        "The lips come apart and the teeth or the inside of the mouth may show.",
        ("lip part", "lips apart", "lips parted", "lip parting"),
        (Neighbour(26, "AU25 parts the lips, AU26 also lets the jaw fall."),),
    ),
    ActionUnit(
        26, "Jaw Drop", "masseter, relaxed",
        "The jaw falls loosely and leaves a space between the teeth.",
        ("jaw dropping", "jaw dropped"),
        (
            Neighbour(27, "AU26 lets the jaw fall loosely, AU27 pulls it down and opens the mouth wide."),
            Neighbour(25, "AU26 lowers the jaw, AU25 only parts the lips."),
        ),
    ),
    ActionUnit(
        27, "Mouth Stretch", "pterygoids and digastric",
        "The jaw is pulled down and the mouth is stretched wide open.",
        ("mouth stretcher", "mouth stretched"),
        (Neighbour(26, "AU27 pulls the mouth wide open, AU26 only lets the jaw fall."),),
    ),
    ActionUnit(
        28, "Lip Suck", "orbicularis oris",
        "The lips are sucked in over the teeth and their red part disappears.",
        ("lips suck", "lip sucking"),
        (Neighbour(24, "AU28 rolls the lips inside the mouth, AU24 presses them together outside."),),
    ),
    ActionUnit(
        43, "Eyes Closed", "levator palpebrae superioris, relaxed",
        "The upper lids fall and the eyes are shut or nearly shut.",
        ("eye closure", "eyes closure", "eye closing", "closed eyes"),
        (
            Neighbour(45, "AU43 keeps the eyes closed for a while, AU45 is over in a moment."),
            Neighbour(7, "AU43 lets the lids fall, AU7 narrows the eyes by tension."),
        ),
    ),
    ActionUnit(
        45, "Blink", "levator palpebrae superioris, relaxed, and orbicularis oculi",
        "The eyes close and open again in a moment, which a still photo cannot show.",
        ("blinking",),
        (Neighbour(43, "AU45 lasts a moment, AU43 stays."),),
    ),
)  # fmt: skip

ACTION_UNITS: dict[int, ActionUnit] = {unit.code: unit for unit in _CATALOGUE}
"""All action units by code, in ascending order."""

FABA_BENCH_AUS = (1, 2, 4, 5, 6, 10, 12, 17, 24, 25, 26, 43)
"""Units that FABA-Bench scores."""

NANO_AUS = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 16, 17, 20, 23, 24, 25, 26, 27, 43)
"""Units that EmoLA-Nano knows."""
