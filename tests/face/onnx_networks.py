"""Tiny networks with the shapes of 2d106det.onnx: (N, 3, 192, 192) to (N, 212)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE, NUMBERS = 192, 212


def write_network(
    path: Path, *, probes: list[tuple[int, int, int]] | None = None, points: np.ndarray | None = None
) -> Path:
    """Write a network whose first outputs are the input values at ``probes`` (channel, row, column).

    points: (106, 2), from -1 to 1; constants added to the outputs.
    """
    picks = np.zeros(NUMBERS, dtype=np.int64)
    scale = np.zeros(NUMBERS, dtype=np.float32)
    for i, (channel, row, column) in enumerate(probes or []):
        picks[i], scale[i] = (channel * SIDE + row) * SIDE + column, 1
    offset = np.zeros(NUMBERS, np.float32) if points is None else points.reshape(-1).astype(np.float32)
    nodes = [
        helper.make_node("Flatten", ["data"], ["flat"]),
        helper.make_node("Gather", ["flat", "picks"], ["picked"], axis=1),
        helper.make_node("Mul", ["picked", "scale"], ["scaled"]),
        helper.make_node("Add", ["scaled", "offset"], ["fc1"]),
    ]
    constants = {"picks": picks, "scale": scale, "offset": offset}
    return _save(path, nodes, constants, ["None", 3, SIDE, SIDE], ["None", NUMBERS])


def write_other_network(path: Path) -> Path:
    """Write a network of another kind, the identity on 112 by 112 pixels."""
    nodes = [helper.make_node("Identity", ["data"], ["fc1"])]
    return _save(path, nodes, {}, ["None", 3, 112, 112], ["None", 3, 112, 112])


def _save(path: Path, nodes: list, constants: dict, inputs: list, outputs: list) -> Path:
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("data", TensorProto.FLOAT, inputs)],
        [helper.make_tensor_value_info("fc1", TensorProto.FLOAT, outputs)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 12)], ir_version=7)
    onnx.save(model, path)
    return path
