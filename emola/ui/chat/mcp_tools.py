"""The functions for programs as tools for language models.

A call of a tool belongs to no session. ``look`` therefore returns a key, and the other tools take it.
"""

from __future__ import annotations

import base64
from collections import deque
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import unquote

from pydantic import Field

from emola.errors import ImageError
from emola.limits import Limits
from emola.ui.chat.endpoints import Endpoints
from emola.ui.serving.uploads import Uploads
from emola.ui.shared import messages

INSTRUCTIONS = (
    "EmoLA describes the movements of a face in a photo as action units (AUs) of the Facial Action Coding "
    "System. Call look with a photo, then ask and evidence with the conversation that it returns. The "
    "answers of ask come from a small language model that errs; evidence measures the units without it, and "
    "errs too. Neither knows what a person feels. Do not judge people by them."
)
"""How the tools work together, for the language model that calls them."""

PHOTO_FORM = (
    "The photo is not readable: give the path that POST /gradio_api/upload returned, or the content of the "
    "file in base64. Addresses of other servers are not fetched."
)

_FILE = "/gradio_api/file="

_Photo = Annotated[
    str,
    Field(
        description="The path that POST /gradio_api/upload of this server returned for the image file, or "
        "the content of the file in base64."
    ),
]
_Conversation = Annotated[str, Field(description="The conversation that look returned.")]
_Question = Annotated[str, Field(description="A question about the face, in English.")]
_Face = Annotated[int, Field(description="The number of the face, from 1, the largest.", ge=1)]
_Answer = Annotated[
    str, Field(description="A text about the face to compare with the measurements, such as an answer.")
]


def mcp_tools(endpoints: Endpoints, uploads: Uploads, limits: Limits) -> list[Callable[..., Any]]:
    """Return the tools look, ask and evidence. Language models read their docstrings and annotations."""

    def look(photo: _Photo) -> dict[str, Any]:
        """Find the faces in a photo, largest first."""
        found, key = endpoints.look_at(_photo(photo, uploads, limits.upload_bytes), None)
        for face in found["faces"]:
            del face["landmarks"]  # hundreds of points would fill the context of a language model
        return {"conversation": key, **found}

    def ask(conversation: _Conversation, question: _Question, face: _Face = 1) -> str:
        """Ask a small language model about a face. Earlier questions about this face are its context."""
        last = deque(endpoints.ask(question, face, conversation), maxlen=1)
        return last[0] if last else ""

    def evidence(conversation: _Conversation, face: _Face = 1, answer: _Answer = "") -> dict[str, Any]:
        """Measure each action unit of a face apart from the language model, and compare a text with it."""
        return endpoints.evidence(face, answer, conversation)

    return [look, ask, evidence]


def _photo(text: str, uploads: Uploads, limit: int) -> bytes:
    """Return the content of a photo from the path or address of an upload, from base64 or from a data URL."""
    path = unquote(text.partition(_FILE)[2]) or text
    if uploads.is_upload_path(path):
        return uploads.take(path)
    encoded = text.partition(",")[2] if text.startswith("data:") else text
    try:
        data = base64.b64decode("".join(encoded.split()), validate=True)
    except ValueError:
        raise ImageError(PHOTO_FORM) from None
    if len(data) > limit:
        raise ImageError(messages.upload_too_large(limit))
    return data
