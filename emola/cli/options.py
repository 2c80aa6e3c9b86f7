"""Arguments that several commands share, and types that validate values while they are parsed."""

from __future__ import annotations

import argparse
from pathlib import Path

from emola.errors import CheckpointError
from emola.extras import require
from emola.faba import ACTION_UNITS

__all__ = [
    "action_unit_codes",
    "add_json_argument",
    "add_model_arguments",
    "add_task_argument",
    "engine_servers",
    "non_negative_int",
    "plots_dir",
    "positive_int",
]

_LARGEST = 2**31 - 1


def add_model_arguments(parser: argparse.ArgumentParser, *, engine: bool = False) -> None:
    """Add --model, --quantize, --dtype and --device.

    engine: add --engine and --engine-url, too, for commands that use :func:`engine_servers`.
    """
    parser.add_argument(
        "--model",
        default="nano",
        metavar="M",
        help="nano, a checkpoint folder or a name on the hub (default: nano)",
    )
    parser.add_argument(
        "--quantize",
        choices=("nf4", "int8"),
        help="quantise the weights to 4 or 8 bits (default: keep their precision)",
    )
    parser.add_argument(
        "--dtype",
        choices=("auto", "float32", "bfloat16", "float16"),
        default="auto",
        help="number type of the computation; float32 gives the same answer whatever else is being answered "
        "(default: auto, the fastest type of the device)",
    )
    parser.add_argument(
        "--device",
        default="auto",
        metavar="DEVICE",
        help="auto, cpu, cuda, cuda:1 and so on, or offload: a GPU, with the layers that do not fit in main "
        "memory (default: auto)",
    )
    if engine:
        _add_engine_arguments(parser)


def _add_engine_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--engine",
        choices=("local", "vllm"),
        default="local",
        help="what generates the answers: this process, or vLLM servers, which serve the folders that 'emola "
        "export-vllm' writes (default: local)",
    )
    parser.add_argument(
        "--engine-url",
        action="append",
        default=[],
        type=_server_address,
        metavar="URL",
        help="address of a vLLM server, such as http://10.0.0.5:8000; may be repeated. Its key is taken from "
        "the environment variable EMOLA_ENGINE_KEY",
    )


def engine_servers(args: argparse.Namespace) -> tuple[str, ...]:
    """Return the addresses of the vLLM servers, none for answers of this process.

    Raises CheckpointError for flags that contradict each other.
    """
    if args.engine != "vllm":
        if args.engine_url:
            raise CheckpointError("--engine-url is for --engine vllm; give both, or neither.")
        return ()
    if not args.engine_url:
        raise CheckpointError("--engine vllm needs the address of a server; give --engine-url.")
    if args.quantize:
        raise CheckpointError("--quantize has no effect on vLLM servers; give the option to vLLM.")
    return tuple(args.engine_url)


def _server_address(text: str) -> str:
    """Parse the address of a server."""
    from emola.vllm.addresses import check_address

    try:
        return check_address(text)
    except CheckpointError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def add_task_argument(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Add --task."""
    parser.add_argument(
        "--task", required=required, choices=("emotion", "au"), help="emotions or action units (au)"
    )


def add_json_argument(parser: argparse.ArgumentParser) -> None:
    """Add --json without a file name."""
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def positive_int(text: str) -> int:
    """Parse a whole number from 1 to 2**31 - 1."""
    return _whole_number(text, 1)


def non_negative_int(text: str) -> int:
    """Parse a whole number from 0 to 2**31 - 1, the seeds that every random number generator accepts."""
    return _whole_number(text, 0)


def _whole_number(text: str, smallest: int) -> int:
    # Python refuses to convert thousands of digits, so the length is checked first.
    if not (text.isascii() and text.isdecimal() and len(text) < 12 and smallest <= int(text) <= _LARGEST):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {smallest} to {_LARGEST}")
    return int(text)


def plots_dir(text: str) -> Path:
    """Parse a folder for plots, which may not exist yet. Raises PackageError without matplotlib."""
    folder = Path(text)
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not existing.is_dir():
        raise argparse.ArgumentTypeError(f"{str(existing)!r} is a file; name a folder")
    require("matplotlib")
    return folder


def action_unit_codes(text: str) -> list[int]:
    """Parse codes separated by commas, such as ``1,2,12``."""
    known = {str(code): code for code in ACTION_UNITS}
    codes = [code.strip() for code in text.split(",")]
    if not all(code.isascii() and code.isdecimal() for code in codes):
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of action units such as 1,2,12")
    for code in codes:
        if code not in known:
            raise argparse.ArgumentTypeError(f"there is no AU{code}; known are {', '.join(known)}")
    if len(set(codes)) < len(codes):
        raise argparse.ArgumentTypeError(f"{text!r} names an action unit twice")
    return [known[code] for code in codes]
