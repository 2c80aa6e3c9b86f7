"""Questions and answers about the coding system itself, which no photo is needed for."""

from __future__ import annotations

import random

from emola.faba import ACTION_UNITS, EMOTIONS
from emola.faba.emotions import CORE_AUS
from emola.faba.movements import MOVEMENTS
from emola.train.nano.corpus.grammar import expand, listed, sentences
from emola.train.nano.corpus.movements import act, name, the_name

Exchange = tuple[str, str]


def _look(code: int) -> str:
    return ACTION_UNITS[code].appearance[0].lower() + ACTION_UNITS[code].appearance[1:-1]


def what_is(rng: random.Random, code: int) -> Exchange:
    """What a unit is."""
    question = expand(
        rng,
        "[What is {au}?|What does {au} mean?|What's {au}?|Explain {au}.|Tell me about {au}."
        "|Define {au}, please.|What is {the_name}?"
        "|{au}, what is that?|What does {au} stand for?]",
        au=f"AU{code}",
        the_name=the_name(code),
    )
    answer = expand(
        rng,
        "[AU{code} is {the_name}: {look}|AU{code}, {the_name}, {act}|AU{code} is called {the_name}; {look}"
        "|{look}: that is AU{code}, {the_name}].",
        code=str(code),
        the_name=the_name(code),
        look=_look(code),
        act=act(rng, code) if code in MOVEMENTS else f"works like this: {_look(code)}",
    )
    return question, sentences(answer)


def code_of(rng: random.Random, code: int) -> Exchange:
    """Which unit has a name."""
    question = expand(
        rng,
        "[Which action unit is {the_name}?|Which AU is called {the_name}?|What is the code of {the_name}?"
        "|{the_name}: which AU is that?|What number does {the_name} have?]",
        the_name=the_name(code),
    )
    answer = expand(
        rng,
        "[AU{code}|{the_name} is AU{code}|that is AU{code}|AU{code} is {the_name}].",
        code=str(code),
        the_name=the_name(code),
    )
    return sentences(question), sentences(answer)


def look(rng: random.Random, code: int) -> Exchange:
    """What a unit looks like."""
    question = expand(
        rng,
        "[What does {au} look like?|How do I recognise {au}?|How can one see {au}?"
        "|What do you look for in {au}?|Describe {au}."
        "|What changes in the face with {au}?]",
        au=f"AU{code}",
    )
    answer = expand(
        rng,
        "[{look}|with AU{code}, {look}|in AU{code}, {look}|look for this: {look}"
        "|you can tell AU{code} like this: {look}].",
        code=str(code),
        look=_look(code),
    )
    return question, sentences(answer)


def muscle(rng: random.Random, code: int) -> Exchange:
    """Which muscle makes a unit."""
    question = expand(
        rng,
        "[Which muscle is behind {au}?|What muscle makes {au}?|Which muscle does {au} use?"
        "|Muscle of {au}?|{au}: which muscle?"
        "|What is the muscle for {the_name}?]",
        au=f"AU{code}",
        the_name=the_name(code),
    )
    answer = expand(
        rng,
        "[AU{code} comes from the {muscle}|the {muscle}|AU{code} is made by the {muscle}"
        "|for AU{code} it is the {muscle}].",
        code=str(code),
        muscle=ACTION_UNITS[code].muscle,
    )
    return question, sentences(answer)


def difference(rng: random.Random, code: int) -> Exchange:
    """How to tell a unit from one that looks like it."""
    other = rng.choice(ACTION_UNITS[code].neighbours)
    pair = [code, other.code]
    rng.shuffle(pair)
    question = expand(
        rng,
        "[What is the difference between AU{a} and AU{b}?|How do I tell AU{a} from AU{b}?"
        "|AU{a} or AU{b}, how do they differ?"
        "|Is AU{a} the same as AU{b}?|How is AU{a} different from AU{b}?|What is AU{code} confused with?]",
        a=str(pair[0]),
        b=str(pair[1]),
        code=str(code),
    )
    prefix = "No. " if "the same" in question else ""
    return question, prefix + other.difference


def prototype(rng: random.Random) -> Exchange:
    """Which units usually come with an emotion."""
    emotion = rng.choice(EMOTIONS[:-1])
    question = expand(
        rng,
        "[Which action units [belong to|go with] {e}?|What are the typical AUs of {e}?"
        "|How does {e} usually look?"
        "|Which movements usually show {e}?|What would {e} look like?]",
        e=emotion,
    )
    codes = sorted(CORE_AUS[emotion][:3])
    units = listed([f"AU{code} ({name(code)})" for code in codes])
    answer = expand(
        rng,
        "[{e} usually comes with {units}|typically {units}|usually {units} go with {e}"
        "|the usual signs of {e} are {units}].",
        e=emotion,
        units=units,
    )
    return question, sentences(answer)


def felt_smile(rng: random.Random) -> Exchange:
    """How a posed smile differs from a felt one."""
    question = expand(
        rng,
        "[How does a posed smile differ from a felt one?|What would be different in a posed smile?"
        "|What makes a smile look genuine?"
        "|How do I spot a fake smile?|What is a Duchenne smile?|Posed or felt smile, what is the difference?"
        "|What is missing in a posed smile?]",
    )
    answer = expand(
        rng,
        "[a felt smile usually adds AU6 to AU12: the cheeks rise and [the eyes narrow|crow's feet show]"
        "|a posed smile usually has AU12 without AU6: the mouth smiles, the cheeks stay down"
        "|usually AU6: in a posed smile the lip corners rise, but the cheeks hardly move"
        "|the eyes: a felt smile usually raises the cheeks (AU6), a posed one only the lip corners (AU12)]"
        "[. It is a hint, not a proof|].",
    )
    return question, sentences(answer)


def facs(rng: random.Random) -> Exchange:
    """What the coding system is."""
    return rng.choice(
        (
            (
                "What is FACS?",
                "FACS is the Facial Action Coding System: it describes a face by the muscle movements one"
                " sees.",
            ),
            (
                "What is an action unit?",
                "An action unit is one visible movement of the face, made by one muscle or a few.",
            ),
            ("What does AU mean?", "AU is short for action unit, one visible movement of the face."),
            ("What does FACS stand for?", "It stands for Facial Action Coding System."),
            (
                "How strong can an action unit be?",
                "I use five steps: a trace, slight, moderate, strong and very strong.",
            ),
            (
                "Does one action unit prove an emotion?",
                "No. A movement is a sign, and several together make a better case.",
            ),
            ("Who codes FACS?", "Trained people code it by eye; programs such as this one only estimate it."),
        )
    )


def origin(rng: random.Random) -> Exchange:
    """Who made the coding system, and when."""
    question = expand(
        rng,
        "[Where does {facs} come from?|How old is {facs}?|Whose idea was {facs}?"
        "|Who [made|wrote|published|came up with|is behind|developed|devised|designed] {facs}?"
        "|When was {facs} [made|published|developed]?|By whom was {facs} [made|written|developed]?"
        "|Who [are|were] the [authors|makers|inventors] of {facs}?]",
        facs=expand(rng, "[FACS|the Facial Action Coding System|the coding system|this coding of faces]"),
    )
    answer = "Paul Ekman and Wallace Friesen published it in 1978, after work by Carl-Herman Hjortsjö."
    return question, answer


def of_no_unit(rng: random.Random) -> Exchange:
    """A question and answer about emotions, smiles or the coding system as such."""
    return rng.choice((prototype, felt_smile, facs, origin))(rng)


OF_A_UNIT = (what_is, what_is, code_of, code_of, look, muscle, muscle, difference)
"""What is asked about a unit, whether the face shows it or not."""
