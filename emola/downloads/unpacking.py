"""Conversion of a GGUF language model to a transformers folder, which loads and computes faster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from emola.errors import DownloadError, first_line
from emola.files import write_sums

__all__ = ["unpack"]

_NAME = "the language model"


def unpack(packed: Path, folder: Path, progress: Callable[[str, int, int], None]) -> None:
    """Write the model of a GGUF file (bfloat16 safetensors), its tokenizer and checksums into ``folder``.

    progress: called with "the language model", the tensors unpacked so far and the tensors in total.
    Raises DownloadError.
    """
    progress(_NAME, 0, 1)  # the number of tensors is known only after the vocabulary has been read
    try:
        with _quiet(progress):
            _convert(packed, folder)
        write_sums(folder, (path for path in folder.iterdir() if path.is_file()))
    except Exception as error:  # each library raises its own classes, for a full disk too
        raise DownloadError(
            f"{packed} cannot be unpacked ({first_line(error)}): free disk space and memory, or set "
            "EMOLA_CACHE to another folder."
        ) from error


def _convert(packed: Path, folder: Path) -> None:
    """Convert a GGUF file with transformers."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    # By default, transformers keeps the weights packed; every step on a CPU is then many times slower.
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
    """Disable the progress bars of transformers; report its bar over the tensors to ``progress`` instead."""
    from transformers import modeling_gguf_pytorch_utils as reader
    from transformers.utils import logging

    def report(tensors: Iterable[Any], **_: Any) -> Iterator[Any]:
        tensors = list(tensors)
        for done, tensor in enumerate(tensors):
            progress(_NAME, done, len(tensors))
            yield tensor
        progress(_NAME, len(tensors), len(tensors))

    bars_enabled, level = logging.is_progress_bar_enabled(), logging.get_verbosity()
    bar = reader.tqdm
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    reader.tqdm = report
    try:
        yield
    finally:
        reader.tqdm = bar
        logging.set_verbosity(level)
        if bars_enabled:
            logging.enable_progress_bar()
