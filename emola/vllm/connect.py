"""Connecting a loaded model to the vLLM servers that serve its exports."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from emola.chat.decoder import embed_prompt
from emola.model import adapters
from emola.model.export import served_name
from emola.model.identity import Progress, checkpoint_parts
from emola.vllm.addresses import engine_key
from emola.vllm.decoder import VllmDecoder
from emola.vllm.servers import Timeouts

__all__ = ["connect"]


def connect(
    model: Any,
    processor: Any,
    folder: Path,
    addresses: Sequence[str],
    *,
    timeouts: Timeouts | None = None,
    progress: Progress | None = None,
) -> VllmDecoder:
    """Return the decoder of a model whose answers are generated on servers.

    folder: the checkpoint of the model, which is read once, since its digest is a part of the name that the
    servers must report. addresses: see ``check_servers``. progress: called while a file is read.

    Raises CheckpointError when the servers do not serve the exports of this checkpoint, see ``VllmDecoder``.
    """
    config = model.config
    parts = checkpoint_parts(folder, config, (), progress)
    choices: tuple[str | None, ...] = adapters.names(model) or (None,)
    stop_tokens = frozenset(processor.stop_token_ids)

    return VllmDecoder(
        addresses,
        {adapter: served_name(config.title, adapter, parts) for adapter in choices},
        partial(embed_prompt, model),
        stop_tokens=stop_tokens,
        vocabulary=int(config.get_text_config().vocab_size),
        trial=model.get_input_embeddings().weight[min(stop_tokens)][None],
        key=engine_key(addresses),
        timeouts=timeouts,
    )
