"""Loading of the parts that encode a face and a prompt, for a model whose answers vLLM servers generate.

They are the vision tower, the projectors of each adapter, and the table of token embeddings: about 1.2 GB of
the published model in 16 bits, instead of 14 GB.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from emola.errors import CheckpointError
from emola.model import adapters, lora
from emola.model.configuration import EmolaConfig
from emola.model.devices import Device, check_options, loading_device, pick_device, pick_dtype
from emola.model.eight_bits import has_rounded_weights, round_weights
from emola.model.integrity import load_errors, read_json
from emola.model.loading import load_base, load_processor, quiet_libraries, read_config
from emola.model.memory import empty_model, needed_bytes, require_memory
from emola.model.processing import EmolaProcessor

__all__ = ["load_encoder"]


def load_encoder(folder: Path, *, device: Device = "auto", dtype: str = "auto") -> tuple[Any, EmolaProcessor]:
    """Load a model without the layers of its language model, in evaluation mode, and its processor.

    The model encodes faces and embeds prompts as the complete model does, whose number of parameters is its
    attribute ``complete_parameters``; anything else raises ValueError.
    device, dtype: see ``load_checkpoint``; a model that would lie on several devices lies in main memory.

    Raises CheckpointError for an incomplete or damaged folder, an invalid option, and too little memory.
    """
    check_options(device, dtype, None)
    config = read_config(folder)
    with load_errors(folder / "config.json"):
        complete = _parameter_count(config)
    config.text_config.num_hidden_layers = 0
    target = loading_device(pick_device(device), whole=True)
    number = pick_dtype(dtype, target)
    with quiet_libraries():
        processor = load_processor(folder, config)
        needed = needed_bytes(empty_model(config), (), number, None)
        require_memory(config.title, needed, target, "nf4")  # "nf4": without the advice to load it in 4 bits
        model = load_base(folder, config, dtype=number, device=target)
        if has_rounded_weights(config, adapters.find(folder)):
            round_weights(model)
        _attach_projectors(model, adapters.find(folder))
    model.complete_parameters = complete
    return model.eval(), processor


def _parameter_count(config: EmolaConfig) -> int:
    """Return the number of parameters of the complete model; a shared table of tokens counts once."""
    tied = config.tie_word_embeddings
    parameters = empty_model(config).named_parameters()
    return sum(each.numel() for name, each in parameters if not (tied and name.startswith("lm_head.")))


def _attach_projectors(model: Any, folders: list[Path]) -> None:
    """Give a model the projectors of adapters, and activate the first adapter."""
    projectors = {}
    for folder in folders:
        if not (folder / adapters.CONFIG).is_file():
            raise CheckpointError(f"{folder} is not an adapter: {adapters.CONFIG} is missing.")
        with load_errors(folder):
            config = read_json(folder / adapters.CONFIG)
            projectors[folder.name] = lora.whole_modules(model, config, folder / adapters.WEIGHTS)
    model.adapter_projectors = projectors
    if projectors:
        adapters.activate(model, next(iter(projectors)))
