"""Load an EmoLA checkpoint folder.

A checkpoint folder holds ``config.json``, ``preprocessor_config.json``, ``model.safetensors``, whole or in
shards, and ``adapters/NAME/`` (PEFT: LoRA, and the projectors that go with it). Where ``config.json`` names a
``language_model``, its weights and tokeniser are fetched by that name and ``model.safetensors`` holds the
rest; where it names a ``base_model``, all weights but the adapters are fetched from the hub; otherwise the
folder holds everything, tokeniser included.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from transformers import AutoTokenizer, PreTrainedTokenizerBase
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.utils import logging as transformers_logging

from emola import downloads
from emola.errors import CheckpointError
from emola.model import adapters, hub
from emola.model.configuration import EmolaConfig
from emola.model.fitting import needed_bytes, quantization, require_memory, spread
from emola.model.modeling import EmolaForConditionalGeneration
from emola.model.precision import computes_in_bfloat16
from emola.model.processing import EmolaProcessor

log = logging.getLogger(__name__)

NANO = Path(__file__).parents[2] / "assets" / "emola-nano"
"""The checkpoint folder of EmoLA-Nano."""

LANGUAGE_MODEL = "SmolLM2-135M-Instruct"
"""The language model that ``downloads`` fetches."""

WEIGHTS = "model.safetensors"
ADAPTERS = adapters.FOLDER

OFFLOAD = "offload"
"""The device that is a GPU as far as the model fits, and main memory for the rest."""

_HUB_NAMES = {
    r"^language_model\.model\.": "model.language_model.",
    r"^language_model\.lm_head\.": "lm_head.",
    r"^multi_modal_projector\.": "model.multi_modal_projector.",
    r"^vision_tower\.": "model.vision_tower.",
    r"^model\.vision_tower\.vision_model\.": "model.vision_tower.",
}
"""What LLaVA's tensors are called on the hub, and here."""

Device = str | Mapping[str, int | str]
Quantisation = Literal["nf4", "int8"]


def load_checkpoint(
    folder: str | Path,
    *,
    device: Device = "auto",
    dtype: str | torch.dtype = "auto",
    quantize: Quantisation | None = None,
    trainable: bool = False,
) -> tuple[Any, EmolaProcessor]:
    """The model, in evaluation mode, and its processor.

    device: "auto" (a GPU if there is one), torch's name of a device, "offload" (a GPU as far as the model
    fits and main memory for the rest), or a device map: part of the model to device. dtype: "auto" (bfloat16
    where the device is made for it, else float32) or torch's name of a type. quantize: "nf4" (4 bits), "int8"
    or None. A single adapter is merged into the weights, unless these are quantised or ``trainable`` asks for
    the adapter itself. Raises CheckpointError for a folder that is incomplete and for a model that does not
    fit into memory.
    """
    folder = Path(folder)
    config = read_config(folder)
    if quantize not in (None, "nf4", "int8"):
        raise CheckpointError(f"Unknown quantisation {quantize!r}; use nf4, int8, or none.")
    device = pick_device(device)
    one = _one_device(device, whole=quantize is None and not trainable)
    dtype = pick_dtype(dtype, pick_device("auto") if one != device else one)
    found = adapters.find(folder)
    require_memory(config.title, needed_bytes(config, found, dtype, quantize), one, quantize)
    try:
        with quiet():
            model = load_base(folder, config, dtype=dtype, device=one, quantize=quantize)
            merge = quantize is None and not trainable
            model = adapters.attach(model, found, dtype=dtype, merge=merge, trainable=trainable)
            if one != device:
                model = spread(model, None if isinstance(device, str) else device)
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{folder} cannot be loaded: {_first_line(error)}") from error
    return model.train(trainable), load_processor(folder, config)


def read_config(folder: Path) -> EmolaConfig:
    """The configuration of a checkpoint folder. Raises CheckpointError when it is not one."""
    _require(folder, "config.json", "preprocessor_config.json")
    return EmolaConfig.from_pretrained(folder)


def load_base(
    folder: Path,
    config: EmolaConfig,
    *,
    dtype: torch.dtype,
    device: Device | None,
    quantize: str | None = None,
    new_projectors: bool = False,
) -> EmolaForConditionalGeneration:
    """The model of a checkpoint folder without its adapters.

    device: None leaves it to DeepSpeed. new_projectors: projectors that are not there start at random, for
    a training that begins them.
    """
    options: dict[str, Any] = {"dtype": dtype, "device_map": device}
    if quantize:
        options["quantization_config"] = quantization(quantize, dtype)
    place: Path | None = folder
    if config.base_model:
        place = hub.fetch(config.base_model, config.base_revision)
        options["key_mapping"] = _HUB_NAMES
    elif config.language_model:
        _require(folder, WEIGHTS)
        place, options["state_dict"] = None, _with_language_model(folder, config)
    model, info = EmolaForConditionalGeneration.from_pretrained(
        place, config=config, output_loading_info=True, ignore_mismatched_sizes=True, **options
    )
    _require_whole(place or folder, info, adapted=new_projectors or bool(adapters.find(folder)))
    return model


def _with_language_model(folder: Path, config: EmolaConfig) -> dict[str, torch.Tensor]:
    """The weights in the folder and those of the language model that it names."""
    weights = load_file(folder / WEIGHTS)
    for name, tensor in load_file(language_model_dir(config) / WEIGHTS).items():
        weights[name.replace("model.", "model.language_model.", 1)] = tensor
    return weights


def _require_whole(folder: Path, info: Mapping[str, Any], *, adapted: bool) -> None:
    """CheckpointError when a tensor is missing or has another shape than the configuration says.

    Adapters bring projectors of their own, so the base need not have them.
    """
    missing = sorted(n for n in info["missing_keys"] if not (adapted and "_projector." in n))
    if missing:
        raise CheckpointError(f"{folder} is incomplete: it lacks {missing[0]} ({len(missing)} in all).")
    for name, found, wanted in sorted(info["mismatched_keys"]):
        raise CheckpointError(f"{folder}: {name} has the shape {list(found)}, not {list(wanted)}.")


def load_processor(folder: Path, config: EmolaConfig) -> EmolaProcessor:
    """Image processor and tokeniser; the latter is that of the language model, where this is fetched."""
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
        prompt=config.prompt,
    )


def language_model_dir(config: EmolaConfig) -> Path:
    """Folder of the language model that a configuration names; fetched when it is missing."""
    if config.language_model != LANGUAGE_MODEL:
        raise CheckpointError(
            f"The checkpoint needs the language model {config.language_model!r}, "
            f"but only {LANGUAGE_MODEL!r} can be fetched."
        )
    return downloads.language_model_dir()


def pick_device(device: Any) -> Any:
    """A GPU if there is one, for "auto"; CheckpointError for a device that is not there."""
    if not isinstance(device, str):
        return device
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise CheckpointError(f"There is no {device} on this machine; use device='cpu'.")
    return device


def _one_device(device: Device, *, whole: bool) -> str:
    """Where the weights are read to: a device, or main memory when they go on to several."""
    if isinstance(device, str) and device != OFFLOAD:
        return device
    if not whole:
        raise CheckpointError("A model on several devices cannot be quantised or trained; use one device.")
    return "cpu"


def pick_dtype(dtype: str | torch.dtype, device: str) -> torch.dtype:
    """bfloat16 where that is the fast way and float32 elsewhere, for "auto"."""
    if isinstance(dtype, torch.dtype):
        return dtype
    if dtype == "auto":
        return torch.bfloat16 if computes_in_bfloat16(device) else torch.float32
    found = getattr(torch, dtype, None)
    if not isinstance(found, torch.dtype):
        raise CheckpointError(f"Unknown number type {dtype!r}; use float32, bfloat16 or float16.")
    return found


def _require(folder: Path, *names: str) -> None:
    for name in names:
        if not (folder / name).is_file():
            raise CheckpointError(f"{folder} is not an EmoLA checkpoint: {name} is missing.")


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


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
