"""Rules that rename the tensors of the published layouts.

The first rule of a table whose pattern matches the whole name applies. A rule without a target omits the
tensor and states the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from emola.errors import CheckpointError
from emola.model.conversion.weight_files import StoredTensor

LLAMA = r"(?:embed_tokens|norm|layers\.\d+\.(?:self_attn\.[qkvo]_proj|mlp\.\w+_proj|\w+_layernorm))\.\w+"
CLIP = r"(?:embeddings|pre_layrnorm|encoder|post_layernorm)\.[\w.]+"


@dataclass(frozen=True)
class Rule:
    """Renames tensors that match ``pattern`` to ``target``, or omits them for ``reason``."""

    pattern: str
    target: str | None = None
    reason: str = ""


_COMPUTED = (
    Rule(r".*rotary_emb\.inv_freq", reason="computed from the configuration"),
    Rule(r".*embeddings\.position_ids", reason="computed from the configuration"),
)

TOWER = (
    *_COMPUTED,
    Rule(rf"(?:vision_model\.)?({CLIP})", r"model.vision_tower.\1"),
    Rule(
        r"(?:text_model|text_projection|visual_projection)\..+|logit_scale",
        reason="not part of the vision tower",
    ),
)
"""A CLIP model or its vision tower alone, as ``openai/clip-vit-large-patch14-336``."""

ORIGINAL = (
    *_COMPUTED,
    Rule(r"lm_head\.weight", r"lm_head.weight"),
    Rule(rf"model\.({LLAMA})", r"model.language_model.\1"),
    Rule(r"model\.mm_projector\.0\.(\w+)", r"model.multi_modal_projector.linear_1.\1"),
    Rule(r"model\.mm_projector\.2\.(\w+)", r"model.multi_modal_projector.linear_2.\1"),
    Rule(r"model\.vision_tower\..+", reason="the vision tower is read from its own folder"),
)
"""LLaVA as its authors publish it, as ``liuhaotian/llava-v1.5-7b``."""

TRANSFORMERS = (
    *_COMPUTED,
    Rule(r"(?:language_model\.)?lm_head\.weight", r"lm_head.weight"),
    Rule(rf"language_model\.model\.({LLAMA})", r"model.language_model.\1"),
    Rule(rf"model\.language_model\.({LLAMA})", r"model.language_model.\1"),
    Rule(r"(?:model\.)?multi_modal_projector\.(linear_[12]\.\w+)", r"model.multi_modal_projector.\1"),
    Rule(rf"(?:model\.)?vision_tower\.(?:vision_model\.)?({CLIP})", r"model.vision_tower.\1"),
)
"""LLaVA in the layout of transformers, old or new, as ``llava-hf/llava-1.5-7b-hf``."""

_PEFT = "base_model.model.model"
LORA = (
    Rule(
        r"base_model\.model\.model\.(layers\.\d+\.(?:self_attn|mlp)\.\w+_proj\.lora_[AB])(?:\.default)?\.weight",
        rf"{_PEFT}.language_model.\1.weight",
    ),
)
"""``adapter_model.bin`` as PEFT 0.4 writes it."""

_OWNERS = r"(?:base_model\.)?(?:model\.)*"
PATCH_PROJECTOR = (
    Rule(rf"{_OWNERS}mm_projector\.0\.(\w+)", rf"{_PEFT}.multi_modal_projector.linear_1.\1"),
    Rule(rf"{_OWNERS}mm_projector\.2\.(\w+)", rf"{_PEFT}.multi_modal_projector.linear_2.\1"),
    Rule(rf"{_OWNERS}landmark_feature_projector\..+", reason="read from landmark_feature_projector.bin"),
)
"""``non_lora_trainables.bin``; the published loader ignores the second copy of the landmark projector."""

PRIOR_PROJECTOR = (
    Rule(rf"{_OWNERS}landmark_feature_projector\.0\.(\w+)", rf"{_PEFT}.prior_projector.linear_1.\1"),
    Rule(rf"{_OWNERS}landmark_feature_projector\.2\.(\w+)", rf"{_PEFT}.prior_projector.linear_2.\1"),
)
"""``landmark_feature_projector.bin``."""


@dataclass
class Renamed:
    """Tensors by their new names, and the reasons of omitted ones by location and name."""

    tensors: dict[str, StoredTensor] = field(default_factory=dict)
    left_out: dict[tuple[str, str], str] = field(default_factory=dict)

    def update(self, other: Renamed) -> None:
        """Add the tensors of another file. Raises CheckpointError for a duplicate."""
        for name, stored in other.tensors.items():
            if name in self.tensors:
                raise CheckpointError(
                    f"{stored.file} and {self.tensors[name].file} both contain {stored.name}; remove one."
                )
        self.tensors.update(other.tensors)
        self.left_out.update(other.left_out)


def rename(tensors: Iterable[StoredTensor], table: Sequence[Rule]) -> Renamed:
    """Rename tensors by the rules of a table. Raises CheckpointError for a tensor without a rule."""
    renamed = Renamed()
    for stored in tensors:
        for rule in table:
            match = re.fullmatch(rule.pattern, stored.name)
            if match:
                break
        else:
            raise CheckpointError(f"{stored.file} contains {stored.name}, which is not part of this model.")
        if rule.target is None:
            renamed.left_out[stored.location, stored.name] = rule.reason
        else:
            renamed.update(Renamed({match.expand(rule.target): stored}))
    return renamed


def check_tensors(found: Renamed, shapes: dict[str, tuple[int, ...]], owner: str) -> None:
    """Raise CheckpointError unless ``found`` has exactly these tensors. owner: its name in messages."""
    for name, stored in found.tensors.items():
        if name not in shapes:
            raise CheckpointError(
                f"{stored.file} contains {stored.name}, which {owner} does not have; is it for another base?"
            )
        if stored.shape != shapes[name]:
            raise CheckpointError(
                f"{stored.file}: {stored.name} has the shape {list(stored.shape)}, but {owner} needs "
                f"{list(shapes[name])}; is it for another base?"
            )
    missing = sorted(shapes.keys() - found.tensors.keys())
    if missing:
        raise CheckpointError(
            f"{owner[0].upper()}{owner[1:]} lacks {missing[0]}" + _and_others(len(missing) - 1) + "."
        )


def _and_others(count: int) -> str:
    return f" and {count} other tensors" if count else ""
