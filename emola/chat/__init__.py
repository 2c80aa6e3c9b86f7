"""Conversations about a face: sessions, token generation, prefix caches and streaming."""

from emola.chat.engine import EncodedFace, Engine
from emola.chat.sampler import Sampling
from emola.chat.session import ChatSession
from emola.chat.turns import Turn

__all__ = ["ChatSession", "EncodedFace", "Engine", "Sampling", "Turn"]
