"""Choice of bfloat16 by device."""

import pytest
import torch

from emola.model.devices import computes_in_bfloat16


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
    assert computes_in_bfloat16(device) is fast
