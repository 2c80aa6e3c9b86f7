"""How people ask in a chat: a word or two, half sentences, statements to confirm, abbreviations."""

from __future__ import annotations

import random

from emola.train.nano.corpus.asked import wide
from emola.train.nano.corpus.grammar import expand, joined

_SHORT: dict[str, tuple[str, ...]] = {
    "emotion": (
        "[emotion|mood|feeling|expression|vibe|the vibe|sentiment][ pls| please|?| here?|]",
        "[his|her|their] [mood|feeling|emotion|expression][?| pls|]",
        "[read|scan|analyse|check] [face|expression|emotion|mood][ pls|]",
        "[face|look|mood] [reading|check][, pls|?|]",
        "how [r|are] they [feeling|looking]?",
        "[top|main|strongest|dominant|most likely] [emotion|feeling][?| pls|]",
        "[best|your] guess [at|for] the [emotion|mood]?",
        "how's [he|she] looking[ rn|]?",
        "[hm|hmm|ok|well], what [emotion|mood] [tho|then|is it]?",
        "what's [up with|with] [the|that] [face|look|expression]?",
        "[good|happy] or bad mood?",
        "[positive or negative|negative or positive][ emotion| look|]?",
        "what would u [call|name] [this|that] [look|face|expression]?",
        "no idea what [emotion|expression|mood] this is, help",
        "I can't [read|figure out] [this|that] [face|expression]. [Help?|What do you think?|You?]",
        "Would you be so kind as to tell me which [emotion|feeling] [you see|the face shows]?",
        "I would like to know what the [expression|look on this face] [means|says].",
        "[emo|emotion label|label], pls",
        "[which|what] one of the seven[ emotions|]?",
        "feels like what, [emotionally|to you]?",
        "I'm [an actor|a teacher|a nurse|a coach|a photographer] and [want|need] to know which "
        "[emotion|feeling|expression] this face shows.",
        "For my [class|thesis|drama course|app|blog]: [which emotion|what feeling|what mood] is this?",
        "[My sister|A friend|My boss] sent me this and I can't tell what the expression is. [You?|Help?]",
        "Tell me [which emotion it is|what mood that is|how the face looks to you][, roughly|].",
        "[Signs|Any signs|Hint] of [emotion|feeling|any mood]?",
    ),
    "au": (
        "[AUs|action units|codes|muscles|FACS|units|movements][ pls| please|?| here?| rn?|]",
        "[list|gimme|show|name|need] [AUs|the AUs|action units|all units|the codes][ pls|]",
        "[active|visible] [AUs|units|muscles|movements][?| pls|]",
        "which [ones|units|codes][ r| are] [on|active]?",
        "what[ is|'s] [moving|active][ rn|]?",
        "[FACS|AU|facs] [code|codes|coding|score] pls",
        "u see any [AUs|action units|movement]?",
        "any [movement|movements|AUs|action units|muscle activity][ at all|]?",
        "can u [code|facs] this[ one|][ for me|]?",
        "I need the [action units|AUs|FACS codes] [of|for] this [picture|face].",
        "Would you mind listing the [action units|AUs|movements]?",
        "[muscle|face|facial] [activity|movement][?| list|]",
        "everything that moves[, pls|]",
        "I'm [a FACS coder|a student|an animator|a researcher] and need [all units|the AUs] of this face"
        "[, please|].",
        "For my [thesis|animation|course|notes]: which [action units|muscles|AUs] are at work here?",
        "Tell me [which AUs|what muscles|which movements] you [see|find][, roughly|].",
        "[Check|Screen|Scan|Test] this face for [action units|movement|AUs][, please|].",
    ),
    "support": (
        "[why|how come|y|cuz|reason|reasons|proof|based on][?|??| tho?|]",
        "says who lol",
        "[what|how] makes u say [that|so]?",
        "and the [reasons|signs]?",
        "explain[ pls|]",
        "which AUs [tho|say so]?",
        "what gave it away?",
    ),
    "against": (
        "[anything|something] against it?",
        "[counter evidence|doubts|what doesn't fit|but]?",
        "and what [speaks|is] against?",
    ),
    "sure_emotion": (
        "[sure|u sure|certain|really|for real|fr|confidence|how sure][?|??| tho?|]",
        "are u [sure|certain][ about that|]?",
        "[100%|positive] on that?",
        "how confident r u?",
        "idk, sure about that?",
    ),
    "strength_emotion": (
        "[strong|weak|intense|intensity|how strong|how much][?|??|]",
        "strength of the [expression|emotion][?|]",
        "[strong|mild] or [subtle|faint]?",
        "[a lot|very much] or just a bit?",
    ),
    "strongest": (
        "[strongest|top|biggest|main] [AU|unit|movement|one][?| pls|]",
        "[strongest|the strongest]?",
        "which moves [the most|most]?",
    ),
    "absent": (
        "[inactive|missing|absent] [AUs|units|ones][?| pls|]",
        "what's [not there|missing|off]?",
    ),
    "sides": (
        "[symmetric|symmetrical|asymmetry|same both sides|left vs right|even][?|]",
        "one-sided[ at all|]?",
    ),
    "posed": (
        "[real|fake|genuine|forced|posed|polite] smile[?| or not?| lol?|]",
        "[smile|that smile] [real|fake|genuine|forced][?| tho?|]",
        "[Duchenne|duchenne smile|felt smile]?",
        "smiling with the eyes[ too|]?",
        "does [she|he] look [happy for real|genuinely happy], or is it [posed|for the camera]?",
        "is [that|it] a [fake|forced|real|posed|camera|polite] smile?",
        "is [he|she] faking [the|that] smile?",
        "is the smile [honest|sincere|true|put on|an act|heartfelt]?",
        "[fake|forced|honest|sincere] smile or a [real|felt] one?",
        "[true|honest|fake|posed] [grin|smile]?",
    ),
    "word": ("one word[ only|][?| pls|]", "emotion, 1 word", "just the [label|emotion][ pls|]"),
    "numbers": ("[numbers|just numbers|codes only|nums][ pls|]", "AU numbers only[ pls|]"),
    "weigh": ("pros and cons?", "[for and against|evidence both ways][?| pls|]"),
    "it_strength": ("[strong|how strong|how much|intensity|a lot][?|??|]",),
    "it_why": ("[why|how come|y|how so|reason|cuz|proof][?|??| tho?|]", "[what|which] [sign|signs] of it?"),
    "it_active": (
        "[active|there|here too|got it|in this one][?|??| y/n| or not?]",
        "and in [this|the] face?",
    ),
    "list_why": ("[why|how come|y|how so|reasons|cuz|proof][?|??| tho?|]", "[explain|show me][ pls|]"),
    "list_sure": ("[sure|u sure|certain|really|for real|100%][?|??|]",),
    "decline_again": (
        "[why|why not|y not|how come|y][?|??| tho?|]",
        "[just guess|guess|wild guess|ur guess|try][ pls|?| anyway|]",
        "[come on|pls|cmon|aww][ just try|]",
    ),
    "it_sure": ("[sure|u sure|certain|really|for real][?|??|]",),
    "runner_up": (
        "[second|next] [guess|best guess|choice|likeliest emotion|emotion][?| pls|]",
        "[runner-up|plan b|2nd guess|number two|alternatives|what else]?",
        "[could|might] it be [something|anything] else?",
        "Which [other |]emotion [would be|comes|is] next?",
        "What [other emotion|else] [could|might] it be?",
        "[If|Suppose] you are wrong, [what|which emotion] [is it|would it be][ then|]?",
        "What is your second choice[ of emotion|]?",
        "Any other emotion [in there|possible|that comes close]?",
        "Is it [a mix|mixed|more than one emotion|a blend][ of emotions|]?",
        "[mixed|mixed feelings|mixed emotions|just one emotion]?",
    ),
    "count": (
        "[how many|number of|count of] [AUs|action units|units][?| pls|]",
        "How many [AUs|units|movements] are [active|on|there]?",
        "Count the [AUs|active units].",
        "[AU|unit] count?",
    ),
    "upper": (
        "[upper face|top half|upper half|upper AUs|above the nose][ only|][?| pls|]",
        "[Only|Just] the upper[-face| face] [AUs|units][, please|].",
        "Which AUs are active in the upper [face|half]?",
        "[brows and eyes|eyes and brows] only[, AUs|][ pls|]",
    ),
    "lower": (
        "[lower face|bottom half|lower half|lower AUs][ only|][?| pls|]",
        "[Only|Just] the lower[-face| face] [AUs|units][, please|].",
        "Which AUs are active in the lower [face|half]?",
        "nose and mouth only[, AUs|][ pls|]",
    ),
    "weakest": (
        "[weakest|faintest|smallest|least] [AU|unit|movement|one][?| pls|]",
        "Which [AU|unit] is [the |][weakest|faintest|least strong]?",
        "[weakest|the weakest]?",
        "What is the faintest movement?",
    ),
}
ASKED = joined(_SHORT, wide.WIDE)
"""By kind of question. Some kinds are only asked so."""

_FEELS: dict[str, tuple[str, ...]] = {
    "happiness": ("happy", "cheerful", "glad", "joyful", "in a good mood", "pleased"),
    "sadness": ("sad", "unhappy", "down", "gloomy", "blue", "miserable", "upset or sad"),
    "surprise": ("surprised", "amazed", "astonished", "shocked", "startled"),
    "anger": ("angry", "mad", "cross", "annoyed", "furious", "irritated"),
    "disgust": ("disgusted", "grossed out", "repelled", "revolted"),
    "fear": ("afraid", "scared", "frightened", "anxious", "terrified", "fearful"),
    "neutral": ("neutral", "expressionless", "without emotion", "blank", "emotionless"),
}
_CONFIRM = (
    "{feels}[?| rn?| tho?| lol?| y/n|]",
    "[he|she|they] [seem|look|seems|looks] {feels}[ to me|][, right?|, no?|, yes?|?|, correct?]",
    "[I think|I'd say|I guess|imo|to me] [he|she|this person] [looks|is] {feels}[. Right?|, agree?|?|, or?]",
    "Isn't [he|she|this person] {feels}?",
    "Doesn't [he|she|this face] [seem|look] {feels}[ to you| to u|]?",
    "[a bit|kinda|rather|pretty|quite] {feels}?",
    "[Looks|Seems] {feels}[, right?|?|, doesn't it?]",
    "[he's {feels}, isn't he|she's {feels}, isn't she|they're {feels}, right]?",
    "[clearly|obviously|surely] {feels}[?|, right?]",
    "My friend says [he|she] looks {feels}. [True?|Do you agree?|You too?]",
    "would u say {feels}?",
    "is [that|this] the face of someone {feels}[?| or not?|]",
    "does the [mouth|look|face] [say|show] [he|she]'s {feels}?",
    "[sign|signs] [he|she] is {feels}?",
    "[any|do you see any] sign that [he|she|this person] is {feels}?",
    "be honest, is [he|she|this person] {feels}?",
    "[Can you be sure|Is it certain|Is it clear|Would you bet] that [she|he|this person] is {feels}?",
    "Is [he|she] [really|truly|definitely|actually] {feels}?",
    "[Could|Might] [she|he] [really|actually] be {feels}?",
    "[He says he is|She says she is] {feels}. Does [it show|the face show it]?",
    "{feels} or [something else|anything else|what][?|??| lol?|]",
    "As a [friend|coach|teacher], I'd like to know if [he|she] looks {feels}.",
    *wide.CONFIRM,
)
_CHOICE = (
    "{a} or {b}, [pick one|which one|which is it|what do you say]?",
    "[is it|is she|is he|rather|more] {a} or {b}?",
    "{a} vs {b}[?|]",
    "[more|rather] {a} than {b}[?|, or not?]",
    "[would|wd] u say {a} or {b}?",
    "I can't decide between {a} and {b}. [You?|Which one?|Help?]",
    "Which fits better, {a} or {b}?",
    *wide.CHOICE,
)

MOVES: dict[tuple[int, ...], tuple[str, ...]] = {
    (12,): (
        "[smiling|a smile|any smile|smirk or smile|grinning]",
        "is [she|he] smiling",
        "lip corners up",
    ),
    (4,): (
        "[frowning|a frown|scowling|brows down|knitted brows]",
        "is [she|he] frowning",
        "brow furrowed",
    ),
    (5,): ("[wide eyes|eyes wide|eyes wide open|big eyes|staring]", "upper lids up"),
    (6,): ("[cheeks up|cheek raise|cheeks raised|raised cheeks]",),
    (7,): ("[squinting|narrow eyes|eyes narrowed|tight lids|squint]",),
    (9,): ("[nose wrinkled|wrinkled nose|nose wrinkle|nose scrunched up]",),
    (10,): ("[upper lip up|raised upper lip|upper lip raised]",),
    (15,): ("[corners of the mouth down|lip corners down|mouth corners down|mouth turned down]",),
    (17,): ("[chin up|chin raised|chin pushed up|chin raiser]",),
    (23,): ("[tight lips|lips tight|lips tightened]",),
    (24,): ("[pressed lips|lips pressed|lips together and pressed]",),
    (25,): ("[mouth open|open mouth|lips parted|lips apart|is the mouth open or closed]",),
    (26,): ("[jaw down|jaw drop|jaw dropped|dropped jaw]",),
    (43,): (
        "[eyes closed|closed eyes|eyes shut|droopy lids]",
        "[tired|sleepy]-looking eyes: are the lids [lowered|down|drooping]",
        "are the [lids|upper lids] [down|drooping|lowered], as when tired",
        "heavy [lids|eyelids]",
    ),
    (1, 2): ("[brows up|raised brows|eyebrows up|eyebrows raised|brows raised|brows lifted]",),
}
"""Movements in a word or two, by the unit that answers; both brow raisers for raised brows."""

_PART = (
    "the {part}[?|??| pls|]",
    "[just |]{part} [only|pls|please|rn]",
    "[and|what abt|how about|ok and] [the |]{part}?",
    "{part} [doing what|movement|moving]?",
    "[tell me about|describe|check] the {part}[ pls|]",
    "[anything|something] going on with the {part}?",
    "what do you [make of|see in|read in] the {part}?",
    "{part}, [any sign|anything|what's there|at rest or not|moving or still]?",
    *wide.PART,
)


def casual(rng: random.Random, kind: str) -> str:
    """A wording of ``kind``, one of :data:`ASKED`."""
    return expand(rng, rng.choice(ASKED[kind]))


def confirm(rng: random.Random, emotion: str) -> str:
    """A statement or half a question that the face shows ``emotion``."""
    return expand(rng, rng.choice(_CONFIRM), feels=rng.choice(_FEELS[emotion]))


def choice(rng: random.Random, first: str, second: str) -> str:
    """Which of two emotions."""
    return expand(rng, rng.choice(_CHOICE), a=rng.choice(_FEELS[first][:5]), b=rng.choice(_FEELS[second][:5]))


def movement(rng: random.Random, codes: tuple[int, ...]) -> str:
    """Whether a movement is there; ``codes`` is one of :data:`MOVES`."""
    return expand(rng, rng.choice(MOVES[codes]) + "[?|??| y/n?| or not?|]")


def part_question(rng: random.Random, part: str) -> str:
    """What a part of the face does, in a word or two."""
    return expand(rng, rng.choice(_PART), part=part)
