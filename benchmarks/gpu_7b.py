"""Measure a model of the published size on a GPU: memory, loading time, and speed alone and with several.

    python benchmarks/gpu_7b.py [--quantize nf4 bf16] [--at-once 8] [--folder DIR] [--json OUT]

The weights are random and made on the GPU: LLaVA-1.5-7B with CLIP ViT-L/14-336 and two adapters of rank 128,
in the format of a converted checkpoint. They are written once (17 GB), and loaded with each quantisation.
Speed and memory do not depend on the values of the weights. Nothing is downloaded.

- load: seconds from the files, which the system has just written and may still cache, to a model on the GPU
- weights, peak: memory that PyTorch has allocated, after loading and at most
- first token: of a conversation, with the encoding of its face
- alone: tokens a second after the first one, with the second adapter
- at once: tokens a second of several conversations together, from the start of the first to the end of the
  last, prompts included; with one adapter, and with both by turns

``benchmarks/published_size.py`` converts the published layout and computes the figures without a GPU.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from PIL import Image
from safetensors.torch import save_file
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from benchmarks.endless import EndlessProcessor
from benchmarks.machine import commit, machine
from benchmarks.published_size import FIXTURE, PRIOR_DIM, SHAPES, config_of
from emola.chat import Engine
from emola.chat.faces import FaceWithoutPrior
from emola.cli.exit_codes import with_exit_codes
from emola.cli.options import positive_int
from emola.errors import EmolaError
from emola.faba.messages import chat_messages
from emola.model import EmolaConfig, load_checkpoint
from emola.model.configuration import IMAGE_TOKEN
from emola.model.conversion.adapters import PROJECTORS
from emola.model.memory import empty_model
from emola.model.tokenizer import VicunaTokenizer

ADAPTERS = ("emotion", "au")
KINDS = {"nf4": "nf4", "int8": "int8", "bf16": None}
"""The ways to load, and the quantisation of each."""
QUESTION = "What AUs are conveyed by this face?"
TOKENS = 64
"""Length of an answer, in tokens."""
DISK_BYTES = 20e9
PACKAGES = ("torch", "transformers", "peft", "bitsandbytes", "accelerate")

_LINEAR = r"model\.language_model\.layers\.\d+\.(?:self_attn|mlp)\.\w+_proj"


@with_exit_codes("gpu_7b")
def main() -> int:
    """Parse the arguments, measure, print, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--quantize", nargs="+", choices=KINDS, default=["nf4", "bf16"], help="default: nf4 bf16"
    )
    parser.add_argument("--at-once", type=positive_int, default=8, metavar="N", help="default: 8")
    parser.add_argument("--tokens", type=positive_int, default=TOKENS, metavar="N", help=f"default: {TOKENS}")
    parser.add_argument("--shape", choices=SHAPES, default="7b", help="default: 7b")
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="where to write the weights (default: a temporary folder)"
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures to this file")
    args = parser.parse_args()
    if not torch.cuda.is_available():
        raise EmolaError("There is no CUDA device on this machine; published_size.py computes the figures.")
    if args.tokens < 2:
        parser.error("--tokens must be at least 2: the speed is that of the tokens after the first one")
    figures = measure(args, "cuda")
    print("\n".join(report(figures)))
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    return 0


def measure(args: argparse.Namespace, device: str) -> dict[str, Any]:
    """Return the figures of all ways to load."""
    shape = SimpleNamespace(**SHAPES[args.shape])
    figures: dict[str, Any] = {
        "shape": args.shape,
        "commit": commit(),
        "machine": {
            "device": torch.cuda.get_device_name() if device == "cuda" else device,
            **machine(PACKAGES),
        },
        "at_once": args.at_once,
        "tokens": args.tokens,
    }
    with TemporaryDirectory(prefix="emola-7b-", dir=args.folder) as folder:
        if args.shape == "7b" and shutil.disk_usage(folder).free < DISK_BYTES:
            raise EmolaError(f"{folder} has less than {DISK_BYTES / 1e9:.0f} GB free; give another --folder.")
        begun = time.perf_counter()
        write_checkpoint(Path(folder), shape, device)
        figures["write_seconds"] = time.perf_counter() - begun
        figures["kinds"] = {}
        for kind in args.quantize:
            forget_models(device)
            figures["kinds"][kind] = loaded(Path(folder), kind, device, args.at_once, args.tokens)
    return figures


def forget_models(device: str) -> None:
    """Free the memory of earlier models, and count the peak anew."""
    gc.collect()  # models refer to themselves
    if device == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


# -- the weights ---------------------------------------------------------------------------------


def write_checkpoint(folder: Path, shape: SimpleNamespace, device: str) -> None:
    """Write a checkpoint folder with random weights and two adapters."""
    tokenizer = VicunaTokenizer(str(FIXTURE / "llava-v1.5-tiny" / "tokenizer.model"))
    config = configuration(shape, int(tokenizer.convert_tokens_to_ids(IMAGE_TOKEN)))
    model: Any = empty_model(config).to(torch.bfloat16).to_empty(device=device)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.normal_(std=0.02)
            else:
                parameter.fill_(1.0)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    CLIPImageProcessorPil(
        size={"shortest_edge": shape.side}, crop_size={"height": shape.side, "width": shape.side}
    ).save_pretrained(folder)
    for name in ADAPTERS:
        write_adapter(folder / "adapters" / name, model, shape.rank)


def configuration(shape: SimpleNamespace, image_token: int) -> EmolaConfig:
    """Return the configuration of a converted model of this shape."""
    config = config_of(shape)
    return EmolaConfig(
        text_config=config.text_config,
        vision_config=config.vision_config,
        vision_feature_layer=-2,
        vision_feature_select_strategy="default",
        image_seq_length=(shape.side // 14) ** 2,
        image_token_index=image_token,
        prior_expert="insightface-2d106",
        prior_dim=PRIOR_DIM,
        prior_tokens=1,
        prompt="vicuna_v1",
        tie_word_embeddings=False,
        title="EmoLA-7B with random weights",
    )


def write_adapter(folder: Path, model: Any, rank: int) -> None:
    """Write an adapter with random weights in the format of PEFT, with both projectors."""
    from peft import LoraConfig

    folder.mkdir(parents=True)
    LoraConfig(
        r=rank,
        lora_alpha=2 * rank,
        target_modules=f".*{_LINEAR.removeprefix('model')}",
        modules_to_save=list(PROJECTORS),
        task_type="CAUSAL_LM",
        inference_mode=True,
        base_model_name_or_path="random",
    ).save_pretrained(str(folder))
    weights = {}
    for name, tensor in model.state_dict().items():
        layer = name.removesuffix(".weight")
        if re.fullmatch(_LINEAR, layer):
            outputs, inputs = tensor.shape
            weights[f"base_model.model.{layer}.lora_A.weight"] = tensor.new_empty(rank, inputs).normal_(
                std=0.02
            )
            weights[f"base_model.model.{layer}.lora_B.weight"] = tensor.new_empty(outputs, rank).normal_(
                std=0.02
            )
        elif any(f".{part}." in name for part in PROJECTORS):
            weights[f"base_model.model.{name}"] = tensor
    save_file(weights, folder / "adapter_model.safetensors")


# -- the figures ---------------------------------------------------------------------------------


def loaded(folder: Path, kind: str, device: str, at_once: int, tokens: int) -> dict[str, Any]:
    """Return the figures of a way to load."""
    quantize: Any = KINDS[kind]
    begun = time.perf_counter()
    model, processor = load_checkpoint(folder, device=device, dtype="bfloat16", quantize=quantize)
    if device == "cuda":
        torch.cuda.synchronize()
    figures: dict[str, Any] = {"load_seconds": time.perf_counter() - begun}
    if device == "cuda":
        figures["weights_gb"] = torch.cuda.memory_allocated() / 1e9
    engine = Engine(model, EndlessProcessor(processor))
    for adapter in ADAPTERS:  # the first one warms up
        figures.update(alone(engine, adapter, tokens))
    figures["at_once"] = {
        "one adapter": together(engine, ADAPTERS[1:] * at_once, tokens),
        "both adapters": together(engine, (ADAPTERS * at_once)[:at_once], tokens),
    }
    if device == "cuda":
        figures["peak_gb"] = torch.cuda.max_memory_allocated() / 1e9
    return figures


def face() -> FaceWithoutPrior:
    """Return a face that no engine has encoded."""
    return FaceWithoutPrior(Image.new("RGB", (224, 224), "gray"), visibility=None)


def alone(engine: Engine, adapter: str, tokens: int) -> dict[str, float]:
    """Return the figures of one conversation."""
    begun = time.perf_counter()
    encoded = engine.encode(face(), adapter)
    prompt = engine.tokenize(chat_messages((), QUESTION))
    owner = engine.new_owner()
    times = [time.perf_counter() for _ in engine.generate(owner, encoded, prompt, max_new_tokens=tokens)]
    engine.release(owner)
    return {
        "first_token_seconds": times[0] - begun,
        "tokens_per_second": (len(times) - 1) / (times[-1] - times[0]),
    }


def together(engine: Engine, adapters: Sequence[str], tokens: int) -> dict[str, float]:
    """Return the figures of a conversation for each adapter, all at the same time."""
    prompt = engine.tokenize(chat_messages((), QUESTION))
    encoded = [engine.encode(face(), adapter) for adapter in adapters]
    begun = time.perf_counter()

    def converse(number: int) -> list[float]:
        owner = engine.new_owner()
        stream = engine.generate(owner, encoded[number], prompt, max_new_tokens=tokens)
        times = [time.perf_counter() for _ in stream]
        engine.release(owner)
        return times

    with ThreadPoolExecutor(len(adapters)) as threads:
        times = list(threads.map(converse, range(len(adapters))))
    return {
        "tokens_per_second": sum(map(len, times)) / (max(each[-1] for each in times) - begun),
        "slowest_first_token_seconds": max(each[0] for each in times) - begun,
    }


def report(figures: Mapping[str, Any]) -> list[str]:
    """Return the figures as a text table."""
    lines = [
        f"{figures['shape']}, random weights, commit {figures['commit']}",
        ", ".join(f"{name} {value}" for name, value in figures["machine"].items()),
        f"written in {figures['write_seconds']:.0f} s; answers of {figures['tokens']} tokens; "
        f"{figures['at_once']} at once",
        "       load  weights    peak  first token   tokens/s      at once  both adapters",
        "          s       GB      GB            s      alone     tokens/s       tokens/s",
    ]
    for kind, values in figures["kinds"].items():
        together = values["at_once"]
        lines.append(
            f"{kind:5} {values['load_seconds']:5.0f} {values.get('weights_gb', 0.0):8.2f} "
            f"{values.get('peak_gb', 0.0):7.2f} {values['first_token_seconds']:12.3f} "
            f"{values['tokens_per_second']:10.1f} {together['one adapter']['tokens_per_second']:12.1f} "
            f"{together['both adapters']['tokens_per_second']:14.1f}"
        )
    return lines


if __name__ == "__main__":
    sys.exit(main())
