"""Optional packages: checks whether they are installed, and messages that name the extra to install."""

from __future__ import annotations

from importlib.util import find_spec

from emola.errors import PackageError

__all__ = ["EXTRAS", "missing_package_message", "require"]

EXTRAS = {
    "deepspeed": ("deepspeed", "deepspeed"),
    "gradio": ("gradio", "app"),
    "httpx": ("httpx", "vllm"),
    "matplotlib": ("matplotlib", "plots"),
    "mcp": ("mcp", "mcp"),
    "prometheus_client": ("prometheus-client", "metrics"),
    "pydantic": ("pydantic", "app"),
    "starlette": ("starlette", "app"),
    "uvicorn": ("uvicorn", "app"),
    "sklearn": ("scikit-learn", "train"),
    "tensorboard": ("tensorboard", "train"),
    "yaml": ("PyYAML", "train"),
}
"""Package and extra of ``pyproject.toml`` by module name."""


def require(module: str, alternative: str = "") -> None:
    """Raise PackageError if a module of ``EXTRAS`` is not installed.

    Call it before long work that needs the module at its end.
    alternative: another remedy, as the end of the sentence.
    """
    if find_spec(module) is None:
        message = _message(module)
        raise PackageError(f"{message[:-1]}, {alternative}." if alternative else message)


def missing_package_message(error: ModuleNotFoundError) -> str | None:
    """Return a message that names the package to install; None if the module belongs to no extra."""
    module = (error.name or "").partition(".")[0]
    return _message(module) if module in EXTRAS else None


def _message(module: str) -> str:
    package, extra = EXTRAS[module]
    return (
        f"This needs {package}, which is not installed: pip install {package}, or "
        f'pip install "emola[{extra}]".'
    )
