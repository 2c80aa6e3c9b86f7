"""The first import of Gradio: into our temporary folder, and without stub files for editors."""

from __future__ import annotations

import inspect
from typing import Any

from emola.ui.temp_folder import temp_folder

__all__ = ["import_gradio"]


def import_gradio() -> None:
    """Import Gradio so that no class of a component writes a ``.pyi`` file beside its module.

    To write it, each class parses its own source, which takes half of the time of Gradio's import. Gradio
    writes none for a class without a source file, and ``inspect.getfile`` says so of its components here.
    """
    temp_folder()  # Gradio reads GRADIO_TEMP_DIR when it is imported
    getfile = inspect.getfile

    def getfile_but_of_components(object: Any) -> str:
        if isinstance(object, type) and object.__module__.startswith("gradio."):
            raise OSError("no stub file is wanted")
        return getfile(object)

    inspect.getfile = getfile_but_of_components
    try:
        from gradio import component_meta
    finally:
        inspect.getfile = getfile
    component_meta.create_or_modify_pyi = lambda *_: None  # for our own components
