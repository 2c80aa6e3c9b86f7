"""Configuration of an EmoLA model: LLaVA's, and what the facial prior adds."""

from __future__ import annotations

from transformers import AutoConfig, LlavaConfig


class EmolaConfig(LlavaConfig):
    """LLaVA's configuration with a facial prior expert.

    prior_expert: the network whose output is the prior, ``mediapipe-face`` or ``insightface-2d106``.
    prior_dim: how many numbers it gives. prior_tokens: how many tokens they become.
    prior_with_patches: whether the prior's tokens are made from the mean patch too, beside its numbers.
    mirrored: whether a convolutional tower also sees each face's mirror image, and both are averaged.
    language_model: name of the language model whose weights are fetched rather than kept in the
    checkpoint, None when the checkpoint holds them. base_model, base_revision: the same for everything
    but the adapters, as a name on the hub and a commit. prompt: the style of its prompts, a name of
    ``emola.model.prompts.PROMPTS``. title: the model's name for people.
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
    title: str = "EmoLA"

    @property
    def image_tokens(self) -> int:
        """Tokens that stand for one face: its patches and its prior."""
        return self.image_seq_length + self.prior_tokens


AutoConfig.register(EmolaConfig.model_type, EmolaConfig)
