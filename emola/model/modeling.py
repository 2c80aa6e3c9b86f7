"""The EmoLA architecture: LLaVA with tokens of a facial prior after the image tokens.

Source: Li et al., "Facial Affective Behavior Analysis with Instruction Tuning", ECCV 2024, section 4. A
two-layer MLP projects the output of a face landmark network to tokens, which follow the patch tokens of
LLaVA-1.5 (Liu et al., 2023). The classes extend those of transformers.

Shape suffixes: B batch, T tokens, P patches, F patch features, K prior tokens, D size of the prior (plus F
with ``prior_with_patches``), H hidden size, C channels, S image side, N selected positions, V vocabulary.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from transformers import AutoModel, AutoModelForImageTextToText, LlavaForConditionalGeneration
from transformers.activations import ACT2FN
from transformers.modeling_outputs import BaseModelOutputWithPooling
from transformers.models.llava.modeling_llava import LlavaCausalLMOutputWithPast, LlavaModel

from emola.model.configuration import EmolaConfig


class PriorProjector(nn.Module):
    """Two-layer MLP that projects the prior to tokens: (B, D) -> (B, K, H)."""

    def __init__(self, config: EmolaConfig) -> None:
        super().__init__()
        hidden = config.text_config.hidden_size
        self.tokens = config.prior_tokens
        inputs = config.prior_dim
        if config.prior_with_patches:
            inputs += config.vision_config.hidden_size
        self.linear_1 = nn.Linear(inputs, hidden)
        self.act = ACT2FN[config.projector_hidden_act]
        self.linear_2 = nn.Linear(hidden, self.tokens * hidden)

    def forward(self, prior_BD: torch.Tensor) -> torch.Tensor:
        """(B, D) -> (B, K, H)."""
        hidden_BH = self.act(self.linear_1(prior_BD.to(self.linear_1.weight.dtype)))
        tokens_BKH: torch.Tensor = self.linear_2(hidden_BH).unflatten(-1, (self.tokens, -1))
        return tokens_BKH


class EmolaModel(LlavaModel):  # type: ignore[misc]
    """Vision tower, projectors and language model without the language modelling head."""

    config_class = EmolaConfig

    def __init__(self, config: EmolaConfig) -> None:
        super().__init__(config)
        self.prior_projector = PriorProjector(config)
        self.post_init()

    def get_image_features(
        self,
        pixel_values: torch.Tensor,
        prior_features: torch.Tensor | None = None,
        **kwargs: Any,
    ) -> BaseModelOutputWithPooling:
        """Return the embeddings of each face: a list of B tensors (P + K, H) in ``pooler_output``.

        pixel_values: (B, C, S, S). prior_features: (B, D), zeros for a missing prior. ``generate`` calls this
        method by name.
        """
        return BaseModelOutputWithPooling(pooler_output=list(self.image_embeds(pixel_values, prior_features)))

    def image_embeds(self, pixel_values: torch.Tensor, prior_BD: torch.Tensor | None) -> torch.Tensor:
        """Encode faces: (B, C, S, S) and (B, D) -> (B, P + K, H), patch tokens before prior tokens.

        Raises ValueError for a prior of another shape.
        """
        if prior_BD is None:
            prior_BD = pixel_values.new_zeros(len(pixel_values), self.config.prior_dim)
        if prior_BD.shape != (len(pixel_values), self.config.prior_dim):
            raise ValueError(
                f"prior_features has shape {tuple(prior_BD.shape)}; "
                f"({len(pixel_values)}, {self.config.prior_dim}) is needed."
            )
        return self.project(self.patch_features(pixel_values), prior_BD)

    def project(self, patches_BPF: torch.Tensor, prior_BD: torch.Tensor) -> torch.Tensor:
        """Project patch features and priors: (B, P, F) and (B, D) -> (B, P + K, H), see ``image_embeds``."""
        patches_BPH = self.multi_modal_projector(patches_BPF)
        if self.config.prior_with_patches:
            prior_BD = torch.cat([prior_BD, patches_BPF.mean(1).to(prior_BD.dtype)], dim=1)
        prior_BKH = self.prior_projector(prior_BD)
        return torch.cat([patches_BPH, prior_BKH.to(patches_BPH.dtype)], dim=1)

    def patch_features(self, pixel_values: torch.Tensor) -> torch.Tensor:
        """Return the vision tower's features of each patch: (B, C, S, S) -> (B, P, F)."""
        features = self._hidden_state(pixel_values)
        if features.ndim == 4:  # feature maps of a convolutional tower: (B, F, h, w) -> (B, P, F)
            if self.config.mirrored:
                features = (features + self._hidden_state(pixel_values.flip(3)).flip(3)) / 2
            return features.flatten(2).transpose(1, 2)
        if self.config.vision_feature_select_strategy == "default":
            return features[:, 1:]  # without the class token
        return features

    def _hidden_state(self, pixel_values: torch.Tensor) -> torch.Tensor:
        """Return the hidden state of the configured layer: (B, 1 + P, F), or (B, F, h, w) of a ResNet."""
        tower_dtype = next(self.vision_tower.parameters()).dtype
        outputs = self.vision_tower(pixel_values.to(tower_dtype), output_hidden_states=True, return_dict=True)
        hidden: torch.Tensor = outputs.hidden_states[self.config.vision_feature_layer]
        return hidden

    def embed(self, input_ids: torch.Tensor, image_embeds: torch.Tensor | None) -> torch.Tensor:
        """Embed token ids (B, T) -> (B, T, H), replacing image tokens by ``image_embeds`` (B, P + K, H).

        The image token may lie beyond the vocabulary, as in the published model, which has no spare token.
        """
        table: nn.Embedding = self.get_input_embeddings()
        embeds: torch.Tensor
        if image_embeds is None:
            embeds = table(input_ids)
            return embeds
        in_vocabulary = input_ids
        if self.config.image_token_id >= table.num_embeddings:
            in_vocabulary = input_ids.masked_fill(input_ids == self.config.image_token_id, 0)
        embeds = table(in_vocabulary)
        mask = self.get_placeholder_mask(input_ids, embeds, image_embeds.flatten(0, 1))
        return embeds.masked_scatter(mask, image_embeds.to(embeds.device, embeds.dtype))

    def get_placeholder_mask(
        self, input_ids: torch.Tensor | None, inputs_embeds: torch.Tensor, image_features: torch.Tensor
    ) -> torch.Tensor:
        """Return the mask of the image tokens: bool, broadcastable to (B, T, H); image_features: (N, H).

        Raises ValueError when the numbers of tokens and features differ. The message of LLaVA gives features
        times hidden size; this one gives tokens.
        """
        if input_ids is not None:
            expected, given = int((input_ids == self.config.image_token_id).sum()), len(image_features)
            if expected != given:
                raise ValueError(
                    f"The prompt has {expected} image tokens, but {given} image embeddings were given."
                )
        mask: torch.Tensor = super().get_placeholder_mask(input_ids, inputs_embeds, image_features)
        return mask

    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        pixel_values: torch.Tensor | None = None,
        prior_features: torch.Tensor | None = None,
        mm_encoder_outputs: dict[str, BaseModelOutputWithPooling] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Run ``LlavaModel.forward`` with ``prior_features`` (B, D) in addition to ``pixel_values``.

        Raises ValueError for a model without layers, see ``emola.model.encoder``.
        """
        if not self.config.text_config.num_hidden_layers:
            raise ValueError("This model was loaded without the layers of its language model.")
        image_embeds = None
        if pixel_values is not None:
            image_embeds = self.image_embeds(pixel_values, prior_features)
        elif mm_encoder_outputs and mm_encoder_outputs.get("image") is not None:
            image_embeds = torch.stack(list(mm_encoder_outputs["image"].pooler_output))
        if input_ids is not None:
            kwargs["inputs_embeds"] = self.embed(input_ids, image_embeds)
        return super().forward(**kwargs)


class EmolaForConditionalGeneration(LlavaForConditionalGeneration):  # type: ignore[misc]
    """EmoLA with the language modelling head.

    may_read_packed: whether the weights of the language model are rounded to 8 bits, and products with them
    may be computed in bfloat16, see ``emola.model.eight_bits``.
    """

    config_class = EmolaConfig
    may_read_packed = False

    def __init__(self, config: EmolaConfig) -> None:
        super(LlavaForConditionalGeneration, self).__init__(config)
        self.model = EmolaModel(config)
        self.lm_head = nn.Linear(config.text_config.hidden_size, config.text_config.vocab_size, bias=False)
        self.post_init()

    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        pixel_values: torch.Tensor | None = None,
        prior_features: torch.Tensor | None = None,
        mm_encoder_outputs: dict[str, BaseModelOutputWithPooling] | None = None,
        labels: torch.Tensor | None = None,
        logits_to_keep: int | list[int] | torch.Tensor = 0,
        **kwargs: Any,
    ) -> Any:
        """Run the forward pass of LLaVA with ``prior_features`` (B, D) in addition to ``pixel_values``.

        logits_to_keep: may also be a list of positions, or a bool mask (B, T) of N positions; only the logits
        of these are computed, for a mask as (N, V).
        The head takes a fifth of the time of a small model, and training needs few positions. The arguments
        are listed because ``generate`` inspects their names.
        """
        inputs = {
            "input_ids": input_ids,
            "pixel_values": pixel_values,
            "prior_features": prior_features,
            "mm_encoder_outputs": mm_encoder_outputs,
            **kwargs,
        }
        if isinstance(logits_to_keep, torch.Tensor) and logits_to_keep.dtype == torch.bool:
            outputs = self.model(**inputs)
            return LlavaCausalLMOutputWithPast(
                logits=self.lm_head(outputs[0][logits_to_keep]), past_key_values=outputs.past_key_values
            )
        return super().forward(labels=labels, logits_to_keep=logits_to_keep, **inputs)

    def image_embeds(self, pixel_values: torch.Tensor, prior_features: torch.Tensor | None) -> torch.Tensor:
        """Encode faces, see ``EmolaModel.image_embeds``; the result serves all questions about a face."""
        return self.model.image_embeds(pixel_values, prior_features)

    def patch_features(self, pixel_values: torch.Tensor) -> torch.Tensor:
        """Return patch features, see ``EmolaModel.patch_features``."""
        return self.model.patch_features(pixel_values)

    def project(self, patch_features: torch.Tensor, prior_features: torch.Tensor) -> torch.Tensor:
        """Project patch features and priors, see ``EmolaModel.project``."""
        return self.model.project(patch_features, prior_features)

    def embed(self, input_ids: torch.Tensor, image_embeds: torch.Tensor | None) -> torch.Tensor:
        """Embed a prompt, see ``EmolaModel.embed``."""
        return self.model.embed(input_ids, image_embeds)


AutoModel.register(EmolaConfig, EmolaModel)
AutoModelForImageTextToText.register(EmolaConfig, EmolaForConditionalGeneration)
