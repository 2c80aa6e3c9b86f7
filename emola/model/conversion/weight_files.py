"""Weight files of third-party checkpoints: opened without executing code, and read lazily."""

from __future__ import annotations

import math
import pickle
import warnings
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from emola.errors import CheckpointError
from emola.model.integrity import read_json

_STEMS = ("model", "pytorch_model")
_SUFFIXES = (".safetensors", ".bin")


@dataclass(frozen=True)
class StoredTensor:
    """A tensor in a file, not yet in memory; ``read`` returns it."""

    file: Path
    name: str
    shape: tuple[int, ...]
    nbytes: int
    read: Callable[[], torch.Tensor]

    @property
    def location(self) -> str:
        """Name of the file with its parent folder: ``llava-v1.5-7b/pytorch_model.bin``."""
        return f"{self.file.resolve().parent.name}/{self.file.name}"


def weight_files(folder: Path) -> list[Path]:
    """Return the weight files of a model, sharded or not; safetensors are preferred.

    Raises CheckpointError when there are none, or when a shard is missing.
    """
    for suffix in _SUFFIXES:
        for stem in _STEMS:
            index = folder / f"{stem}{suffix}.index.json"
            if index.is_file():
                names = sorted(set(read_json(index).get("weight_map", {}).values()))
                return _require_files(folder / name for name in names)
            whole = folder / f"{stem}{suffix}"
            if whole.is_file():
                return [whole]
            if shards := sorted(folder.glob(f"{stem}-*-of-*{suffix}")):
                count = int(shards[0].stem.rpartition("-of-")[2])
                numbers = range(1, count + 1)
                return _require_files(folder / f"{stem}-{n:05}-of-{count:05}{suffix}" for n in numbers)
    raise CheckpointError(
        f"{folder} has no weights: no model.safetensors, no pytorch_model.bin and no shards of them."
    )


def open_all(files: Sequence[Path]) -> list[StoredTensor]:
    """Return the tensors of several files, see :func:`open_weights`."""
    return [stored for file in files for stored in open_weights(file)]


def open_weights(file: Path) -> list[StoredTensor]:
    """Return the tensors of a file without reading them; code in a pickle is never executed.

    Raises CheckpointError for a file that is missing, damaged, or contains anything but tensors.
    """
    _require_files([file])
    return _open_safetensors(file) if file.suffix == ".safetensors" else _open_torch(file)


def _open_safetensors(file: Path) -> list[StoredTensor]:
    try:
        weights: Any = safe_open(file, framework="pt")
        found = []
        for name in weights.keys():  # noqa: SIM118 (not a mapping)
            part = weights.get_slice(name)
            shape = tuple(part.get_shape())
            size = torch.empty(0, dtype=_DTYPES.get(part.get_dtype(), torch.float32)).element_size()
            read = _reader(weights, name)
            found.append(StoredTensor(file, name, shape, size * math.prod(shape), read))
        return found
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{file} is damaged or incomplete ({error}); download it again.") from None


_DTYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


def _reader(weights: Any, name: str) -> Callable[[], torch.Tensor]:
    return lambda: weights.get_tensor(name)


def _open_torch(file: Path) -> list[StoredTensor]:
    zipped = zipfile.is_zipfile(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about other kinds of pickles, which raise the errors below
            # Memory-mapped: a file of ten gigabytes takes no memory until a tensor is copied.
            loaded = torch.load(file, map_location="cpu", weights_only=True, mmap=zipped)
    except pickle.UnpicklingError:
        if zipped or not _starts_as_zip(file):
            raise CheckpointError(
                f"{file} contains objects other than tensors, possibly code, and was not opened; "
                "download it again from its publisher."
            ) from None
        raise _damaged(file) from None
    except Exception:  # a damaged file can raise any exception
        raise _damaged(file) from None
    if not isinstance(loaded, dict):
        raise CheckpointError(f"{file} contains a {type(loaded).__name__}, not a dictionary of tensors.")
    for name, tensor in loaded.items():
        if not isinstance(name, str) or not isinstance(tensor, torch.Tensor):
            raise CheckpointError(f"{file}: the entry {name!r} is a {type(tensor).__name__}, not a tensor.")
    return [
        StoredTensor(file, name, tuple(tensor.shape), tensor.nbytes, tensor.detach)
        for name, tensor in loaded.items()
    ]


def _starts_as_zip(file: Path) -> bool:
    """Return whether a file has the first bytes of a zip archive; a truncated one lacks its table."""
    with file.open("rb") as start:
        return start.read(2) == b"PK"


def _damaged(file: Path) -> CheckpointError:
    return CheckpointError(
        f"{file} is damaged or incomplete ({file.stat().st_size} bytes); download it again."
    )


def _require_files(files: Iterable[Path]) -> list[Path]:
    """Return the files as a list. Raises CheckpointError for a missing one."""
    required = list(files)
    for file in required:
        if not file.is_file():
            raise CheckpointError(f"{file.parent} is incomplete: {file.name} is missing.")
    return required
