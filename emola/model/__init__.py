"""The model: configuration, architecture, processor, loading, and conversion of the published files."""

from emola.model.card import push_to_hub
from emola.model.configuration import EmolaConfig
from emola.model.loading import load_checkpoint
from emola.model.modeling import EmolaForConditionalGeneration, EmolaModel
from emola.model.processing import EmolaProcessor
from emola.model.tokenizer import VicunaTokenizer

__all__ = [
    "EmolaConfig",
    "EmolaForConditionalGeneration",
    "EmolaModel",
    "EmolaProcessor",
    "VicunaTokenizer",
    "load_checkpoint",
    "push_to_hub",
]
