"""Chat-template messages, the form in which a conversation reaches the processor of a model.

The format is that of ``apply_chat_template`` in transformers: ``[{"role": "user", "content": [{"type":
"image"}, {"type": "text", "text": "..."}]}, {"role": "assistant", "content": [...]}]``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from emola.faba.prompts import READ_REQUEST

__all__ = ["Message", "chat_messages", "message", "opening"]

Message = dict[str, Any]


def chat_messages(turns: Iterable[tuple[str, str]] = (), question: str | None = None) -> list[Message]:
    """Return the messages of a conversation about one face.

    The image precedes the text of the first question.

    turns: pairs of question and answer, oldest first. question: the question that awaits an answer, if any.
    """
    messages: list[Message] = []
    for asked, answer in turns:
        messages += [message("user", asked), message("assistant", answer)]
    if question is not None:
        messages.append(message("user", question))
    if messages:
        messages[0]["content"].insert(0, {"type": "image"})
    return messages


def opening(given: str, written: str) -> tuple[str, str]:
    """Return the first exchange of a conversation with a model that reads the face before it answers.

    given: what is known without the model, "" if nothing. written: the reading, as the model writes it.
    """
    return f"{given}\n{READ_REQUEST}" if given else READ_REQUEST, written


def message(role: str, text: str, *, image: bool = False) -> Message:
    """Return one message of the role "user" or "assistant"; with an image, the text may be empty."""
    content: list[dict[str, str]] = [{"type": "image"}] if image else []
    if text or not image:
        content.append({"type": "text", "text": text})
    return {"role": role, "content": content}
