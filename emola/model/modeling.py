"""EmoLA: LLaVA whose image tokens are followed by tokens made from a facial prior.

After Li et al., "Facial Affective Behavior Analysis with Instruction Tuning", ECCV 2024, section 4:
the features of a face landmark network go through a two-layer MLP and stand behind the patches.

Shape suffixes: B batch, T tokens, P patches, F patch features, K prior tokens, D prior numbers (with the F of
the mean patch where ``prior_with_patches`` is set), H hidden size.
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
    """Two-layer MLP from the prior's numbers to tokens: (B, D) -> (B, K, H)."""

    def __init__(self, config: EmolaConfig) -> None:
        super().__init__()
        hidden = config.text_config.hidden_size
        self.tokens = config.prior_tokens
        seen = config.prior_dim
        if config.prior_with_patches:
            seen += config.vision_config.hidden_size
        self.linear_1 = nn.Linear(seen, hidden)
        self.act = ACT2FN[config.projector_hidden_act]
        self.linear_2 = nn.Linear(hidden, self.tokens * hidden)

    def forward(self, prior_BD: torch.Tensor) -> torch.Tensor:
        """(B, D) -> (B, K, H)."""
        hidden_BH = self.act(self.linear_1(prior_BD.to(self.linear_1.weight.dtype)))
        return self.linear_2(hidden_BH).unflatten(-1, (self.tokens, -1))


class EmolaModel(LlavaModel):
    """Vision tower, projectors and language model without its head."""

    config_class = EmolaConfig

    def __init__(self, config: EmolaConfig) -> None:
        super().__init__(config)
        self.prior_projector = PriorProjector(config)
        self.post_init()

    def get_image_features(  # type: ignore[override]
        self,
        pixel_values: torch.Tensor,
        prior_features: torch.Tensor | None = None,
        **kwargs: Any,
    ) -> BaseModelOutputWithPooling:
        """The tokens of each face: a list of B tensors (P + K, H) in ``pooler_output``.

        pixel_values: (B, C, S, S). prior_features: (B, D), zeros where the prior is missing.
        ``generate`` encodes faces through this method, by this name.
        """
        return BaseModelOutputWithPooling(pooler_output=list(self.image_embeds(pixel_values, prior_features)))

    def image_embeds(self, pixel_values: torch.Tensor, prior_BD: torch.Tensor | None) -> torch.Tensor:
        """(B, C, S, S) and (B, D) -> (B, P + K, H): patches first, the prior after them."""
        if prior_BD is None:
            prior_BD = pixel_values.new_zeros(len(pixel_values), self.config.prior_dim)
        if prior_BD.shape != (len(pixel_values), self.config.prior_dim):
            raise ValueError(
                f"prior_features has shape {tuple(prior_BD.shape)}; "
                f"({len(pixel_values)}, {self.config.prior_dim}) is needed."
            )
        patches_BPF = self.patch_features(pixel_values)
        patches_BPH = self.multi_modal_projector(patches_BPF)
        if self.config.prior_with_patches:
            prior_BD = torch.cat([prior_BD, patches_BPF.mean(1).to(prior_BD.dtype)], dim=1)
        prior_BKH = self.prior_projector(prior_BD)
        return torch.cat([patches_BPH, prior_BKH.to(patches_BPH.dtype)], dim=1)

    def patch_features(self, pixel_values: torch.Tensor) -> torch.Tensor:
        """(B, C, S, S) -> (B, P, F): what the vision tower makes of each patch."""
        features = self._hidden(pixel_values)
        if features.ndim == 4:  # a convolutional tower gives maps: (B, F, h, w) -> (B, P, F)
            if self.config.mirrored:
                features = (features + self._hidden(pixel_values.flip(3)).flip(3)) / 2
            return features.flatten(2).transpose(1, 2)
        if self.config.vision_feature_select_strategy == "default":
            return features[:, 1:]  # without the class token
        return features

    def _hidden(self, pixel_values: torch.Tensor) -> torch.Tensor:
        tower_dtype = next(self.vision_tower.parameters()).dtype
        outputs = self.vision_tower(pixel_values.to(tower_dtype), output_hidden_states=True, return_dict=True)
        return outputs.hidden_states[self.config.vision_feature_layer]

    def embed(self, input_ids: torch.Tensor, image_embeds: torch.Tensor | None) -> torch.Tensor:
        """(B, T) token ids -> (B, T, H), with the image tokens replaced by (B, P + K, H) embeddings.

        The image token may lie behind the vocabulary, as in the published model, whose vocabulary has no
        token to spare.
        """
        table = self.get_input_embeddings()
        if image_embeds is None:
            return table(input_ids)
        known = input_ids
        if self.config.image_token_id >= table.num_embeddings:
            known = input_ids.masked_fill(input_ids == self.config.image_token_id, 0)
        embeds = table(known)
        mask = self.get_placeholder_mask(input_ids, embeds, image_embeds.flatten(0, 1))
        return embeds.masked_scatter(mask, image_embeds.to(embeds.device, embeds.dtype))

    def get_placeholder_mask(
        self, input_ids: torch.Tensor | None, inputs_embeds: torch.Tensor, image_features: torch.Tensor
    ) -> torch.Tensor:
        """(B, T, 1) where image embeddings go; image_features: (N, H), one for each place.

        LLaVA's own message on a mismatch gives features times hidden size; this one counts tokens.
        """
        if input_ids is not None:
            slots, given = int((input_ids == self.config.image_token_id).sum()), len(image_features)
            if slots != given:
                raise ValueError(
                    f"The prompt has {slots} image tokens, but {given} image embeddings were given."
                )
        return super().get_placeholder_mask(input_ids, inputs_embeds, image_features)

    def forward(  # type: ignore[override]
        self,
        input_ids: torch.Tensor | None = None,
        pixel_values: torch.Tensor | None = None,
        prior_features: torch.Tensor | None = None,
        mm_encoder_outputs: dict[str, BaseModelOutputWithPooling] | None = None,
        **kwargs: Any,
    ) -> Any:
        """As LLaVA's, with ``prior_features`` (B, D) beside ``pixel_values``."""
        image_embeds = None
        if pixel_values is not None:
            image_embeds = self.image_embeds(pixel_values, prior_features)
        elif mm_encoder_outputs and mm_encoder_outputs.get("image") is not None:
            image_embeds = torch.stack(list(mm_encoder_outputs["image"].pooler_output))
        if input_ids is not None:
            kwargs["inputs_embeds"] = self.embed(input_ids, image_embeds)
        return super().forward(**kwargs)


class EmolaForConditionalGeneration(LlavaForConditionalGeneration):
    """EmoLA with its language modelling head; ``prior_features`` (B, D) go beside ``pixel_values``."""

    config_class = EmolaConfig

    def __init__(self, config: EmolaConfig) -> None:
        super(LlavaForConditionalGeneration, self).__init__(config)
        self.model = EmolaModel(config)
        self.lm_head = nn.Linear(config.text_config.hidden_size, config.text_config.vocab_size, bias=False)
        self.post_init()

    def forward(  # type: ignore[override]
        self,
        input_ids: torch.Tensor | None = None,
        pixel_values: torch.Tensor | None = None,
        prior_features: torch.Tensor | None = None,
        mm_encoder_outputs: dict[str, BaseModelOutputWithPooling] | None = None,
        labels: torch.Tensor | None = None,
        logits_to_keep: int | torch.Tensor = 0,
        **kwargs: Any,
    ) -> Any:
        """As LLaVA's, with ``prior_features`` (B, D) beside ``pixel_values``.

        logits_to_keep may also be a mask (B, T) of N places, whose logits alone are computed: (N, V). The
        vocabulary is a fifth of a small model's work, and training needs it at few places. The arguments
        are spelled out because ``generate`` looks for them by name.
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
        """The tokens of each face, see ``EmolaModel.image_embeds``; encode once, reuse for each question."""
        return self.model.image_embeds(pixel_values, prior_features)

    def patch_features(self, pixel_values: torch.Tensor) -> torch.Tensor:
        """What the vision tower makes of each patch, see ``EmolaModel.patch_features``."""
        return self.model.patch_features(pixel_values)

    def embed(self, input_ids: torch.Tensor, image_embeds: torch.Tensor | None) -> torch.Tensor:
        """Input embeddings of a prompt, see ``EmolaModel.embed``."""
        return self.model.embed(input_ids, image_embeds)


AutoModel.register(EmolaConfig, EmolaModel)
AutoModelForImageTextToText.register(EmolaConfig, EmolaForConditionalGeneration)
