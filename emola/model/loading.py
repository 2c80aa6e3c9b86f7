"""Load an EmoLA checkpoint folder.

A checkpoint folder holds ``config.json``, ``preprocessor_config.json``, ``model.safetensors`` and
``adapters/NAME/`` (PEFT: LoRA, and the projectors that go with it). Where ``config.json`` names a
``language_model``, its weights and tokeniser are fetched by that name and ``model.safetensors``
holds the rest; otherwise the folder holds everything, tokeniser included.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoTokenizer, BitsAndBytesConfig, PreTrainedTokenizerBase
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.utils import logging as transformers_logging

from emola import downloads
from emola.errors import CheckpointError
from emola.model.configuration import EmolaConfig
from emola.model.modeling import EmolaForConditionalGeneration
from emola.model.processing import EmolaProcessor

log = logging.getLogger(__name__)

NANO = Path(__file__).parents[2] / "assets" / "emola-nano"
"""The checkpoint folder of EmoLA-Nano."""

LANGUAGE_MODEL = "SmolLM2-135M-Instruct"
"""The language model that ``downloads`` fetches."""

WEIGHTS = "model.safetensors"
ADAPTERS = "adapters"
UNQUANTISED = ("model.vision_tower", "model.multi_modal_projector", "model.prior_projector", "lm_head")
"""Parts that stay as they are when the rest is quantised, named from the start as transformers asks."""

Quantisation = Literal["nf4", "int8"]


def load_checkpoint(
    folder: str | Path,
    *,
    device: str = "auto",
    dtype: str | torch.dtype = "auto",
    quantize: Quantisation | None = None,
    trainable: bool = False,
) -> tuple[Any, EmolaProcessor]:
    """The model, in evaluation mode, and its processor.

    device: "auto" (a GPU if there is one), or torch's name of a device. dtype: "auto" (bfloat16 on a
    GPU, float32 elsewhere) or torch's name of a type. quantize: "nf4" (4 bits), "int8" or None.
    A single adapter is merged into the weights, unless these are quantised or ``trainable`` asks for
    the adapter itself. Raises CheckpointError for a folder that is incomplete.
    """
    folder = Path(folder)
    _require(folder, "config.json", "preprocessor_config.json")
    if quantize not in (None, "nf4", "int8"):
        raise CheckpointError(f"Unknown quantisation {quantize!r}; use nf4, int8, or none.")
    config = EmolaConfig.from_pretrained(folder)
    device = pick_device(device)
    dtype = pick_dtype(dtype, device)
    with quiet():
        model = load_base(folder, config, dtype=dtype, device=device, quantize=quantize)
        adapters = sorted(path.parent for path in (folder / ADAPTERS).glob("*/adapter_config.json"))
        model = _adapt(model, adapters, merge=quantize is None and not trainable, trainable=trainable)
    return model.train(trainable), load_processor(folder, config)


def load_base(
    folder: Path, config: EmolaConfig, *, dtype: torch.dtype, device: str, quantize: str | None = None
) -> EmolaForConditionalGeneration:
    """The model of a checkpoint folder without its adapters."""
    options: dict[str, Any] = {"dtype": dtype, "device_map": device}
    if quantize:
        options["quantization_config"] = quantization(quantize, dtype)
    if config.language_model is None:
        return EmolaForConditionalGeneration.from_pretrained(folder, config=config, **options)
    _require(folder, WEIGHTS)
    weights = load_file(folder / WEIGHTS)
    for name, tensor in load_file(language_model_dir(config) / WEIGHTS).items():
        weights[name.replace("model.", "model.language_model.", 1)] = tensor
    return EmolaForConditionalGeneration.from_pretrained(None, config=config, state_dict=weights, **options)


def load_processor(folder: Path, config: EmolaConfig) -> EmolaProcessor:
    """Image processor of the folder, tokeniser of its language model."""
    tokenizer = AutoTokenizer.from_pretrained(language_model_dir(config) if config.language_model else folder)
    return make_processor(config, CLIPImageProcessorPil.from_pretrained(folder), tokenizer)


def make_processor(
    config: EmolaConfig, image_processor: Any, tokenizer: PreTrainedTokenizerBase
) -> EmolaProcessor:
    """A processor that counts image tokens as the model does."""
    return EmolaProcessor(
        image_processor=image_processor,
        tokenizer=tokenizer,
        image_token=tokenizer.convert_ids_to_tokens(config.image_token_index),
        image_tokens=config.image_tokens,
        prior_dim=config.prior_dim,
    )


def language_model_dir(config: EmolaConfig) -> Path:
    """Folder of the language model that a configuration names; fetched when it is missing."""
    if config.language_model != LANGUAGE_MODEL:
        raise CheckpointError(
            f"The checkpoint needs the language model {config.language_model!r}, "
            f"but only {LANGUAGE_MODEL!r} can be fetched."
        )
    return downloads.language_model_dir()


def quantization(quantize: str, compute: torch.dtype) -> BitsAndBytesConfig:
    """bitsandbytes settings; vision tower, projectors and language head stay as they are."""
    if quantize == "nf4":
        return BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=compute,
            llm_int8_skip_modules=list(UNQUANTISED),
        )
    return BitsAndBytesConfig(load_in_8bit=True, llm_int8_skip_modules=list(UNQUANTISED))


def pick_device(device: str) -> str:
    """A GPU if there is one, for "auto"; CheckpointError for a device that is not there."""
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise CheckpointError(f"There is no {device} on this machine; use device='cpu'.")
    return device


def pick_dtype(dtype: str | torch.dtype, device: str) -> torch.dtype:
    """bfloat16 on a GPU and float32 elsewhere, for "auto"."""
    if isinstance(dtype, torch.dtype):
        return dtype
    if dtype == "auto":
        return torch.bfloat16 if device.startswith("cuda") else torch.float32
    found = getattr(torch, dtype, None)
    if not isinstance(found, torch.dtype):
        raise CheckpointError(f"Unknown number type {dtype!r}; use float32, bfloat16 or float16.")
    return found


def _adapt(model: Any, adapters: list[Path], *, merge: bool, trainable: bool) -> Any:
    if not adapters:
        return model
    first, *others = adapters
    adapted = PeftModel.from_pretrained(model, first, adapter_name=first.name, is_trainable=trainable)
    for other in others:
        adapted.load_adapter(other, adapter_name=other.name, is_trainable=trainable)
    return adapted.merge_and_unload() if merge and not others else adapted


def _require(folder: Path, *names: str) -> None:
    for name in names:
        if not (folder / name).is_file():
            raise CheckpointError(f"{folder} is not an EmoLA checkpoint: {name} is missing.")


@contextmanager
def quiet() -> Iterator[None]:
    """Without the progress bars and reports of the libraries, which are not for users."""
    level = transformers_logging.get_verbosity()
    bars = transformers_logging.is_progress_bar_enabled()
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # the libraries', about each other
            yield
    finally:
        transformers_logging.set_verbosity(level)
        if bars:
            transformers_logging.enable_progress_bar()
