"""Measure how fast EmoLA-Nano's language model reads a prompt and writes, against llama.cpp and the memory.

    python benchmarks/decode.py [--llama-python ENV/bin/python] [--rounds N] [--json OUT]

Our engine and llama.cpp (Q8_0 and Q4_1) run the same merged weights with the same number of threads, one
after the other in alternating rounds; the ratios are medians over the rounds. The bound is the measured read
bandwidth of the memory over the bytes of the weights, each of which a token reads once. "equal" counts the
first tokens that llama.cpp and our engine have in common: with 8 bits, several.

llama.cpp runs in an environment of its own; without ``--llama-python`` only our engine and the memory are
measured. To make one, which compiles for some minutes:

    python -m venv ENV
    ENV/bin/pip install llama-cpp-python numpy          # needs a C++ compiler and CMake

If llama.cpp ends with code -4 (illegal instruction), the system does not let it use AMX. Then name the
instructions, those of AVX-512 or none of them:

    CMAKE_ARGS="-DGGML_NATIVE=OFF -DGGML_AVX=ON -DGGML_AVX2=ON -DGGML_FMA=ON -DGGML_F16C=ON -DGGML_BMI2=ON \\
        -DGGML_AVX512=ON -DGGML_AVX512_VBMI=ON -DGGML_AVX512_VNNI=ON -DGGML_AVX512_BF16=ON" \\
        ENV/bin/pip install --no-binary llama-cpp-python llama-cpp-python numpy

To measure as on a processor with AVX2 alone, set ``ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2``, and
leave the second line of these options out.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch

import emola
from benchmarks.decoding.gguf_file import KINDS, write_gguf
from benchmarks.decoding.runners import Completion, EngineRunner, LlamaRunner, Runner
from benchmarks.machine import commit, machine
from emola import downloads
from emola.cli.exit_codes import with_exit_codes
from emola.cli.options import positive_int
from emola.downloads.catalogue import LANGUAGE_MODEL
from emola.errors import CheckpointError
from emola.model.eight_bits import can_multiply

OURS = "engine"
TEXT = (
    "The corners of the mouth are pulled up and back, the cheeks are raised, and the eyes narrow. The brows "
    "rest. Which action units are active in this face, how strongly, and which emotion do they speak for? "
)
BUFFER_BYTES = 2**29
"""Size of the memory that is read to measure the bandwidth; larger than any cache."""


@with_exit_codes("decode")
def main() -> int:
    """Parse the arguments, measure, print, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--llama-python", type=Path, metavar="FILE", help="python of an environment with llama-cpp-python"
    )
    parser.add_argument("--rounds", type=positive_int, default=5, metavar="N", help="default: 5")
    parser.add_argument("--prompt", type=positive_int, default=256, metavar="N", help="tokens (default: 256)")
    parser.add_argument("--tokens", type=positive_int, default=128, metavar="N", help="default: 128")
    parser.add_argument(
        "--threads",
        type=positive_int,
        default=os.cpu_count(),
        metavar="N",
        help="of both (default: all processors)",
    )
    parser.add_argument("--dtype", default="auto", metavar="TYPE", help="of our engine (default: auto)")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures to this file")
    args = parser.parse_args()
    if args.tokens < 2:
        parser.error("--tokens must be at least 2: the first one is part of the prompt's time")
    figures = measure(args)
    print("\n".join(report(figures)))
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    return 0


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of all runners, of the memory and of the machine."""
    torch.set_num_threads(args.threads)
    model = emola.load("nano", device="cpu", dtype=args.dtype)
    weights, config = language_model(model.model), model.model.config
    prompt = prompt_of(model.processor.tokenizer, args.prompt)
    sizes = {OURS: sum(read_bytes(each, model.model.may_read_packed) for each in weights.values())}
    runners: dict[str, Runner] = {OURS: EngineRunner(model.model, model.processor)}
    facts: dict[str, Any] = {}
    with ExitStack() as stack:
        if args.llama_python:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="emola-decode-")))
            metadata = downloads.path(LANGUAGE_MODEL)
            for kind in KINDS:
                file = folder / f"{kind}.gguf"
                sizes[kind] = write_gguf(weights, config.text_config, metadata, file, kind)
                context = args.prompt + args.tokens + 8
                llama = LlamaRunner(args.llama_python, file, args.threads, context)
                runners[kind] = stack.enter_context(llama)
                facts = llama.facts
        completions = alternate(runners, prompt, args.tokens, args.rounds)
    bandwidth = read_bandwidth()
    return {
        "model": {"name": model.name, **model.info, **model.identity()},
        "commit": commit(),
        "machine": {
            **machine(("torch", "transformers")),
            "instructions": torch.backends.cpu.get_cpu_capability(),
            "threads": args.threads,
        },
        "llama_cpp": facts,
        "prompt_tokens": len(prompt),
        "tokens": args.tokens,
        "rounds": args.rounds,
        "read_bandwidth_gb_per_second": bandwidth / 1e9,
        "runners": summary(completions, sizes, len(prompt), bandwidth),
    }


def language_model(model: Any) -> dict[str, torch.Tensor]:
    """Return the weights of the language model by the names of ``LlamaForCausalLM``, a tied head once.

    Raises CheckpointError for a model whose adapter is not merged.
    """
    prefix = "model.language_model."
    weights = {
        f"model.{name.removeprefix(prefix)}": parameter
        for name, parameter in model.named_parameters()
        if name.startswith(prefix)
    }
    if not weights or any(".lora_" in name for name in weights):
        raise CheckpointError("This benchmark needs a model with one adapter, which is merged when loaded.")
    if model.lm_head.weight is not weights["model.embed_tokens.weight"]:
        weights["lm_head.weight"] = model.lm_head.weight
    return weights


def read_bytes(tensor: torch.Tensor, packed: bool) -> int:
    """Return the bytes of a tensor that a token reads. packed: matrices are read packed where possible."""
    if packed and tensor.ndim == 2 and can_multiply(tensor.shape[1]):
        return tensor.numel() + 2 * len(tensor)
    return int(tensor.nbytes)


def prompt_of(tokenizer: Any, length: int) -> list[int]:
    """Return the ids of a text of exactly ``length`` tokens."""
    ids: list[int] = tokenizer.encode(TEXT, add_special_tokens=False)
    return (ids * (length // len(ids) + 1))[:length]


def alternate(
    runners: Mapping[str, Runner], prompt: Sequence[int], tokens: int, rounds: int
) -> dict[str, list[Completion]]:
    """Return the completions of all runners, which take turns; the first round warms up."""
    completions: dict[str, list[Completion]] = {name: [] for name in runners}
    for round_ in range(rounds + 1):
        for name in list(runners)[:: 1 if round_ % 2 else -1]:
            completion = runners[name].complete(prompt, tokens)
            if round_:
                completions[name].append(completion)
    return completions


def read_bandwidth(size: int = BUFFER_BYTES, rounds: int = 5) -> float:
    """Return the read bandwidth of the memory in bytes per second, the best of some sums over a buffer."""
    buffer = torch.ones(size // 4)
    best = float("inf")
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        buffer.sum()
        best = min(best, time.perf_counter() - begun)
    return size / best


def summary(
    completions: Mapping[str, Sequence[Completion]],
    sizes: Mapping[str, int],
    prompt: int,
    bandwidth: float,
) -> dict[str, Any]:
    """Return the speeds of each runner, its share of the bound, and our speeds over its own.

    sizes: bytes of the weights. prompt: number of tokens. bandwidth: in bytes per second.
    """
    ours = completions[OURS]
    figures = {}
    for name, runs in completions.items():
        decode = statistics.median((len(run.ids) - 1) / run.decode for run in runs)
        pairs = list(zip(ours, runs, strict=True))
        figures[name] = {
            "prefill_tokens_per_second": statistics.median(prompt / run.prefill for run in runs),
            "decode_tokens_per_second": decode,
            "weights_mb": sizes[name] / 1e6,
            "share_of_bound": decode * sizes[name] / bandwidth,
            "engine_over_this": {
                "prefill": statistics.median(run.prefill / own.prefill for own, run in pairs),
                "decode": statistics.median(run.decode / own.decode for own, run in pairs),
            },
            "equal_tokens": equal_tokens(ours[0].ids, runs[0].ids),
        }
    return figures


def equal_tokens(left: Sequence[int], right: Sequence[int]) -> int:
    """Return how many first tokens two completions have in common."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))


def report(figures: Mapping[str, Any]) -> list[str]:
    """Return the figures as a text table."""
    lines = [
        f"{figures['model']['name']} {figures['model']['weights']}, {figures['model']['dtype']}, "
        f"commit {figures['commit']}",
        ", ".join(f"{name} {value}" for name, value in figures["machine"].items()),
        f"llama.cpp: {figures['llama_cpp'] or 'not measured, see --llama-python'}",
        f"{figures['prompt_tokens']} tokens of prompt, {figures['tokens']} written, "
        f"{figures['rounds']} rounds; memory {figures['read_bandwidth_gb_per_second']:.1f} GB/s",
        "         prompt tokens/s  tokens/s  weights MB  of the bound  engine: prompt  tokens  equal",
    ]
    for name, values in figures["runners"].items():
        ratio = values["engine_over_this"]
        lines.append(
            f"{name:8} {values['prefill_tokens_per_second']:16.1f} {values['decode_tokens_per_second']:9.1f} "
            f"{values['weights_mb']:11.1f} {values['share_of_bound']:13.2f} {ratio['prefill']:15.2f} "
            f"{ratio['decode']:7.2f} {values['equal_tokens']:6}"
        )
    return lines


if __name__ == "__main__":
    sys.exit(main())
