"""Conversations about a face: sessions, generation, key-value cache reuse, streaming.

Knows nothing of any user interface.
"""

from emola.chat.engine import EncodedFace, Engine
from emola.chat.sampler import Sampling
from emola.chat.session import ChatSession
from emola.chat.turns import Turn

__all__ = ["ChatSession", "EncodedFace", "Engine", "Sampling", "Turn"]
