"""Weights of 8 bits."""

from __future__ import annotations

import sys

import pytest
import torch

from emola.model.eight_bits import can_multiply, pack, product


def weights(dtype: torch.dtype, rows: int = 1500) -> torch.Tensor:
    random = torch.Generator().manual_seed(1)
    return (torch.randn(rows, 48, generator=random) * torch.linspace(0.01, 3.0, rows)[:, None]).to(dtype)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_packed_weights_are_within_half_a_step(dtype: torch.dtype) -> None:
    whole = weights(dtype)
    integers, scale = pack(whole)
    assert integers.shape == whole.shape and integers.dtype == torch.int8
    assert scale.shape == (len(whole),) and scale.dtype == torch.bfloat16
    assert integers.abs().max() == 127
    error = (integers * scale.float()[:, None] - whole.float()).abs()
    # The largest weight of a row may lie beyond 127 steps, by the rounding of the scale to bfloat16.
    assert (error <= scale.float()[:, None] * 0.501).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_rounded_weights_are_packed_without_loss(dtype: torch.dtype) -> None:
    """Guards against packed weights that differ from the whole ones, which longer passes read."""
    integers, scale = pack(weights(dtype))
    again, scale_again = pack(integers * scale.to(dtype)[:, None])
    assert torch.equal(again, integers) and torch.equal(scale_again, scale)


def test_a_row_of_zeros_stays_zero() -> None:
    integers, scale = pack(torch.zeros(2, 4))
    assert not integers.any() and not scale.any()


@pytest.mark.skipif(not can_multiply(), reason="the processor has no fast products")
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_product_with_packed_weights_is_that_of_the_rounded_ones(dtype: torch.dtype) -> None:
    integers, scale = pack(weights(dtype, 64))
    inputs = torch.randn(3, 48, generator=torch.Generator().manual_seed(2)).to(dtype)
    outputs = product(inputs, integers, scale)
    assert outputs.dtype == dtype
    expected = inputs.bfloat16().double() @ (integers * scale.double()[:, None]).T
    torch.testing.assert_close(outputs.double(), expected, rtol=0.01, atol=0.02)


def test_other_processors_systems_and_widths_have_no_fast_product(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against the kernels' reads beyond the inputs, and against a loop that is not vectorised."""
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX2")
    monkeypatch.setattr(sys, "platform", "linux")
    assert can_multiply() and can_multiply(576)
    assert not can_multiply(100)
    monkeypatch.setattr(sys, "platform", "win32")
    assert not can_multiply()
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "DEFAULT")
    assert not can_multiply()
