"""The import of Gradio."""

from __future__ import annotations

import importlib.util
import inspect
from pathlib import Path

import gradio as gr

import emola.ui  # noqa: F401


def test_components_write_no_stub_files(tmp_path: Path) -> None:
    """Guards against ``.pyi`` files in the package, and against half of Gradio's import time."""
    file = tmp_path / "component.py"
    file.write_text("import gradio as gr\n\n\nclass Picture(gr.Image):\n    pass\n", "utf-8")
    spec = importlib.util.spec_from_file_location("component", file)
    assert spec is not None and spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    assert [path.suffix for path in tmp_path.iterdir() if path.is_file()] == [".py"]


def test_leaves_inspect_unchanged() -> None:
    assert inspect.getfile(gr.Image).endswith("image.py")
