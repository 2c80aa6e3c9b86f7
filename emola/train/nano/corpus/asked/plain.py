"""How people ask: many wordings of every kind of question."""

from __future__ import annotations

import random

from emola.faba import ADJECTIVES, EMOTIONS, QUESTION, QUESTIONS
from emola.faba.movements import MOVEMENTS
from emola.faba.prompts import follow_up
from emola.train.nano.corpus.asked.casual import ASKED as CASUAL
from emola.train.nano.corpus.asked.casual import casual
from emola.train.nano.corpus.grammar import expand, with_article
from emola.train.nano.corpus.movements import name, the_name

_ASIDES = {
    "support": (
        "Which movements support [this|the emotion|your answer]?",
        "What makes you [say|think] so?",
        "Which action units support it?",
        "Why [do you think|] so?",
        "How do you know?",
        "What is that based on?",
        "Which movements speak for it?",
        "Why?",
        "Why?",
        "Why?",
        "What are the signs of it?",
    ),
    "against": (
        "What speaks against it?",
        "Does anything [not fit|contradict it|speak against it]?",
        "Is there anything against [it|that reading]?",
        "What does not fit?",
        "Any counter-evidence?",
        "Why might [you|this] be wrong?",
    ),
    "weigh": (
        "Which movements support this emotion, and what speaks against it?",
        "Which movements support this emotion, and what speaks against it?",
        "What speaks for [it|the emotion], and what against?",
        "[Evidence|Give me the evidence|List the signs] for and against[ the emotion|], please.",
        "What fits the emotion and what does not?",
        "Pros and cons of that reading?",
    ),
    "posed": (
        "Is this smile felt or posed?",
        "Is [this|the] smile [felt or posed|genuine|real|fake|posed]?",
        "Is that a real smile?",
        "Posed or felt smile?",
        "Does the smile reach the eyes?",
        "Is it a Duchenne smile?",
        "Is [this|the] expression [put on|acted|staged|posed or felt]?",
        "Does [this|it] [look|seem] [staged|put on|acted|spontaneous|forced]?",
    ),
    "word": (
        "In one word: which emotion?",
        "One word, please: the emotion.",
        "Emotion in one word?",
        "Just the emotion, one word.",
        "Only name the emotion.",
        "Give me the emotion in a single word.",
        "Which emotion, in a word?",
    ),
    "numbers": (
        "Just the numbers[, please|].",
        "Only the AU numbers.",
        "Give me only the codes.",
        "AUs as numbers only.",
        "The active AUs, just numbers.",
        "AU numbers?",
    ),
    "brief_units": (
        "Briefly, which AUs?",
        "The AUs in short.",
        "[Active |]AUs, [briefly|in short|no descriptions][, please|]?",
        "Short list of the AUs.",
    ),
    "strongest": (
        "Which [of them |one |]is the strongest?",
        "What is the strongest movement?",
        "Which AU stands out most?",
        "Which action unit is strongest?",
        "Which of these is most marked?",
    ),
    "absent": (
        "Which AUs are not [active|visible|there]?",
        "What do you not see?",
        "Which action units are missing?",
        "Name some AUs that are not active.",
        "Which ones are off?",
    ),
    "sides": (
        "Is it the same on both sides?",
        "Is the face symmetric?",
        "Any asymmetry?",
        "Do both sides move alike?",
        "Is one side stronger?",
        "Left or right stronger?",
    ),
    "sure_emotion": (
        "Are you sure?",
        "Really?",
        "How sure are you of the emotion?",
        "Certain?",
        "Is that certain?",
        "Are you sure about that emotion?",
    ),
    "it_strength": (
        "How strong is it?",
        "How strongly?",
        "And how strong?",
        "Is it strong?",
        "How intense is it?",
    ),
    "it_sure": (
        "Are you sure?",
        "How sure are you?",
        "Really?",
        "Sure?",
        "Is that certain?",
        "How certain is that?",
    ),
    "it_why": (
        "Why?",
        "Why?",
        "Why?",
        "Why [do you say|do you think|is] [that|so]?",
        "How do you know?",
        "How can you tell?",
        "What makes you [say|think] so?",
        "What shows it?",
        "Where do you see it?",
        "What do you go by?",
    ),
    "it_active": (
        "Is it active here?",
        "Is it active[ in this face|, too]?",
        "And does this face show it?",
        "Do you see it[ here| in this face]?",
        "Is it there?",
        "Does [she|he|this person] show it?",
    ),
    "list_why": (
        "Why?",
        "Why?",
        "Why?",
        "Why [these|those]?",
        "How do you know?",
        "What shows [them|that]?",
        "How can you tell?",
        "What makes you [say|think] so?",
        "What do you see of [them|each]?",
        "Where do you see [them|that]?",
    ),
    "list_sure": (
        "Are you sure?",
        "Are you sure?",
        "How sure are you[ of them| of these| of that]?",
        "Which of them are you sure of?",
        "Really?",
        "Is that certain?",
        "How certain are they?",
    ),
    "decline_again": (
        "Why not?",
        "Why?",
        "Why?",
        "Why?",
        "Why [can't you|won't you|can you not]?",
        "[Just guess|Guess|Have a guess|Take a guess][, please|].",
        "[A|Your] [rough |best |]guess [will do|is fine|is enough].",
        "[But you|You] [can see|see] [the face|him|her], [can't you|don't you|right]?",
        "[Come on|Please|Try][, just this once|, I won't tell|].",
        "I [really |]need to know[ it| that|].",
        "[I know him, it's okay|It is my own photo|She does not mind].",
    ),
    "it_muscle": (
        "Which muscle is that?",
        "What muscle is behind it?",
        "Which muscle does that?",
        "And the muscle?",
    ),
    "it_look": (
        "What does it look like?",
        "How does that look?",
        "What should I look for?",
        "How would I see it?",
    ),
    "strength_emotion": (
        "How strong is the expression?",
        "Is it a strong expression?",
        "How intense is it?",
        "Weak or strong?",
        "How much of it is there?",
    ),
}

_UNIT = {
    "yes_no": (
        "Is {au} active?",
        "Is {au} present?",
        "Do you see {au}?",
        "Can you see {au} [here|]?",
        "{au}?",
        "Is there [any |]{au}?",
        "What about {au}?",
        "And {au}?",
        "Is {the_name} active?",
        "Does the face show {au}?",
        "Is {au} on?",
        "{au}, yes or no?",
        "Would you code {au}?",
        "How about {au}?",
        "Do you see {au} ({name})?",
        "Is {au} visible [in this face|here|]?",
    ),
    "bare": (
        "Is {au} active, yes or no?",
        "Yes or no: is {au} active?",
        "{au} active? Only yes or no.",
        "Just yes or no: {au}?",
    ),
    "strength": (
        "How strong is {au}?",
        "How strongly is {au} active?",
        "What is the intensity of {au}?",
        "{au}: how strong?",
        "How intense is {au}?",
        "Intensity of {au}?",
        "Is {au} strong or weak?",
        "How much {au} is there?",
    ),
    "sure": (
        "How sure are you about {au}?",
        "Are you sure about {au}?",
        "How certain is {au}?",
        "Is {au} certain?",
        "Are you confident about {au}?",
    ),
    "why": (
        "Why {au}?",
        "Why do you say {au}?",
        "Why did you name {au}?",
        "For what reason {au}?",
    ),
    "here": (
        "How do you see {au} [here|in this face]?",
        "What shows {au}?",
        "What does {au} look like here?",
        "How does {au} show in this face?",
        "Where do you see {au}?",
        "Describe {au} in this face.",
    ),
}


_MORE = {
    "emotion": (
        "[What|Which] [emotion|feeling|mood] [do you see|can you see|is shown|is visible|is there][ here"
        "| in this face| in the picture|]?",
        "[Please |Can you |Could you |][describe|read|name|explain] [the|this] [expression|emotion"
        "|facial expression|look][ in this picture| for me|].",
        "How does [this person|she|he|the face] [seem to feel|look|come across][, going by the face|]?",
        "What [does this face|does the expression|do the features] [say|tell you|express|convey]?",
        "[Expression|Mood|Feeling]?",
        "What [expression|look] does [she|he|this person] have?",
        "How would you [label|call|name|sum up] this [face|expression|emotion]?",
        "In what mood does [she|he|the person] seem to be?",
    ),
    "au": (
        "[What|Which] [AUs|action units|FACS codes|facial movements] [are active|do you see|can you see"
        "|are there|are on][ here| in this picture|]?",
        "[Please |Can you |Could you |][list|name|give me|write down] [the|all] [active |][AUs"
        "|action units|FACS codes|facial movements][ you see| here|].",
        "[AU|FACS|action unit] [list|coding|codes][, please|].",
        "Action units[ here| in this face|]?",
        "What [moves|is moving] in this face[, in AUs|, as action units|]?",
        "[Do|Make|Give] [a|me a] [FACS|AU] coding of [this face|the face|him|her].",
    ),
}


def task_question(rng: random.Random, task: str) -> str:
    """A wording for "emotion" or "au": the canonical one often, as measuring uses it."""
    if rng.random() < 0.35:
        return QUESTION[task]
    if rng.random() < 0.45:
        return casual(rng, task)
    return expand(rng, rng.choice(_MORE[task])) if rng.random() < 0.5 else rng.choice(QUESTIONS[task])


def aside(rng: random.Random, kind: str) -> str:
    """A question about the answers so far, such as "support" or "strongest"."""
    if kind in CASUAL and rng.random() < 0.55:
        return casual(rng, kind)
    return expand(rng, rng.choice(_ASIDES[kind]))


def unit_question(rng: random.Random, kind: str, code: int) -> str:
    """A question about one unit.

    kind: "yes_no", "bare" (asks for one word), "strength", "sure", "why", "here" or "click" (the page's own).
    """
    if kind == "click":
        return follow_up(code)
    if kind == "yes_no" and rng.random() < 0.2:
        return rng.choice(MOVEMENTS[code].asks)
    au = rng.choices((f"AU{code}", f"AU {code}", f"au{code}"), (0.8, 0.1, 0.1))[0]
    return expand(rng, rng.choice(_UNIT[kind]), au=au, name=name(code), the_name=the_name(code))


def pair_question(rng: random.Random, first: int, second: int) -> str:
    """A question about two units at once."""
    return expand(
        rng,
        "[Are AU{a} and AU{b} [both |]active?|Do you see AU{a} and AU{b}?|AU{a} or AU{b}?"
        "|What about AU{a} and AU{b}?|Is it AU{a} or AU{b}?"
        "|AU{a} and AU{b}?|Is there AU{a} or AU{b}?]",
        a=str(first),
        b=str(second),
    )


def emotion_to_ask(rng: random.Random, true: str) -> str:
    """The emotion to ask about, yes or no: the true one half of the time."""
    return true if rng.random() < 0.5 else rng.choice([other for other in EMOTIONS if other != true])


def emotion_yes_no(rng: random.Random, emotion: str) -> str:
    """Whether the face shows ``emotion``."""
    return expand(
        rng,
        "[Is [this person|he|she|the face|this] {adjective}?"
        "|Would you say [he|she|this person] [is|looks] {adjective}?|Does [this face|he|she"
        "|the person] look {adjective}?|Is it {emotion}?"
        "|Would you call this {emotion}?|{adjective}?|Could it be {emotion}?|So [he|she] is {adjective}?"
        "|Does the [mouth|face|expression|look] [show|say|tell you] that [he|she|this person] is {adjective}?"
        "|Is [that|this] the face of [somebody|someone] [who is |]{adjective}?"
        "|[Is that|Is this] what {emotion} looks like?|Does this face [say|show] {emotion}?"
        "|Do you see [any |][sign|signs] of {emotion}?|[Do|Would] the [brows|eyes|lips] say {emotion}?"
        "|Is that {a_adjective} [man|woman|person]?|Can one see that [he|she] is {adjective}?]",
        adjective=ADJECTIVES[emotion],
        a_adjective=with_article(ADJECTIVES[emotion] if emotion != "fear" else "fearful"),
        emotion=emotion,
    )
