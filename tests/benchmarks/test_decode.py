"""The benchmark of decoding: figures, the GGUF file, and llama.cpp's process with a fake library."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import tiny_models as tiny
import torch

from benchmarks import decode
from benchmarks.decoding.gguf_file import KINDS, permuted, write_gguf
from benchmarks.decoding.runners import Completion, EngineRunner, LlamaRunner
from emola.errors import CheckpointError, DataError, EmolaError
from emola.model.eight_bits import can_multiply

LIBRARY = """
import ctypes

__version__ = "1.2.3"
_logits = (ctypes.c_float * 5)()

class Llama:
    def __init__(self, file, **options):
        print("noise on stdout")
        open(file).close()
        self.ctx, self.fed = None, []

    def n_vocab(self):
        return 5

    def reset(self):
        self.fed = []

    def eval(self, tokens):
        self.fed += tokens
        _logits[:] = [float(token == sum(self.fed) % 5) for token in range(5)]

def llama_get_logits_ith(context, index):
    return ctypes.cast(_logits, ctypes.POINTER(ctypes.c_float))

def llama_print_system_info():
    return b"AVX2 = 1"
"""


class FakeRunner:
    """Takes the given seconds. order: notes the name of each completion."""

    def __init__(self, name: str, order: list[str], completion: Completion) -> None:
        self._name, self._order, self._completion = name, order, completion

    def complete(self, prompt: Sequence[int], tokens: int) -> Completion:
        self._order.append(self._name)
        return self._completion


def test_runners_take_turns_and_warm_up() -> None:
    order: list[str] = []
    runners = {name: FakeRunner(name, order, Completion(1.0, 1.0, [1, 2])) for name in ("engine", "q8_0")}
    completions = decode.alternate(runners, [1], 2, rounds=2)
    assert order == ["q8_0", "engine", "engine", "q8_0", "q8_0", "engine"]
    assert {name: len(runs) for name, runs in completions.items()} == {"engine": 2, "q8_0": 2}


def test_figures_are_ratios_of_one_round() -> None:
    """Guards against ratios of medians, which mix rounds under different loads."""
    completions = {
        "engine": [Completion(1.0, 2.0, [1, 2, 3, 4, 5]), Completion(2.0, 4.0, [1, 2, 3, 4, 5])],
        "q8_0": [Completion(2.0, 4.0, [1, 2, 9, 4, 5]), Completion(4.0, 8.0, [1, 2, 9, 4, 5])],
    }
    figures = decode.summary(completions, {"engine": 200, "q8_0": 100}, prompt=10, bandwidth=600.0)
    ours, theirs = figures["engine"], figures["q8_0"]
    assert ours["prefill_tokens_per_second"] == 7.5 and ours["decode_tokens_per_second"] == 1.5
    assert ours["share_of_bound"] == 0.5
    assert ours["engine_over_this"] == {"prefill": 1.0, "decode": 1.0}
    assert theirs["engine_over_this"] == {"prefill": 2.0, "decode": 2.0}
    assert theirs["share_of_bound"] == 0.125
    assert (ours["equal_tokens"], theirs["equal_tokens"]) == (5, 2)
    text = "\n".join(
        decode.report(
            {
                "model": {"name": "Nano", "weights": "0123", "dtype": "bfloat16"},
                "commit": "abc",
                "machine": {"cores": 2},
                "llama_cpp": {},
                "prompt_tokens": 10,
                "tokens": 5,
                "rounds": 2,
                "read_bandwidth_gb_per_second": 20.0,
                "runners": figures,
            }
        )
    )
    assert "not measured, see --llama-python" in text
    assert "q8_0" in text and "2.00" in text


def test_the_bandwidth_is_positive() -> None:
    assert decode.read_bandwidth(size=2**20, rounds=2) > 1e6


def test_the_prompt_has_the_wanted_length() -> None:
    tokenizer = tiny.tiny_tokenizer()
    for length in (3, 1000):
        assert len(decode.prompt_of(tokenizer, length)) == length


def test_rows_are_in_the_order_of_llama_cpp() -> None:
    rows = np.arange(8, dtype=np.float32)[:, None]
    assert permuted(rows, heads=2)[:, 0].tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


def weights_of(model: Any) -> dict[str, torch.Tensor]:
    return decode.language_model(model)


def test_packed_matrices_count_with_their_scales() -> None:
    matrix, vector = torch.zeros(3, 16, dtype=torch.bfloat16), torch.zeros(5)
    if can_multiply():
        assert decode.read_bytes(matrix, packed=True) == 3 * 16 + 3 * 2
    assert decode.read_bytes(matrix, packed=False) == 3 * 16 * 2
    assert decode.read_bytes(torch.zeros(3, 17), packed=True) == 3 * 17 * 4
    assert decode.read_bytes(vector, packed=True) == 5 * 4


def test_the_weights_are_those_of_the_language_model() -> None:
    model = tiny.tiny_model(tiny.clip_config())
    weights = weights_of(model)
    assert "model.layers.1.mlp.down_proj.weight" in weights
    tied = model.lm_head.weight is model.get_input_embeddings().weight
    assert ("lm_head.weight" in weights) == (not tied)
    assert not any("vision" in name or "projector" in name for name in weights)
    with pytest.raises(CheckpointError, match="merged"):
        decode.language_model(tiny.lora(model))


def metadata(folder: Path) -> Path:
    """Write a GGUF file with settings and a tensor, which is not copied."""
    writer = gguf.GGUFWriter(folder / "published.gguf", "llama")
    writer.add_block_count(2)
    writer.add_token_list(["a", "b"])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_1)
    writer.add_tensor("other", np.zeros(32, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return folder / "published.gguf"


@pytest.mark.parametrize("kind", KINDS)
def test_a_gguf_file_holds_the_weights(tmp_path: Path, kind: str) -> None:
    model = tiny.tiny_model(tiny.clip_config())
    weights, config = weights_of(model), model.config.text_config
    file = tmp_path / "out.gguf"
    size = write_gguf(weights, config, metadata(tmp_path), file, kind)
    reader = gguf.GGUFReader(file)
    settings = {name: field.contents() for name, field in reader.fields.items()}
    assert settings["llama.block_count"] == 2
    assert settings["tokenizer.ggml.tokens"] == ["a", "b"]
    assert settings["general.file_type"] == gguf.LlamaFileType[KINDS[kind][2]]
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    assert len(tensors) == len(weights) and sum(int(each.n_bytes) for each in tensors.values()) == size
    query = tensors["blk.0.attn_q.weight"]
    assert query.tensor_type.name == KINDS[kind][0]
    assert tensors["token_embd.weight"].tensor_type.name == KINDS[kind][1]
    assert tensors["output_norm.weight"].tensor_type.name == "F32"
    original = weights["model.layers.0.self_attn.q_proj.weight"].detach().float().numpy()
    stored = gguf.quants.dequantize(query.data, query.tensor_type)
    step = float(np.abs(original).max()) / (127 if kind == "q8_0" else 7)
    np.testing.assert_allclose(stored, permuted(original, config.num_attention_heads), atol=step)


def test_a_tensor_that_llama_cpp_does_not_know_is_an_error(tmp_path: Path) -> None:
    config = tiny.text_config()
    with pytest.raises(DataError, match=r"model\.extra"):
        write_gguf({"model.extra": torch.zeros(1)}, config, metadata(tmp_path), tmp_path / "out.gguf", "q8_0")


def test_our_engine_completes_a_prompt() -> None:
    runner = EngineRunner(*tiny.chat_parts())
    first, second = (runner.complete([10, 11, 12], 4) for _ in range(2))
    assert len(first.ids) == 4 and first.ids == second.ids
    assert first.prefill > 0 and first.decode > 0


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model file, and a module that stands for llama-cpp-python in new processes."""
    (tmp_path / "llama_cpp.py").write_text(LIBRARY)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    model = tmp_path / "model.gguf"
    model.touch()
    return model


def test_llama_cpp_runs_in_a_process_of_its_own(library: Path) -> None:
    with LlamaRunner(Path(sys.executable), library, threads=1, context=32) as llama:
        assert llama.facts == {"llama_cpp_python": "1.2.3", "system": "AVX2 = 1"}
        for _ in range(2):  # the second one begins anew
            completion = llama.complete([1, 2], 3)
            assert completion.ids == [3, 1, 2]
            assert completion.prefill > 0 and completion.decode > 0
        process = llama._process
    assert process.returncode == 0


def test_a_process_that_ends_is_reported(library: Path, tmp_path: Path) -> None:
    with pytest.raises(EmolaError, match="ended with code 1"):
        LlamaRunner(Path(sys.executable), tmp_path / "absent.gguf", threads=1, context=32)
