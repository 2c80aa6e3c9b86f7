"""Question wordings for each task, starter questions of the page, and follow-ups about action units."""

from __future__ import annotations

MAX_QUESTION = 2000
"""Maximum length of a question, in characters; prefilling a longer one would stall other conversations."""

READ_REQUEST = "Read the face."
"""Request of the hidden first exchange, in which a model writes its reading of the face."""

QUESTION = {
    "emotion": "Which emotion does this face show, and why?",
    "au": "Which action units are active in this face?",
}
"""Wording per task with which EmoLA-Nano is evaluated and annotates."""

PUBLISHED_QUESTION = {
    "emotion": "What emotions are conveyed by this face?",
    "au": "What AUs are conveyed by this face?",
}
"""Wording per task of the published evaluation (EmoLA, ``emollava/eval/eval_FABA.py``)."""

QUESTIONS: dict[str, tuple[str, ...]] = {
    "emotion": (
        QUESTION["emotion"],
        "What emotion do you see?",
        "Which emotion is this?",
        "Describe the emotion in this face.",
        "What does this expression show?",
        "How would you describe the facial expression?",
        "What is the emotion of this face?",
        "Tell me about the expression in this picture.",
        "Please describe the facial expression and the emotion behind it.",
        "What feeling does this face express?",
        "Is this face happy, sad, or something else?",
        "What is the overall emotional impression?",
        "Read the emotion from this face, please.",
        "What mood does the expression suggest?",
        "Which of the basic emotions fits this face best?",
        "Can you tell the emotion from the facial movements?",
        "What kind of expression is this?",
        "Describe what you see in this face.",
        "Name the emotion and explain it by the movements.",
        "Which emotion would you give this picture?",
        "What emotion is shown here, and what makes you say so?",
        "How does the expression look to you?",
        "What can you say about the emotion in the photo?",
        "Explain the emotion by what the face does.",
        "Which emotion comes across here?",
        "Give me the emotion, with reasons.",
        "What's the expression?",
        "Emotion?",
        "Does the face look happy, angry, afraid or neutral?",
        "Analyse the facial expression.",
    ),
    "au": (
        QUESTION["au"],
        "Which action units are active?",
        "Which AUs do you see?",
        "List the active action units.",
        "List all AUs with a short description.",
        "What facial action units are present?",
        "Which facial muscles are moving?",
        "Can you name the action units in this face?",
        "Code this face in FACS, please.",
        "Give me the FACS coding.",
        "Which movements does this face make?",
        "What action units can be seen here?",
        "Please list the AUs.",
        "Identify the facial action units in this image.",
        "What AUs are on?",
        "Tell me which action units this face shows.",
        "Which FACS units are visible?",
        "Describe the facial movements as action units.",
        "What are the active AUs, and what do they look like?",
        "Name each action unit that is active.",
        "Which action units are at work in this picture?",
        "Analyse the action units.",
        "AUs?",
        "What would a FACS coder write down for this face?",
        "Break the expression down into action units.",
        "Which parts of the face are active, in FACS terms?",
        "Go through the action units that you can see.",
        "What is the AU coding of this face?",
    ),
}
"""Wordings by task, "emotion" or "au"; the first of each is that of :data:`QUESTION`."""

STARTER_QUESTIONS = (
    QUESTION["emotion"],
    QUESTION["au"],
    "Which movements support this emotion, and what speaks against it?",
    "Is this smile felt or posed?",
)
"""Questions that the page offers before the first turn."""

MOVEMENT_QUESTIONS = (
    QUESTION["au"],
    "Which unit is the strongest?",
    "Is the movement even on both sides?",
    "What does the mouth do?",
    "What do the brows do?",
)
"""Questions about movements alone, which the page offers where none about an emotion may be asked."""


def follow_up(code: int) -> str:
    """Return the page's one-click question about an action unit."""
    return f"Is AU{code} active, and how strongly?"


def doubt(code: int, *, active: bool) -> str:
    """Return the page's one-click question about a unit that an answer calls active or inactive."""
    return f"How sure are you about AU{code}?" if active else f"How sure are you that AU{code} is not active?"
