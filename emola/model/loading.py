"""Loading of EmoLA checkpoint folders.

A checkpoint folder holds ``config.json``, ``preprocessor_config.json``, ``model.safetensors`` (one file or
shards) and ``adapters/NAME/`` (PEFT: LoRA and projectors). If ``config.json`` names a ``language_model``, its
weights and tokeniser are downloaded and ``model.safetensors`` holds the other weights. If it names a
``base_model``, all weights except the adapters are downloaded from the hub. Otherwise the folder is complete,
including the tokeniser.
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
from emola.faba.face_reading import READING_STYLES
from emola.files import asset
from emola.model import adapters, hub
from emola.model.configuration import EmolaConfig
from emola.model.devices import Device, Quantisation, check_options, loading_device, pick_device, pick_dtype
from emola.model.eight_bits import has_rounded_weights, round_weights
from emola.model.integrity import load_errors, read_json, require_intact
from emola.model.memory import dispatch, empty_model, needed_bytes, require_memory
from emola.model.modeling import EmolaForConditionalGeneration
from emola.model.processing import EmolaProcessor
from emola.model.quantization import quantization

log = logging.getLogger(__name__)

NANO = asset("emola-nano")
"""The checkpoint folder of EmoLA-Nano."""

LANGUAGE_MODEL = "SmolLM2-135M-Instruct"
"""The language model that ``emola.downloads`` provides."""

WEIGHTS = "model.safetensors"
ADAPTERS = adapters.FOLDER

_HUB_NAMES = {
    r"^language_model\.model\.": "model.language_model.",
    r"^language_model\.lm_head\.": "lm_head.",
    r"^multi_modal_projector\.": "model.multi_modal_projector.",
    r"^vision_tower\.": "model.vision_tower.",
    r"^model\.vision_tower\.vision_model\.": "model.vision_tower.",
}
"""Names of LLaVA's tensors on the hub, and their names here."""


def load_checkpoint(
    folder: str | Path,
    *,
    device: Device = "auto",
    dtype: str | torch.dtype = "auto",
    quantize: Quantisation | None = None,
    trainable: bool = False,
) -> tuple[Any, EmolaProcessor]:
    """Load a model, in evaluation mode unless ``trainable``, and its processor.

    device: "auto" (a GPU if there is one), a torch device, "offload" (a GPU, with main memory for the part
    that does not fit), or a device map from module names to devices. dtype: "auto" (bfloat16 where the device
    supports it well, else float32, but products with weights of 8 bits in bfloat16) or the name of a torch
    type. quantize: "nf4" (4 bits), "int8" or None. A single adapter is merged into the weights unless
    they are quantised or the adapter is trainable.

    Raises CheckpointError for an incomplete or damaged folder, an invalid option, and a model that does not
    fit into memory.
    """
    folder = Path(folder)
    check_options(device, dtype, quantize)
    whole = quantize is None and not trainable
    config, device = read_config(folder), pick_device(device)
    target = loading_device(device, whole=whole)
    in_bfloat16 = dtype in ("auto", "bfloat16", torch.bfloat16)
    dtype = pick_dtype(dtype, target if target == device else str(pick_device("auto")))
    adapter_folders = adapters.find(folder)
    with quiet_libraries():
        processor = load_processor(folder, config)
        empty = _validated_empty_model(folder, config, processor)
        require_memory(config.title, needed_bytes(empty, adapter_folders, dtype, quantize), target, quantize)
        base = load_base(folder, config, dtype=dtype, device=target, quantize=quantize)
        model = adapters.attach(base, adapter_folders, dtype=dtype, merge=whole, trainable=trainable)
        if whole and has_rounded_weights(config, adapter_folders):
            round_weights(model, in_bfloat16=in_bfloat16)
        if target != device:
            with load_errors(folder):
                model = dispatch(model, None if isinstance(device, str) else device)
    return model.train(trainable), processor


def read_config(folder: Path) -> EmolaConfig:
    """Return the configuration of a checkpoint folder.

    Raises CheckpointError for any other folder, and when a file differs from its checksum.
    """
    _require(folder, "config.json", "preprocessor_config.json")
    require_intact(folder)
    file = folder / "config.json"
    model_type = read_json(file).get("model_type")
    if model_type != EmolaConfig.model_type:
        raise CheckpointError(
            f"{folder} is not an EmoLA checkpoint: its model type is {model_type!r}; "
            "'emola convert' makes a checkpoint from the published files."
        )
    with quiet_libraries(), load_errors(file):
        config: EmolaConfig = EmolaConfig.from_pretrained(folder)
        _require_plausible(config)
    return config


def _require_plausible(config: EmolaConfig) -> None:
    """Raise ValueError for unknown names, and for sizes so large that they would exhaust memory."""
    if config.reading not in (None, *READING_STYLES):
        raise ValueError(f"reading is {config.reading!r}")
    if config.weight_bits not in (None, 8):
        raise ValueError(f"weight_bits is {config.weight_bits!r}")
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


def _validated_empty_model(
    folder: Path, config: EmolaConfig, processor: EmolaProcessor
) -> EmolaForConditionalGeneration:
    """Return the model without weights. Raises CheckpointError when its parts do not fit together."""
    with load_errors(folder / "config.json"):
        model = empty_model(config)
        pixels = processor.pixel_values([Image.new("RGB", (8, 8))]).to("meta")
        count = model.image_embeds(pixels, None).shape[1]
        if count != config.image_tokens:
            raise ValueError(f"a face has {config.image_tokens} tokens, but the model makes {count}")
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
    """Load the model of a checkpoint folder without its adapters.

    device: None leaves the placement to DeepSpeed. new_projectors: initialise missing projectors at random,
    for training from scratch.

    Raises CheckpointError for missing or damaged weights.
    """
    options: dict[str, Any] = {"dtype": dtype, "device_map": device}
    if quantize:
        options["quantization_config"] = quantization(quantize, dtype)
    source: Path | None = folder
    if config.base_model:
        source = hub.fetch(config.base_model, config.base_revision)
        options["key_mapping"] = _HUB_NAMES
    elif config.language_model:
        _require(folder, WEIGHTS)
        source, options["state_dict"] = None, _with_language_model(folder, config)
    in_one_file = source == folder and (folder / WEIGHTS).is_file()
    with load_errors(folder / WEIGHTS if in_one_file else source or folder):
        loaded: tuple[EmolaForConditionalGeneration, dict[str, Any]]
        loaded = EmolaForConditionalGeneration.from_pretrained(
            source, config=config, output_loading_info=True, ignore_mismatched_sizes=True, **options
        )
    model, info = loaded
    _require_whole(source or folder, info, adapted=new_projectors or bool(adapters.find(folder)))
    return model


def _with_language_model(folder: Path, config: EmolaConfig) -> dict[str, torch.Tensor]:
    """Return the weights of the folder and of the language model that its configuration names."""
    file, language = folder / WEIGHTS, language_model_dir(config) / WEIGHTS
    with load_errors(file):
        weights = load_file(file)
    with load_errors(language):
        language_weights = load_file(language)
    for name, tensor in language_weights.items():
        weights[name.replace("model.", "model.language_model.", 1)] = tensor
    return weights


def _require_whole(folder: Path, info: Mapping[str, Any], *, adapted: bool) -> None:
    """Raise CheckpointError for a missing tensor and for a shape that differs from the configuration.

    adapted: projectors may be missing, since adapters bring their own.
    """
    missing = sorted(n for n in info["missing_keys"] if not (adapted and "_projector." in n))
    if missing:
        raise CheckpointError(f"{folder} is incomplete: it lacks {missing[0]} ({len(missing)} in total).")
    for name, found, wanted in sorted(info["mismatched_keys"]):
        raise CheckpointError(f"{folder}: {name} has the shape {list(found)}, not {list(wanted)}.")


def load_processor(folder: Path, config: EmolaConfig) -> EmolaProcessor:
    """Load the image processor and the tokeniser; a downloaded language model brings its own tokeniser."""
    source = language_model_dir(config) if config.language_model else folder
    if (source / "tokenizer_config.json").exists():
        read_json(source / "tokenizer_config.json")
    with load_errors(source / "tokenizer.json" if (source / "tokenizer.json").exists() else source):
        tokenizer = AutoTokenizer.from_pretrained(source)
    with load_errors(folder / "preprocessor_config.json"):
        image_processor = CLIPImageProcessorPil.from_pretrained(folder)
    with load_errors(folder / "config.json"):
        return make_processor(config, image_processor, tokenizer)


def make_processor(
    config: EmolaConfig, image_processor: Any, tokenizer: PreTrainedTokenizerBase
) -> EmolaProcessor:
    """Return a processor with the image tokens, prior and prompt format of a configuration."""
    return EmolaProcessor(
        image_processor=image_processor,
        tokenizer=tokenizer,
        image_token=tokenizer.convert_ids_to_tokens(config.image_token_index),
        image_tokens=config.image_tokens,
        prior_dim=config.prior_dim,
        prompt=config.prompt,
    )


def language_model_dir(config: EmolaConfig) -> Path:
    """Return the folder of the language model of a configuration, downloaded if necessary."""
    if config.language_model != LANGUAGE_MODEL:
        raise CheckpointError(
            f"The checkpoint needs the language model {config.language_model!r}, "
            f"but only {LANGUAGE_MODEL!r} is available."
        )
    return downloads.language_model_dir()


def _require(folder: Path, *names: str) -> None:
    for name in names:
        if not (folder / name).is_file():
            raise CheckpointError(f"{folder} is not an EmoLA checkpoint: {name} is missing.")


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Silence warnings, reports and progress bars of transformers and other libraries."""
    level = transformers_logging.get_verbosity()
    bars = transformers_logging.is_progress_bar_enabled()
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about deprecations and default values
            yield
    finally:
        transformers_logging.set_verbosity(level)
        if bars:
            transformers_logging.enable_progress_bar()
