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
from typing import Any

import torch
from PIL import Image
from safetensors.torch import load_file
from transformers import AutoTokenizer, PreTrainedTokenizerBase
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.utils import logging as transformers_logging

from emola import downloads
from emola.errors import CheckpointError
from emola.files import asset
from emola.model import adapters, hub
from emola.model.configuration import EmolaConfig
from emola.model.devices import Device, Quantisation, check_options, loading_device, pick_device, pick_dtype
from emola.model.integrity import load_errors, read_json, require_intact
from emola.model.memory import dispatch, empty_model, needed_bytes, require_memory
from emola.model.modeling import EmolaForConditionalGeneration
from emola.model.processing import EmolaProcessor
from emola.model.quantization import quantization

log = logging.getLogger(__name__)

NANO = asset("emola-nano")
"""The checkpoint folder of EmoLA-Nano."""

LANGUAGE_MODEL = "SmolLM2-135M-Instruct"
"""The language model that ``downloads`` fetches."""

WEIGHTS = "model.safetensors"
ADAPTERS = adapters.FOLDER

_HUB_NAMES = {
    r"^language_model\.model\.": "model.language_model.",
    r"^language_model\.lm_head\.": "lm_head.",
    r"^multi_modal_projector\.": "model.multi_modal_projector.",
    r"^vision_tower\.": "model.vision_tower.",
    r"^model\.vision_tower\.vision_model\.": "model.vision_tower.",
}
"""What LLaVA's tensors are called on the hub, and here."""


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
    check_options(device, dtype, quantize)
    whole = quantize is None and not trainable
    config = read_config(folder)
    device = pick_device(device)
    one = loading_device(device, whole=whole)
    dtype = pick_dtype(dtype, pick_device("auto") if one != device else one)  # type: ignore[arg-type]
    found = adapters.find(folder)
    with quiet_libraries():
        processor = load_processor(folder, config)
        empty = _fitting(folder, config, processor)
        require_memory(config.title, needed_bytes(empty, found, dtype, quantize), one, quantize)
        model = load_base(folder, config, dtype=dtype, device=one, quantize=quantize)
        model = adapters.attach(model, found, dtype=dtype, merge=whole, trainable=trainable)
        if one != device:
            with load_errors(folder):
                model = dispatch(model, None if isinstance(device, str) else device)
    return model.train(trainable), processor


def read_config(folder: Path) -> EmolaConfig:
    """The configuration of a checkpoint folder.

    Raises CheckpointError when it is not one, or when a file of it differs from its checksums.
    """
    _require(folder, "config.json", "preprocessor_config.json")
    require_intact(folder)
    file = folder / "config.json"
    kind = read_json(file).get("model_type")
    if kind != EmolaConfig.model_type:
        raise CheckpointError(
            f"{folder} is not an EmoLA checkpoint: it holds a model of the type {kind!r}; "
            "'emola convert' makes a checkpoint of the published files."
        )
    with quiet_libraries(), load_errors(file):
        config = EmolaConfig.from_pretrained(folder)
        _require_plausible(config)
    return config


def _require_plausible(config: EmolaConfig) -> None:
    """ValueError for names that are no text, and for sizes that no model has: they would take all memory."""
    for name in ("base_model", "base_revision", "language_model", "prompt", "title"):
        value = getattr(config, name)
        if not isinstance(value, str) and (value is not None or name in ("prompt", "title")):
            raise ValueError(f"{name} is {value!r}")
    for part in (config, config.text_config, config.vision_config):
        for name, value in part.to_dict().items():
            if name.endswith(("_size", "_dim", "_tokens", "_length", "_layers", "_heads", "_channels")):
                limit = 10_000 if name.endswith(("_layers", "_heads", "_tokens")) else 10**7
                if value is not None and not (type(value) is int and 0 < value <= limit):
                    raise ValueError(f"{name} is {value!r}")


def _fitting(folder: Path, config: EmolaConfig, processor: EmolaProcessor) -> EmolaForConditionalGeneration:
    """The model without memory for its weights. Raises CheckpointError when its parts do not fit together."""
    with load_errors(folder / "config.json"):
        model = empty_model(config)
        pixels = processor.pixel_values([Image.new("RGB", (8, 8))]).to("meta")
        count = model.image_embeds(pixels, None).shape[1]
        if count != config.image_tokens:
            raise ValueError(f"a face takes {config.image_tokens} tokens, but the model makes {count}")
        if not 0 <= config.image_token_index < len(processor.tokenizer):
            raise ValueError(f"the tokenizer has no token {config.image_token_index}")
    return model


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
    with load_errors(
        folder / WEIGHTS if place == folder and (folder / WEIGHTS).is_file() else place or folder
    ):
        model, info = EmolaForConditionalGeneration.from_pretrained(
            place, config=config, output_loading_info=True, ignore_mismatched_sizes=True, **options
        )
    _require_whole(place or folder, info, adapted=new_projectors or bool(adapters.find(folder)))
    return model


def _with_language_model(folder: Path, config: EmolaConfig) -> dict[str, torch.Tensor]:
    """The weights in the folder and those of the language model that it names."""
    file, language = folder / WEIGHTS, language_model_dir(config) / WEIGHTS
    with load_errors(file):
        weights = load_file(file)
    with load_errors(language):
        spoken = load_file(language)
    for name, tensor in spoken.items():
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
    words = language_model_dir(config) if config.language_model else folder
    if (words / "tokenizer_config.json").exists():
        read_json(words / "tokenizer_config.json")
    with load_errors(words / "tokenizer.json" if (words / "tokenizer.json").exists() else words):
        tokenizer = AutoTokenizer.from_pretrained(words)
    with load_errors(folder / "preprocessor_config.json"):
        image_processor = CLIPImageProcessorPil.from_pretrained(folder)
    with load_errors(folder / "config.json"):
        return make_processor(config, image_processor, tokenizer)


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


def _require(folder: Path, *names: str) -> None:
    for name in names:
        if not (folder / name).is_file():
            raise CheckpointError(f"{folder} is not an EmoLA checkpoint: {name} is missing.")


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Without the progress bars and reports of the libraries, which are not for users."""
    level = transformers_logging.get_verbosity()
    bars = transformers_logging.is_progress_bar_enabled()
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the libraries', about each other and about defaults
            yield
    finally:
        transformers_logging.set_verbosity(level)
        if bars:
            transformers_logging.enable_progress_bar()
