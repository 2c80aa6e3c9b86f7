"""Writing a checkpoint folder: all of it or nothing, a shard at a time, the same bytes every time."""

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
"""The most that one file holds; writing takes about twice that in memory."""

Progress = Callable[[str, int, int], None]


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A folder to write into that becomes ``out`` when the block ends well, and vanishes otherwise."""
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise CheckpointError(f"{out} is there already; name another folder, or remove it first.")
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
    """CheckpointError when the disk has less room than ``needed`` bytes."""
    place = next(parent for parent in out.absolute().parents if parent.exists())
    free = shutil.disk_usage(place).free
    if free < needed:
        raise CheckpointError(
            f"{out} needs {needed / 1e9:.1f} GB, but the disk has {free / 1e9:.1f} GB left; make room."
        )


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """A JSON object with its keys in order."""
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def write_weights(
    folder: Path,
    tensors: Mapping[str, StoredTensor],
    progress: Progress | None = None,
    limit: int = SHARD_BYTES,
) -> None:
    """``model.safetensors``, or its shards and their index."""
    shards = list(_shards(tensors, limit))
    where = {}
    for number, names in enumerate(shards, 1):
        file = "model.safetensors"
        if len(shards) > 1:
            file = f"model-{number:05}-of-{len(shards):05}.safetensors"
        write_tensors(folder / file, {name: tensors[name] for name in names})
        where.update(dict.fromkeys(names, file))
        if progress:
            progress("weights", number, len(shards))
    if len(shards) > 1:
        total = sum(stored.nbytes for stored in tensors.values())
        index = {"metadata": {"total_size": total}, "weight_map": where}
        write_json(folder / "model.safetensors.index.json", index)


def write_tensors(file: Path, tensors: Mapping[str, StoredTensor]) -> None:
    """One safetensors file."""
    # Cloned: tensors of one input file may share memory, which safetensors refuses to write.
    whole = {name: stored.read().clone().contiguous() for name, stored in sorted(tensors.items())}
    save_file(whole, file, metadata={"format": "pt"})
    file.chmod(0o644)


def _shards(tensors: Mapping[str, StoredTensor], limit: int) -> Iterator[list[str]]:
    """Names in order, cut where a file would grow beyond ``limit`` bytes."""
    names: list[str] = []
    size = 0
    for name in sorted(tensors):
        if names and size + tensors[name].nbytes > limit:
            yield names
            names, size = [], 0
        names.append(name)
        size += tensors[name].nbytes
    yield names
