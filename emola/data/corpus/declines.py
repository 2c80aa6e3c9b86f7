"""What a face does not tell: many ways of asking for it, and one-sentence answers that decline."""

from __future__ import annotations

import random

from emola.data.corpus.grammar import expand, sentences

_TOPICS: dict[str, tuple[tuple[str, ...], ...]] = {  # questions, clauses, nouns
    "identity": (
        (
            "Who is [this|he|she|that|the person]?",
            "[Do you know|Can you tell me] who this [person |]is?",
            "What is [his|her|the person's] name?",
            "Is this [somebody|someone|anyone] famous?",
            "Do you recognise [this face|him|her|this person]?",
            "Is this [a celebrity|an actor|a politician|my neighbour]?",
            "Whose face is this?",
            "Can you identify the [person|man|woman]?",
            "Name the person in the photo.",
            "Have you seen this person before?",
            "Is that the same person as in my last picture?",
            "Find out who this is.",
            "[Who's|Who is] [that|this] [guy|lady|man|woman|child|person|actress]?",
            "Do you know [him|her|this face]?",
            "[Tell|Give] me [his|her|their|the] name[, please|].",
            "Who am I looking at?",
            "Is this [me|my mother|the president|a famous singer]?",
            "Does [he|she|this] look like [anyone you know|somebody famous]?",
            "[Match|Compare] this face [with|to] [a name|a database].",
            "Which [actor|politician|person] is [this|that]?",
        ),
        ("who this is", "who this person is", "who somebody is"),
        ("identity", "a person's name", "anyone's identity"),
    ),
    "age": (
        (
            "How old is [this person|he|she|the man|the woman]?",
            "What age is [this person|he|she]?",
            "Guess the age[, please|].",
            "Is [he|she|this person] [over|under] [18|30|50]?",
            "What is [his|her|the person's] age?",
            "Estimate how old [he|she|the person] is.",
            "[Is this|Would you say this is] a [child|teenager|pensioner]?",
            "Young or old?",
            "How many years old do you think?",
            "When was this person born?",
            "Is the person old enough to drink?",
            "[His|Her|The person's] age?",
            "About how old [is|would you say] [he|she|this one]?",
            "[Is|Would] [he|she] [be |]in [his|her] [twenties|forties|sixties]?",
            "How many birthdays has [he|she] had?",
            "[Is it|Is that] an old [man|woman|person]?",
            "Does [he|she] look older than [20|40|60]?",
            "[Year|Decade] of birth?",
            "Is [he|she] a minor?",
        ),
        ("how old someone is", "anyone's age", "how old the person is"),
        ("age", "a person's age"),
    ),
    "race": (
        (
            "What [race|ethnicity] is [this person|he|she]?",
            "Where is [this person|he|she] from?",
            "Is [he|she|the person] [Asian|black|white|Latino|Arab|European]?",
            "What is [his|her|the person's] [nationality|ethnic background|origin]?",
            "Which country does [he|she] come from?",
            "What skin colour is that?",
            "Guess the ethnicity.",
            "Is this an [Indian|African|American] face?",
            "What are the person's roots?",
            "[His|Her|Their] [race|ethnicity|nationality]?",
            "Is [he|she|this] [Chinese|Turkish|Mexican|Jewish|Nigerian|Russian]?",
            "What ethnic group [is this|does she belong to|does he belong to]?",
            "[Where|Which part of the world] was [he|she] born[ in|]?",
            "Does [he|she] look [foreign|European|Middle Eastern]?",
            "What is the colour of [his|her] skin?",
            "What language does [he|she] speak?",
            "Tell me about [his|her] [ancestry|heritage|descent].",
        ),
        ("where someone comes from", "where a person's family is from", "anyone's origin"),
        ("race", "ethnicity", "origin", "race or ethnicity"),
    ),
    "gender": (
        (
            "Is this a man or a woman?",
            "Male or female?",
            "What gender is [this|the person]?",
            "Is it a boy or a girl?",
            "What is the [sex|gender] of this person?",
            "Is the person [gay|straight|trans]?",
        ),
        ("what gender someone is", "anyone's gender", "a person's gender"),
        ("gender", "gender or orientation"),
    ),
    "health": (
        (
            "Is [he|she|this person] [ill|sick|healthy|depressed|tired|drunk|on drugs|in pain]?",
            "Does [he|she] have [a disease|depression|autism|a stroke|Parkinson's]?",
            "What is [his|her] [health|mental health] like?",
            "Can you diagnose [this person|him|her]?",
            "Does this face show a medical problem?",
            "Is that a sign of illness?",
            "Has the person had a stroke?",
            "Does [he|she] need a doctor?",
            "Is this person mentally ill?",
            "Any symptoms?",
            "Did [he|she] sleep well?",
            "Is [he|she] [feeling sick|unwell|in good health|on medication|exhausted|suicidal]?",
            "[His|Her] health?",
            "Could this be [a palsy|autism|depression|Botox]?",
            "What [illness|disorder|condition] might [he|she] have?",
            "Does [he|she] [suffer from|show signs of] [depression|anxiety disorder|dementia]?",
            "Has [he|she] been [drinking|taking drugs]?",
            "Should [he|she] see a [doctor|therapist]?",
            "Is [he|she] pregnant?",
        ),
        ("how healthy someone is", "whether someone is ill", "how well someone is"),
        ("health", "illness", "anyone's health"),
    ),
    "truth": (
        (
            "Is [he|she|this person] lying?",
            "Is [he|she|the person] telling the truth?",
            "Can [he|she|this person] be trusted?",
            "Is this person honest?",
            "Does [he|she] look guilty?",
            "Is [he|she] hiding something?",
            "Would you believe [him|her]?",
            "Is that a liar?",
            "Could you use this as a lie detector?",
            "Is [he|she] bluffing?",
            "Did [he|she] do it?",
            "Is [he|she] being sincere?",
            "[Honest or lying|Lying or not|True or false]?",
            "Does [he|she] mean it?",
            "Is [he|she|that] [deceiving|fooling|cheating] [me|us|someone]?",
            "Can I [trust|believe] [him|her|this person|that face]?",
            "Did [he|she] [steal|commit|cheat|lie about] it?",
            "Is [his|her] story true?",
            "How [honest|trustworthy|credible|truthful] is [he|she|this person]?",
            "Is this the face of a [liar|criminal|guilty man]?",
        ),
        ("whether someone tells the truth", "whether someone is lying", "whether to trust a person"),
        ("honesty", "truth or lies", "trust"),
    ),
    "thoughts": (
        (
            "What is [he|she|this person] thinking[ about|]?",
            "What does [he|she] want?",
            "What goes on in [his|her] [head|mind]?",
            "Is [he|she] in love?",
            "Does [he|she] like me?",
            "What will [he|she] do next?",
            "Why is [he|she] [feeling|looking] like that?",
            "What happened to [him|her]?",
            "Read [his|her] mind.",
            "Is [he|she] thinking of somebody?",
            "What are [his|her] plans?",
            "What does [he|she] really feel inside?",
            "Is [he|she] interested in me?",
            "What's on [his|her] mind?",
            "Tell me [his|her] [thoughts|secret|intentions].",
            "What is [he|she] [looking at|planning|dreaming of|worried about]?",
            "Does [he|she] [love|hate|miss] [me|him|her|somebody]?",
            "Why is [he|she] so [happy|sad|angry]?",
            "What caused this [feeling|emotion|reaction]?",
        ),
        ("what someone thinks", "what goes on in a person's mind", "what a person wants"),
        ("a person's thoughts", "what someone thinks", "what a person has in mind"),
    ),
    "character": (
        (
            "What kind of person is [this|he|she]?",
            "Describe [his|her] [personality|character].",
            "Is [he|she|this person] [intelligent|smart|kind|dangerous|aggressive|lazy]?",
            "Would [he|she] be a good [employee|teacher|partner|boss]?",
            "Is this person [an introvert|an extrovert|a criminal]?",
            "Is [he|she] a good person?",
            "Should I hire [him|her]?",
            "What is [his|her] IQ?",
            "Is [he|she] rich?",
            "What job does [he|she] have?",
            "Who does [he|she] vote for?",
            "What religion is [he|she]?",
            "Is [he|she] [trustworthy as a person|a nice guy|a hard worker|mean|shy|confident|stupid]?",
            "How intelligent is [he|she|this person]?",
            "[His|Her] [job|profession|politics|religion]?",
            "Is [he|she] [married|single|wealthy|a student]?",
        ),
        ("what a person is like", "what kind of person this is", "how someone lives or works"),
        ("character", "personality", "a person's nature"),
    ),
    "looks": (
        (
            "Is [he|she|this person] [beautiful|attractive|pretty|handsome|ugly|hot]?",
            "Rate [his|her|the person's] looks from 1 to 10.",
            "How attractive is [this face|he|she]?",
            "Is this a good-looking person?",
            "Does [he|she] look good?",
            "Which is prettier, this face or the last one?",
            "Is [he|she] fat?",
        ),
        ("how attractive someone is", "whether someone is beautiful"),
        ("beauty", "attractiveness", "good looks"),
    ),
}

_ANSWERS = (
    "I [cannot|can't|am not able to] [tell|say|know|judge] {clause} from [a face|a photo|a picture"
    "|an expression].",
    "[from|by] [a face|a photo|a picture|the face] [alone|] I [cannot|can't|do not] [tell|judge"
    "|say] {clause}.",
    "{noun} is not something [a face tells|I can read from a face|that I judge"
    "|a photo shows][; ask me about the [expression|movements]|].",
    "[that|this] I [cannot|can't|will not] [say|tell|judge]: [a face|a photo"
    "|an expression] does not show {clause}.",
    "[a face|a photo|a picture|an expression] does not [show|tell|reveal"
    "|give away] {clause}[, only its [movements|expression]|].",
    "[sorry, |]I do not [judge|guess|estimate|read] {noun}[; I [describe|read] [expressions"
    "|facial movements|the expression]|].",
    "[sorry, |]I [will|would] not guess {clause}[ from [a face|a photo|a picture]|].",
    "I leave {noun} [aside|out|alone] and [describe|read] only the [expression|movements].",
    "[no photo|no face|no picture|no expression] [tells|shows|gives away] {clause}, [and|so] I [will"
    "|do] not guess.",
    "[I read|I see|a face shows] [movements|expressions], [and they do not [show|tell]|not"
    "|but never] {clause}.",
    "my [subject|field|job|task] is [the expression|facial movement|what the face does], not {noun}.",
    "[about|on|when it comes to] {noun} I [can say nothing|have nothing to say"
    "|stay silent][; I read [expressions|movements]|].",
    "[reading|guessing|judging] {noun} from [a face|a photo|a picture] [would be|is] [mere|pure"
    "|plain] guesswork, so I [don't|do not].",
    "{noun} [lies|is] [beyond|outside] what [a face|a photo|an expression] [shows|tells].",
)

TOPICS = tuple(_TOPICS)
"""What is declined."""


def decline(rng: random.Random, topic: str | None = None) -> tuple[str, str]:
    """A question about one of :data:`TOPICS` (any if None) and the sentence that declines it."""
    questions, clauses, nouns = _TOPICS[topic or rng.choice(TOPICS)]
    answer = expand(rng, rng.choice(_ANSWERS), clause=rng.choice(clauses), noun=rng.choice(nouns))
    return expand(rng, rng.choice(questions)), sentences(answer)
