"""Files of prior features: 212 numbers a picture, made by the landmark network of the published model."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emola.errors import DataError
from emola.files import replacing, sha256, sha256_text

if TYPE_CHECKING:
    import numpy as np

    from emola.data.records import Record

__all__ = ["DIM", "features_digest", "load_landmarks", "save_landmarks", "wrong_landmarks"]

DIM = 212
"""x and y of 106 points (InsightFace's 2d106det), as the published .npy files hold them."""


def load_landmarks(path: Path) -> np.ndarray:
    """(DIM,) float32. Raises DataError, naming the file, when it is not that."""
    wrong = wrong_landmarks(path)
    if wrong:
        raise DataError(f"The landmark file {path} {wrong}; `emola data features` makes it anew.")
    import numpy as np

    return np.load(path, allow_pickle=False).astype(np.float32)


def wrong_landmarks(path: Path) -> str | None:
    """What is wrong with a file, as the end of a sentence that begins with it; None when all is well."""
    import numpy as np

    try:
        numbers: Any = np.load(path, allow_pickle=False)
    except FileNotFoundError:
        return "is missing"
    except (OSError, ValueError, EOFError) as error:
        return f"is not a file of numbers ({error})"
    if not isinstance(numbers, np.ndarray) or numbers.dtype.kind != "f":
        return "does not hold floating point numbers"
    if numbers.shape != (DIM,):
        return f"has the shape {numbers.shape} instead of ({DIM},)"
    if not np.isfinite(numbers).all():
        return "holds numbers that are not finite"
    return None


def features_digest(records: Iterable[Record]) -> str:
    """A digest of the landmark files of these records, by record id; of one that is missing, too."""
    lines = []
    for record in sorted(records, key=lambda record: record.id):
        if record.landmarks is not None:
            digest = sha256(record.landmarks) if record.landmarks.is_file() else sha256_text("")
            lines.append(f"{record.id} {digest}\n")
    return sha256_text("".join(lines))[:16]


def save_landmarks(path: Path, numbers: np.ndarray) -> None:
    """Write a file; it appears whole or not at all."""
    import numpy as np

    with replacing(path) as partial, partial.open("wb") as file:
        np.save(file, numbers.astype(np.float32))
