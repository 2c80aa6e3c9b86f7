"""Deploy the chat page to a Hugging Face Space, or show what would be done.

    python spaces/deploy.py OWNER/NAME [--hardware H] [--model M] [--dry-run]

It creates the Space if there is none, replaces its files by those of the commit that is checked out, and
waits until the page runs. It uses the token of ``hf auth login`` or of the variable HF_TOKEN. See
docs/spaces.md.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence

from hub_calls import Settings, deploy, describe
from space_files import ROOT, ZERO_GPU, DeployError, require_clean, space_files

sys.path.insert(0, str(ROOT))

from emola.cli.operation import Operation
from emola.limits import Limits
from emola.settings import settings_of

__all__ = ["main"]

_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_VARIABLE = re.compile(r"[A-Za-z_]\w*")
_NO_SETTINGS = ("EMOLA_MODEL", "EMOLA_FETCH", "EMOLA_CACHE")
"""Variables of the application that are no settings of ``emola app``."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, or 2 after one line on stderr."""
    args = _parser().parse_args(argv)
    try:
        commit = require_clean()
        _check_sleep_time(args)
        settings = Settings(
            repo_id=args.space,
            commit=commit,
            hardware=args.hardware,
            private=args.private,
            sleep_time=args.sleep_time,
            variables=_variables(args),
            secrets={name: _secret(name, dry_run=args.dry_run) for name in args.secret},
            timeout=args.timeout,
        )
        files = space_files(args.hardware, args.index)
        if args.dry_run:
            print(describe(settings, files))
        else:
            deploy(settings, files, print)
    except DeployError as error:
        print(f"deploy: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("deploy: interrupted; run the command again to finish.", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="deploy.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("space", type=_space_name, metavar="OWNER/NAME", help="the Space")
    parser.add_argument(
        "--hardware",
        metavar="H",
        help=f"{ZERO_GPU}: ZeroGPU, the only free one without a PRO account; cpu-basic; or a paid one such "
        f"as cpu-upgrade or l4x1 (default: {ZERO_GPU} for a new Space, no change for an existing one)",
    )
    parser.add_argument(
        "--model",
        metavar="M",
        help="nano, or a name on the hub (default: nano for a new Space, no change for an existing one)",
    )
    parser.add_argument("--private", action="store_true", help="create the Space for its owner only")
    _add_settings(parser)
    parser.add_argument("--index", metavar="URL", help="package index to use besides the default one")
    parser.add_argument(
        "--timeout",
        type=float,
        default=3600.0,
        metavar="S",
        help="seconds to wait for the page (default: 3600)",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print the files and calls; connect to nothing"
    )
    return parser


def _add_settings(parser: argparse.ArgumentParser) -> None:
    """Add the settings of the Space that the hub keeps."""
    parser.add_argument(
        "--variable",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="public variable; may be repeated",
    )
    parser.add_argument(
        "--secret",
        action="append",
        default=[],
        metavar="NAME",
        help="secret, whose value is that of the environment variable NAME; may be repeated",
    )
    parser.add_argument(
        "--sleep-time",
        type=int,
        metavar="S",
        help="seconds without a visitor until paid hardware sleeps; -1: never",
    )


def _space_name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not the name of a Space, such as jane/emola")
    return text


def _check_sleep_time(args: argparse.Namespace) -> None:
    """Raise DeployError for a sleep time of hardware that always sleeps after 48 hours."""
    if args.sleep_time is not None and args.hardware in ("cpu-basic", ZERO_GPU):
        raise DeployError(
            f"{args.hardware} sleeps after 48 hours without a visitor; --sleep-time is for paid hardware."
        )


def _variables(args: argparse.Namespace) -> dict[str, str]:
    """Return the public variables of the Space. Raises DeployError."""
    variables = {"EMOLA_MODEL": args.model} if args.model else {}
    for text in args.variable:
        name, equals, value = text.partition("=")
        if not equals or not _VARIABLE.fullmatch(name):
            raise DeployError(f"{text!r} is not a variable; write NAME=VALUE.")
        if value.startswith("hf_"):
            raise DeployError(
                f"The value of {name} looks like a token, and variables are public; use --secret."
            )
        _check_setting(name, value)
        variables[name] = value
    return variables


def _check_setting(name: str, value: str) -> None:
    """Raise DeployError for an ``EMOLA_`` variable that the application does not know, and a wrong value.

    A misspelt EMOLA_MOVEMENT_ONLY would open a page that answers questions about emotions.
    """
    settings = {each.variable: each for group in (Operation, Limits) for each in settings_of(group)}
    if not name.startswith("EMOLA_") or name in _NO_SETTINGS:
        return
    if name not in settings:
        raise DeployError(f"There is no variable {name}; docs/operators.md lists them.")
    try:
        settings[name].value(value)
    except argparse.ArgumentTypeError as error:
        raise DeployError(f"The variable {name} is invalid: {error}.") from error


def _secret(name: str, *, dry_run: bool) -> str:
    """Return the value of a secret. Raises DeployError if it is not set, except for a dry run."""
    if not _VARIABLE.fullmatch(name):
        raise DeployError("A secret is given by its name alone; set its value in the environment.")
    value = os.environ.get(name, "")
    if not value and not dry_run:
        raise DeployError(f"The environment variable {name} is not set; it holds the value of the secret.")
    return value


if __name__ == "__main__":
    sys.exit(main())
