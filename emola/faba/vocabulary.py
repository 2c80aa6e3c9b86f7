"""Words for the movements of the face and for their absence, as regular expressions.

They cover the wordings of :mod:`emola.faba.movements` and those of longer prose. Each phrase stands for a
key: "+4" (AU4 is active), "+1,2" (both are active), "?25,26,27" (one of them is) or "-1,2,4" (all are
inactive).
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["PARTS", "STRENGTHS", "WORDS", "Part"]


@dataclass(frozen=True)
class Part:
    """A part of the face: its nouns, its states ("<noun> are <state>"), adjectives and verbs.

    In verbs, "@" stands for the noun, as in "pulls @ up", and "|@|" separates alternatives.
    """

    nouns: str
    states: dict[str, str]
    adjectives: dict[str, str] = field(default_factory=dict)
    verbs: dict[str, str] = field(default_factory=dict)


_REST = (
    r"(?:at rest|resting|relaxed|level|still(?! \w)|quiet|at their (?:usual|resting) height|where they are)"
)
_CURVED = r"(?:turned|curved|curled|pointing|pointed|angled)(?: \w+ly)?"
_MOVED = rf"(?:(?:pulled|drawn|pushed)(?: \w+ly)?|{_CURVED})"
_UP = rf"(?:{_MOVED} up(?:wards?)?|elevated|upturned|rising)"
_DOWN = rf"(?:{_MOVED} down(?:wards?)?|downturned|drooping|droop|sagging)"
_RAISED = rf"(?:raised|lifted|pulled up|drawn up|up|rise|go up|stand high|high|{_UP})"
_LOWERED = (
    r"(?:lowered|(?:drawn|pulled|brought|pinched)(?: \w+ly)?(?: down and)? (?:together|inwards?|closer)"
    rf"|drawn down|pulled down|furrowed|knitted|contracted|down|come down|come together|{_DOWN})"
)
_LIFTS = (
    "(?:rais(?:es?|ing)|lift(?:s|ing)?|pull(?:s|ing)? up) @"
    "|@|(?:pull(?:s|ing)?|draw(?:s|ing)?|push(?:es)?) @ up"
)
_BROWS = r"(?:eye)?brows?"
_ENDS = (
    r"(?:ends?|parts?|corners?|halves|half|portions?|edges?)(?: of (?:the|that|this|their|his|her"
    r"|both|each|one) (?:left |right )?(?:eye)?brows?)?"
)
_CORNERS = r"(?:lip|mouth) corners?|corners? of (?:the|their|his|her)(?: \w+['’]s)? (?:mouth|lips?)"
_FURROWS = "(?:lower(?:s|ing)?|furrow(?:s|ing)?|knit(?:s|ting)?)"

PARTS: tuple[Part, ...] = (
    Part(
        rf"(?:inner and (?:the )?outer|outer and inner) (?:{_BROWS}|{_ENDS})|both (?:ends|{_BROWS})"
        rf"|both ends of the brows|(?:whole|entire) {_BROWS}",
        {_RAISED: "+1,2", _REST: "-1,2,4", _LOWERED: "+4"},
        {"(?:raised|lifted)": "+1,2"},
        {_LIFTS: "+1,2"},
    ),
    Part(
        rf"inner (?:{_BROWS}|{_ENDS})",
        {_RAISED: "+1", _REST: "-1"},
        {"(?:raised|lifted)": "+1"},
        {_LIFTS: "+1"},
    ),
    Part(
        rf"outer (?:{_BROWS}|{_ENDS})",
        {rf"{_RAISED}|arched": "+2", _REST: "-2"},
        {"(?:raised|lifted)": "+2"},
        {_LIFTS: "+2"},
    ),
    Part(
        _BROWS,
        {_RAISED: "+1,2", _LOWERED: "+4", _REST: "-1,2,4", "arched": "+2"},
        {
            "(?:raised|lifted|elevated|upturned)": "+1,2",
            "(?:lowered|drawn-together|drawn together|drawn|furrowed|knitted|contracted)": "+4",
            "level": "-1,2,4",
            "arched": "+2",
        },
        {
            _LIFTS: "+1,2",
            rf"{_FURROWS} @|@"
            "|(?:draw(?:s|ing)?|pull(?:s|ing)?|bring(?:s|ing)?) @ (?:together|down|close)": "+4",
        },
    ),
    Part(
        "forehead",
        {"(?:furrowed|wrinkled|creased)": "?4,1,2"},
        {"(?:furrowed|wrinkled|creased)": "?4,1,2"},
    ),
    Part(
        r"upper (?:eye)?lids?",
        {
            rf"(?:raised|lifted|pulled (?:far )?up|drawn up|go up|up|retracted|{_UP})": "+5",
            rf"(?:lowered|fall|hang|down|come down|{_DOWN})": "+43",
        },
        {"(?:raised|lifted|retracted)": "+5", "(?:lowered|drooping|hanging)": "+43"},
        {_LIFTS: "+5", "lowers? @|@|lets? @ (?:fall|hang|droop)": "+43"},
    ),
    Part(
        r"lower (?:eye)?lids?",
        {"(?:tightened|tight|tensed|tense|tighten|contracted)": "+7"},
        {"(?:tightened|tight|tensed?)": "+7"},
    ),
    Part(
        r"(?<!upper )(?<!lower )(?:eye)?lids?",
        {
            "(?:tightened|tight|tensed|tense|tighten|pulled tight)": "+7",
            "(?:closed|shut|lowered|drooping|droopy)": "+43",
            "(?:at rest|relaxed)": "-7",
        },
        {"(?:tightened|tight|tensed?)": "+7", "(?:closed|lowered|drooping|droopy)": "+43"},
        {"(?:tighten(?:s|ing)?|tens(?:es?|ing)) @": "+7"},
    ),
    Part(
        r"eyes?",
        {
            "(?:widened|wide open|wide|opened wide|open wide|open widely)": "+5",
            "(?:narrowed|narrow|squinted|squinting)": "+7",
            "(?:closed|shut|squeezed shut|half[- ]closed)": "+43",
            "(?<=are |tay |ain |ill |oth )open(?! wide)": "-43",
            "(?:at rest|resting|relaxed)": "-5,7,43",
        },
        {
            "(?:widened|wide|wide-open|wide open|widely opened)": "+5",
            "(?:narrowed|squinted|squinting)": "+7",
            "(?:closed|shut|half[- ]closed)": "+43",
        },
        {
            "widen(?:s|ing)? @|@|opens? @ wide": "+5",
            "(?:narrow(?:s|ing)?|squint(?:s|ing)?) @": "+7",
            "clos(?:es?|ing) @": "+43",
        },
    ),
    Part(
        r"cheeks?",
        {
            rf"(?:raised|lifted|pushed up|pulled up|up|rise|go up|bunched(?: up)?|{_UP})": "+6",
            r"(?:at rest|resting|relaxed|still(?! \w)|low|flat|where they are|down)": "-6",
        },
        {"(?:raised|lifted|elevated|pushed-up|bunched)": "+6", "(?:resting|relaxed)": "-6"},
        {_LIFTS: "+6"},
    ),
    Part(
        r"(?:skin (?:of|on|along|at the bridge of) the )?nose",
        {"(?:wrinkled|wrinkles|scrunched(?: up)?|crinkled)": "+9", "(?:smooth|at rest)": "-9"},
        {"(?:wrinkled|crinkled|scrunched(?:-up)?)": "+9", "smooth": "-9"},
        {"(?:wrinkl(?:es?|ing)|crinkl(?:es?|ing)|scrunch(?:es|ing)?) @": "+9"},
    ),
    Part(
        r"upper lip",
        {
            rf"(?:raised|lifted|pulled up|drawn up|up|goes up|rises|curled|{_UP})": "+10",
            "(?:at rest|relaxed)": "-10",
        },
        {"(?:raised|lifted|curled)": "+10"},
        {_LIFTS: "+10"},
    ),
    Part(
        r"lower lip",
        {rf"(?:pulled down|drawn down|lowered|pulled-down|depressed|{_DOWN})": "+16"},
        {"(?:pulled-down|lowered|depressed)": "+16"},
        {"(?:pulls?|draws?) @ down|@|lowers? @": "+16"},
    ),
    Part(
        _CORNERS,
        {
            rf"(?:raised|lifted|up|rise|go up|point up|curve up|pulled back(?: and up)?|{_UP})": "+12",
            rf"(?:lowered|down|go down|point down|depressed|{_DOWN})": "+15",
            "(?:tightened|tight|drawn in|pulled in|tucked in)": "+14",
            "(?:stretched sideways|pulled sideways)": "+20",
            "level": "-12,15",
            r"(?:at rest|resting|relaxed|still(?! \w))": "-12,14,15",
        },
        {
            "(?:raised|lifted|upturned|elevated)": "+12",
            "(?:lowered|downturned|drooping|turned-down)": "+15",
            "(?:tightened|tight)": "+14",
        },
        {
            _LIFTS: "+12",
            "(?:pull(?:s|ing)?|draw(?:s|ing)?|turn(?:s|ing)?) @ down|@|lower(?:s|ing)? @": "+15",
            "tightens? @|@|(?:draws?|pulls?) @ in": "+14",
        },
    ),
    Part(
        r"lips?",
        {
            r"(?:stretched(?: out)?(?: sideways| horizontally)?|pulled wide)": "+20",
            r"(?:tightened|tight|narrowed|tighten)": "+23",
            r"(?:(?:pressed|compressed)(?: \w+ly)?(?: together| on each other| against each other)?)": "+24",
            r"(?:parted|separated|apart|open|opened|part|come apart)": "+25",
            rf"{_CURVED} up(?:wards?)?": "+12",
            rf"(?:{_CURVED} down(?:wards?)?|downturned)": "+15",
            "(?:puckered|pushed forwards?)": "+18",
            "pursed": "?24,23,18",
            "sucked in": "+28",
            "(?:closed|shut)": "-25,26,27",
            "together": "-25",
            r"(?:at rest|relaxed|resting)": "-23,24,20",
        },
        {
            "stretched": "+20", "(?:tightened|tight|narrowed)": "+23", "(?:pressed|compressed)": "+24",
            "(?:parted|open|separated)": "+25", "closed": "-25,26,27",
            "(?:upturned|upcurved)": "+12", "downturned": "+15", "puckered": "+18", "pursed": "?24,23,18",
        },
        {
            "stretch(?:es|ing) @": "+20", "(?:tighten(?:s|ing)?|narrow(?:s|ing)?) @": "+23",
            "press(?:es|ing)? @": "+24", "(?:part(?:s|ing)?|open(?:s|ing)?) @": "+25",
            "purs(?:es?|ing) @": "?24,23,18",
        },
    ),
    Part(
        r"chin",
        {
            "(?:pushed up(?:wards?)?|raised|lifted|pushed-up|bunched|dimpled)": "+17",
            r"(?:at rest|still(?! \w)|relaxed|smooth)": "-17",
        },
        {"(?:pushed-up|raised)": "+17"},
        {"pushes @ up|@|raises? @": "+17"},
    ),
    Part(
        r"jaw",
        {
            "(?:lowered|dropped|drops|dropping|hangs|falls|hanging|slack|open)": "+26",
            "(?:pulled(?: far)? down)": "+27",
            "(?:closed|at rest|up)": "-26,27",
        },
        {"(?:lowered|dropped|hanging|slack)": "+26"},
        {
            "(?:lower(?:s|ing)?|drop(?:s|ping)?) @|@|lets? @ (?:fall|hang|drop)": "+26",
            "pulls? @ (?:far )?down": "+27",
        },
    ),
    Part(
        r"mouth",
        {
            "(?:stretched(?: wide)? open|wide open|opened wide|open wide)": "+27",
            "(?:pulled wide|stretched (?:sideways|to the sides?)|pulled sideways|stretched flat)": "+20",
            "(?:open(?! wide)|opened(?! wide)|agape|ajar)": "?25,26,27",
            rf"(?:{_CURVED} up(?:wards?)?|upturned)": "+12",
            rf"(?:{_CURVED} down(?:wards?)?|downturned)": "+15",
            "(?:closed|shut)": "-25,26,27",
            "(?<=is |ys |ns )(?:at rest|relaxed|unchanged)": "-12,15,23,24,25,26,27",
            "(?:smiles|smiling)": "+12",
        },
        {
            "stretched": "+27", "(?:open|opened)": "?25,26,27", "closed": "-25,26,27",
            "(?:smiling|upturned)": "+12", "(?:downturned|down-turned)": "+15",
        },
        {"stretches @ (?:wide )?open": "+27", "(?:pulls?|stretches) @ (?:wide|sideways)": "+20"},
    ),
)  # fmt: skip
"""Parts of the face; an earlier part wins where two match at the same place."""

WORDS: dict[str, str] = {
    r"(?<!as in a )(?<!like a )(?:smil(?:es?|ed|ing)|grin(?:s|ning)?|smirk(?:s|ing)?)": "+12",
    r"(?<!as in a )(?<!like a )(?:frown(?:s|ed|ing)?|scowl(?:s|ing)?)": "+4",
    r"(?:furrow(?:s|ing)?|creases?|wrinkles?) (?:between|in|of) (?:(?:the|their) )?(?:eye)?brows?": "+4",
    r"rais(?:ed|ing) of (?:the |their |his |her )?(?:eye)?brows?": "+1,2",
    r"wrinkling of (?:the |their |his |her )?nose": "+9",
    r"squint(?:s|ed|ing)?": "+7",
    r"crow['’]s[- ]feet": "+6",
    r"(?:teeth|tooth) (?:(?:are|is) )?(?:visible|showing|shown|seen|exposed|bared)": "+25",
    r"agape": "?25,26,27",
}
"""Words that name a movement by themselves, in answers."""

STRENGTHS: dict[str, str] = {
    r"very strongly|extremely": "E",
    r"(?<!very )strongly|markedly": "DE",
    r"moderately|to a moderate (?:level|degree)|at a moderate level": "C",
    r"(?<!very )slightly|a little|a bit|faintly|weakly|lightly": "AB",
    r"barely|by a trace|a trace|hardly visibly": "A",
    r"very widely": "E",
    r"(?<!very )widely": "DE",
}
"""Adverbs of strength, and the levels they stand for."""
