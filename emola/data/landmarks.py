"""Landmark files: the prior features of the published model, 212 numbers per picture."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emola.errors import DataError
from emola.files import replacing, sha256, sha256_text

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from emola.data.records import Record

__all__ = ["DIM", "features_digest", "load_landmarks", "save_landmarks", "wrong_landmarks"]

DIM = 212
"""x and y of 106 points (InsightFace's 2d106det), as in the published .npy files."""


def load_landmarks(path: Path) -> npt.NDArray[np.float32]:
    """Return the features of a file, (DIM,) float32. Raises DataError for an invalid file."""
    wrong = wrong_landmarks(path)
    if wrong:
        raise DataError(f"The landmark file {path} {wrong}; `emola data features` makes a new one.")
    import numpy as np

    return np.asarray(np.load(path, allow_pickle=False), dtype=np.float32)


def wrong_landmarks(path: Path) -> str | None:
    """Return the problem of a file, as the rest of a sentence that begins with its path, or None."""
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
    """Return a digest of the records' landmark files, by record id; missing files count as empty."""
    lines = []
    for record in sorted(records, key=lambda record: record.id):
        if record.landmarks is not None:
            digest = sha256(record.landmarks) if record.landmarks.is_file() else sha256_text("")
            lines.append(f"{record.id} {digest}\n")
    return sha256_text("".join(lines))[:16]


def save_landmarks(path: Path, numbers: npt.NDArray[np.float32]) -> None:
    """Write a landmark file atomically."""
    import numpy as np

    with replacing(path) as partial, partial.open("wb") as file:
        np.save(file, numbers.astype(np.float32))
