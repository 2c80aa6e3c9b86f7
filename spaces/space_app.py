"""The Space: the page of the model that the variable EMOLA_MODEL names, EmoLA-Nano by default.

This file is the ``app.py`` of the Space. EmoLA-Nano answers on the CPU in this process, which keeps the keys
and values of each conversation. On ZeroGPU, every other model answers in workers that have a GPU, see
``zero_gpu``; on a rented GPU it answers in this process.

Variables: EMOLA_MODEL; EMOLA_FETCH with groups of ``emola fetch``, such as ``insightface``, to fetch before
the start; and those of docs/operators.md, which override the limits of ``--public``.
"""

import spaces  # isort: skip  # first: on ZeroGPU it replaces the CUDA functions of torch

import os
import sys
import warnings
from collections.abc import Generator

import zero_gpu

from emola.cli import app, build_parser, main
from emola.cli.exit_codes import with_exit_codes

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # a tokenizer with threads does not survive a fork

MODEL = os.environ.get("EMOLA_MODEL") or "nano"
ON_ZERO_GPU = os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "true")

model: zero_gpu.ZeroGpuModel | None = None
"""The model of the workers, which inherit it; None if answers are generated in this process."""


@spaces.GPU(duration=zero_gpu.seconds)
def answer(call: zero_gpu.Call) -> Generator[int, None, None]:
    """Yield the tokens of one answer; runs in a worker. ZeroGPU wants such a function for EmoLA-Nano too."""
    assert model is not None
    yield from zero_gpu.generate(model.model, model.processor, call)


@with_exit_codes("emola")
def serve() -> int:
    """Serve the page."""
    global model
    warnings.simplefilter("ignore")  # warnings of libraries, as in ``emola.cli.main``
    device = "cpu" if MODEL == "nano" else "auto"  # on ZeroGPU, torch claims to have a GPU here
    args = build_parser().parse_args(["app", "--model", MODEL, "--device", device, "--public"])
    if MODEL == "nano" or not ON_ZERO_GPU:
        return app.run(args)
    loaded = model = zero_gpu.load(MODEL, answer)
    return app.run(args, loader=lambda: loaded)


if __name__ == "__main__":
    for group in os.environ.get("EMOLA_FETCH", "").split():
        main(["fetch", group])  # if this fails, the log says why, and the page what is missing
    sys.exit(serve())
