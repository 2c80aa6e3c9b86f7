"""Complete EmoLA models with few random weights, a byte-level tokeniser, and checkpoint folders."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import CLIPVisionConfig, LlamaConfig, PreTrainedTokenizerFast, ResNetConfig
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from emola.faba.messages import Message, message
from emola.files import sha256_text
from emola.model import EmolaConfig, EmolaForConditionalGeneration, EmolaProcessor
from emola.model.loading import make_processor

if TYPE_CHECKING:
    from peft import PeftModel

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<file_sep>")
IMAGE_TOKEN = "<file_sep>"
PRIOR_DIM = 10

_TEMPLATES = TemporaryDirectory(prefix="emola-tiny-")


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    """Return a tokeniser with one token per byte and the special tokens of SmolLM2."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: i for i, token in enumerate((*SPECIAL, *alphabet))}
    inner = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    inner.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        pad_token="<|im_end|>",
        unk_token="<|endoftext|>",
    )


def text_config() -> LlamaConfig:
    """Return two layers with grouped queries; large weights spread the logits, so that no ties occur."""
    return LlamaConfig(
        vocab_size=260,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        initializer_range=0.2,
        tie_word_embeddings=True,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
    )


def resnet_config(prior_tokens: int = 4, prior_dim: int = PRIOR_DIM, **options: Any) -> EmolaConfig:
    """Return a configuration like Nano's: a ResNet over 32x32 grey pixels (16 patches), 4 prior tokens."""
    tower = ResNetConfig(
        num_channels=1, embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic"
    )
    tower.hidden_size = 16
    return _config(
        tower,
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
        prior_dim=prior_dim,
        prior_tokens=prior_tokens,
        **options,
    )


def clip_config(prior_tokens: int = 1, prior_dim: int = PRIOR_DIM) -> EmolaConfig:
    """Return a configuration like LLaVA's: CLIP over 16x16 pixels (16 patches), layer -2, no class token."""
    tower = CLIPVisionConfig(
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=3,
        num_attention_heads=2,
        image_size=16,
        patch_size=4,
    )
    return _config(
        tower,
        vision_feature_layer=-2,
        vision_feature_select_strategy="default",
        prior_dim=prior_dim,
        prior_tokens=prior_tokens,
    )


def _config(tower: Any, **options: Any) -> EmolaConfig:
    return EmolaConfig(
        vision_config=tower,
        text_config=text_config(),
        image_token_index=SPECIAL.index(IMAGE_TOKEN),
        image_seq_length=16,
        **options,
    )


def tiny_model(config: EmolaConfig, seed: int = 0) -> EmolaForConditionalGeneration:
    """Return a model with random weights and random batch statistics."""
    torch.manual_seed(seed)
    model = EmolaForConditionalGeneration(config).eval()
    for name, buffer in model.named_buffers():
        if name.endswith("running_mean"):
            buffer.uniform_(-0.2, 0.2)
        elif name.endswith("running_var"):
            buffer.uniform_(0.2, 0.5)
    for projector in (model.model.multi_modal_projector, model.model.prior_projector):
        for layer in (projector.linear_1, projector.linear_2):
            torch.nn.init.normal_(layer.weight, std=0.3)
    return model


def image_processor(config: EmolaConfig) -> CLIPImageProcessorPil:
    grey = config.vision_config.num_channels == 1 and config.vision_config.model_type == "resnet"
    side = 32 if grey else config.vision_config.image_size
    return CLIPImageProcessorPil(
        size={"height": side, "width": side},
        do_center_crop=False,
        do_convert_rgb=False,
        **({"image_mean": [0.5], "image_std": [0.25]} if grey else {}),
    )


def chat_parts(seed: int = 1) -> tuple[EmolaForConditionalGeneration, EmolaProcessor]:
    """Return a CLIP model with two prior tokens, and its processor."""
    config = clip_config(prior_tokens=2)
    return tiny_model(config, seed), tiny_processor(config)


def tiny_processor(config: EmolaConfig) -> EmolaProcessor:
    return make_processor(config, image_processor(config), tiny_tokenizer())


def lora(model: EmolaForConditionalGeneration, name: str = "tiny", seed: int = 1) -> PeftModel:
    """Attach an adapter with random LoRA weights and projectors."""
    from peft import LoraConfig, get_peft_model  # its import takes seconds

    settings = LoraConfig(
        r=4,
        lora_alpha=8,
        target_modules=r".*language_model\.layers\.\d+\.(self_attn\.[qkvo]_proj|mlp\.(gate|up|down)_proj)",
        modules_to_save=["multi_modal_projector", "prior_projector"],
        task_type="CAUSAL_LM",
    )
    adapted = get_peft_model(model, settings, adapter_name=name)
    torch.manual_seed(seed)
    for parameter in adapted.parameters():
        if parameter.requires_grad:
            torch.nn.init.normal_(parameter, std=0.1)
    return adapted.eval()


def save_checkpoint(folder: Path, config: EmolaConfig, adapters: tuple[str, ...] = ()) -> Path:
    """Write a complete checkpoint folder; each configuration is built once per process and then copied."""
    template = Path(_TEMPLATES.name) / sha256_text(f"{config.to_json_string()} {adapters}")
    if not template.exists():
        tiny_model(config).save_pretrained(template)
        image_processor(config).save_pretrained(template)
        tiny_tokenizer().save_pretrained(template)
        for seed, name in enumerate(adapters, 1):
            lora(tiny_model(config), name, seed).save_pretrained(template / "adapters")
    shutil.copytree(template, folder, dirs_exist_ok=True)
    return folder


def face_picture(seed: int = 0, side: int = 40) -> Image.Image:
    """Return an image of random pixels."""
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def prior(seed: int = 0, size: int = PRIOR_DIM) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=size).astype(np.float32)


class FakeFace(SimpleNamespace):
    """A face with the attributes that the engine uses, hashed by identity as a real one."""

    __hash__ = object.__hash__


def face(seed: int = 0) -> Any:
    """Return a face, as the engine expects it, with random pixels and prior."""
    return FakeFace(crop=face_picture(seed), prior=prior(seed), visibility=None)


def user(text: str, image: bool = True) -> Message:
    return message("user", text, image=image)


def assistant(text: str) -> Message:
    return message("assistant", text)
