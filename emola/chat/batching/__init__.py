"""The local decoder: conversations that are generating share the forward passes of the model."""

from emola.chat.batching.local_decoder import LocalDecoder

__all__ = ["LocalDecoder"]
