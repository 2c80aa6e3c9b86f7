import pytest
import torch

from emola.train.nano.averaging import average


def test_each_weight_becomes_the_mean_with_its_like():
    weights = [torch.tensor([2.0, 4.0], requires_grad=True), torch.tensor([[1.0]])]
    average(weights, [torch.tensor([0.0, 8.0]), torch.tensor([[3.0]])])
    assert weights[0].tolist() == [1.0, 6.0] and weights[1].tolist() == [[2.0]]
    assert weights[0].requires_grad and weights[0].grad_fn is None


def test_a_weight_without_its_like_is_refused():
    with pytest.raises(ValueError, match="shorter"):
        average([torch.zeros(1), torch.zeros(1)], [torch.zeros(1)])
