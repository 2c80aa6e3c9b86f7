"""Packages that only some commands need: is one here, and if not, which extra of EmoLA brings it?"""

from __future__ import annotations

from importlib.util import find_spec

from emola.errors import PackageError

__all__ = ["EXTRAS", "explain", "require"]

EXTRAS = {
    "deepspeed": ("deepspeed", "deepspeed"),
    "gradio": ("gradio", "app"),
    "matplotlib": ("matplotlib", "plots"),
    "sklearn": ("scikit-learn", "train"),
    "tensorboard": ("tensorboard", "train"),
    "yaml": ("PyYAML", "train"),
}
"""Module -> the package that holds it, and the extra of ``pyproject.toml`` that installs it."""


def require(*modules: str) -> None:
    """PackageError for the first of these modules of ``EXTRAS`` that is not installed.

    For work that would otherwise fail when it is nearly done.
    """
    for module in modules:
        if find_spec(module) is None:
            raise PackageError(_sentence(module))


def explain(error: ModuleNotFoundError) -> str | None:
    """What to install after this error; None when no extra holds the module."""
    module = (error.name or "").partition(".")[0]
    return _sentence(module) if module in EXTRAS else None


def _sentence(module: str) -> str:
    package, extra = EXTRAS[module]
    ways = f'pip install {package}, or pip install "emola[{extra}]"'
    return f"This needs {package}, which is not installed: {ways}."
