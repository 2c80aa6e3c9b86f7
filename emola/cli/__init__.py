"""The command line: ``python -m emola COMMAND``.

Every command exits 0 on success, 2 on a mistake of the user with one line on stderr, 130 when it is
interrupted, 141 when who reads its output stops reading. Each is a module with ``add_arguments(parser)``
and ``run(args) -> int`` that imports what is heavy only when it runs.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from emola import __version__
from emola.errors import EmolaError

__all__ = ["main"]

_COMMANDS = {
    "annotate": ("describe the face in each of many pictures", "emola.cli.annotate"),
    "app": ("open the chat page", "emola.cli.app"),
    "ask": ("ask about the face in a picture", "emola.cli.ask"),
    "bench": ("measure a model on labelled pictures", "emola.cli.bench"),
    "convert": ("make a checkpoint of the published files", "emola.cli.convert"),
    "data": ("prepare data for training", "emola.cli.data"),
    "fetch": ("fetch the third-party files", "emola.cli.fetch"),
    "score": ("score answers that were made before", "emola.cli.score"),
    "train": ("train from a recipe", "emola.cli.train"),
}


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line, like every other error of a command."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; --help shows how to use it.\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; ``argv`` is that of the process by default."""
    args = _parser().parse_args(argv)
    try:
        code = int(args.run(args))
        sys.stdout.flush()
        return code
    except EmolaError as error:
        print("emola:", *str(error).split(), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("emola: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Who reads the output, such as `head`, has seen enough; what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        if error.filename is None:
            raise
        # A place that the user named and that is full, locked, or a file where a folder should be.
        print(f"emola: {error.filename} cannot be used: {error.strerror}.", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="emola", description="Emotions and facial action units, read from a face.")
    parser.add_argument("--version", action="version", version=f"emola {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (summary, home) in _COMMANDS.items():
        module = import_module(home)
        command = commands.add_parser(name, help=summary, description=module.__doc__)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser
