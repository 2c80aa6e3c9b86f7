"""Recognition of questions that ask for an emotion."""

from __future__ import annotations

from emola.bench.asked.kinds import kinds
from emola.faba.movement_only import asks_for_emotion
from emola.faba.movements import MOVEMENTS
from emola.faba.prompts import QUESTIONS, STARTER_QUESTIONS, follow_up

SLOTS = {
    "emotion": "sadness", "adjective": "sad", "more": "sadder", "rival": "afraid", "rival_noun": "fear",
    "choice_a": "sad", "choice_b": "angry", "unit": "AU12", "other": "AU4", "code": "12", "label": "AU12",
    "name": "lip corner puller", "part": "mouth", "gist": "the lip corners go up", "movement": "lip corners",
    "asked": "Is there a smile?", "are": "is", "do": "does",
}  # fmt: skip
"""Words for the slots of any phrasing."""

NAMING = (
    "emotion feelings emotion_yes_no choice why_not change ruled_out valence arousal posed mixed"
    " correct_emotion list_and_emotion"
).split()
"""Kinds whose questions tell by themselves that they ask for an emotion."""
OF_MOVEMENTS = (
    "list codes facs_code count upper lower absent strongest weakest sides unit_side yes_no pair compare"
    " level levels unit_scale unit_percent why_unit sure_unit where movement brows eyes cheeks nose mouth"
    " chin hidden bare correct_unit confusion other_side it_sure it_why it_strength it_muscle it_look"
    " and_part and_unit what_is code_of look muscle difference same_unit describe"
).split()


def share(names: list[str]) -> float:
    """Return the share of the questions of some kinds that are taken as questions for an emotion."""
    asked = [phrase.format(**SLOTS) for name in names for phrase in kinds()[name].phrasings]
    return sum(map(asks_for_emotion, asked)) / len(asked)


def test_recognises_questions_that_the_patterns_were_not_written_for() -> None:
    """The questions that measure the model are not those of its corpus, which the patterns follow."""
    assert share(NAMING) >= 0.9
    assert share(OF_MOVEMENTS) <= 0.02


ABOUT_MOVEMENTS = [
    *QUESTIONS["au"],
    *(follow_up(code) for code in MOVEMENTS),
    *(ask for words in MOVEMENTS.values() for ask in words.asks),
    "Why?", "Are you sure?", "How strong is it?", "What does the mouth do?", "Is he smiling?",
    "Describe the face from brow to chin, no emotion please.",
    "Describe the movements without naming an emotion.",
    "Report what the face does, emotion aside.", "Is the smile stronger on the left?",
    "Welche AUs siehst du?", "Lächelt er auf dem Foto?", "¿Frunce el ceño?", "嘴角上扬了吗？",
]  # fmt: skip

ABOUT_EMOTIONS = [
    *sorted({*QUESTIONS["emotion"]} - {"Describe what you see in this face."}),
    STARTER_QUESTIONS[2], STARTER_QUESTIONS[3], "HAPPY?", "is she hap-py", "s a d ?",
    "Does he look neutral?", "whats her mood", "What does her face tell you?", "Is that a real smile?",
    "How does she feel?", "In a good mood?", "Would you call it positive or negative?",
    "Is he without emotion?", "angry or afraid?", "Welches Gefühl zeigt sie?", "Ist er wütend?",
    "Wie ist er gerade drauf?", "Ist das Lächeln echt?", "¿Qué emoción muestra?", "¿Está triste?",
    "¿La sonrisa es fingida?", "这张脸显示了什么情绪？", "他高兴吗？", "这个笑容是真的吗？",
    "Which emotion do AU6 and AU12 suggest?", "AUs and emotion pls",
]  # fmt: skip


def test_lets_questions_about_movements_pass() -> None:
    assert [question for question in ABOUT_MOVEMENTS if asks_for_emotion(question)] == []


def test_recognises_questions_for_an_emotion() -> None:
    assert [question for question in ABOUT_EMOTIONS if not asks_for_emotion(question)] == []
