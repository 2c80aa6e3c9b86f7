"""Texts of the pages for users."""

from __future__ import annotations

from collections.abc import Sequence

from emola.face import MAX_FACES

TITLE = "EmoLA"
TAGLINE = "What a face does, in words"
LIMIT = "It describes visible movements; it does not know what someone feels."
NANO_LIMIT = "Nano is very small and often errs: ask it in English, and check its words against the face."
PRIVACY = (
    "Your photo stays in the memory of the machine that runs this page; it is never written to its disk. "
    "It is gone when you delete it, a minute after you close the page, and after an hour without a question."
)

PHOTO_NEEDED = "A photo is needed."
CHOOSE_FIRST = "Choose a photo first; then ask about it."
IDLE_TOO_LONG = "This page was idle for so long that its photo was deleted; choose it again."
NO_FACE = "No face was found in this photo; try one where a face is larger, brighter or turned to the camera."
NEW_CONVERSATION = "New photo, new conversation."
NO_EXAMPLES = "The example photos are not on this machine yet; “emola fetch examples” gets them."
ERASED = "Your photo and the conversation are deleted."
NOT_UPLOADED = "That photo is not on the server any more; upload it again."
ONE_FILE = "Upload one file at a time."
UPLOADS_FULL = "Too many photos are arriving at once; try again in a minute."
UPLOAD_BROKEN = "The photo did not arrive completely; upload it again."
WRONG_ORIGIN = "Requests from pages of other sites are refused."
BAD_REQUEST = "This request is not one of the page."
CLOSED = "There is nothing here."
PICTURE_GONE = "This picture was deleted."
ADAPTER_LABEL = "Answers by"
AUTO = ("Auto", "auto")
"""The choice that lets the model route each question to an adapter."""
ADAPTERS = {"au": "action units", "emotion": "emotion"}
EDITING = "You are changing your last question; send to ask it instead, or press Esc to leave it."
NOTHING_TO_EDIT = "There is nothing to edit: no question has been asked yet."
STILL_WRITING = "An answer is still being written; wait for it or stop it."
QUEUE_FULL = "Too many questions are waiting already; try again in a minute."
NOT_ASKED = "Stopped while it waited; nothing was asked."
PHOTO_FAILED = "The photo cannot be used, so nothing was asked; choose another one."
STOPPED = "stopped"
CUT = "ended at its length limit"
DEFECT = "Something went wrong on our side; your conversation is kept. Please try again."

MEASURED = (
    "How likely each unit is by the landmarks and the picture, measured apart from the model’s words; "
    "active from 50 %. Left and right are the person’s own: how strong the movement is there, of 100. "
    "Check the answers against it; it errs too."
)
READING = (
    "Before it answers, the model reads the face in one line, and answers from that line. "
    "If the line is wrong, so are the answers."
)
GIVEN = "Measured by the landmarks, and told to the model"
WRITTEN = "Written by the model itself"
UNSURE = "Read the answers about this face with care."

KEYS = "Enter sends · Esc stops"

BEFORE_PHOTO = (
    "### Ask about a face\nChoose a photo first. Then ask in your own words, or begin with a question below."
)
BEFORE_QUESTION = "### Ask about this face\nIn your own words, or with one of the questions below."


def loading(name: str) -> str:
    """Return the status of the page while the model is loading."""
    return f"{name} is loading. Choose a photo and ask: both are kept and answered when it is ready."


def photo_waits(name: str) -> str:
    """Return the notice for a photo that waits for the model."""
    return f"Your photo is here; its faces are found when {name} is ready."


def question_waits(name: str) -> str:
    """Return the notice for a question that waits for the model."""
    return f"Your question is answered when {name} is ready."


def still_loading(name: str) -> str:
    """Return the error for an API request that timed out while the model was loading."""
    return f"{name} is still loading; try again in a minute."


def reads(name: str) -> str:
    """Return the status while the model reads a face."""
    return f"{_short(name)} is reading the face."


def what_was_read(name: str) -> str:
    """Return the heading of the reading."""
    return f"What {_short(name)} read"


def _short(name: str) -> str:
    return name.removeprefix("EmoLA-")


def load_failed(name: str) -> str:
    """Return the error after the model could not be loaded."""
    return f"{name} could not be loaded; the log of the server says why."


def found(count: int) -> str:
    """Return how many faces were found in the photo."""
    if count == 1:
        return "One face found."
    faces = f"{count} faces found"
    if count >= MAX_FACES:
        faces = f"The {count} largest faces are shown, and the photo may hold more"
    return f"{faces}; the first is chosen. Click on another one, or pick its number."


def upload_too_large(limit: int) -> str:
    """Return the error for a photo of more than ``limit`` bytes."""
    return f"The file is too large: at most {limit // 2**20} MB are accepted."


def request_too_large(limit: int) -> str:
    """Return the error for a request of more than ``limit`` bytes."""
    return f"The request is too large: at most {limit} bytes are accepted."


def wrong_host(host: str) -> str:
    """Return the error for a request under an unknown host name."""
    return f"This server does not answer as {host[:100]!r}; start it with --allow-host to change that."


def no_such_face(number: object, count: int) -> str:
    """Return the error for a face that the photo does not have."""
    return f"There is no face {number}; the photo has {count}, numbered from 1."


def chosen(number: int) -> str:
    """Return the notice after another face was selected."""
    return f"Face {number}: a new conversation."


def waiting(number: int) -> str:
    """Return the notice for a question in the queue; ``number`` is its position, from 1."""
    turn = "your question is the next" if number == 1 else f"your question is number {number} in line"
    return f"Waiting for a free place: {turn}."


def no_face_number(value: object) -> str:
    """Return the error for a value that is not the number of a face."""
    return f"{value!r} is not the number of a face; give a whole number from 1, or none for the largest face."


def adapter(name: str) -> str:
    """Return the label of an adapter."""
    return ADAPTERS.get(name, name)


def adapter_choices(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return labels and values of the adapters; empty unless there are several."""
    if len(names) < 2:
        return []
    return [AUTO, *((adapter(name).capitalize(), name) for name in names)]


def answered_by(name: str) -> str:
    """Return the note under an answer that names its adapter."""
    return f"{adapter(name)} adapter"


def dropped(count: int) -> str:
    """Return the notice after the oldest ``count`` turns exceeded the context length."""
    if count == 1:
        return "The conversation is long: the model no longer sees your first question and its answer."
    return (
        f"The conversation is long: the model no longer sees your first {count} questions and their answers."
    )
