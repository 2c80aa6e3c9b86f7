"""The command line: ``python -m emola COMMAND``.

Each command is a module with ``add_arguments(parser)`` and ``run(args) -> int``. Heavy packages are imported
in ``run`` only.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from emola import __version__
from emola.cli.exit_codes import end_process, one_line, with_exit_codes

__all__ = ["COMMANDS", "build_parser", "main", "program"]

COMMANDS = {
    "annotate": ("describe the face in each of many pictures", "emola.cli.annotate"),
    "app": ("serve the chat page", "emola.cli.app"),
    "ask": ("ask about the face in a picture", "emola.cli.ask"),
    "bench": ("measure a model on labelled pictures", "emola.cli.bench"),
    "check-exchanges": ("check written exchanges for training", "emola.cli.check_exchanges"),
    "convert": ("convert the published files to a checkpoint", "emola.cli.convert"),
    "data": ("check, count and prepare data sets", "emola.cli.data"),
    "export-vllm": ("export the language model for vLLM servers", "emola.cli.export_vllm"),
    "fetch": ("fetch the third-party files", "emola.cli.fetch"),
    "score": ("score existing answers", "emola.cli.score"),
    "train": ("train a model from a recipe", "emola.cli.train"),
}
"""Summary and module of each command. The docstring of the module is the description in its ``--help``."""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, like the errors of the commands, and that rejects empty values."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {one_line(message)}; --help shows the usage.\n")

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        # No argument has a meaning for an empty value, and an empty path would be the current folder.
        if not arg_string.strip() and action.nargs != argparse.PARSER:
            raise argparse.ArgumentError(action, "the value is empty")
        return super()._get_value(action, arg_string)


def program(argv: Sequence[str] | None = None) -> NoReturn:
    """Run a command, and end the process with its exit code; see :func:`main`."""
    end_process(main(argv))


@with_exit_codes("emola")
def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; see :mod:`emola.cli.exit_codes`.

    argv: the arguments without the program's name (default: those of the process).
    Raises SystemExit with code 2 for arguments that the parser rejects, with 0 for --help and --version.
    """
    with warnings.catch_warnings():
        if not sys.warnoptions:
            warnings.simplefilter("ignore")  # warnings of libraries, which users cannot act on
        args = build_parser().parse_args(argv)
        return int(args.run(args))


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
