"""The running average of a net's weights, which detects better than any of them (Polyak & Juditsky 1992)."""

from __future__ import annotations

import torch
from torch import Tensor

from edgedet.lab.training.net import Ssd


class Average:
    """The exponential moving average of a net.

    Args:
        net: as it is before training.
        decay: how much of the average one step leaves as it was; less in the first steps.
    """

    def __init__(self, net: Ssd, decay: float = 0.999) -> None:
        self.decay = decay
        self.weights: dict[str, Tensor] = {k: v.detach().clone() for k, v in net.state_dict().items()}

    def update(self, net: Ssd, step: int) -> None:
        """Take in the net after one more step."""
        decay = min(self.decay, (1 + step) / (10 + step))
        with torch.no_grad():
            for name, value in net.state_dict().items():
                average = self.weights[name]
                if value.dtype.is_floating_point:
                    average.lerp_(value.to(average.dtype), 1 - decay)
                else:
                    average.copy_(value)

    def net(self, like: Ssd) -> Ssd:
        """A net of its own with the averaged weights, in evaluation mode."""
        copy = type(like)(like.architecture).to(next(like.parameters()).device)
        copy.load_state_dict(self.weights)
        return copy.eval()
