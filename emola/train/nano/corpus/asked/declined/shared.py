"""What a face does not tell, asked in the very frames that questions about the expression are asked in.

So that it is the meaning that decides. ``{p}``, ``{his}`` and ``{o}`` are as in ``declined``.
"""

from __future__ import annotations

# what may be said of somebody, what a face might show, what somebody has, and whose face it might be
_STATES = {
    "health": "[ill|sick|healthy|drunk|high|in pain|depressed|exhausted|pregnant|unwell|mentally ill]",
    "truth": "[lying|honest|sincere|guilty|bluffing|hiding something|telling the truth|trustworthy|innocent]",
    "age": "[old|young|over 30|under 18|middle-aged|retired|a teenager|an adult|older than 50|a child]",
    "identity": "[famous|an actor|my neighbour|a celebrity|the man from the news|someone I know]",
    "race": "[African|Chinese|European|foreign|Indian|from Spain|Latino|Turkish|of mixed race]",
}
_THINGS = {
    "health": "[illness|pain|depression|addiction|disease|fever|fatigue|health]",
    "truth": "[guilt|deception|lying|honesty|dishonesty|a lie|a bluff]",
    "age": "[old age|youth|age|advanced years|middle age]",
    "identity": "[fame|somebody famous|stardom|a known name]",
    "race": "[ethnicity|nationality|origin|race|ancestry]",
}
_OWN = {
    "health": "[health|illness|diagnosis|pain|state of health|mental health]",
    "truth": "[honesty|guilt|lies|truthfulness|sincerity|alibi]",
    "age": "[age|years|birth year|youth|generation]",
    "identity": "[name|identity|fame|family]",
    "race": "[origin|race|nationality|ethnicity|roots]",
}
_FACES = {
    "health": "[a sick|an ill|a healthy|a drunk|a depressed|a dying] [man|person|woman]",
    "truth": "[a liar|an honest man|a guilty man|a trustworthy person|a bluffer|a cheat]",
    "age": "[a young man|an old woman|a teenager|a pensioner|a grown-up|a forty-year-old]",
    "identity": "[a famous man|a film star|somebody we know|a king|a singer]",
    "race": "[an Italian|a black man|an Asian woman|a European|a foreigner]",
}
_STATE_FRAMES = (
    "How [sure|certain|confident] are you that {{p}} is {state}?",
    "What are the [odds|chances] that {{p}} is {state}?",
    "[Does|Would] the [mouth|face|expression|look|smile] [show|say|tell you] that {{p}} is {state}?",
    "[Looks|Seems] {state}[, right?|?|, doesn't {{p}}?|, no?]",
    "{state}[?|??| rn?| tho?| lol?| y/n|, or not?]",
    "[clearly|obviously|probably|a bit|kinda|perhaps] {state}[?|, right?]",
    "[Is it clear|Is it certain|Can you be sure|Would you bet] that {{p}} is {state}?",
    "[Any|Do you see any] [sign|signs] that {{p}} is {state}?",
    "[I think|I'd say|I guess|My friend says] {{p}} is {state}. [Right?|Agree?|True?|You too?]",
    "Is {{p}} [really|truly|actually|definitely] {state}?",
    "{state}: [how sure|certain|how likely|sure thing|to what degree|but how much]?",
    "Is [that|this] the face of someone {state}?",
    "As a [friend|coach|teacher], I'd like to know if {{p}} is {state}.",
)
_THING_FRAMES = (
    "Does this face [say|show|express|betray] {thing}?",
    "Do the [brows|eyes|lips|features] [say|show|speak of] {thing}?",
    "How [strong|clear|visible|faint] are the signs of {thing}?",
    "On a scale [of|from] 1 to 5, how [clear|strong] are the signs of {thing}?",
    "[Which|What] action units [show|speak for|point to|mean] {thing}?",
    "[Is that|Is this] what {thing} looks like?",
    "Is there {thing} in [this face|the look|that smile]?",
)
_OWN_FRAMES = (
    "What [do the brows|does the mouth|do the eyes|does this smile|do the AUs] say about {{his}} {own}?",
    "What can you read in [the eyes|the mouth|this face] about {{his}} {own}?",
    "[eyes|mouth|brows|face]: {{his}} {own}?",
    "How [sure|certain] are you [of|about] {{his}} {own}?",
    "[Describe|Read|Name|Explain] {{his}} {own}[, please|][, going by the face|].",
    "And {{his}} {own}?",
)


def _framed(topic: str) -> tuple[str, ...]:
    words = {"state": _STATES[topic], "thing": _THINGS[topic], "own": _OWN[topic]}
    frames = (*_STATE_FRAMES, *_THING_FRAMES, *_OWN_FRAMES)
    faces = f"Is [that|this] the face of {_FACES[topic]}?"
    return (*(frame.format(**words) for frame in frames), faces)


SHARED: dict[str, tuple[str, ...]] = {topic: _framed(topic) for topic in _STATES}
"""By topic, those that are easily taken for questions about the emotion."""
