"""The command line: ``python -m emola COMMAND``.

Exit codes: 0 success; 2 a mistake of the user, explained in one line on stderr; 130 interrupted (SIGINT);
143 terminated (SIGTERM); 129 hung up (SIGHUP); 141 the reader closed the output.

Each command is a module with ``add_arguments(parser)`` and ``run(args) -> int``. Heavy packages are imported
in ``run`` only.
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
from emola.cli.signals import Terminated, handle_termination
from emola.errors import EmolaError
from emola.extras import missing_package_message
from emola.files import is_disk_error

__all__ = ["COMMANDS", "build_parser", "main"]

COMMANDS = {
    "annotate": ("describe the face in each of many pictures", "emola.cli.annotate"),
    "app": ("serve the chat page", "emola.cli.app"),
    "ask": ("ask about the face in a picture", "emola.cli.ask"),
    "bench": ("measure a model on labelled pictures", "emola.cli.bench"),
    "convert": ("convert the published files to a checkpoint", "emola.cli.convert"),
    "data": ("check, count and prepare data sets", "emola.cli.data"),
    "fetch": ("fetch the third-party files", "emola.cli.fetch"),
    "score": ("score existing answers", "emola.cli.score"),
    "train": ("train a model from a recipe", "emola.cli.train"),
}
"""Summary and module of each command. The docstring of the module is the description in its ``--help``."""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, like the errors of the commands, and that rejects empty values."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {_one_line(message)}; --help shows the usage.\n")

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        # No argument has a meaning for an empty value, and an empty path would be the current folder.
        if not arg_string.strip() and action.nargs != argparse.PARSER:
            raise argparse.ArgumentError(action, "the value is empty")
        return super()._get_value(action, arg_string)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    argv: the arguments without the program's name (default: those of the process).
    Raises SystemExit with code 2 for arguments that the parser rejects, with 0 for --help and --version.
    """
    try:
        with handle_termination() as termination, warnings.catch_warnings():
            if not sys.warnoptions:
                warnings.simplefilter("ignore")  # warnings of libraries, which users cannot act on
            args = build_parser().parse_args(argv)
            code = int(args.run(args))
            if sys.stdout is not None:  # None in a service without a console
                sys.stdout.flush()
            return termination.code or code
    except Terminated as signal:
        return _fail("terminated", signal.code)
    except KeyboardInterrupt:
        return _fail("interrupted", 130)
    except BrokenPipeError:
        # The reader, such as `head`, has closed the pipe. The interpreter flushes stdout once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except (EmolaError, ModuleNotFoundError, OSError) as error:
        if (message := _user_message(error)) is None:
            raise
        return _fail(message)


def _user_message(error: Exception) -> str | None:
    """Return what to tell the user about an error, None for a defect of EmoLA."""
    if isinstance(error, EmolaError):
        return str(error)
    if isinstance(error, ModuleNotFoundError):
        return missing_package_message(error)
    if isinstance(error, OSError) and error.filename is not None:  # a path that the user named
        return f"{error.filename} cannot be used: {error.strerror}."
    if isinstance(error, OSError) and is_disk_error(error):
        return f"The output cannot be written: {error.strerror}."
    return None


def _fail(message: str, code: int = 2) -> int:
    print("emola:", _one_line(message), file=sys.stderr)
    return code


def _one_line(message: str) -> str:
    """Replace line ends and control characters, which file names can bring into a message."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in " ".join(message.split()))


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with all commands."""
    parser = _Parser(prog="emola", description="Read emotions and facial action units from a face.")
    parser.add_argument("--version", action="version", version=f"emola {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (summary, module_name) in COMMANDS.items():
        module = import_module(module_name)
        command = commands.add_parser(name, help=summary, description=module.__doc__)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser
