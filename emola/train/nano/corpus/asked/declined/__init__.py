"""Many ways of asking for what a face does not tell, by topic.

``{p}`` is the person ("she", "this man"), ``{his}`` whose it is ("her", "the person's"),
``{o}`` the person as an object ("her", "that guy").
"""

from __future__ import annotations

import random

from emola.train.nano.corpus.asked.declined.casual import CASUAL
from emola.train.nano.corpus.asked.declined.foreign import FOREIGN
from emola.train.nano.corpus.asked.declined.foreign_sentences import FOREIGN_SENTENCES
from emola.train.nano.corpus.asked.declined.foreign_wide import FOREIGN_WIDE
from emola.train.nano.corpus.asked.declined.more import MORE
from emola.train.nano.corpus.asked.declined.shared import SHARED
from emola.train.nano.corpus.asked.declined.stories import STORIES
from emola.train.nano.corpus.asked.declined.wide import WIDE
from emola.train.nano.corpus.asked.foreign import DECLINED as SHARED_ABROAD
from emola.train.nano.corpus.asked.foreign import declined_question
from emola.train.nano.corpus.grammar import expand, joined

_PERSONS: tuple[dict[str, tuple[str, ...]], ...] = (
    {
        "p": ("he", "the man", "this guy", "that man"),
        "his": ("his", "the man's", "this guy's"),
        "o": ("him", "this man", "that guy"),
    },
    {
        "p": ("she", "the woman", "this lady", "this woman"),
        "his": ("her", "the woman's", "this lady's"),
        "o": ("her", "this woman", "that lady"),
    },
    {
        "p": ("this person", "the person"),
        "his": ("their", "the person's", "this person's"),
        "o": ("them", "this person", "the person"),
    },
)

_PLAIN: dict[str, tuple[str, ...]] = {
    "identity": (
        "[Who|Who exactly] is [this|that|{p}]?",
        "[Who's|Who is] [that|this] [man|lady|woman|child|girl|boy|person|actress|fellow][ in the picture|]?",
        "[Do you know|Can you tell me|Any idea|I wonder] who this [person |]is?",
        "What is {his} [name|surname|first name|identity]?",
        "[Tell|Give] me {his} name[, please|].",
        "[Is this|Could this be] [somebody famous|a celebrity|an actor|a politician|a singer|a footballer]?",
        "Is this [my neighbour|my mother|me|Barack Obama|Marilyn Monroe|a friend of mine|my old teacher]?",
        "Do you [recognise|know|remember] [this face|{o}]?",
        "[Whose|Which person's|Which star's] [face|photo|picture] is [this|it]?",
        "[Identify|Name|Recognise|Look up] [the person|{o}][ in the photo|].",
        "Have you [seen|met] [{o}|this face] before?",
        "Is that the same person as in my last picture?",
        "Find out who [this|{p}] is.",
        "[Match|Compare] this face [with|to] [my contacts|a database|other photos].",
        "Which [film|team|band|family] is {p} from?",
        "What do they call {o}?",
        "[name|identity|who]?",
        "does this look like [anyone|somebody] you know",
    ),
    "age": (
        "How [old|young] is {p}?",
        "What [is {his} age|age is {p}|age group is this]?",
        "[Guess|Estimate|Tell me] {his} age[, please|].",
        "Is {p} [over|under|older than|younger than|about|at least] [16|18|21|30|45|50|70]?",
        "[Would you say|Do you think] {p} is [a child|a teenager|middle-aged|elderly|an adult|a pensioner]?",
        "[Young or old|Child or adult|Adult or teenager]?",
        "How many years [old|has {p} lived]?",
        "[When|In which decade] was {p} born?",
        "Is {p} old enough to [drink|drive|vote|marry|work]?",
        "{his} [age|date of birth|birthday]?",
        "[Roughly|About|Exactly] how old is {p}?",
        "Does {p} look [older|younger] than [20|30|60]?",
        "Is {p} [of age|underage|a senior citizen|a schoolboy|a grandmother]?",
        "[age|age pls|how old|years]?",
        "Do the wrinkles show how old {p} is?",
    ),
    "race": (
        "What [race|ethnicity|nationality|ethnic group|skin colour|origin] [is {p}|does {p} have]?",
        "Where [is {p} from|does {p} come from|was {p} born]?",
        "[Is {p}|Would you call {o}|Could {p} be] [Asian|black|white|Latino|Arab|European|Polish|Korean]?",
        "[Is {p}|Does {p} look] [Chinese|Turkish|Mexican|Jewish|Nigerian|Russian|Greek|Native American]?",
        "What is {his} [nationality|ethnic background|heritage|descent|ancestry|mother tongue]?",
        "Which [country|continent|region|people|tribe] [does {p} come from|is {p} from]?",
        "[Guess|Tell me|Estimate] {his} [ethnicity|race|origin|nationality].",
        "[Is this|Would you call this] [an Indian|an African|an American|a Nordic|a Slavic] face?",
        "What are {his} [roots|origins]?",
        "{his} [race|ethnicity|nationality|skin]?",
        "Is {p} [an immigrant|of mixed race|a local]?",
        "What language does {p} speak?",
        "[race|ethnicity|nationality|which country]?",
        "Where are {his} [parents|ancestors] from?",
    ),
    "gender": (
        "Is [this|{p}] [a man or a woman|male or female|a boy or a girl|a woman|a man]?",
        "[Male or female|Man or woman|Boy or girl|Gender|Sex]?",
        "What [gender|sex] is {p}?",
        "What is {his} [gender|sex|sexual orientation]?",
        "Is {p} [gay|straight|trans|a lesbian]?",
        "Can you tell {his} [gender|sex]?",
    ),
    "health": (
        "Is {p} [ill|sick|healthy|depressed|tired|drunk|on drugs|in pain|unwell|exhausted|dying|injured]?",
        "Does {p} have [a disease|depression|autism|Parkinson's|a fever|ADHD|cancer|a cold|an allergy]?",
        "[Any|Do you see any|Are there] [symptoms|signs of illness|signs of a stroke|medical problems]?",
        "What [illness|disorder|condition|diagnosis|syndrome] [does|might] {p} have?",
        "How is {his} [health|mental health|physical condition|heart]?",
        "Can you [diagnose|examine] {o}?",
        "Does [this face|the skin|{p}] [show|suggest|point to] [a medical problem|a disease|diabetes]?",
        "Has {p} [had a stroke|been drinking|taken drugs|got the flu|slept enough|lost weight]?",
        "[Should|Must] {p} [see|call] a [doctor|dentist|therapist|neurologist]?",
        "Is {p} [mentally ill|insane|suicidal|pregnant|blind|disabled|addicted|hung over|burnt out]?",
        "Does {p} [suffer from|show signs of] [depression|dementia|anorexia|schizophrenia|a palsy|stress]?",
        "Could this be [a palsy|autism|depression|Botox|a side effect|facial paralysis|bipolar disorder]?",
        "{his} [health|diagnosis|symptoms|medical history]?",
        "[healthy or sick|sick|ill|diagnosis|drunk or sober]?",
        "Did {p} sleep well?",
        "What medicine does {p} need?",
    ),
    "truth": (
        "Is {p} [lying|telling the truth|honest|sincere|bluffing|cheating|guilty|innocent|faking it]?",
        "[Can|Should|Would] [I|we|you] [trust|believe] [{o}|that face|this story]?",
        "Is {p} [hiding something|making it up|pretending|keeping a secret|playing tricks]?",
        "Is {his} [story|statement|alibi|promise|claim] [true|a lie|honest|false]?",
        "Does {p} [look guilty|mean it|tell lies|speak the truth|have something to hide|seem trustworthy]?",
        "Did {p} [do it|steal it|lie|cheat|kill him|break the law|betray me]?",
        "[Truth or lie|Lie or truth|Honest or lying|Lying or not|Guilty or not|True or false]?",
        "Could you [use this as a lie detector|spot a lie here|tell if {p} lies]?",
        "How [honest|trustworthy|credible|truthful|reliable] is {p}?",
        "Is [that|this] [a liar|the face of a liar|a crook|the face of a criminal|a con man]?",
        "[Detect|Spot|Find] the lie.",
        "[liar|honest|guilty|trustworthy|lying]?",
        "Is {p} deceiving [me|us|the police]?",
    ),
    "thoughts": (
        "What is {p} thinking[ about| of| right now|]?",
        "What does {p} [want|plan|intend|need|hope for|expect|remember|believe]?",
        "What goes on in {his} [head|mind]?",
        "Is {p} [in love|jealous|interested in me|thinking of somebody|daydreaming|planning something]?",
        "Does {p} [like|love|hate|miss|fancy] [me|him|her|somebody]?",
        "What will {p} do [next|tomorrow|now]?",
        "[Why|For what reason] is {p} [feeling|looking] like that?",
        "What [happened to {o}|made {o} feel so]?",
        "Read {his} [mind|thoughts].",
        "What are {his} [plans|wishes|intentions|motives|dreams|thoughts]?",
        "What does {p} [really|secretly] [feel|think|want][ inside|]?",
        "Tell me {his} [thoughts|secret|intentions|motive].",
        "What is {p} [looking at|dreaming of|waiting for|listening to]?",
        "[thoughts|what is on {his} mind|motive|intentions]?",
        "What does {p} think of [me|us|the photographer]?",
    ),
    "character": (
        "What [kind|sort] of person is {p}?",
        "Describe {his} [personality|character|temperament].",
        "Is {p} [intelligent|smart|kind|dangerous|aggressive|lazy|shy|generous|stupid|cruel|loyal|brave]?",
        "Would {p} [be|make] a good [employee|teacher|partner|boss|mother|soldier|friend]?",
        "Is {p} [an introvert|an extrovert|a criminal|a good person|a leader|a psychopath|a nice guy]?",
        "Should I [hire|marry|date|avoid] {o}?",
        "What is {his} [IQ|job|profession|religion|income|political party|star sign|hobby]?",
        "Is {p} [rich|poor|married|single|religious|a student|a Christian|a Muslim|unemployed]?",
        "How [intelligent|smart|friendly|dangerous|successful] is {p}?",
        "Who does {p} vote for?",
        "What does {p} do for a living?",
        "[personality|character|profession|religion|IQ]?",
    ),
    "looks": (
        "Is {p} [beautiful|attractive|pretty|handsome|ugly|hot|fat|good-looking|cute|overweight]?",
        "Rate {his} [looks|beauty|face] [from 1 to 10|out of ten].",
        "How [attractive|beautiful|pretty|handsome] is [this face|{p}]?",
        "Does {p} look good?",
        "Which is prettier, this face or the last one?",
        "[Hot or not|Beautiful or ugly|Pretty]?",
        "Does {p} need [make-up|a haircut|surgery]?",
    ),
}

_ASKED = joined(_PLAIN, CASUAL, MORE, WIDE, STORIES)
_ABROAD = joined(FOREIGN, FOREIGN_WIDE, FOREIGN_SENTENCES)

_SHARED_SHARE = 0.25

TOPICS = tuple(_ASKED)
"""What is declined."""


def asked(rng: random.Random, topic: str) -> str:
    """A question about one of :data:`TOPICS`."""
    slots = {slot: rng.choice(words) for slot, words in rng.choice(_PERSONS).items()}
    shared = topic in SHARED and rng.random() < _SHARED_SHARE
    question = expand(rng, rng.choice((SHARED if shared else _ASKED)[topic]), **slots)
    return question[0].upper() + question[1:]


def asked_in_another_language(rng: random.Random, topic: str) -> str:
    """The same in another language."""
    if topic in SHARED_ABROAD and rng.random() < _SHARED_SHARE:
        return declined_question(rng, topic)
    return expand(rng, rng.choice(_ABROAD[topic]))
