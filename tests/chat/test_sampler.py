"""The sampler: pure choice of one token."""

from __future__ import annotations

import pytest
import torch

from emola.chat.sampler import Sampling, next_token, nucleus, repeats
from emola.errors import ChatError


def draw(logits: list[float], sampling: Sampling, times: int = 1, answer: tuple[int, ...] = ()) -> list[int]:
    generator = sampling.generator()
    return [next_token(torch.tensor(logits), sampling, generator, answer) for _ in range(times)]


def test_greedy_takes_the_likeliest_and_ignores_top_p() -> None:
    """Guards against top_p tiny and temperature 0 dividing by zero."""
    assert draw([0.1, 3.0, 2.9], Sampling(temperature=0.0, top_p=0.01)) == [1]


def test_low_temperature_sharpens_and_high_temperature_flattens() -> None:
    """Guards against multiplying by the temperature."""
    logits = [0.0, 1.0]
    cold = sum(draw(logits, Sampling(temperature=0.2, seed=1), 400))
    hot = sum(draw(logits, Sampling(temperature=50.0, seed=1), 400))
    assert cold > 380
    assert 150 < hot < 260


def test_a_seed_repeats_and_another_differs() -> None:
    """Guards against sampling from the global generator, which other threads also draw from."""
    logits = [0.0] * 50
    first = draw(logits, Sampling(temperature=1.0, seed=3), 20)
    torch.rand(7)
    assert draw(logits, Sampling(temperature=1.0, seed=3), 20) == first
    assert draw(logits, Sampling(temperature=1.0, seed=4), 20) != first


def test_no_seed_is_fresh_each_time() -> None:
    """Guards against an unseeded torch.Generator, which always starts at the same number."""
    logits = [0.0] * 50
    sampling = Sampling(temperature=1.0)
    assert draw(logits, sampling, 20) != draw(logits, sampling, 20)


@pytest.mark.parametrize(
    ("top_p", "kept"), [(0.5, {2}), (0.51, {2, 0}), (0.85, {2, 0, 3}), (1.0, {0, 1, 2, 3})]
)
def test_nucleus_keeps_the_smallest_set_that_holds_top_p(top_p: float, kept: set[int]) -> None:
    """Guards against off by one at the token that crosses the threshold; unsorted input."""
    probabilities = torch.tensor([0.3, 0.05, 0.5, 0.15])
    assert set(nucleus(probabilities, top_p).nonzero().flatten().tolist()) == kept


def test_nucleus_never_removes_everything() -> None:
    """Guards against no token left when the likeliest alone exceeds top_p."""
    assert nucleus(torch.tensor([0.9, 0.1]), 1e-9).tolist() == [pytest.approx(0.9), 0.0]


def test_logits_stay_as_they_were() -> None:
    """Guards against forbidding a token in the caller's own tensor."""
    logits = torch.tensor([5.0, 1.0, 0.0])
    next_token(logits, Sampling(no_repeat=2), torch.Generator(), [0, 0])
    assert logits.tolist() == [5.0, 1.0, 0.0]


def test_a_loop_is_left_but_a_shorter_repetition_is_not() -> None:
    """Guards against forbidding every repeated word, as a repetition penalty would."""
    logits = [0.0, 9.0, 5.0]
    sampling = Sampling(no_repeat=3)
    assert draw(logits, sampling, answer=(1,)) == [1]
    assert draw(logits, sampling, answer=(2, 2, 1, 2, 2)) == [2]


def test_repeats_looks_at_whole_runs() -> None:
    """Guards against the tail compared with a window of another length."""
    assert repeats([1, 2, 3, 1, 2], 3) == {3}
    assert repeats([1, 2, 3, 1, 2], 4) == set()
    assert repeats([1, 2], 1) == {1, 2}
    assert repeats([1, 2, 1, 2], 0) == set()
    assert repeats([], 3) == set()


def test_some_tokens_are_never_chosen() -> None:
    """Guards against the image token in an answer, which the model cannot be fed without an image."""
    generator = Sampling(temperature=1.0, seed=0).generator()
    logits = torch.tensor([9.0, 1.0, 1.0])
    assert next_token(logits, Sampling(), generator, forbidden=[0]) == 1
    drawn = {next_token(logits, Sampling(temperature=1.0), generator, forbidden=[0]) for _ in range(50)}
    assert drawn == {1, 2}


def test_half_precision_is_chosen_in_single() -> None:
    """Guards against softmax over bfloat16, where near ties collapse, or an unsupported dtype."""
    logits = torch.tensor([1.0, 2.0], dtype=torch.bfloat16)
    assert next_token(logits, Sampling(temperature=0.01, seed=0), torch.Generator().manual_seed(0)) == 1


@pytest.mark.parametrize(
    "bad",
    [{"temperature": -1.0}, {"temperature": float("nan")}, {"top_p": 0.0}, {"top_p": 1.5}, {"no_repeat": -1}],
)
def test_impossible_settings_are_refused(bad: dict[str, float]) -> None:
    """Guards against a negative temperature silently preferring the unlikeliest token."""
    with pytest.raises(ChatError, match=next(iter(bad))):
        Sampling(**bad)  # type: ignore[arg-type]
