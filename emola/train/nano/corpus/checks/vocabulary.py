"""Words for the movements of the face and for their absence, as regular expressions.

Each phrase stands for a key: "+4" (AU4 is active), "+1,2" (both are active), "?25,26,27" (one of them is) or
"-1,2,4" (all are inactive).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from emola.faba import ACTION_UNITS

__all__ = ["FIXED", "NAMES", "PARTS", "STRENGTHS", "Part"]


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
_RAISED = r"(?:raised|lifted|pulled up|drawn up|up|rise|go up|stand high|high)"
_LOWERED = (
    r"(?:lowered|drawn together|pulled together|drawn down|pulled down|furrowed|knitted|down"
    r"|come down)"
)
_LIFTS = "(?:raises?|lifts?|pulls? up) @|@|(?:pulls?|draws?|pushes|push) @ up"
_BROWS = r"(?:eye)?brows?"
_ENDS = (
    r"(?:ends?|parts?|corners?|halves)(?: of (?:the|that|this|their|his|her|both|each|one) (?:left "
    r"|right )?(?:eye)?brows?)?"
)
_CORNERS = r"(?:lip|mouth) corners?|corners? of (?:the|their|his|her) (?:mouth|lips?)"

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
            "(?:raised|lifted)": "+1,2",
            "(?:lowered|drawn-together|drawn together|furrowed|knitted)": "+4",
            "level": "-1,2,4",
        },
        {
            _LIFTS: "+1,2",
            "(?:lowers?|furrows?|knits?) @|@|(?:draws?|pulls?|brings?) @ (?:together|down|close)": "+4",
        },
    ),
    Part(
        r"upper (?:eye)?lids?",
        {
            "(?:raised|lifted|pulled (?:far )?up|drawn up|go up|up)": "+5",
            "(?:lowered|drooping|droop|fall|hang|down|come down)": "+43",
        },
        {"(?:raised|lifted)": "+5", "(?:lowered|drooping|hanging)": "+43"},
        {_LIFTS: "+5", "lowers? @|@|lets? @ (?:fall|hang|droop)": "+43"},
    ),
    Part(
        r"lower (?:eye)?lids?",
        {"(?:tightened|tight|tensed|tense|tighten)": "+7"},
        {"(?:tightened|tight|tense)": "+7"},
    ),
    Part(
        r"(?<!upper )(?<!lower )(?:eye)?lids?",
        {
            "(?:tightened|tight|tensed|tense|tighten|pulled tight)": "+7",
            "(?:closed|shut)": "+43",
            "(?:at rest|relaxed)": "-7",
        },
        {"(?:tightened|tight|tense)": "+7", "closed": "+43"},
        {"(?:tightens?|tenses?) @": "+7"},
    ),
    Part(
        r"eyes?",
        {
            "(?:widened|wide open|wide|opened wide)": "+5",
            "(?:narrowed|narrow)": "+7",
            "(?:closed|shut)": "+43",
            "(?<=are |tay |ain |ill |oth )open(?! wide)": "-43",
            "(?:at rest|resting|relaxed)": "-5,7,43",
        },
        {"(?:widened|wide|wide-open)": "+5", "narrowed": "+7", "(?:closed|shut)": "+43"},
        {"widens? @|@|opens? @ wide": "+5", "narrows? @": "+7", "closes? @": "+43"},
    ),
    Part(
        r"cheeks?",
        {
            "(?:raised|lifted|pushed up|pulled up|up|rise|go up)": "+6",
            r"(?:at rest|resting|relaxed|still(?! \w)|low|flat|where they are|down)": "-6",
        },
        {"(?:raised|lifted)": "+6", "(?:resting|relaxed)": "-6"},
        {_LIFTS: "+6"},
    ),
    Part(
        r"(?:skin (?:of|on|along|at the bridge of) the )?nose",
        {"(?:wrinkled|wrinkles|scrunched up|crinkled)": "+9", "(?:smooth|at rest)": "-9"},
        {"(?:wrinkled|crinkled)": "+9", "smooth": "-9"},
        {"(?:wrinkles?|crinkles?) @": "+9"},
    ),
    Part(
        r"upper lip",
        {"(?:raised|lifted|pulled up|drawn up|up|goes up|rises)": "+10", "(?:at rest|relaxed)": "-10"},
        {"(?:raised|lifted)": "+10"},
        {_LIFTS: "+10"},
    ),
    Part(
        r"lower lip",
        {"(?:pulled down|drawn down|lowered|pulled-down)": "+16"},
        {"(?:pulled-down|lowered)": "+16"},
        {"(?:pulls?|draws?) @ down|@|lowers? @": "+16"},
    ),
    Part(
        _CORNERS,
        {
            "(?:raised|lifted|pulled up|drawn up|turned up|up|rise|go up|point up|curve up)": "+12",
            "(?:lowered|pulled down|drawn down|turned down|down|go down|point down)": "+15",
            "(?:tightened|tight|drawn in|pulled in|tucked in)": "+14",
            "(?:stretched sideways|pulled sideways)": "+20",
            "level": "-12,15",
            r"(?:at rest|resting|relaxed|still(?! \w))": "-12,14,15",
        },
        {"(?:raised|lifted)": "+12", "lowered": "+15", "(?:tightened|tight)": "+14"},
        {
            _LIFTS: "+12",
            "(?:pulls?|draws?) @ down|@|lowers? @": "+15",
            "tightens? @|@|(?:draws?|pulls?) @ in": "+14",
        },
    ),
    Part(
        r"lips?",
        {
            r"(?:stretched(?: out)?(?: sideways)?|pulled wide)": "+20",
            r"(?:tightened|tight|narrowed|tighten)": "+23",
            r"(?:pressed(?: together| on each other| against each other)?)": "+24",
            r"(?:parted|apart|open|part|come apart)": "+25",
            "(?:closed|shut)": "-25,26,27",
            "together": "-25",
            r"(?:at rest|relaxed|resting)": "-23,24,20",
        },
        {
            "stretched": "+20", "(?:tightened|tight|narrowed)": "+23", "pressed": "+24",
            "(?:parted|open)": "+25", "closed": "-25,26,27",
        },
        {
            "stretches @": "+20", "(?:tightens?|narrows?) @": "+23",
            "press(?:es)? @": "+24", "(?:parts?|opens?) @": "+25",
        },
    ),
    Part(
        r"chin",
        {"(?:pushed up|raised|lifted|pushed-up)": "+17", r"(?:at rest|still(?! \w)|relaxed|smooth)": "-17"},
        {"(?:pushed-up|raised)": "+17"},
        {"pushes @ up|@|raises? @": "+17"},
    ),
    Part(
        r"jaw",
        {
            "(?:lowered|dropped|drops|hangs|falls|hanging)": "+26",
            "(?:pulled(?: far)? down)": "+27",
            "(?:closed|at rest|up)": "-26,27",
        },
        {"(?:lowered|dropped|hanging)": "+26"},
        {"(?:lowers?|drops?) @|@|lets? @ (?:fall|hang|drop)": "+26", "pulls? @ (?:far )?down": "+27"},
    ),
    Part(
        r"mouth",
        {
            "(?:stretched(?: wide)? open|wide open|opened wide)": "+27",
            "(?:pulled wide|stretched (?:sideways|to the sides?)|pulled sideways|stretched flat)": "+20",
            "open(?! wide)": "?25,26,27",
            "(?:closed|shut)": "-25,26,27",
            "(?<=is |ys |ns )(?:at rest|relaxed|unchanged)": "-12,15,23,24,25,26,27",
            "(?:smiles|smiling)": "+12",
        },
        {"stretched": "+27", "open": "?25,26,27", "closed": "-25,26,27", "smiling": "+12"},
        {"stretches @ (?:wide )?open": "+27", "(?:pulls?|stretches) @ (?:wide|sideways)": "+20"},
    ),
)  # fmt: skip
"""Parts of the face; an earlier part wins where two match at the same place."""

FIXED = {
    "(?<!shows no )(?<=no )smile": "+12",
    "(?<=without a )smile": "+12",
    "(?<=not )smiling": "+12",
    "there is an? (?:\\w+ )?smile": "+12",
    "(?<=no )frown": "+4",
    "there is an? (?:\\w+ )?frown": "+4",
}
"""Other words for movements."""

NAMES = {name: unit.code for unit in ACTION_UNITS.values() for name in (unit.name.lower(), *unit.aliases)}
"""Names of the units, lower case."""

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
