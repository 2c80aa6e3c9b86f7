"""Choice of devices and number types."""

import pytest
import torch

from emola.model import devices
from emola.model.devices import computes_in_bfloat16, process_device, trainer_options


@pytest.mark.parametrize(
    ("device", "capabilities", "fast"),
    [
        ("cuda:0", {}, True),
        ("cpu", {"avx512_bf16": True}, True),
        ("cpu", {"amx_bf16": True}, True),
        ("cpu", {"avx512_bf16": False, "avx2": True}, False),
        ("mps", {"avx512_bf16": True}, False),
    ],
)
def test_bfloat16_is_used_on_devices_with_instructions_for_it(monkeypatch, device, capabilities, fast):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX512")
    assert computes_in_bfloat16(device) is fast


def test_bfloat16_is_slow_when_pytorch_is_held_to_avx2(monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX2")
    assert not computes_in_bfloat16("cpu")


@pytest.mark.parametrize(
    ("gpu", "rank", "device"), [(False, "1", "cpu"), (True, "1", "cuda:1"), (True, None, "cuda:0")]
)
def test_assigns_a_gpu_to_each_process(monkeypatch, gpu, rank, device):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    if rank:
        monkeypatch.setenv("LOCAL_RANK", rank)
    assert process_device() == device


@pytest.mark.parametrize(
    ("gpu", "options"), [(True, {"use_cpu": False, "bf16": True}), (False, {"use_cpu": True, "bf16": False})]
)
def test_training_uses_the_gpu_in_bfloat16(monkeypatch, gpu, options):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)
    monkeypatch.setattr(devices, "computes_in_bfloat16", lambda device: device != "cpu")
    assert trainer_options() == options
