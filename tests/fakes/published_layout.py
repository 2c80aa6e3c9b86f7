"""Tiny random checkpoints in the published layouts, with an independent implementation of their logits.

``Reference`` uses Llama and CLIP of transformers and its own code for the rest; it shares no code with the
package.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from torch.nn import functional as F
from transformers import CLIPVisionConfig, CLIPVisionModel, LlamaConfig, LlamaForCausalLM

from emola.model.conversion import Report, convert

PUBLISHED = Path(__file__).parents[1] / "fixtures" / "published"
TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
PRIOR_DIM = 212
IMAGE = -200


@dataclass(frozen=True)
class Shape:
    """Sizes of a model; the default vocabulary is that of the tokeniser in the fixtures."""

    layers: int = 2
    hidden: int = 32
    inner: int = 48
    heads: int = 4
    kv_heads: int = 4
    vocab: int = 480
    tower: int = 24
    side: int = 28
    rank: int = 4
    alpha: int = 8


class Reference:
    """Random weights, and the logits that the published code computes from them."""

    def __init__(self, shape: Shape | None = None, seed: int = 0) -> None:
        self.shape = shape = shape or Shape()
        torch.manual_seed(seed)
        text = LlamaConfig(
            vocab_size=shape.vocab,
            hidden_size=shape.hidden,
            intermediate_size=shape.inner,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            num_key_value_heads=shape.kv_heads,
            rms_norm_eps=1e-5,
            max_position_embeddings=512,
            initializer_range=0.2,
        )
        vision = CLIPVisionConfig(
            hidden_size=shape.tower,
            intermediate_size=32,
            num_hidden_layers=3,
            num_attention_heads=2,
            image_size=shape.side,
            patch_size=14,
            initializer_factor=5.0,
        )
        self.llama = LlamaForCausalLM(text).eval()
        self.clip = CLIPVisionModel(vision).eval()
        self.patches = self.projector(shape.tower)
        self.lora = {"au": self.adapter(1), "emotion": self.adapter(2)}

    def projector(self, inputs: int) -> dict[str, torch.Tensor]:
        hidden = self.shape.hidden
        shapes = {
            "0.weight": (hidden, inputs),
            "0.bias": (hidden,),
            "2.weight": (hidden, hidden),
            "2.bias": (hidden,),
        }
        return {name: torch.randn(size) * 0.3 for name, size in shapes.items()}

    def adapter(self, seed: int) -> dict[str, dict[str, torch.Tensor]]:
        torch.manual_seed(seed)
        weights = {}
        for name, weight in self.llama.state_dict().items():
            if name.endswith(tuple(f"{target}.weight" for target in TARGETS)):
                layer = name.removesuffix(".weight")
                weights[f"{layer}.lora_A"] = torch.randn(self.shape.rank, weight.shape[1]) * 0.2
                weights[f"{layer}.lora_B"] = torch.randn(weight.shape[0], self.shape.rank) * 0.2
        return {
            "lora": weights,
            "mm_projector": self.projector(self.shape.tower),
            "landmark_feature_projector": self.projector(PRIOR_DIM),
        }

    @torch.no_grad()
    def logits(self, name: str, ids: list[int], pixels: torch.Tensor, prior: torch.Tensor) -> torch.Tensor:
        """Return logits (T, V): LoRA merged, ``IMAGE`` replaced by patches and prior."""
        adapter, scale = self.lora[name], self.shape.alpha / self.shape.rank
        state = {key: value.clone() for key, value in self.llama.state_dict().items()}
        for key in adapter["lora"]:
            if key.endswith("lora_A"):
                layer = key.removesuffix(".lora_A")
                b, a = adapter["lora"][f"{layer}.lora_B"], adapter["lora"][key]
                state[f"{layer}.weight"] += scale * b @ a
        features = self.clip(pixels, output_hidden_states=True).hidden_states[-2][0, 1:]
        face = torch.cat(
            [mlp(adapter["mm_projector"], features), mlp(adapter["landmark_feature_projector"], prior[None])]
        )
        index = ids.index(IMAGE)
        table = state["model.embed_tokens.weight"]
        embeds = torch.cat([table[ids[:index]], face, table[ids[index + 1 :]]])
        merged = LlamaForCausalLM(self.llama.config).eval()
        merged.load_state_dict(state)
        return merged(inputs_embeds=embeds[None]).logits[0]

    def base_tensors(self) -> dict[str, torch.Tensor]:
        tensors = {name: value.clone() for name, value in self.llama.state_dict().items()}
        tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = torch.ones(4)
        return {**tensors, **{f"model.mm_projector.{name}": t for name, t in self.patches.items()}}

    def write_base(self, folder: Path, kind: str = "bin") -> Path:
        """Write the base in the original layout; kind: "bin" or "safetensors", optionally with "-shards"."""
        folder.mkdir()
        write_weights(folder, self.base_tensors(), kind)
        for name in ("tokenizer.model", "tokenizer_config.json"):
            shutil.copy(PUBLISHED / "llava-v1.5-tiny" / name, folder)
        write_json(folder / "config.json", self.settings())
        return folder

    def settings(self) -> dict[str, object]:
        text = self.llama.config
        names = (
            "hidden_size intermediate_size num_hidden_layers num_attention_heads num_key_value_heads "
            "vocab_size rms_norm_eps max_position_embeddings hidden_act bos_token_id eos_token_id"
        )
        return {
            **{name: getattr(text, name) for name in names.split()},
            "model_type": "llava",
            "pad_token_id": 0,
            "mm_hidden_size": self.shape.tower,
            "mm_projector_type": "mlp2x_gelu",
            "mm_vision_select_layer": -2,
            "mm_vision_select_feature": "patch",
            "mm_vision_tower": "openai/clip-vit-large-patch14-336",
            "mm_use_im_start_end": False,
            "mm_use_im_patch_token": False,
        }

    def write_tower(self, folder: Path, *, whole_clip: bool = False) -> Path:
        """Write the vision tower; whole_clip: with the text model, as OpenAI publishes it."""
        folder.mkdir()
        tensors = {f"vision_model.{name}": t.clone() for name, t in self.clip.state_dict().items()}
        tensors["vision_model.embeddings.position_ids"] = torch.arange(5)[None]
        settings = self.clip.config.to_dict()
        if whole_clip:
            tensors["text_model.final_layer_norm.weight"] = torch.ones(3)
            tensors["logit_scale"] = torch.ones(())
            settings = {"model_type": "clip", "vision_config": settings}
        torch.save(tensors, folder / "pytorch_model.bin")
        write_json(folder / "config.json", settings)
        processor = json.loads((PUBLISHED / "clip-tiny" / "preprocessor_config.json").read_text())
        side = self.shape.side
        processor.update(size={"shortest_edge": side}, crop_size={"height": side, "width": side})
        write_json(folder / "preprocessor_config.json", processor)
        return folder

    def write_transformers(self, folder: Path, *, old_names: bool) -> Path:
        """Write the base in the layout of transformers."""
        folder.mkdir()
        tensors = {}
        for name, tensor in self.llama.state_dict().items():
            if old_names:
                new = f"language_model.{name}"
            else:
                new = name.replace("model.", "model.language_model.", 1)
            tensors[new] = tensor.clone()
        outer = "" if old_names else "model."
        inner = "vision_model." if old_names else ""
        for name, tensor in self.clip.state_dict().items():
            tensors[f"{outer}vision_tower.{inner}{name}"] = tensor.clone()
        for name, tensor in self.patches.items():
            name = name.replace("0.", "linear_1.").replace("2.", "linear_2.")
            tensors[f"{outer}multi_modal_projector.{name}"] = tensor.clone()
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
        settings = {
            "model_type": "llava",
            "image_token_index": 480,
            "text_config": {**self.settings(), "model_type": "llama"},
            "vision_config": self.clip.config.to_dict(),
            "vision_feature_layer": -2,
            "vision_feature_select_strategy": "default",
        }
        write_json(folder / "config.json", settings)
        shutil.copy(PUBLISHED / "llava-v1.5-tiny" / "tokenizer.model", folder)
        self.write_tower(folder / "tower")
        shutil.move(folder / "tower" / "preprocessor_config.json", folder)
        shutil.rmtree(folder / "tower")
        return folder

    def write_adapter(self, folder: Path, name: str) -> Path:
        folder.mkdir()
        adapter = self.lora[name]
        prefix = "base_model.model.model"
        lora = {f"base_model.model.{key}.weight": tensor for key, tensor in adapter["lora"].items()}
        landmark_projector = {
            f"{prefix}.landmark_feature_projector.{k}": t
            for k, t in adapter["landmark_feature_projector"].items()
        }
        patches = {f"{prefix}.mm_projector.{k}": t for k, t in adapter["mm_projector"].items()}
        torch.save(lora, folder / "adapter_model.bin")
        torch.save({**patches, **landmark_projector}, folder / "non_lora_trainables.bin")
        torch.save(landmark_projector, folder / "landmark_feature_projector.bin")
        example = PUBLISHED / "llava-v1.5-tiny-lora-emola-au" / "adapter_config.json"
        settings = json.loads(example.read_text())
        settings.update(r=self.shape.rank, lora_alpha=self.shape.alpha)
        write_json(folder / "adapter_config.json", settings)
        write_json(folder / "config.json", {**self.settings(), "landmark_feature_hidden_size": PRIOR_DIM})
        return folder

    def write_all(self, folder: Path, kind: str = "bin", *, whole_clip: bool = False) -> dict[str, Path]:
        """Write all input folders of ``emola convert`` and return them by role."""
        return {
            "base": self.write_base(folder / "llava-v1.5-tiny", kind),
            "tower": self.write_tower(folder / "clip", whole_clip=whole_clip),
            **{name: self.write_adapter(folder / f"emola-{name}", name) for name in self.lora},
        }


def mlp(weights: dict[str, torch.Tensor], inputs: torch.Tensor) -> torch.Tensor:
    hidden = F.gelu(F.linear(inputs, weights["0.weight"], weights["0.bias"]))
    return F.linear(hidden, weights["2.weight"], weights["2.bias"])


def write_weights(folder: Path, tensors: dict[str, torch.Tensor], kind: str) -> None:
    suffix, _, shards = kind.partition("-")
    stem = "model" if suffix == "safetensors" else "pytorch_model"

    def save(part: dict[str, torch.Tensor], path: Path) -> None:
        if suffix == "safetensors":
            save_file(part, path, metadata={"format": "pt"})
        else:
            torch.save(part, path)

    if not shards:
        return save(tensors, folder / f"{stem}.{suffix}")
    names, weight_map = sorted(tensors), {}
    for number, part in enumerate((names[::2], names[1::2]), 1):
        file = f"{stem}-{number:05}-of-00002.{suffix}"
        save({name: tensors[name] for name in part}, folder / file)
        weight_map.update(dict.fromkeys(part, file))
    write_json(folder / f"{stem}.{suffix}.index.json", {"metadata": {}, "weight_map": weight_map})
    return None


def convert_parts(
    parts: dict[str, Path], out: Path, names: Sequence[str] = ("au", "emotion"), **options: Any
) -> Report:
    """Convert the folders of :meth:`Reference.write_all`; names: the adapters."""
    options.setdefault("vision_tower", str(parts["tower"]) if "tower" in parts else None)
    return convert(str(parts["base"]), {name: parts[name] for name in names}, out, **options)


def picture_and_prior(seed: int = 0) -> tuple[Image.Image, np.ndarray]:
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (40, 60, 3), dtype=np.uint8)
    return Image.fromarray(pixels), rng.normal(size=PRIOR_DIM).astype(np.float32)


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value))
