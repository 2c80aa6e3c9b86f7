"""Atomic, reproducible writing of checkpoint folders, one shard at a time."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safetensors.torch import save_file

from emola.errors import CheckpointError
from emola.model.conversion.weight_files import StoredTensor

SHARD_BYTES = 2**30
"""Size limit of a weight file; writing takes about twice that in memory."""

Progress = Callable[[str, int, int], None]
"""Called with "weights", the number of shards written and their total."""


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Create a temporary folder that is renamed to ``out`` on success and removed after an exception.

    Raises CheckpointError when ``out`` exists and is not empty, and for errors of the disk.
    """
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise CheckpointError(f"{out} already exists; choose another folder or remove it.")
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        folder.chmod(0o755)
        yield folder
        if out.exists():
            out.rmdir()
        folder.rename(out)
    except OSError as error:
        raise CheckpointError(f"{out} cannot be written: {error}.") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def require_space(out: Path, needed: int) -> None:
    """Raise CheckpointError when less than ``needed`` bytes are free on the disk of ``out``."""
    existing = next(parent for parent in out.absolute().parents if parent.exists())
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise CheckpointError(
            f"{out} needs {needed / 1e9:.1f} GB, but {free / 1e9:.1f} GB are free; free disk space."
        )


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON object with sorted keys."""
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def write_weights(
    folder: Path,
    tensors: Mapping[str, StoredTensor],
    progress: Progress | None = None,
    limit: int = SHARD_BYTES,
) -> None:
    """Write ``model.safetensors``, or shards of at most ``limit`` bytes with an index."""
    shards = list(_shards(tensors, limit))
    weight_map = {}
    for number, names in enumerate(shards, 1):
        file = "model.safetensors"
        if len(shards) > 1:
            file = f"model-{number:05}-of-{len(shards):05}.safetensors"
        write_tensors(folder / file, {name: tensors[name] for name in names})
        weight_map.update(dict.fromkeys(names, file))
        if progress:
            progress("weights", number, len(shards))
    if len(shards) > 1:
        total = sum(stored.nbytes for stored in tensors.values())
        index = {"metadata": {"total_size": total}, "weight_map": weight_map}
        write_json(folder / "model.safetensors.index.json", index)


def write_tensors(file: Path, tensors: Mapping[str, StoredTensor]) -> None:
    """Write a safetensors file."""
    # Cloned, because safetensors rejects tensors that share memory.
    loaded = {name: stored.read().clone().contiguous() for name, stored in sorted(tensors.items())}
    save_file(loaded, file, metadata={"format": "pt"})
    file.chmod(0o644)


def _shards(tensors: Mapping[str, StoredTensor], limit: int) -> Iterator[list[str]]:
    """Yield the sorted names of each shard of at most ``limit`` bytes."""
    names: list[str] = []
    size = 0
    for name in sorted(tensors):
        if names and size + tensors[name].nbytes > limit:
            yield names
            names, size = [], 0
        names.append(name)
        size += tensors[name].nbytes
    yield names
