"""Conversations about a face: sessions, token generation, prefix caches and streaming."""

from emola.chat.engine import Engine
from emola.chat.faces import EncodedFace
from emola.chat.reading import Reading
from emola.chat.sampler import Sampling
from emola.chat.session import ChatSession
from emola.chat.turns import Turn, TurnSettings

__all__ = ["ChatSession", "EncodedFace", "Engine", "Reading", "Sampling", "Turn", "TurnSettings"]
