"""Withholding of emotion words from finished and streamed texts."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest

from emola.faba import ACTION_UNITS, ADJECTIVES, EMOTIONS, read_action_units, read_emotion
from emola.faba.emotions import SUGGESTIVE, SYNONYMS
from emola.faba.movement_only import WITHHELD, GrowingMask, StreamMask, mask_emotions, mask_stream
from emola.faba.movements import MOVEMENTS

WORDS = sorted(
    {
        word
        for emotion in EMOTIONS
        for word in (emotion, ADJECTIVES[emotion], *SYNONYMS[emotion], *SUGGESTIVE[emotion])
    }
)
RECITAL_18 = (
    "happiness sadness anger surprise disgust embarrassment excitement shame contempt satisfaction amusement"
).split()
"""The emotions that Recital 18 of the AI Act names."""

MOVEMENTS_IN_WORDS = [
    *(unit.appearance for unit in ACTION_UNITS.values()),
    *(f"AU{unit.code} ({unit.name}) comes from the {unit.muscle}." for unit in ACTION_UNITS.values()),
    *(near.difference for unit in ACTION_UNITS.values() for near in unit.neighbours),
    *(clause.format(how="strongly ") for words in MOVEMENTS.values() for clause in words.clauses),
    *(text for words in MOVEMENTS.values() for text in (*words.acts, *words.gists, *words.asks)),
    "The lip corners are pulled up, as in a smile, and the brows are knitted into a frown.",
    "He grins, squints, pouts, scowls and sneers. The lip corners are depressed, the lids relaxed.",
    "AU12 could be confused with AU14. The mouth is composed of two lips. The lips feel no tension.",
    "The picture looks good, the eyes look down, and the face looks tired and in pain.",
    "This happens at the mouth; a stranger in danger, please, with a scar on the cheek.",
    '{"action_units": {"AU6": "C", "AU12": "D"}, "sure": true}',
    "Brows level, eyes narrowed, cheeks raised, mouth open, lips corners up. View: turned left.",
]

TEXTS = [
    "The face looks clearly happy. The lip corners are pulled up (AU12), which fits happiness.",
    "Not an angry face, but an ANXIOUS one: sur-\nprised-looking, un-happy, h a p p y. He feels very low.",
    '{"emotion": "happiness", "is_sad": false, "AngerScore": 0.1, "second": "fear"}',
    "Happiness clear, then surprise.",
    "She looks a bit cross and confused, with a blank, serious expression… 面无表情，不高兴。 Wütend? 😊",
    "The movements do not add up to an emotion. The content of the face is calm, composed of rest.",
    *MOVEMENTS_IN_WORDS[-6:],
]


@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
def test_withholds_every_emotion_word(change: Callable[[str], str]) -> None:
    """Guards against words that a reader of answers knows and the mask does not."""
    for word in WORDS + RECITAL_18:
        text = change(f"The face looks {word} to me.")
        masked, count = mask_emotions(text)
        assert count == 1 and WITHHELD in masked, text
        assert word.split()[-1] not in masked.lower().split(), text
        assert read_emotion(masked) is None, text


FORMS = {
    "surprised-looking": "[withheld]-looking",
    "A happy-go-lucky face": "A [withheld]-go-lucky face",
    "signs of angers and sadnesses": "signs of [withheld] and [withheld]",
    "an angry face, An Anxious one": "a [withheld] face, A [withheld] one",
    "hap-\npy": "[withheld]",
    "**hap**py and h\u00adappy": "**[withheld] and [withheld]",
    "h-a-p-p-y or s a d": "[withheld] or [withheld]",
    "ｓａｄ, sa\u200bd": "[withheld], [withheld]",
    "isHappy=1; fear_level: 2": "is[withheld]=1; [withheld]_level: 2",
    "He's cross.": "He's [withheld].",
    "He feels down, she looks down.": "He feels [withheld], she looks down.",
    "a blank stare": "a [withheld] stare",
    "There is no clear emotion.": "There is no clear [withheld].",
    "She seems, overall, unhappy": "She seems, overall, [withheld]",
    "Angrily! 😡": "[withheld]! [withheld]",
    "Er ist wütend und glücklich.": "Er ist [withheld] und [withheld].",
    "Está triste. 他很高兴。": "Está [withheld]. 他很[withheld]。",
    "a genuine smile": "a [withheld] smile",
    "The valence is negative.": "The [withheld] is [withheld].",
    "The mood is good. The smile is forced.": "The mood is [withheld]. The smile is [withheld].",
    "The expression is friendly, warm.": "The expression is [withheld], [withheld].",
    "She looks relaxed. The mouth looks relaxed.": "She looks [withheld]. The mouth looks relaxed.",
}
"""Texts, and the same with emotion words withheld."""


def test_withholds_any_form() -> None:
    assert {text: mask_emotions(text)[0] for text in FORMS} == FORMS


def test_keeps_movements() -> None:
    """Guards against descriptions of a face that nobody can read."""
    assert [text for text in MOVEMENTS_IN_WORDS if mask_emotions(text) != (text, 0)] == []


def test_keeps_json_valid() -> None:
    text = json.dumps(
        {"AU12": "D", "emotion": "happiness", "scores": {"fear": 0.1, "joy": 0.9}, "n": ["sad"]}
    )
    masked, count = mask_emotions(text)
    assert count == 4
    assert json.loads(masked)["emotion"] == WITHHELD


def test_keeps_the_action_units_of_an_answer() -> None:
    text = "AU6 and AU12 are active, so she looks happy. AU4 is not active, as she is not angry."
    assert read_action_units(mask_emotions(text)[0]) == read_action_units(text) == [6, 12]


@pytest.mark.parametrize("text", TEXTS)
def test_a_stream_gives_the_masked_text_whatever_its_pieces(text: str) -> None:
    """Guards against a word that is shown because it was split over two pieces."""
    whole = mask_emotions(text)
    rng = random.Random(text)
    cuts = [list(range(1, len(text)))]
    cuts += [
        sorted(rng.sample(range(1, len(text)), rng.randint(1, min(12, len(text) - 1)))) for _ in range(60)
    ]
    for places in cuts:
        mask = StreamMask()
        pieces = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
        assert "".join([*map(mask.push, pieces), mask.finish()]) == whole[0]
        assert mask.count == whole[1]


def test_a_stream_of_pieces_is_masked_as_a_whole() -> None:
    pieces = ["The face looks ha", "pp", "y", "", ", not sad."]
    assert "".join(mask_stream(pieces)) == "The face looks [withheld], not [withheld]."
    assert "" not in mask_stream(pieces)


@pytest.mark.parametrize("text", TEXTS)
def test_a_growing_text_shows_the_beginning_of_the_masked_text(text: str) -> None:
    """Guards against half a word that is withheld later."""
    whole, _ = mask_emotions(text)
    mask = GrowingMask()
    shown = [mask.update(text[:end]) for end in range(0, len(text) + 1, 3)]
    assert all(whole.startswith(part) for part in shown)
    assert [len(part) for part in shown] == sorted(len(part) for part in shown)


def test_a_stream_stays_close_behind() -> None:
    """Guards against a mask that shows an answer only at its end."""
    text = " ".join(MOVEMENTS_IN_WORDS[:20])
    mask, shown = StreamMask(), 0
    for count, letter in enumerate(text, start=1):
        shown += len(mask.push(letter))
        assert count - shown <= 50
