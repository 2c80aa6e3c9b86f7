"""What a visitor is told when ZeroGPU refuses a GPU, or takes it away."""

from __future__ import annotations

import re

from emola.errors import ChatError

__all__ = ["refusal_of"]

_REFUSALS = (
    # The first match counts: without a token of the visitor, a full queue is reported as a quota.
    (
        r"No GPU was available|queue timeout|pending credits|Expired ZeroGPU|/schedule error",
        "All GPUs are busy; ask again in a minute.",
    ),
    (
        r"\((?P<needed>\d+)s requested vs\. (?P<left>-?\d+)s left\)\. Try again in (?P<wait>\d[\w ,:]*)",
        "Your GPU time for today does not suffice: this answer may take {needed} seconds, and {left} are "
        "left; choose a shorter length in the settings, sign in to Hugging Face, or come back in {wait} "
        "(hours, minutes, seconds).",
    ),
    (
        r"runs limit",
        "You have had as many answers as your account gets in a day; sign in to Hugging Face, or come back "
        "tomorrow.",
    ),
    (
        r"reached its GPU limit|quota exceeded",
        "You are not signed in, and your GPU time is used up for today; sign in to Hugging Face, or come "
        "back tomorrow.",
    ),
    (
        r"illegal duration",
        "This answer may take more GPU time than a visitor gets at once; choose a shorter length in the "
        "settings.",
    ),
    (
        r"worker error: (?:OutOfMemoryError|ChatError)",  # the decoder reports a full GPU as ChatError
        "The GPU ran out of memory; start a new conversation, or ask a shorter question.",
    ),
    (
        r"GPU task aborted",
        "The GPU was taken away before the end of the answer; ask again, or choose a shorter length in the "
        "settings.",
    ),
)
"""Patterns of the errors of ``spaces`` 0.51, as "title: message", and the sentence for each."""


def refusal_of(error: BaseException) -> ChatError | None:
    """Return one sentence for the visitor about a refusal of ZeroGPU; None for any other error.

    Refusals are ``gradio.Error`` with a title, or RuntimeError. An error inside a worker arrives as a
    ``gradio.Error`` with the name of its class as the message.
    """
    message = getattr(error, "message", None) or error  # str() of a gradio.Error is a repr
    said = f"{getattr(error, 'title', '')}: {message!s}"
    for pattern, sentence in _REFUSALS:
        if match := re.search(pattern, said):
            return ChatError(sentence.format(**match.groupdict()))
    return None
