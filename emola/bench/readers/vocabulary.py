"""Wordings of movements: wider than those of ``emola.faba.movements``, so that any good wording counts.

Each wording stands for a group of units, of which any may be meant: "the brows are raised" is AU1, AU2 or
both.
"""

from __future__ import annotations

import re

from emola.faba.negation import mark

__all__ = ["GROUPS", "PARTS", "UNIT_PARTS", "mark_movements"]

_LINK = (
    r"(?:are|is|was|were|being|be|been|look|looks|seem|seems|appear|appears|get|gets|go"
    r"|goes|come|comes|move|moves"
    r"|have|has|stay|stays|remain|remains|a|bit|little|trace|only|just|also|both|all|barely"
    r"|slightly|weakly|mildly"
    r"|moderately|strongly|very|quite|rather|clearly|firmly|tightly|visibly|somewhat"
    r"|plainly|widely|wide|faintly"
    r"|lightly|markedly|pulled|drawn|pushed|lifted|turn|turned|then|likely|probably|perhaps"
    r"|of|the|mouth|to|by|and"
    r"|no longer|not|far|more|hardly|would|should|must|needs?)"
)
_GAP = rf"(?:n['’]t)?(?: {_LINK}(?:n['’]t)?)* "
_OWN_CODE = r" ?\(AU ?\d+\)"
_VERB = re.compile(
    r"\b(?:are|is|was|were|looks?|seems?|appears?|gets?|go|goes|comes?|moves?|stays?|remains?|turns?)\b", re.I
)
_NEGATED = re.compile(r"\b(?:not|no longer|hardly)\b|n['’]t\b", re.I)

_BROWS, _LIDS, _CORNERS = (
    r"(?:eye)?brows?",
    r"(?:eye)?lids?",
    r"(?:lip corners|(?:mouth )?corners(?: of the (?:mouth|lips))?)",
)
_ENDS = r"(?:(?:part|ends?|corners?|edges?)s? of (?:the|both) )?"
_UP = r"(?:raised|lifted|rise|rises|up|upwards?|higher|elevated|raise|lift)"
_DOWN = r"(?:lowered|down|downwards?|drop(?:s|ped)?|lower|depressed|sagging)"

_WORDINGS: tuple[tuple[str, str], ...] = (
    # (group, pattern with {gap} for linking words); a group with "!" is denied by the wording
    ("1", rf"inner {_ENDS}{_BROWS}(?: ends?)?{{gap}}{_UP}|(?:raised|lifted) inner {_ENDS}{_BROWS}"),
    ("1", rf"(?:raises?|lifts?|raising|lifting|pulls? up) the inner {_ENDS}{_BROWS}"),
    ("2", rf"outer {_ENDS}{_BROWS}(?: ends?)?{{gap}}{_UP}|(?:raised|lifted) outer {_ENDS}{_BROWS}"),
    ("2", rf"(?:raises?|lifts?|raising|lifting|pulls? up) the outer {_ENDS}{_BROWS}"),
    ("4", rf"{_BROWS}{{gap}}(?:{_DOWN}|together|furrowed|knitted|contracted|closer)|frown(?:s|ing)?"),
    ("4", rf"(?:lowered|furrowed|knitted|drawn-together|contracted) {_BROWS}"),
    ("4", rf"(?:lowers?|furrows?|knits?|lowering|draws? together|draws? down|pulls? down) the {_BROWS}"),
    ("4", rf"(?:draws?|pulls?|brings?) the {_BROWS} (?:down|together|closer)"),
    (
        "B",
        rf"{_BROWS}{{gap}}(?:{_UP}|arched)|(?:raised|lifted|arched) {_BROWS}|(?:raises?"
        rf"|lifts?) the {_BROWS}",
    ),
    ("!R", rf"{_BROWS}{{gap}}(?:level|at rest|relaxed|still|neutral|in place)|(?:level|relaxed) {_BROWS}"),
    ("5", rf"upper {_LIDS}{{gap}}{_UP}|(?:raised|lifted) upper {_LIDS}|(?:raises?|lifts?) the upper {_LIDS}"),
    (
        "5",
        r"eyes{gap}(?:widened|wide open|open(?:ed)? wide|wide)|(?:widened|wide-open|wide) eyes"
        r"|widens? the eyes",
    ),
    ("!5", r"eyes{gap}at rest"),
    (
        "43",
        rf"eyes{{gap}}(?:closed|shut)|(?:closed|shut) eyes|clos(?:es|ing) the eyes"
        rf"|upper {_LIDS}{{gap}}(?:{_DOWN}|drooping|droop|fallen|fall)",
    ),
    (
        "43",
        rf"(?:lowered|drooping) upper {_LIDS}|lowers? the upper {_LIDS}"
        rf"|lets? the upper {_LIDS} (?:fall|droop)",
    ),
    ("!43", r"eyes{gap}open|open eyes"),
    (
        "7",
        rf"(?<!upper ){_LIDS}{{gap}}(?:tight(?:en|ens|ened)?|tense[ds]?)|(?:tight|tightened"
        rf"|tensed?) {_LIDS}|tightens? the {_LIDS}",
    ),
    ("7", r"eyes{gap}(?:narrow(?:ed|s)?|squint\w*)|narrowed eyes|narrows? the eyes|squints?"),
    ("6", rf"cheeks?{{gap}}(?:{_UP}|bunch(?:ed|es)?(?: up)?)|(?:raised|lifted|pushed-up|bunched) cheeks?"),
    ("6", r"(?:raises?|lifts?|pushes|bunches|raising|lifting) (?:up )?the cheeks?"),
    ("!6", r"cheeks?{gap}(?:at rest|relaxed|flat|still)|relaxed cheeks"),
    ("9", r"nose{gap}(?:wrinkled|wrinkles?|crinkled|scrunched)|wrinkled nose|wrinkl(?:es|ing) the nose"),
    (
        "9",
        r"(?:wrinkl\w+|creases|folds) (?:on|along|at|across|beside) the (?:bridge of the "
        r"|sides of the )?nose",
    ),
    ("!9", r"nose{gap}(?:smooth|at rest|still|relaxed)|smooth nose"),
    (
        "10",
        rf"upper lip{{gap}}{_UP}|(?:raised|lifted) upper lip|(?:raises?|lifts?"
        rf"|draws? up) the upper lip|draws? the upper lip up",
    ),
    ("12", rf"{_CORNERS}{{gap}}(?:{_UP}|upturned|back)|(?:raised|lifted|upturned) {_CORNERS}"),
    (
        "12",
        rf"(?:raises?|lifts?) the {_CORNERS}|(?:pulls?|draws?) the {_CORNERS} (?:{_UP}|back)"
        rf"|smil(?:e|es|ing)",
    ),
    ("15", rf"{_CORNERS}{{gap}}(?:{_DOWN}|droop\w*)|(?:lowered|drooping|downturned) {_CORNERS}"),
    ("15", rf"lowers? the {_CORNERS}|(?:pulls?|draws?) the {_CORNERS} (?:{_DOWN})|mouth bends down"),
    (
        "!S",
        rf"{_CORNERS}{{gap}}(?:level(?!:? [A-E]\b)|at rest|relaxed|still|neutral|in place)|level {_CORNERS}",
    ),
    (
        "14",
        rf"{_CORNERS}{{gap}}(?:tight(?:en|ened)?|in|inwards?|tucked in|pressed in)"
        rf"|tight(?:ened)? {_CORNERS}",
    ),
    ("14", rf"tightens? the {_CORNERS}|(?:draws?|pulls?) the {_CORNERS} in(?:wards?)?"),
    (
        "16",
        rf"lower lip{{gap}}{_DOWN}|(?:pulled-down|lowered) lower lip|pulls? the lower lip down"
        rf"|lowers? the lower lip",
    ),
    (
        "17",
        rf"chin{{gap}}(?:{_UP}|bunched)|(?:pushed-up|raised|lifted) chin|pushes the chin up"
        rf"|(?:raises?|lifts?) the chin",
    ),
    (
        "J",
        r"mouth{gap}(?:stretched (?:wide )?open|wide open|gaping)|stretch(?:es"
        r"|ed) the mouth open|(?:gaping|wide-open) mouth",
    ),
    (
        "20",
        r"(?:lips|mouth|lip corners){gap}(?:stretched(?! open| wide open)(?: sideways| wide)?"
        r"|sideways|pulled wide)",
    ),
    ("20", r"(?<!a )stretched lips|stretch(?:es)? the lips|pulls? the mouth (?:wide|sideways)"),
    (
        "24",
        r"(?<!upper )(?<!lower )lips{gap}press(?:ed)?(?: together)?|pressed(?:-together)? lips"
        r"|presses the lips",
    ),
    (
        "23",
        r"(?<!of the )lips{gap}(?:tight(?:en|ened)?|narrowed|tense)|(?:tight|tightened"
        r"|narrowed) lips|(?:tightens?|narrows?) the lips",
    ),
    ("25", r"lips{gap}(?:part(?:ed)?|apart|open(?:ed)?)|(?:parted|open) lips|(?:parts?|opens?) the lips"),
    ("!O", r"(?:lips|mouth){gap}(?:closed|shut|together)|closed mouth|closed lips"),
    ("O", r"mouth{gap}open(?:ed)?|(?:open|opened) mouth|opens the mouth"),
    ("J", r"jaw{gap}(?:lowered|dropped|drops?|down|falls?|hangs?|hanging|open)|(?:lowered|dropped) jaw"),
    ("J", r"lowers? the jaw|lets? the jaw (?:fall|drop)|drops? the jaw|pulls? the jaw down|stretched mouth"),
)

GROUPS: dict[str, tuple[int, ...]] = {
    "B": (1, 2),
    "J": (26, 27),
    "O": (25, 26, 27),
    "R": (1, 2, 4),
    "S": (12, 15),
}
"""The units of each group that is no code.

B: raised brows. J: lowered jaw. O: open mouth. R: brows, S: lip corners, whose rest denies these units.
"""

_PATTERNS = [
    (group, re.compile(rf"\b({words.replace('{gap}', _GAP)})\b({_OWN_CODE})?", re.I))
    for group, words in _WORDINGS
]

PARTS: dict[str, re.Pattern[str]] = {
    part: re.compile(rf"\b(?:{words})\b", re.I)
    for part, words in {
        "brows": r"(?:eye)?brows?|forehead",
        "eyes": r"eyes?|(?:eye)?lids?|gaze",
        "cheeks": r"cheeks?|crow['’]s[- ]feet",
        "nose": r"nose|nostrils?|nasal",
        "mouth": r"mouth|lips?|jaw|smile|teeth",
        "chin": r"chin",
    }.items()
}
"""Words for each part of the face."""

UNIT_PARTS: dict[int, tuple[str, ...]] = {
    **dict.fromkeys((1, 2, 4), ("brows",)),
    **dict.fromkeys((5, 7, 43), ("eyes",)),
    6: ("cheeks", "eyes"),
    9: ("nose",),
    10: ("mouth", "nose"),
    **dict.fromkeys((12, 14, 15, 16, 20, 23, 24, 25, 26, 27), ("mouth",)),
    17: ("chin", "mouth"),
}
"""Parts of the face at which each unit may be placed."""


def mark_movements(text: str) -> str:
    """Replace the wordings of movements by marks of their group, see ``emola.faba.negation.mark``.

    "Not" within a wording, and a wording of rest ("the cheeks are at rest"), become a denied mark. A wording
    with a verb is a clause, not an item of a list, so that "the nose is smooth" denies nothing that precedes
    it in the sentence.
    """
    for group, pattern in _PATTERNS:

        def replace(match: re.Match[str], group: str = group) -> str:
            words, code = match[1], match[2] or ""
            negated = bool(_NEGATED.search(words))
            name = group.lstrip("!")
            # A denied word of rest asserts nothing: "the brows are not level" may be any movement.
            if group.startswith("!"):
                return words + code if negated else f"that {mark(name)} is absent"
            if negated:
                return f"that {mark(name)} is absent"
            labels_a_value = match.string[match.end() :].lstrip().startswith((":", "="))
            return mark(name) + code + (" shows" if _VERB.search(words) and not labels_a_value else "")

        text = pattern.sub(replace, text)
    return text
