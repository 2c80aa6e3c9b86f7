"""How people ask how strong an expression is and how sure the reading of it, before anything was said."""

from __future__ import annotations

import random

from emola.train.nano.corpus.asked import plain
from emola.train.nano.corpus.grammar import expand
from emola.train.nano.corpus.movements import clause

ASKED: dict[str, tuple[str, ...]] = {
    "strength": (
        "How [strong|intense|pronounced|marked|vivid|faint] is [the|this|that] [expression|emotion|feeling]?",
        "How [strongly|intensely|clearly|faintly] does [this face|she|he|the person] show [it|the emotion]?",
        "Is [it|this|that] a [strong or a weak|weak or a strong|mild or a marked|faint or a full] "
        "[expression|emotion]?",
        "[Expression|Emotion|Face|Feeling]: [strong or weak|faint or full|mild or marked|weak]?",
        "[Strength|Intensity|Degree|Level] of [the|this] [expression|emotion|feeling]?",
        "[intensity|strength|how much|how strong|how intense|subtle|faint or strong|weak or strong|degree"
        "|a lot of emotion|strong one][?|??| pls|]",
        "Does the [emotion|expression|feeling] come across [strongly|faintly|weakly|only a little]?",
        "Is the [expression|emotion] [subtle|faint|weak|strong|intense|full-blown|barely there|mild]?",
        "Would you call [this|that|it] [strong|weak|mild|intense] [as expressions go|for an expression]?",
        "How much [emotion|feeling|expression] is [in this face|in there|visible|showing]?",
        "A [hint|touch] of emotion, or [more than that|a lot]?",
        "Tell me how [strong|intense|marked|weak] the [expression|emotion|feeling] is[, please|].",
        "I'd like to know [how strong the emotion is|the intensity of the expression].",
        "[Gauge|Measure|Judge|Weigh up] the [strength|intensity] of the [emotion|expression][, please|].",
        "[big|small|strong] [feeling|emotion] or [just a trace|not]?",
        "[is he|is she|are they] showing [much|a lot of|only little] emotion?",
        "what's the [intensity|strength|level] [here|of this face|of the look]?",
        "Which emotion, and how [strong|intense|much of it]?",
        "For my [class|thesis|notes|app] I need to know how [strong|intense] the [emotion|expression] is.",
        "As a [coach|teacher|actor], I'd like to know if the [emotion|expression] is [strong|weak|faint].",
        "[My friend says|I'd say|I think] it is a [strong|weak|faint] expression. [True?|Agree?|You too?]",
    ),
    "scale": (
        "On a scale [of|from] [1 to 5|one to five], how [strong|intense] is [it|the look|the emotion]?",
        "[1 to 5|1-5|out of 5|out of five]: [how strong|intensity|strength|how much emotion]?",
        "[Rate|Grade|Score] the [expression|emotion|intensity] [from 1 to 5|out of 5|with 1 to 5].",
        "[intensity|strength|emotion level], [1-5|out of 5|1 to 5][?|]",
        "How many [points|stars] out of [5|five] for the strength of the expression?",
        "If 1 is faint and 5 is very strong, where is this [face|expression]?",
        "Give me a number from 1 to 5 for the [emotion|expression|feeling].",
    ),
    "sure": (
        "How [sure|certain] are you[ of the emotion| about the expression| of your reading|]?",
        "How confident are you [in your reading|about this face|of what the face shows]?",
        "How [sure|certain|confident] can [you|one|I] be [of|about] [the|this] [emotion|expression]?",
        "What are the [odds|chances] that you [are right|read it right|have the emotion right]?",
        "[Could|Might|Can] you be [wrong|mistaken] about [it|this one|this face|the emotion|the look]?",
        "How likely is it that you are [wrong|right|mistaken] about [the emotion|this expression]?",
        "Is [it|the emotion|the expression] [clear|obvious|unmistakable|hard to read|ambiguous|in doubt]?",
        "Is the emotion [clear or ambiguous|certain or a guess|plain to see or hard to read]?",
        "[confidence|certainty|how sure|odds|chances|probability|confident|doubts|sure thing|any doubt"
        "|certain or a guess|sure about this face][?|??| pls|]",
        "[Do you have|Any|Have you got any|No] doubts [about|on] [the emotion|this expression]?",
        "How [clear|readable|plain|unambiguous|obvious] is [the|this] [expression|emotion]?",
        "Would you bet on [the emotion|your reading of this face]?",
        "How much [trust|faith|confidence] do you have in your reading[ of this face|]?",
        "[Tell me|State|Give me] the emotion and how [sure|certain|confident] you are.",
        "Which emotion, and how [sure|certain|confident]?",
        "Your best [guess|reading], and how [sure|certain] are you of it?",
        "Is [that|this|it] a [sure thing|clear case|borderline case|close call]?",
        "[r u|are u|u] [sure|certain|confident] [bout this face|about the emotion|on this one]?",
        "With what [confidence|certainty] do you read this [face|expression]?",
        "I need to know how [sure|certain] you are of the emotion.",
        "For my [class|thesis|notes|app] I need the emotion and [your confidence|how sure it is].",
        "My friend reads this face [otherwise|differently]. How sure [are you of yours|is your reading]?",
        "Be honest, is it a [guess|wild guess|sure thing] which emotion this is?",
        "[Confidence|Certainty]: [high or low|high or not|much or little]?",
    ),
}
"""Open questions; "scale" asks for one of five steps of strength."""

_GRADED: dict[str, tuple[str, ...]] = {
    "happiness": ("happy", "cheerful", "pleased"),
    "sadness": ("sad", "unhappy", "gloomy"),
    "surprise": ("surprised", "astonished", "amazed"),
    "anger": ("angry", "annoyed", "cross"),
    "disgust": ("disgusted", "repelled", "revolted"),
    "fear": ("afraid", "scared", "frightened"),
    "neutral": ("neutral", "expressionless", "emotionless"),
}
ABOUT_ONE: dict[str, tuple[str, ...]] = {
    "strength": (
        "How {feels} [is she|is he|is this person|does she look|does he seem|does the face look]?",
        "[just a bit|slightly|only a little] {feels} or [very|really|a lot]?",
        "how {feels}[?|??| exactly?| is that look?|, from 1 to 5?|]",
        "[Only a little|Just slightly|Really quite] {feels}[, or more|, no more than that|]?",
        "{feels}, [but how much|how much|to what degree|how strongly]?",
        "How {feels} would you say [he|she|this person] looks?",
    ),
    "sure": (
        "How [sure|certain|confident] are you that [he|she|this person] [is|looks] {feels}?",
        "What are the [odds|chances] that [she|he|this person] [is|looks] {feels}?",
        "How [likely|clear|obvious|probable] is it that [he|she|this person] is {feels}?",
        "{feels}: [how sure|certain|sure thing|how likely]?",
        "[any|how big is the] chance that [he|she] is {feels}?",
        "My friend says [he|she] is {feels}. How sure can [we|one|I] be of that?",
        "As a [coach|teacher|friend], I need to know how sure it is that [he|she] is {feels}.",
    ),
}
"""Questions about an emotion named in them, right or wrong."""

NAMED: dict[int, tuple[str, ...]] = {
    4: ("frown", "scowl", "furrow of the brow"),
    5: ("widening of the eyes",),
    6: ("cheek raise", "lift of the cheeks"),
    7: ("squint", "narrowing of the eyes"),
    9: ("nose wrinkle", "wrinkling of the nose"),
    12: ("smile", "smile", "pull of the lip corners"),
    15: ("drop of the lip corners",),
    17: ("push of the chin",),
    20: ("lip stretch", "stretch of the lips"),
    24: ("lip press", "pressing of the lips"),
    25: ("parting of the lips",),
    26: ("jaw drop", "drop of the jaw"),
}
"""Movements as things that can be strong or weak."""
_OF_MOVEMENT = (
    "How [intense|marked|pronounced|clear] is the {thing}?",
    "Is the {thing} [strong or weak|strong|slight|faint or clear|weak or strong]?",
    "{thing}: how [strong|much|marked]?",
    "How much [{thing}|of a {thing}] is there?",
    "{thing} [intensity|strength][?|??| pls|]",
    "The {thing}, how strong [is it|would you say|exactly]?",
    "Is the {thing} [more than slight|full|just a hint]?",
    "[rate|grade|gauge] the {thing}[, strong or weak| pls|]",
)
_OF_PART = (
    "How [strong|big|marked|intense] is the movement of the {part}?",
    "How much [movement is there at|is going on at] the {part}?",
    "[Much|Any strong|A strong or a weak] movement [of|around] the {part}?",
    "{part}: [how much movement|how strong|a lot or little]?",
)
_SURE_OF_MOVEMENT = (
    "How [sure|certain|confident] are you that {clause}?",
    "[Is it certain|Is it clear|Can you be sure|Would you bet] that {clause}?",
    "What are the [odds|chances] that {clause}?",
    "{clause}: [sure|certain|how sure|how likely]?",
    "Could you be wrong that {clause}?",
)


def degree(rng: random.Random, kind: str) -> str:
    """An open question of ``kind``: "strength", "scale" or "sure"."""
    if kind != "scale" and rng.random() < 0.25:
        return plain.aside(rng, f"{kind}_emotion")
    return expand(rng, rng.choice(ASKED[kind]))


def degree_of(rng: random.Random, kind: str, emotion: str) -> str:
    """How strong ("strength") or how sure ("sure") a named emotion is."""
    return expand(rng, rng.choice(ABOUT_ONE[kind]), feels=rng.choice(_GRADED[emotion]))


def strength_of_movement(rng: random.Random, code: int) -> str:
    """How strong a movement is, one of :data:`NAMED` or called by its code."""
    if code not in NAMED or rng.random() < 0.3:
        return plain.unit_question(rng, "strength", code)
    return expand(rng, rng.choice(_OF_MOVEMENT), thing=rng.choice(NAMED[code]))


def strength_of_part(rng: random.Random, part: str) -> str:
    """How much a part of the face moves."""
    return expand(rng, rng.choice(_OF_PART), part=part)


def sureness_of_movement(rng: random.Random, code: int) -> str:
    """How sure a movement is, called by what is seen or by its code."""
    if rng.random() < 0.4:
        return plain.unit_question(rng, "sure", code)
    return expand(rng, rng.choice(_SURE_OF_MOVEMENT), clause=clause(rng, code))
