"""Digests of the parts of a checkpoint that its answers depend on, independent of names and folders.

Weights are hashed by tensor (name, type, shape, bytes), so the digest is the same for one file or shards, for
a folder or the hub's cache. Configurations are hashed without settings that only record names and versions.
Digests of large files are cached by path, size, times and inode, so that a model of 13 GB is read once.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from emola import downloads
from emola.errors import CheckpointError
from emola.face.evidence import EVIDENCE_NAME
from emola.files import replacing, sha256, sha256_stream, sha256_text
from emola.model import adapters, hub
from emola.model.configuration import EmolaConfig

__all__ = ["Progress", "checkpoint_parts", "language_model_digest"]

Progress = Callable[[str, int, int], None]
"""Called with the name of a file, the bytes read and the bytes in total."""

_DIGITS = 16
"""Hexadecimal digits of a digest: 64 bits, enough against accidental collisions."""

_WEIGHTS = "model.safetensors"
_INDEX = "model.safetensors.index.json"
_CONFIGURATION = ("config.json", "generation_config.json", "preprocessor_config.json")
_BASE_CONFIGURATION = ("generation_config.json",)
_TOKENIZER = (
    *("added_tokens.json", "merges.txt", "special_tokens_map.json", "tokenizer.json", "tokenizer.model"),
    *("tokenizer_config.json", "vocab.json"),
)
_ADAPTER_CONFIGURATION = ("adapter_config.json",)
_IGNORED = frozenset(
    """_name_or_path name_or_path title architectures auto_mapping transformers_version peft_version dtype
    torch_dtype base_model base_revision language_model base_model_name_or_path revision inference_mode
    is_local local_files_only processor_class image_processor_type""".split()
)
"""Settings that record names, paths and versions, or that are set at load time."""

_AFTER_EMBEDDING = ("weights", "adapters", "configuration", "tokenizer")
"""The parts that an answer depends on once its prompt is embedded."""

_CACHED_FROM = 64 << 20
"""Size of a file, in bytes, from which its digests are cached."""


def checkpoint_parts(
    folder: Path, config: EmolaConfig, expert_files: Iterable[Path], progress: Progress | None = None
) -> dict[str, str]:
    """Return the digest of each part of a checkpoint, by the display name of the part.

    folder: the checkpoint. expert_files: the files of its prior expert. progress: called while a large file
    is read whose digests are not cached.

    Raises CheckpointError when a file cannot be read.
    """
    base, language = _weight_folders(folder, config)
    try:
        weights = [("", tensors) for tensors in _weights(base, progress)]
        if language:
            weights += [("language model", tensors) for tensors in _weights(language, progress)]
        parts = {
            "weights": _digest(sorted((part, *item) for part, file in weights for item in file.items())),
            "adapters": _digest([_adapter(path, progress) for path in adapters.find(folder)]),
            "configuration": _digest(
                [_settings(folder, _CONFIGURATION), _settings(base, _BASE_CONFIGURATION)]
            ),
            "tokenizer": _digest(_settings(language or folder, _TOKENIZER)),
            "prior expert": _digest([config.prior_expert, *map(_file_digest, expert_files)]),
        }
        if (folder / EVIDENCE_NAME).is_file():
            parts["evidence"] = _digest(sorted(_tensors(folder / EVIDENCE_NAME, progress).items()))
    except OSError as error:
        raise CheckpointError(f"{error.filename} cannot be read: {error.strerror}.") from error
    return parts


def language_model_digest(parts: Mapping[str, str], adapter: str | None) -> str:
    """Return the digest of a language model with a merged adapter.

    parts: see :func:`checkpoint_parts`; the prior expert and the evidence are ignored, since they act before
    the prompt is embedded. adapter: None for a model without adapters.
    """
    return _digest([adapter, *(parts[name] for name in _AFTER_EMBEDDING)])


def _file_digest(file: Path) -> str:
    """Return the digest of a file. Raises OSError."""
    return sha256(file)[:_DIGITS]


def _digest(value: Any) -> str:
    """Return the digest of a JSON value, independent of the order of its keys."""
    return sha256_text(json.dumps(value, sort_keys=True, ensure_ascii=False))[:_DIGITS]


def _weight_folders(folder: Path, config: EmolaConfig) -> tuple[Path, Path | None]:
    """Return the folder of the weights and that of a separate language model, None if there is none."""
    if config.base_model:
        return hub.fetch(config.base_model, config.base_revision), None
    return folder, downloads.language_model_dir() if config.language_model else None


def _weights(folder: Path, progress: Progress | None) -> Iterator[Mapping[str, str]]:
    """Yield the tensors of each weight file that ``from_pretrained`` loads from a folder."""
    names = [_WEIGHTS]
    if not (folder / _WEIGHTS).is_file() and (folder / _INDEX).is_file():
        names = sorted(set(_json(folder / _INDEX)["weight_map"].values()))
    for name in names:
        yield _tensors(folder / name, progress)


def _adapter(folder: Path, progress: Progress | None) -> list[Any]:
    tensors = _tensors(folder / adapters.WEIGHTS, progress)
    return [folder.name, _settings(folder, _ADAPTER_CONFIGURATION), sorted(tensors.items())]


def _settings(folder: Path, names: Iterable[str]) -> dict[str, Any]:
    """Return the contents of the files that exist: JSON without ``_IGNORED``, other files as a digest."""
    files = [folder / name for name in names if (folder / name).is_file()]
    return {
        file.name: _without_ignored(_json(file)) if file.suffix == ".json" else _file_digest(file)
        for file in files
    }


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CheckpointError(f"{file} is not JSON ({error}).") from error


def _without_ignored(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_ignored(inner) for name, inner in value.items() if name not in _IGNORED}
    return [_without_ignored(inner) for inner in value] if isinstance(value, list) else value


def _tensors(file: Path, progress: Progress | None) -> dict[str, str]:
    """Return type, shape and digest of each tensor of a safetensors file, by name, cached for large files."""
    status = file.stat()
    if status.st_size < _CACHED_FROM:
        return _read_tensors(file, status.st_size, None)
    version = (str(file.resolve()), status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    cached = downloads.cache_dir() / "digests" / f"{_digest(version)}.json"
    with suppress(OSError, ValueError):
        return dict(json.loads(cached.read_text(encoding="utf-8")))
    tensors = _read_tensors(file, status.st_size, progress)
    with suppress(OSError), replacing(cached) as partial:  # if this fails, the file is read again next time
        partial.write_text(json.dumps(tensors), encoding="utf-8")
    return tensors


def _read_tensors(file: Path, size: int, progress: Progress | None) -> dict[str, str]:
    tensors = {}
    with file.open("rb") as stream:
        try:
            (length,) = struct.unpack("<Q", stream.read(8))
            header = json.loads(stream.read(min(length, size)))
            header.pop("__metadata__", None)
            for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"][0]):
                start, end = entry["data_offsets"]
                stream.seek(8 + length + start)
                tensors[name] = f"{entry['dtype']} {entry['shape']} {sha256_stream(stream, end - start)}"
                if progress:
                    progress(file.name, 8 + length + end, size)
        except (struct.error, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise CheckpointError(f"{file} is damaged ({error}); restore it or download it again.") from error
    return tensors
