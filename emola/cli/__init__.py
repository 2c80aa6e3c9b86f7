"""The command line: ``python -m emola COMMAND``.

Every command exits 0 on success, 2 on a mistake of the user with one line on stderr, 130 when it is
interrupted, 143 when it is terminated, 141 when who reads its output stops reading. Each is a module with
``add_arguments(parser)`` and ``run(args) -> int`` that imports what is heavy only when it runs.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from emola import __version__
from emola.cli.signals import Terminated, stoppable
from emola.errors import EmolaError
from emola.extras import explain
from emola.files import is_disk_error

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
        self.exit(2, f"{self.prog}: {_one_line(message)}; --help shows how to use it.\n")

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        # No flag has a meaning for an empty value, and an empty path would be the current folder.
        if not arg_string.strip() and action.nargs != argparse.PARSER:
            raise argparse.ArgumentError(action, "the value is empty")
        return super()._get_value(action, arg_string)  # type: ignore[misc]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; ``argv`` is that of the process by default.

    Raises SystemExit with code 2 for what the parser refuses, 0 for --help and --version.
    """
    try:
        with stoppable() as stop, warnings.catch_warnings():
            if not sys.warnoptions:
                warnings.simplefilter("ignore")  # the libraries', which are not for users
            args = _parser().parse_args(argv)
            code = int(args.run(args))
            if sys.stdout is not None:  # a service may have none
                sys.stdout.flush()
            return stop.code or code
    except Terminated as end:
        return _say("terminated", end.code)
    except KeyboardInterrupt:
        return _say("interrupted", 130)
    except EmolaError as error:
        return _say(str(error))
    except BrokenPipeError:
        # Who reads the output, such as `head`, has seen enough; what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except ModuleNotFoundError as error:
        if (sentence := explain(error)) is None:
            raise
        return _say(sentence)
    except OSError as error:
        if error.filename is not None:
            # A place that the user named and that is full, locked, or a file where a folder should be.
            return _say(f"{error.filename} cannot be used: {error.strerror}.")
        if not is_disk_error(error):
            raise
        return _say(f"The output cannot be written: {error.strerror}.")


def _say(message: str, code: int = 2) -> int:
    print("emola:", _one_line(message), file=sys.stderr)
    return code


def _one_line(message: str) -> str:
    """Without line ends and control characters, which a file's name may bring into a message."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in " ".join(message.split()))


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
