"""Labels, placeholders and initial values of Gradio's components, as markers that Gradio translates."""

from __future__ import annotations

from collections.abc import Sequence

from emola.ui.shared import messages
from emola.ui.shared.i18n import label
from emola.ui.shared.message import message


def _label(name: str) -> str:
    return label(message(f"label_{name}"))


PHOTO = _label("photo")
PHOTO_PLACEHOLDER = _label("photo_placeholder")
EXAMPLES = _label("examples")
EXAMPLE = _label("example")
NEW_PHOTO = _label("new_photo")
BACK_TO_PHOTO = _label("back_to_photo")
ERASE = _label("erase")

BEFORE_PHOTO = label(messages.BEFORE_PHOTO)
BEFORE_QUESTION = label(messages.BEFORE_QUESTION)
CONVERSATION = _label("conversation")
QUESTION = _label("question")
QUESTION_PLACEHOLDER = _label("question_placeholder")
SEND = _label("send")
STOP = _label("stop")
RETRY = _label("retry")
UNDO = _label("undo")
EDIT = _label("edit")
LEAVE_EDIT = _label("leave_edit")
CLEAR = _label("clear")
BACK = _label("back")

PRIVACY = _label("privacy")

SETTINGS = _label("settings")
ADAPTER = label(messages.ADAPTER_LABEL)
ADAPTER_INFO = _label("adapter_info")
TEMPERATURE = _label("temperature")
TEMPERATURE_INFO = _label("temperature_info")
TOP_P = _label("top_p")
TOP_P_INFO = _label("top_p_info")
LENGTH = _label("length")
LENGTH_INFO = _label("length_info")
SEED = _label("seed")
SEED_INFO = _label("seed_info")
PRIOR = _label("prior")
PRIOR_INFO = _label("prior_info")
MOVEMENT_ONLY = _label("movement_only")
MOVEMENT_ONLY_INFO = _label("movement_only_info")
IMPORT = _label("import")


def adapter_choices(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return labels and values of the adapters; empty unless there are several."""
    return [(label(text), name) for text, name in messages.adapter_choices(names)]
