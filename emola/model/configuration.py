"""Configuration of an EmoLA model: that of LLaVA, with settings of the facial prior."""

from __future__ import annotations

from transformers import AutoConfig, LlavaConfig

IMAGE_TOKEN = "<image>"
"""Text of the image token in prompts, tokenisers and the published data."""


class EmolaConfig(LlavaConfig):  # type: ignore[misc]
    """Configuration of LLaVA with a facial prior expert.

    prior_expert: the network that computes the prior, ``mediapipe-face`` or ``insightface-2d106``. prior_dim:
    size of its output. prior_tokens: number of tokens made from it. prior_with_patches: whether the mean
    patch feature is appended to the input of the prior projector. mirrored: whether the feature maps of a
    convolutional tower are averaged over the face and its mirror image. language_model: name of the language
    model whose weights are downloaded, None if the checkpoint holds them. base_model, base_revision: hub name
    and commit of a model that holds all weights but the adapters. prompt: prompt format, a key of
    ``emola.model.prompts.PROMPTS``. reading: how the model reads a face before it answers, one of
    ``emola.faba.face_reading.READING_STYLES``; None for a model that answers at once. weight_bits: 8 if the
    weights of the language model are rounded to 8 bits after the adapter was merged, else None, see
    ``emola.model.eight_bits``; models that are quantised or trained, or have several adapters, are not
    rounded. title: display name.
    """

    model_type = "emola"

    prior_expert: str = "mediapipe-face"
    prior_dim: int = 212
    prior_tokens: int = 1
    prior_with_patches: bool = False
    mirrored: bool = False
    language_model: str | None = None
    base_model: str | None = None
    base_revision: str | None = None
    prompt: str = "chatml"
    reading: str | None = None
    weight_bits: int | None = None
    title: str = "EmoLA"

    @property
    def image_tokens(self) -> int:
        """Number of tokens of one face: patches and prior tokens."""
        return int(self.image_seq_length + self.prior_tokens)


AutoConfig.register(EmolaConfig.model_type, EmolaConfig)
