"""Small convolutional networks in NumPy: weight files and convolution."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from emola.errors import CheckpointError
from emola.face.arrays import FloatArray
from emola.files import replacing

__all__ = ["conv2d", "load_tensors", "save_tensors", "sigmoid"]


def load_tensors(path: Path, shapes: Mapping[str, tuple[int, ...]], content: str) -> dict[str, FloatArray]:
    """Read a safetensors file as float32 arrays by name.

    content: description of the file for messages. Raises CheckpointError if the file is missing or damaged,
    or if its names and shapes are not ``shapes``.
    """
    if not path.is_file():
        raise CheckpointError(f"{path} is missing ({content}); restore it.")
    try:
        tensors = load_file(path)
    except SafetensorError as error:
        raise CheckpointError(f"{path} is damaged ({error}); restore it or fit it again.") from error
    if {name: tensor.shape for name, tensor in tensors.items()} != dict(shapes):
        raise CheckpointError(f"{path} does not hold {content}; restore it or fit it again.")
    if not all(np.isfinite(tensor).all() for tensor in tensors.values()):
        raise CheckpointError(f"{path} is damaged (not a number); restore it or fit it again.")
    return {name: tensor.astype(np.float32) for name, tensor in tensors.items()}


def save_tensors(tensors: Mapping[str, FloatArray], path: Path) -> None:
    """Write arrays as safetensors in half precision."""
    with replacing(path) as partial:
        save_file({n: np.ascontiguousarray(t, dtype=np.float16) for n, t in tensors.items()}, partial)


def sigmoid(x: FloatArray) -> FloatArray:
    """Return the logistic function of each element."""
    return np.asarray(1 / (1 + np.exp(-x)))


def conv2d(x: FloatArray, weight: FloatArray, bias: FloatArray, stride: int) -> FloatArray:
    """Convolve with zero padding, as ``torch.nn.functional.conv2d`` with half-kernel padding.

    x: (C, H, W). weight: (O, C, K, K). bias: (O,). Returns (O, H // stride, W // stride).
    """
    out, channels, kernel, _ = weight.shape
    height, width = (side // stride for side in x.shape[1:])
    edge = kernel // 2
    padded = np.pad(x, ((0, 0), (edge, edge), (edge, edge)))
    columns = np.empty((kernel, kernel, channels, height, width), np.float32)
    for i in range(kernel):
        for j in range(kernel):
            columns[i, j] = padded[:, i : i + height * stride : stride, j : j + width * stride : stride]
    rows = weight.transpose(0, 2, 3, 1).reshape(out, -1)
    result = rows @ columns.reshape(-1, height * width) + bias[:, None]
    return np.asarray(result).reshape(out, height, width)
