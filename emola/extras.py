"""Packages that only some commands need: is one here, and if not, which extra of EmoLA brings it?"""

from __future__ import annotations

from importlib.util import find_spec

from emola.errors import PackageError

__all__ = ["EXTRAS", "explain", "require"]

EXTRAS = {
    "deepspeed": ("deepspeed", "deepspeed"),
    "gradio": ("gradio", "app"),
    "matplotlib": ("matplotlib", "plots"),
    "starlette": ("starlette", "app"),
    "sklearn": ("scikit-learn", "train"),
    "tensorboard": ("tensorboard", "train"),
    "yaml": ("PyYAML", "train"),
}
"""Module -> the package that holds it, and the extra of ``pyproject.toml`` that installs it."""


def require(module: str, otherwise: str = "") -> None:
    """PackageError unless this module of ``EXTRAS`` is installed: for work that would fail when nearly done.

    otherwise: what else the user can do, as the end of the sentence.
    """
    if find_spec(module) is None:
        raise PackageError(f"{_sentence(module)[:-1]}, {otherwise}." if otherwise else _sentence(module))


def explain(error: ModuleNotFoundError) -> str | None:
    """What to install after this error; None when no extra holds the module."""
    module = (error.name or "").partition(".")[0]
    return _sentence(module) if module in EXTRAS else None


def _sentence(module: str) -> str:
    package, extra = EXTRAS[module]
    ways = f'pip install {package}, or pip install "emola[{extra}]"'
    return f"This needs {package}, which is not installed: {ways}."
