"""Unpacking a GGUF language model into a transformers folder, which loads faster and computes faster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from emola.errors import DownloadError
from emola.files import write_sums

__all__ = ["unpack"]

_NAME = "the language model"


def unpack(packed: Path, folder: Path, progress: Callable[[str, int, int], None]) -> None:
    """Write the GGUF's model (bfloat16 safetensors) and tokenizer into ``folder``, with their checksums.

    progress: called with "the language model", the tensors done and the tensors in all. Raises DownloadError.
    """
    progress(_NAME, 0, 1)  # the number of tensors is known only after the vocabulary was read
    try:
        with _quiet(progress):
            _convert(packed, folder)
        write_sums(folder, (path for path in folder.iterdir() if path.is_file()))
    except Exception as error:  # each library has classes of its own for a full disk
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise DownloadError(
            f"{packed} cannot be unpacked ({reason}): make room on its disk and in memory, or set "
            "EMOLA_CACHE to another folder."
        ) from error


def _convert(packed: Path, folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    # Left packed, as transformers would by itself, every step on a CPU is many times slower.
    model = AutoModelForCausalLM.from_pretrained(
        packed.parent,
        gguf_file=packed.name,
        quantization_config=GgufConfig(dequantize=True),
        dtype=torch.bfloat16,
    )
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(packed.parent, gguf_file=packed.name).save_pretrained(folder)


@contextmanager
def _quiet(progress: Callable[[str, int, int], None]) -> Iterator[None]:
    """Without the libraries' progress bars; the bar over the tensors becomes calls of ``progress``."""
    from transformers import modeling_gguf_pytorch_utils as reader
    from transformers.utils import logging

    def told(tensors: Iterable[Any], **_: Any) -> Iterator[Any]:
        tensors = list(tensors)
        for done, tensor in enumerate(tensors):
            progress(_NAME, done, len(tensors))
            yield tensor
        progress(_NAME, len(tensors), len(tensors))

    bars_were_on, level = logging.is_progress_bar_enabled(), logging.get_verbosity()
    bar = reader.tqdm
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    reader.tqdm = told
    try:
        yield
    finally:
        reader.tqdm = bar
        logging.set_verbosity(level)
        if bars_were_on:
            logging.enable_progress_bar()
