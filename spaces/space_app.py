"""The Space: the page of the model that the variable EMOLA_MODEL names, EmoLA-Nano by default.

This file is the ``app.py`` of the Space. EmoLA-Nano answers on the CPU in this process, which keeps the keys
and values of each conversation. On ZeroGPU, every other model answers in workers that have a GPU, see
``zero_gpu``; on a rented GPU it answers in this process.

Variables: EMOLA_MODEL; EMOLA_OPTIONS with flags of ``emola app``, such as ``--movement-only``; EMOLA_FETCH
with groups of ``emola fetch``, such as ``insightface``, to fetch before the start.
"""

import spaces  # isort: skip  # first: on ZeroGPU it replaces the CUDA functions of torch

import os
import shlex
import sys
from collections.abc import Generator

import zero_gpu

from emola.cli import build_parser, main
from emola.cli.app import run
from emola.cli.exit_codes import with_exit_codes

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # a tokenizer with threads does not survive a fork

MODEL = os.environ.get("EMOLA_MODEL", "nano")
OPTIONS = shlex.split(os.environ.get("EMOLA_OPTIONS", ""))
ON_ZERO_GPU = os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "true")

for group in os.environ.get("EMOLA_FETCH", "").split():
    main(["fetch", group])  # a failure is in the log; the page says what is missing

loaded = zero_gpu.load(MODEL) if ON_ZERO_GPU and MODEL != "nano" else None
"""The model of the workers, which inherit it; None if answers are generated in this process."""


@spaces.GPU(duration=zero_gpu.seconds)
def answer(call: zero_gpu.Call) -> Generator[int, None, None]:
    """Yield the tokens of one answer; runs in a worker. ZeroGPU wants such a function for EmoLA-Nano too."""
    assert loaded is not None
    yield from zero_gpu.generate(loaded.model, loaded.processor, call)


@with_exit_codes("emola")
def serve() -> int:
    """Serve the page of the model whose answers come from workers."""
    assert loaded is not None
    model = zero_gpu.ZeroGpuModel(loaded, answer)
    args = build_parser().parse_args(["app", "--model", MODEL, *OPTIONS])
    return run(args, loader=lambda: model)


if __name__ == "__main__":
    if loaded is not None:
        sys.exit(serve())
    device = "cpu" if MODEL == "nano" else "auto"  # on ZeroGPU, torch claims to have a GPU here
    sys.exit(main(["app", "--model", MODEL, "--device", device, *OPTIONS]))
