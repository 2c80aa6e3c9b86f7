"""Make an EmoLA checkpoint folder of the published files: a LLaVA-1.5 base and the authors' adapters.

Strict: every tensor of every file is used, or named in the report with the reason why it is not; one
that is missing, unknown or of the wrong shape stops the conversion. Nothing is written by halves, and
the same input gives the same bytes.
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
from emola.model.configuration import EmolaConfig
from emola.model.conversion.adapters import Adapter, check_adapter, prior_dim, read_adapter
from emola.model.conversion.base import Base, read_base, shapes
from emola.model.conversion.output import Progress, new_folder, require_space, write_json, write_weights
from emola.model.integrity import write_checksums
from emola.model.tokenizer import IMAGE_TOKEN, VicunaTokenizer

REPORT = "conversion.json"


@dataclass(frozen=True)
class Report:
    """What a conversion read and what it left out.

    base, revision: the base's name, and its commit when it stays on the hub. parameters: of the model
    without adapters. adapters: rank, alpha and the base each was trained on, by name. used: tensors taken, by
    file. left_out: the others, by file, then by reason.
    """

    base: str
    revision: str | None
    parameters: int
    adapters: dict[str, dict[str, Any]]
    used: dict[str, int]
    left_out: dict[str, dict[str, list[str]]]

    def as_dict(self) -> dict[str, Any]:
        """As it stands in ``conversion.json``."""
        return asdict(self)


def convert(
    base: str,
    adapters: Mapping[str, Path],
    out: Path,
    *,
    vision_tower: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Write the checkpoint folder ``out``.

    base: a folder in the layout of LLaVA's authors or of transformers, or a name on the hub
    (``owner/name@revision``), whose weights then stay there. adapters: folders by name. vision_tower: a
    folder or hub name, for a base that does not bring its own; by default the one that it names. Takes
    a few gigabytes of memory. Raises CheckpointError.
    """
    _check_names(adapters)
    made = read_base(base, vision_tower, _prior_dim(adapters))
    tokenizer = _tokenizer(made)
    settings = _settings(made.config)
    read = [read_adapter(name, folder, settings) for name, folder in adapters.items()]
    for adapter in read:
        check_adapter(adapter, made.config)
    report = _report(made, read)
    if report.parameters > 5e8:
        made.config.title = f"EmoLA-{report.parameters / 1e9:.0f}B"
    parts = [made.weights, *(adapter.weights for adapter in read)]
    require_space(out, sum(stored.nbytes for part in parts for stored in part.tensors.values()))
    with new_folder(out) as folder:
        _write_settings(folder, made, tokenizer)
        write_json(folder / REPORT, report.as_dict())
        for adapter in read:
            adapter.write(folder / "adapters" / adapter.name, made.name)
        if made.weights.tensors:
            write_weights(folder, made.weights.tensors, progress)
        write_card(folder)
        write_checksums(folder)
    return report


def _check_names(adapters: Mapping[str, Path]) -> None:
    if not adapters:
        raise CheckpointError("A conversion needs at least one adapter; give it as NAME=FOLDER.")
    for name, folder in adapters.items():
        if not name.isidentifier() or name == "auto":
            raise CheckpointError(f"{name!r} cannot be an adapter's name; use letters, digits and _.")
        if not folder.is_dir():
            raise CheckpointError(f"There is no adapter at {folder}.")


def _prior_dim(adapters: Mapping[str, Path]) -> int:
    dims = {name: prior_dim(folder) for name, folder in adapters.items()}
    if len(set(dims.values())) > 1:
        said = ", ".join(f"{name} {dim}" for name, dim in dims.items())
        raise CheckpointError(f"The adapters read different prior experts (numbers of the prior: {said}).")
    return next(iter(dims.values()))


def _tokenizer(base: Base) -> VicunaTokenizer:
    """The tokeniser beside the base; tells the configuration which token stands for the image."""
    if not base.tokenizer.is_file():
        raise CheckpointError(f"{base.tokenizer.parent} is incomplete: {base.tokenizer.name} is missing.")
    try:
        tokenizer = VicunaTokenizer(str(base.tokenizer), legacy=base.legacy)
    except (OSError, RuntimeError) as error:
        raise CheckpointError(f"{base.tokenizer} is no SentencePiece model: {error}.") from None
    room = base.config.text_config.vocab_size
    if tokenizer.vocab_size > room:
        raise CheckpointError(
            f"{base.tokenizer} has {tokenizer.vocab_size} pieces, but the base embeds only {room} of them."
        )
    base.config.image_token_index = tokenizer.convert_tokens_to_ids(IMAGE_TOKEN)
    return tokenizer


def _settings(config: EmolaConfig) -> dict[str, Any]:
    """What an adapter's own settings must agree with, under their published names."""
    text = config.text_config
    names = "hidden_size intermediate_size num_hidden_layers num_attention_heads num_key_value_heads".split()
    return {
        **{name: getattr(text, name) for name in names},
        "mm_hidden_size": config.vision_config.hidden_size,
        "mm_projector_type": "mlp2x_gelu",
        "mm_vision_select_layer": config.vision_feature_layer,
    }


def _write_settings(folder: Path, base: Base, tokenizer: VicunaTokenizer) -> None:
    """Everything but weights."""
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
        used.update(stored.place for stored in part.tensors.values())
        for (place, name), reason in sorted(part.left_out.items()):
            left_out.setdefault(place, {}).setdefault(reason, []).append(name)
    count = sum(math.prod(shape) for shape in shapes(base.config).values())
    facts = {a.name: {"rank": a.rank, "alpha": a.alpha, "trained_on": a.trained_on} for a in adapters}
    return Report(base.name, base.config.base_revision, count, facts, dict(used), left_out)
