"""Conversion of a LLaVA-1.5 base and the published adapters to an EmoLA checkpoint folder.

Every tensor of every file is either used or listed in the report with the reason for its omission. A missing,
unknown or wrongly shaped tensor stops the conversion. The output is complete or absent, and the same input
gives the same bytes.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from transformers import GenerationConfig
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from emola.errors import CheckpointError
from emola.model.card import write_card
from emola.model.configuration import IMAGE_TOKEN, EmolaConfig
from emola.model.conversion.adapters import Adapter, check_adapter, prior_dim, read_adapter
from emola.model.conversion.base import Base, read_base, shapes
from emola.model.conversion.output import Progress, new_folder, require_space, write_json, write_weights
from emola.model.integrity import write_checksums
from emola.model.tokenizer import VicunaTokenizer

REPORT = "conversion.json"


@dataclass(frozen=True)
class Report:
    """The report of a conversion.

    base, revision: name of the base, and its commit if it stays on the hub. parameters: number of parameters
    of the model without adapters. adapters: rank, alpha and original base of each adapter, by name. used:
    number of tensors used, by file. left_out: names of the other tensors, by file and reason.
    """

    base: str
    revision: str | None
    parameters: int
    adapters: dict[str, dict[str, Any]]
    used: dict[str, int]
    left_out: dict[str, dict[str, list[str]]]

    def as_dict(self) -> dict[str, Any]:
        """Return the contents of ``conversion.json``."""
        return asdict(self)


def convert(
    base: str,
    adapters: Mapping[str, Path],
    out: Path,
    *,
    vision_tower: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Write the checkpoint folder ``out``; takes a few gigabytes of memory.

    base: a folder in the layout of LLaVA's authors or of transformers, or a name on the hub
    (``owner/name@revision``), whose weights stay there. adapters: folders by name. vision_tower: folder or
    hub name of the tower of a base without one; by default the tower that the base names.

    Raises CheckpointError for unusable input, an existing output folder, and a full disk.
    """
    _check_names(adapters)
    source = read_base(base, vision_tower, _prior_dim(adapters))
    tokenizer = _tokenizer(source)
    settings = _base_settings(source.config)
    read = [read_adapter(name, folder, settings) for name, folder in adapters.items()]
    for adapter in read:
        check_adapter(adapter, source.config)
    report = _report(source, read)
    if report.parameters > 5e8:
        source.config.title = f"EmoLA-{report.parameters / 1e9:.0f}B"
    parts = [source.weights, *(adapter.weights for adapter in read)]
    require_space(out, sum(stored.nbytes for part in parts for stored in part.tensors.values()))
    with new_folder(out) as folder:
        _write_settings(folder, source, tokenizer)
        write_json(folder / REPORT, report.as_dict())
        for adapter in read:
            adapter.write(folder / "adapters" / adapter.name, source.name)
        if source.weights.tensors:
            write_weights(folder, source.weights.tensors, progress)
        write_card(folder)
        write_checksums(folder)
    return report


def _check_names(adapters: Mapping[str, Path]) -> None:
    if not adapters:
        raise CheckpointError("A conversion needs at least one adapter; give it as NAME=FOLDER.")
    for name, folder in adapters.items():
        if not name.isidentifier() or name == "auto":
            raise CheckpointError(f"{name!r} cannot be the name of an adapter; use letters, digits and _.")
        if not folder.is_dir():
            raise CheckpointError(f"There is no adapter at {folder}.")


def _prior_dim(adapters: Mapping[str, Path]) -> int:
    dims = {name: prior_dim(folder) for name, folder in adapters.items()}
    if len(set(dims.values())) > 1:
        sizes = ", ".join(f"{name} {dim}" for name, dim in dims.items())
        raise CheckpointError(
            f"The adapters need priors of different sizes: {sizes}; convert them separately."
        )
    return next(iter(dims.values()))


def _tokenizer(base: Base) -> VicunaTokenizer:
    """Return the tokeniser of the base, and store the id of the image token in the configuration."""
    if not base.tokenizer.is_file():
        raise CheckpointError(f"{base.tokenizer.parent} is incomplete: {base.tokenizer.name} is missing.")
    try:
        tokenizer = VicunaTokenizer(str(base.tokenizer), legacy=base.legacy)
    except (OSError, RuntimeError) as error:
        raise CheckpointError(f"{base.tokenizer} is not a SentencePiece model: {error}.") from None
    embeddings = base.config.text_config.vocab_size
    if tokenizer.vocab_size > embeddings:
        raise CheckpointError(
            f"{base.tokenizer} has {tokenizer.vocab_size} pieces, but the base embeds only {embeddings}."
        )
    base.config.image_token_index = tokenizer.convert_tokens_to_ids(IMAGE_TOKEN)
    return tokenizer


def _base_settings(config: EmolaConfig) -> dict[str, Any]:
    """Return the settings that an adapter must share with its base, by their published names."""
    text = config.text_config
    names = "hidden_size intermediate_size num_hidden_layers num_attention_heads num_key_value_heads".split()
    return {
        **{name: getattr(text, name) for name in names},
        "mm_hidden_size": config.vision_config.hidden_size,
        "mm_projector_type": "mlp2x_gelu",
        "mm_vision_select_layer": config.vision_feature_layer,
    }


def _write_settings(folder: Path, base: Base, tokenizer: VicunaTokenizer) -> None:
    """Write configuration, tokeniser, image processor and generation settings."""
    text = base.config.text_config
    base.config.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    if not (base.images / "preprocessor_config.json").is_file():
        raise CheckpointError(f"{base.images} is incomplete: preprocessor_config.json is missing.")
    CLIPImageProcessorPil.from_pretrained(base.images).save_pretrained(folder)
    ids = {name: getattr(text, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")}
    GenerationConfig(**ids).save_pretrained(folder)


def _report(base: Base, adapters: list[Adapter]) -> Report:
    used: Counter[str] = Counter()
    left_out: dict[str, dict[str, list[str]]] = {}
    for part in [base.weights, *(adapter.weights for adapter in adapters)]:
        used.update(stored.location for stored in part.tensors.values())
        for (location, name), reason in sorted(part.left_out.items()):
            left_out.setdefault(location, {}).setdefault(reason, []).append(name)
    count = sum(math.prod(shape) for shape in shapes(base.config).values())
    facts = {a.name: {"rank": a.rank, "alpha": a.alpha, "trained_on": a.trained_on} for a in adapters}
    return Report(base.name, base.config.base_revision, count, facts, dict(used), left_out)
