"""Texts of the pages for users: constants, and functions for the texts with values.

The texts themselves are in ``assets/i18n``, see :mod:`emola.ui.shared.message`. The labels of Gradio's
components are in :mod:`emola.ui.shared.labels`.
"""

from __future__ import annotations

from collections.abc import Sequence

from emola.face import MAX_FACES
from emola.ui.shared.message import Message, message

TITLE = "EmoLA"
TAGLINE = message("tagline")
LIMIT = message("limit")
NANO_LIMIT = message("nano_limit")
PRIVACY = message("privacy")

PHOTO_NEEDED = message("photo_needed")
CHOOSE_FIRST = message("choose_first")
IDLE_TOO_LONG = message("idle_too_long")
NO_FACE = message("no_face")
NEW_CONVERSATION = message("new_conversation")
ERASED = message("erased")
NOT_UPLOADED = message("not_uploaded")
ONE_FILE = message("one_file")
UPLOADS_FULL = message("uploads_full")
UPLOAD_BROKEN = message("upload_broken")
SERVER_STOPS = message("server_stops")
WRONG_ORIGIN = message("wrong_origin")
BAD_REQUEST = message("bad_request")
CLOSED = message("closed")
PICTURE_GONE = message("picture_gone")
EDITING = message("editing")
NOTHING_TO_EDIT = message("nothing_to_edit")
STILL_WRITING = message("still_writing")
NOT_ASKED = message("not_asked")
QUESTION_WAITS = message("question_waits")
PHOTO_FAILED = message("photo_failed")
STOPPED = message("stopped")
CUT = message("cut")
DEFECT = message("defect")

SEEN = message("seen")
SEEN_HOW = message("seen_how")
SEEN_BRIGHTENED = message("seen_brightened")
SEEN_ALT = message("seen_alt")
MEASURED_TITLE = message("measured_title")
MEASURED = message("measured")
MEASURED_COLUMNS = tuple(message(f"measured_{name}") for name in ("unit", "likely", "left", "right"))
NOT_VISIBLE = message("not_visible")
UNDER_1 = message("under_1")
OVER_99 = message("over_99")
READING = message("reading")
GIVEN = message("given")
WRITTEN = message("written")
UNSURE = message("unsure")
KEYS = message("keys")
CHANGE_COLOURS = message("change_colours")

RESTORED = message("restored")
OTHER_PHOTO = message("session_other_photo")
NOTHING_SAVED = message("session_no_face")
EXPORTS = message("exports")
EXPORT_KINDS = {"md": message("export_md"), "json": message("export_json"), "html": message("export_html")}
"""The forms in which a conversation can be saved, by the suffix of the file."""

BEFORE_PHOTO = message("label_before_photo")
BEFORE_QUESTION = message("label_before_question")
"""Texts in the empty conversation, in Markdown."""

ADAPTER_LABEL = message("label_adapter")
AUTO = (message("label_auto"), "auto")
"""The choice that lets the model route each question to an adapter."""
ADAPTERS = {"au": message("label_au"), "emotion": message("label_emotion")}


def loading(name: str) -> Message:
    """Return the status of the page while the model is loading."""
    return message("loading", name=name)


def photo_waits(name: str) -> Message:
    """Return the notice for a photo that waits for the model."""
    return message("photo_waits", name=name)


def still_loading(name: str) -> Message:
    """Return the error for an API request that timed out while the model was loading."""
    return message("still_loading", name=name)


def reads(name: str) -> Message:
    """Return the status while the model reads a face."""
    return message("reads", name=_short(name))


def what_was_read(name: str) -> Message:
    """Return the heading of the reading."""
    return message("what_was_read", name=_short(name))


def _short(name: str) -> str:
    return name.removeprefix("EmoLA-")


def load_failed(name: str) -> Message:
    """Return the error after the model could not be loaded."""
    return message("load_failed", name=name)


def parameters(count: int) -> Message:
    """Return the size of a model: "142 million parameters"."""
    return Message(message("parameters", size=in_millions(count)), "parameters", {"size": count})


def in_millions(parameters: int) -> str:
    """Return a count as text: "142 million", "7.1 billion"."""
    if parameters >= 1_000_000_000:
        return f"{parameters / 1e9:.1f} billion"
    if parameters >= 10_000_000:
        return f"{parameters / 1e6:.0f} million"
    return f"{parameters / 1e6:.1f} million"


def weights(kind: str) -> Message:
    """Return how the weights of a model are stored, such as "NF4 weights"."""
    return message("weights", kind=kind.upper())


def device(name: str) -> Message:
    """Return where a model runs; ``name`` is torch's, such as "cuda:0"."""
    kind = name.split(":")[0]
    return message(f"on_{kind}") if kind in ("cpu", "cuda") else message("on_device", name=name)


def units_active(active: int, total: int) -> Message:
    """Return how many of the measured action units are active."""
    return message("units_active", active=active, total=total)


def found(count: int) -> Message:
    """Return how many faces were found in the photo."""
    return message("found_most", limit=count) if count >= MAX_FACES else message("found", count=count)


def upload_too_large(limit: int) -> Message:
    """Return the error for a photo of more than ``limit`` bytes."""
    return message("upload_too_large", megabytes=f"{limit / 2**20:.4g}")


def too_many_requests(seconds: int) -> Message:
    """Return the error for a visitor who has sent too many requests. seconds: until the next one."""
    return message("too_many_requests", count=seconds)


def too_many_questions(limit: int, seconds: int) -> Message:
    """Return the error for a visitor who asks too often. limit: per minute. seconds: until the next one."""
    return message("too_many_questions", limit=limit, count=seconds)


def too_many_photos(limit: int, seconds: int) -> Message:
    """Return the error for a visitor who chooses photos too often, see ``too_many_questions``."""
    return message("too_many_photos", limit=limit, count=seconds)


def question_too_long(length: int, limit: int) -> Message:
    """Return the error for a question of ``length`` characters, which are more than ``limit``."""
    return message("question_too_long", length=length, limit=limit)


def turns_full(limit: int) -> Message:
    """Return the error for a question in a conversation that has as many as are allowed."""
    return message("turns_full", count=limit)


def answer_timed_out(seconds: float) -> Message:
    """Return the notice after an answer that was ended at its time limit."""
    return message("answer_timed_out", count=int(seconds) if seconds == int(seconds) else seconds)


def request_too_large(limit: int) -> Message:
    """Return the error for a request of more than ``limit`` bytes."""
    return message("request_too_large", limit=limit)


def wrong_host(host: str) -> Message:
    """Return the error for a request under an unknown host name."""
    return message("wrong_host", host=repr(host[:100]))


def no_such_face(number: object, count: int) -> Message:
    """Return the error for a face that the photo does not have."""
    return message("no_such_face", number=str(number), total=count)


def chosen(number: int, *, again: bool = False) -> Message:
    """Return the notice after another face was selected. again: it has a conversation already."""
    return message("chosen_again" if again else "chosen", number=number)


def waiting(number: int) -> Message:
    """Return the notice for a question in the queue; ``number`` is its position, from 1."""
    return message("waiting_next") if number == 1 else message("waiting", number=number)


def no_face_number(value: object) -> Message:
    """Return the error for a value that is not the number of a face."""
    return message("no_face_number", value=repr(value))


def adapter_choices(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return labels and values of the adapters; empty unless there are several."""
    if len(names) < 2:
        return []
    return [AUTO, *((ADAPTERS.get(name, name.capitalize()), name) for name in names)]


def answered_by(name: str) -> Message:
    """Return the note under an answer that names its adapter."""
    return message(f"answered_by_{name}") if name in ADAPTERS else message("answered_by", name=name)


def dropped(count: int) -> Message:
    """Return the notice after the oldest ``count`` turns exceeded the context length."""
    return message("dropped", count=count)


def not_whole(value: object) -> Message:
    """Return the error for a setting that must be a whole number."""
    return message("not_whole", value=str(value)[:40])


def session_opened(count: int) -> Message:
    """Return the notice after ``count`` saved conversations were opened."""
    return message("session_opened", count=count)


def session_needs_photo(width: int, height: int) -> Message:
    """Return the notice for a session file whose photo is not here."""
    return message("session_needs_photo", width=width, height=height)
