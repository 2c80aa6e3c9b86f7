import pytest
import torch

from emola.train.nano.averaging import average


def test_averages_corresponding_weights():
    weights = [torch.tensor([2.0, 4.0], requires_grad=True), torch.tensor([[1.0]])]
    average(weights, [torch.tensor([0.0, 8.0]), torch.tensor([[3.0]])])
    assert weights[0].tolist() == [1.0, 6.0] and weights[1].tolist() == [[2.0]]
    assert weights[0].requires_grad and weights[0].grad_fn is None


def test_rejects_different_numbers_of_weights():
    with pytest.raises(ValueError, match="shorter"):
        average([torch.zeros(1), torch.zeros(1)], [torch.zeros(1)])
