"""Export of the language model, one folder for each adapter, as plain Llama checkpoints for vLLM.

vLLM receives prompts as embeddings that EmoLA computes, and returns token ids. So an export holds the
language model alone, with the LoRA weights of one adapter merged into it. It has neither the vision tower nor
the projectors, and needs no image token, which is replaced before a prompt is sent.
"""

from __future__ import annotations

import copy
import gc
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import GenerationConfig, LlamaTokenizer

from emola.errors import CheckpointError
from emola.model import adapters
from emola.model.configuration import EmolaConfig
from emola.model.conversion.output import Progress, new_folder, require_space, write_json, write_weights
from emola.model.conversion.weight_files import StoredTensor
from emola.model.eight_bits import has_rounded_weights, round_weights
from emola.model.identity import Progress as Reading
from emola.model.identity import checkpoint_parts, language_model_digest
from emola.model.integrity import load_errors, write_checksums
from emola.model.loading import load_base, load_processor, quiet_libraries, read_config
from emola.model.memory import available_bytes, empty_model, needed_bytes
from emola.model.tokenizer import VOCABULARY, VicunaTokenizer

__all__ = ["FACTS", "Export", "export_language_model", "require_llama", "served_name"]

FACTS = "emola.json"
"""Name of the file in an export that says what it was made from."""

_LANGUAGE_MODEL = "model.language_model."


@dataclass(frozen=True)
class Export:
    """What an export was made from: the contents of ``emola.json``.

    name: see :func:`served_name`. title: display name of the model. dtype: number type of the weights.
    context: context length in tokens. parts: see ``checkpoint_parts``.
    """

    name: str
    title: str
    adapter: str | None
    dtype: str
    context: int
    parts: Mapping[str, str]


def served_name(title: str, adapter: str | None, parts: Mapping[str, str]) -> str:
    """Return the name of an export, such as ``emola-nano-nano-0123456789abcdef``.

    It names the folder, and vLLM reports the folder of the model that it serves. A server of another model,
    or of an export of an earlier version, is recognised by it.

    parts: see ``checkpoint_parts``.
    """
    words = re.sub(r"[^a-z0-9]+", "-", f"{title} {adapter or ''}".lower()).strip("-")
    return f"{words}-{language_model_digest(parts, adapter)}"


def export_language_model(
    folder: Path,
    out: Path,
    *,
    names: Sequence[str] = (),
    dtype: torch.dtype = torch.bfloat16,
    progress: Progress | None = None,
    reading: Reading | None = None,
) -> list[Export]:
    """Write the language model of a checkpoint folder, with each adapter, to folders below ``out``.

    names: the adapters, by default all. dtype: number type of the weights. progress, reading: called while
    weights are written, and while files are read for their digests.

    Raises CheckpointError for an unusable checkpoint, an unknown adapter, an existing output folder, and too
    little memory or disk space.
    """
    config = read_config(folder)
    chosen = _adapter_folders(folder, names)
    require_llama(config)
    with new_folder(out) as target:
        parts = checkpoint_parts(folder, config, (), reading)
        with quiet_libraries():
            _require_memory(config, [path for path in chosen if path], dtype)
            exports = []
            for adapter in chosen:
                exports.append(_write(folder, config, adapter, target, out, dtype, parts, progress))
                gc.collect()  # models refer to themselves, and two of them may not fit
            return exports


def require_llama(config: EmolaConfig) -> None:
    """Raise CheckpointError unless the language model is a Llama."""
    kind = config.text_config.model_type
    if kind != "llama":
        raise CheckpointError(f"The language model is of the type {kind!r}; only llama can be exported.")


def _adapter_folders(folder: Path, names: Sequence[str]) -> list[Path | None]:
    """Return the folders of the named adapters, by default all; a single None for a model without any."""
    found = {path.name: path for path in adapters.find(folder)}
    for name in names:
        if name not in found:
            known = f"it has {', '.join(found)}" if found else "it has none"
            raise CheckpointError(f"{folder} has no adapter {name!r}; {known}.")
    chosen: list[Path | None] = [found[name] for name in dict.fromkeys(names or found)]
    return chosen or [None]


def _require_memory(config: EmolaConfig, adapter_folders: Sequence[Path], dtype: torch.dtype) -> None:
    needed = needed_bytes(empty_model(config), adapter_folders, dtype, None)
    free = available_bytes("cpu")
    if needed > free:
        raise CheckpointError(
            f"The export of {config.title} needs about {needed / 1e9:.1f} GB of main memory, and "
            f"{free / 1e9:.1f} GB are free; use a machine with more memory, or a shorter --dtype."
        )


def _write(
    folder: Path,
    config: EmolaConfig,
    adapter: Path | None,
    target: Path,
    out: Path,
    dtype: torch.dtype,
    parts: Mapping[str, str],
    progress: Progress | None,
) -> Export:
    """Write the export of one adapter below ``target``, which becomes ``out``."""
    name = adapter.name if adapter else None
    processor = load_processor(folder, config)
    base = load_base(folder, config, dtype=dtype, device="cpu")
    model = adapters.attach(base, [adapter] if adapter else [], dtype=dtype, merge=True, trainable=False)
    if has_rounded_weights(config, adapters.find(folder)):
        round_weights(model)
    facts = Export(
        served_name(config.title, name, parts),
        config.title,
        name,
        str(dtype).removeprefix("torch."),
        config.text_config.max_position_embeddings,
        dict(parts),
    )
    weights = _language_weights(model)
    require_space(out, sum(stored.nbytes for stored in weights.values()))
    inner = target / facts.name
    inner.mkdir()
    write_weights(inner, weights, progress)
    _write_settings(inner, config, processor, dtype, tied="lm_head.weight" not in weights)
    write_json(inner / FACTS, asdict(facts))
    write_checksums(inner)
    return facts


def _language_weights(model: Any) -> dict[str, StoredTensor]:
    """Return the tensors of the language model by their names in a Llama checkpoint.

    A head that shares the memory of the embeddings is omitted.
    """
    tensors = {
        f"model.{name.removeprefix(_LANGUAGE_MODEL)}": tensor
        for name, tensor in model.state_dict().items()
        if name.startswith(_LANGUAGE_MODEL)
    }
    head = model.lm_head.weight
    if head.data_ptr() != tensors["model.embed_tokens.weight"].data_ptr():
        tensors["lm_head.weight"] = head
    return {
        name: StoredTensor(Path("model.safetensors"), name, tuple(tensor.shape), tensor.nbytes, tensor.detach)
        for name, tensor in tensors.items()
    }


def _write_settings(
    folder: Path, config: EmolaConfig, processor: Any, dtype: torch.dtype, *, tied: bool
) -> None:
    """Write configuration, generation settings and tokeniser.

    The generation settings hold no sampling options, since vLLM would take them as defaults.
    """
    stops = sorted(processor.stop_token_ids)
    settings = copy.deepcopy(config.text_config)
    settings.architectures = ["LlamaForCausalLM"]
    settings.dtype = dtype
    settings.tie_word_embeddings = tied
    settings.eos_token_id = stops[0] if len(stops) == 1 else stops
    settings.save_pretrained(folder)
    GenerationConfig(
        bos_token_id=settings.bos_token_id, eos_token_id=stops, pad_token_id=settings.pad_token_id
    ).save_pretrained(folder)
    _write_tokenizer(folder, processor.tokenizer)


def _write_tokenizer(folder: Path, tokenizer: Any) -> None:
    """Write the tokeniser in a format that needs no code of EmoLA.

    vLLM makes text with it, which EmoLA ignores. The published tokeniser becomes that of Llama with the same
    vocabulary, without the image token.
    """
    if not isinstance(tokenizer, VicunaTokenizer):
        tokenizer.save_pretrained(folder)
        return
    shutil.copyfile(tokenizer.vocab_file, folder / VOCABULARY)
    with load_errors(Path(tokenizer.vocab_file)):
        LlamaTokenizer.from_pretrained(folder).save_pretrained(folder)
