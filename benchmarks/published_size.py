"""Measure the published EmoLA with both adapters: disk, memory, loading time and tokens per second.

    python benchmarks/published_size.py --folder /some/empty/folder   # with a GPU and 32 GB of disk
    python benchmarks/published_size.py                               # anywhere: computed figures only
    python benchmarks/published_size.py --shape tiny --folder ...     # every step on a small model, anywhere

With a folder, writes random weights in the published layout (LLaVA-1.5-7B, CLIP ViT-L/14-336, two adapters of
rank 128 as in scripts/train_emola of the published code), converts them, loads the result with each
quantisation and generates. Speed and memory do not depend on the values of the weights. Without a folder,
computes the figures from the sizes: each token reads every weight of the language model once, so memory
bandwidth over those bytes bounds the speed.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import torch
from PIL import Image
from transformers import CLIPVisionConfig, LlamaConfig

from emola.chat import Engine
from emola.chat.batching import LocalDecoder
from emola.cli.exit_codes import with_exit_codes
from emola.faba.messages import chat_messages
from emola.model import EmolaConfig, load_checkpoint
from emola.model.conversion import convert
from emola.model.memory import cache_bytes, empty_model, needed_bytes
from emola.model.quantization import BYTES_PER_WEIGHT

FIXTURE = Path(__file__).resolve().parents[1] / "tests" / "fixtures" / "published"
SHAPES = {
    "7b": {"hidden": 4096, "inner": 11008, "layers": 32, "heads": 32, "vocab": 32000, "rank": 128,
           "tower": 1024, "tower_inner": 4096, "tower_layers": 24, "tower_heads": 16, "side": 336},
    "tiny": {"hidden": 128, "inner": 256, "layers": 4, "heads": 4, "vocab": 480, "rank": 8,
             "tower": 64, "tower_inner": 128, "tower_layers": 3, "tower_heads": 4, "side": 56},
}  # fmt: skip
Sizes = dict[str, tuple[int, ...]]
PRIOR_DIM = 212
TOKENS = 128
BANDWIDTH = {"T4": 320, "L4": 300, "A10G": 600, "RTX 4090": 1008, "A100": 1555}
"""Memory bandwidth in GB per second, by the manufacturer."""


@with_exit_codes("published_size")
def main() -> int:
    """Parse the arguments, compute or measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--folder", type=Path, help="where to write the weights (default: compute the figures only)"
    )
    parser.add_argument("--shape", choices=SHAPES, default="7b")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    args = parser.parse_args()
    shape = SimpleNamespace(**SHAPES[args.shape])
    figures: dict[str, Any] = {"calculated": calculated(shape)}
    if args.folder:
        figures["measured"] = measure(args.folder, shape)
    print(json.dumps(figures, indent=2) if args.json else report(figures))
    return 0


def calculated(shape: SimpleNamespace) -> dict[str, Any]:
    """Return GB of memory and the bound of tokens per second by quantisation, from sizes alone."""
    config, kept = config_of(shape), {}
    numbers = lora_numbers(shape) + projector_numbers(shape)
    for quantize in ("nf4", "int8", None):
        adapters = 2 * numbers * 2  # two adapters, two bytes a number
        read = shape.layers * layer_numbers(shape) * (BYTES_PER_WEIGHT[quantize] if quantize else 2)
        read += 2 * (lora_numbers(shape) + shape.hidden * shape.vocab)
        kept[str(quantize)] = {
            "memory_gb": round(
                (needed_bytes(empty_model(config), [], torch.bfloat16, quantize) + adapters) / 1e9, 2
            ),
            "of_that_adapters_gb": round(adapters / 1e9, 2),
            "of_that_cache_gb": round(cache_bytes(config, torch.bfloat16) / 1e9, 2),
            "tokens_per_second_at_most": {gpu: round(rate * 1e9 / read) for gpu, rate in BANDWIDTH.items()},
        }
    return kept


def config_of(shape: SimpleNamespace) -> EmolaConfig:
    """Return the configuration of a converted model of this shape."""
    text = LlamaConfig(
        hidden_size=shape.hidden, intermediate_size=shape.inner, num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads, vocab_size=shape.vocab, max_position_embeddings=4096,
    )  # fmt: skip
    tower = CLIPVisionConfig(**tower_settings(shape))
    return EmolaConfig(text_config=text, vision_config=tower, prior_dim=PRIOR_DIM)


def layer_numbers(shape: SimpleNamespace) -> int:
    """Return the number of weights of a layer's seven matrices."""
    return int(4 * shape.hidden**2 + 3 * shape.hidden * shape.inner)


def lora_numbers(shape: SimpleNamespace) -> int:
    """Return the number of weights of an adapter's LoRA."""
    sides = 4 * 2 * shape.hidden + 3 * (shape.hidden + shape.inner)
    return int(shape.layers * shape.rank * sides)


def projector_numbers(shape: SimpleNamespace) -> int:
    """Return the number of weights of an adapter's two projectors, without biases."""
    return int(shape.hidden * (shape.tower + PRIOR_DIM + 2 * shape.hidden))


# -- measuring -----------------------------------------------------------------------------------


def measure(folder: Path, shape: SimpleNamespace) -> dict[str, Any]:
    """Return the figures of random weights of this shape, converted and loaded."""
    folder.mkdir(parents=True, exist_ok=True)
    source, out = folder / "source", folder / "emola"
    write_source(source, shape)
    begun = time.perf_counter()
    adapters = {name: source / name for name in ("au", "emotion")}
    convert(str(source / "base"), adapters, out, vision_tower=str(source / "tower"))
    figures: dict[str, Any] = {
        "convert_seconds": round(time.perf_counter() - begun, 1),
        "convert_peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, 2),
        "disk_gb": round(sum(file.stat().st_size for file in out.rglob("*") if file.is_file()) / 1e9, 2),
    }
    shutil.rmtree(source)
    figures["device"] = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    for quantize in ("nf4", "int8", None):
        figures[str(quantize)] = loaded(out, quantize)
    return figures


def loaded(folder: Path, quantize: Any) -> dict[str, float]:
    """Return the figures of loading, and of generating with each adapter."""
    gpu = torch.cuda.is_available()
    if gpu:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    begun = time.perf_counter()
    model, processor = load_checkpoint(folder, quantize=quantize)
    figures = {"load_seconds": round(time.perf_counter() - begun, 1)}
    if gpu:
        figures["weights_gb"] = round(torch.cuda.memory_allocated() / 1e9, 2)
    engine = Engine(model, processor)
    # Random weights would stop at any token.
    engine.decoder = LocalDecoder(model, frozenset(), engine.thread)
    face = SimpleNamespace(
        crop=Image.new("RGB", (224, 224), "gray"), prior=np.zeros(PRIOR_DIM, np.float32), visibility=None
    )
    for adapter in ("emotion", "au"):  # the first adapter warms up
        begun = time.perf_counter()
        seen = engine.encode(face, adapter)
        prompt = engine.tokenize(chat_messages((), "What AUs are conveyed by this face?"))
        times = [time.perf_counter() for _ in engine.generate(1, seen, prompt, max_new_tokens=TOKENS)]
        figures["first_token_seconds"] = round(times[0] - begun, 3)
        figures["tokens_per_second"] = round((len(times) - 1) / (times[-1] - times[0]), 1)
    if gpu:
        figures["peak_gb"] = round(torch.cuda.max_memory_allocated() / 1e9, 2)
    return figures


def write_source(folder: Path, shape: SimpleNamespace) -> None:
    """Write random weights in the published layout."""
    for name in ("base", "tower", "au", "emotion"):
        (folder / name).mkdir(parents=True)
    fixture = FIXTURE / "llava-v1.5-tiny"
    for name in ("tokenizer.model", "tokenizer_config.json"):
        shutil.copy(fixture / name, folder / "base")
    settings = json.loads((fixture / "config.json").read_text())
    settings.update(
        hidden_size=shape.hidden, intermediate_size=shape.inner, num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads, num_key_value_heads=shape.heads, vocab_size=shape.vocab,
        max_position_embeddings=4096, mm_hidden_size=shape.tower, landmark_feature_hidden_size=PRIOR_DIM,
    )  # fmt: skip
    shards = list(base_shards(shape))
    for number, shard in enumerate(shards, 1):
        save(shard, folder / "base" / f"pytorch_model-{number:05}-of-{len(shards):05}.bin", torch.float16)
    write_tower(folder / "tower", shape)
    lora = json.loads((FIXTURE / "llava-v1.5-tiny-lora-emola-au" / "adapter_config.json").read_text())
    lora.update(r=shape.rank, lora_alpha=2 * shape.rank)
    write_json(folder / "base" / "config.json", settings)
    for name in ("au", "emotion"):
        write_json(folder / name / "config.json", settings)
        write_json(folder / name / "adapter_config.json", lora)
        write_adapter(folder / name, shape)


def base_shards(shape: SimpleNamespace) -> Iterator[Sizes]:
    """Yield names and sizes of the base's tensors, eight layers per file."""
    head = {
        "model.embed_tokens.weight": (shape.vocab, shape.hidden),
        "lm_head.weight": (shape.vocab, shape.hidden),
    }
    yield {
        **head,
        "model.norm.weight": (shape.hidden,),
        **mlp("model.mm_projector", shape.tower, shape.hidden),
    }
    for start in range(0, shape.layers, 8):
        shard: Sizes = {}
        for layer in range(start, min(start + 8, shape.layers)):
            for part, (out, inputs) in matrices(shape).items():
                shard[f"model.layers.{layer}.{part}.weight"] = (out, inputs)
            for norm in ("input_layernorm", "post_attention_layernorm"):
                shard[f"model.layers.{layer}.{norm}.weight"] = (shape.hidden,)
        yield shard


def matrices(shape: SimpleNamespace) -> dict[str, tuple[int, int]]:
    """Return outputs and inputs of a layer's matrices by name."""
    square = {f"self_attn.{part}_proj": (shape.hidden, shape.hidden) for part in "qkvo"}
    wide = {f"mlp.{part}_proj": (shape.inner, shape.hidden) for part in ("gate", "up")}
    return {**square, **wide, "mlp.down_proj": (shape.hidden, shape.inner)}


def mlp(name: str, inputs: int, hidden: int) -> Sizes:
    """Return names and sizes of a projector of two layers."""
    sizes = {
        "0.weight": (hidden, inputs),
        "0.bias": (hidden,),
        "2.weight": (hidden, hidden),
        "2.bias": (hidden,),
    }
    return {f"{name}.{part}": size for part, size in sizes.items()}


def write_adapter(folder: Path, shape: SimpleNamespace) -> None:
    """Write the three weight files of an adapter."""
    prefix = "base_model.model.model"
    lora: Sizes = {}
    for layer in range(shape.layers):
        for part, (out, inputs) in matrices(shape).items():
            lora[f"{prefix}.layers.{layer}.{part}.lora_A.weight"] = (shape.rank, inputs)
            lora[f"{prefix}.layers.{layer}.{part}.lora_B.weight"] = (out, shape.rank)
    save(lora, folder / "adapter_model.bin", torch.bfloat16)
    save(
        mlp(f"{prefix}.mm_projector", shape.tower, shape.hidden),
        folder / "non_lora_trainables.bin",
        torch.bfloat16,
    )
    marks = mlp(f"{prefix}.landmark_feature_projector", PRIOR_DIM, shape.hidden)
    save(marks, folder / "landmark_feature_projector.bin", torch.bfloat16)


def write_tower(folder: Path, shape: SimpleNamespace) -> None:
    """Write CLIP's vision tower, its configuration and its preprocessor configuration."""
    from transformers import CLIPVisionModel

    tower = CLIPVisionModel(CLIPVisionConfig(**tower_settings(shape))).half()
    torch.save(tower.state_dict(), folder / "pytorch_model.bin")
    write_json(folder / "config.json", tower_settings(shape))
    images = json.loads((FIXTURE / "clip-tiny" / "preprocessor_config.json").read_text())
    images.update(size={"shortest_edge": shape.side}, crop_size={"height": shape.side, "width": shape.side})
    write_json(folder / "preprocessor_config.json", images)


def tower_settings(shape: SimpleNamespace) -> dict[str, int]:
    """Return the sizes of the tower by CLIP's names."""
    return {
        "hidden_size": shape.tower, "intermediate_size": shape.tower_inner, "image_size": shape.side,
        "num_hidden_layers": shape.tower_layers, "num_attention_heads": shape.tower_heads, "patch_size": 14,
    }  # fmt: skip


def save(sizes: Sizes, file: Path, dtype: torch.dtype) -> None:
    """Write random tensors of these sizes, small enough not to overflow."""
    torch.save({name: torch.randn(size).mul_(0.02).to(dtype) for name, size in sizes.items()}, file)


def write_json(file: Path, value: dict[str, Any]) -> None:
    """Write a JSON file."""
    file.write_text(json.dumps(value))


def report(figures: dict[str, Any]) -> str:
    """Return the figures as lines of text."""
    lines = []
    for kind, values in figures.items():
        lines.append(f"{kind}:")
        lines += [f"  {name}: {value}" for name, value in values.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
