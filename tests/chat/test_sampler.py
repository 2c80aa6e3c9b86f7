"""The sampler: choice of the next token."""

from __future__ import annotations

import pytest
import torch

from emola.chat.sampler import Sampling, next_token, nucleus, repeats
from emola.errors import ChatError


def draw(logits: list[float], sampling: Sampling, times: int = 1, answer: tuple[int, ...] = ()) -> list[int]:
    generator = sampling.generator()
    return [next_token(torch.tensor(logits), sampling, generator, answer) for _ in range(times)]


def test_greedy_takes_the_most_likely_token_and_ignores_top_p() -> None:
    """Guards against division by zero with temperature 0 and a tiny top_p."""
    assert draw([0.1, 3.0, 2.9], Sampling(temperature=0.0, top_p=0.01)) == [1]


def test_low_temperature_sharpens_and_high_temperature_flattens() -> None:
    """Guards against multiplying by the temperature."""
    logits = [0.0, 1.0]
    cold = sum(draw(logits, Sampling(temperature=0.2, seed=1), 400))
    hot = sum(draw(logits, Sampling(temperature=50.0, seed=1), 400))
    assert cold > 380
    assert 150 < hot < 260


def test_equal_seeds_repeat_and_other_seeds_differ() -> None:
    """Guards against sampling from the global generator, which threads share."""
    logits = [0.0] * 50
    first = draw(logits, Sampling(temperature=1.0, seed=3), 20)
    torch.rand(7)
    assert draw(logits, Sampling(temperature=1.0, seed=3), 20) == first
    assert draw(logits, Sampling(temperature=1.0, seed=4), 20) != first


def test_without_a_seed_each_draw_differs() -> None:
    """Guards against an unseeded torch.Generator, which always starts with the same number."""
    logits = [0.0] * 50
    sampling = Sampling(temperature=1.0)
    assert draw(logits, sampling, 20) != draw(logits, sampling, 20)


@pytest.mark.parametrize(
    ("top_p", "kept"), [(0.5, {2}), (0.51, {2, 0}), (0.85, {2, 0, 3}), (1.0, {0, 1, 2, 3})]
)
def test_nucleus_keeps_the_smallest_set_with_mass_top_p(top_p: float, kept: set[int]) -> None:
    """Guards against off-by-one errors at the threshold, and against unsorted input."""
    probabilities = torch.tensor([0.3, 0.05, 0.5, 0.15])
    assert set(nucleus(probabilities, top_p).nonzero().flatten().tolist()) == kept


def test_nucleus_keeps_the_most_likely_token() -> None:
    """Guards against an empty nucleus when the most likely token exceeds top_p."""
    assert nucleus(torch.tensor([0.9, 0.1]), 1e-9).tolist() == [pytest.approx(0.9), 0.0]


def test_does_not_modify_the_logits() -> None:
    """Guards against changes of the caller's tensor."""
    logits = torch.tensor([5.0, 1.0, 0.0])
    next_token(logits, Sampling(no_repeat=2), torch.Generator(), [0, 0])
    assert logits.tolist() == [5.0, 1.0, 0.0]


def test_forbids_repeated_ngrams_but_not_shorter_repetitions() -> None:
    """Guards against forbidding every repeated word, like a repetition penalty."""
    logits = [0.0, 9.0, 5.0]
    sampling = Sampling(no_repeat=3)
    assert draw(logits, sampling, answer=(1,)) == [1]
    assert draw(logits, sampling, answer=(2, 2, 1, 2, 2)) == [2]


def test_repeats_compares_whole_ngrams() -> None:
    """Guards against comparing n-grams of different lengths."""
    assert repeats([1, 2, 3, 1, 2], 3) == {3}
    assert repeats([1, 2, 3, 1, 2], 4) == set()
    assert repeats([1, 2], 1) == {1, 2}
    assert repeats([1, 2, 1, 2], 0) == set()
    assert repeats([], 3) == set()


def test_forbidden_tokens_are_never_chosen() -> None:
    """Guards against the image token in an answer, which cannot be fed without an image."""
    generator = Sampling(temperature=1.0, seed=0).generator()
    logits = torch.tensor([9.0, 1.0, 1.0])
    assert next_token(logits, Sampling(), generator, forbidden=[0]) == 1
    drawn = {next_token(logits, Sampling(temperature=1.0), generator, forbidden=[0]) for _ in range(50)}
    assert drawn == {1, 2}


def test_half_precision_logits_are_sampled_in_float32() -> None:
    """Guards against a softmax in bfloat16, and against unsupported types."""
    logits = torch.tensor([1.0, 2.0], dtype=torch.bfloat16)
    assert next_token(logits, Sampling(temperature=0.01, seed=0), torch.Generator().manual_seed(0)) == 1


@pytest.mark.parametrize(
    "settings",
    [{"temperature": -1.0}, {"temperature": float("nan")}, {"top_p": 0.0}, {"top_p": 1.5}, {"no_repeat": -1}],
)
def test_rejects_invalid_settings(settings: dict[str, float]) -> None:
    """Guards against a negative temperature, which would prefer the least likely token."""
    with pytest.raises(ChatError, match=next(iter(settings))):
        Sampling(**settings)  # type: ignore[arg-type]
