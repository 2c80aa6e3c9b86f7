"""The model: configuration, modelling, processing, loading."""

from emola.model.configuration import EmolaConfig
from emola.model.loading import load_checkpoint
from emola.model.modeling import EmolaForConditionalGeneration, EmolaModel
from emola.model.processing import EmolaProcessor

__all__ = ["EmolaConfig", "EmolaForConditionalGeneration", "EmolaModel", "EmolaProcessor", "load_checkpoint"]
