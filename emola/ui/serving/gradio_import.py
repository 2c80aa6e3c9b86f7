"""The first import of Gradio: with our temporary folder, and without stub files for editors."""

from __future__ import annotations

import inspect
from typing import Any

from emola.ui.serving.temp_folder import temp_folder

__all__ = ["import_gradio"]


def import_gradio() -> None:
    """Import Gradio so that no class of a component writes a ``.pyi`` file beside its module.

    For the stub file, each class parses its own source, which takes half of Gradio's import time. Gradio
    writes no stub file for a class without source, so ``inspect.getfile`` raises OSError for components
    during the import.
    """
    temp_folder()  # Gradio reads GRADIO_TEMP_DIR when it is imported
    getfile = inspect.getfile

    def getfile_except_components(object: Any) -> str:
        if isinstance(object, type) and object.__module__.startswith("gradio."):
            raise OSError("no stub file is wanted")
        return getfile(object)

    inspect.getfile = getfile_except_components
    try:
        from gradio import component_meta
    finally:
        inspect.getfile = getfile
    component_meta.create_or_modify_pyi = lambda *_: None  # for our own components
