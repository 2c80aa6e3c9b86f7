"""EmoLA: emotions and facial action units, read from a face by a multimodal language model.

    import emola
    model = emola.load("nano")
    faces = model.look("portrait.jpg")
    chat = model.chat(faces[0])
    for piece in chat.ask("Which action units are active?"):
        print(piece, end="")

Importing this package is cheap: each name below is imported on first use.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emola.chat.session import ChatSession
    from emola.emola import EmoLA, load
    from emola.face.landmarker import Face

__version__ = "0.1.0"
__all__ = ["ChatSession", "EmoLA", "Face", "__version__", "load"]

_MODULES = {
    "ChatSession": "emola.chat.session",
    "EmoLA": "emola.emola",
    "Face": "emola.face.landmarker",
    "load": "emola.emola",
}

# Without a GPU, bitsandbytes recommends kernels that are not needed here; in 8 bits it warns of a cast in
# every layer for every token.
logging.getLogger("bitsandbytes").setLevel(logging.ERROR)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'emola' has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
