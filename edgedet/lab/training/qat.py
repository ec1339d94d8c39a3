"""Quantization-aware training: the net feels in training what int8 will do to it (Jacob et al. 2018).

What is imitated is what LiteRT does with a full int8 model: weights symmetric for each output channel, from -127 to
127; activations asymmetric for each tensor, from -128 to 127, behind every convolution and addition. Gradients pass
the rounding unchanged, and stop where a value is clipped.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from edgedet.lab.training.net import Block, Conv, Predictor, Ssd

MOMENTUM = 0.01
"""How much of a batch's range goes into the running range."""


class FakeWeight(nn.Module):
    """Rounds a convolution's weight as int8 would, with one scale for each output channel."""

    def forward(self, weight: Tensor) -> Tensor:
        """(out, in, h, w) to the same, rounded."""
        largest = weight.detach().abs().amax(dim=(1, 2, 3)).clamp(min=1e-8)
        zeros = torch.zeros(len(weight), dtype=torch.int32, device=weight.device)
        return torch.fake_quantize_per_channel_affine(weight, largest / 127, zeros, 0, -127, 127)


class FakeActivation(nn.Module):
    """Rounds a tensor as int8 would, over its running range, which always holds zero."""

    def __init__(self) -> None:
        super().__init__()
        self.learning = True
        self.register_buffer("lowest", torch.zeros(()), persistent=False)
        self.register_buffer("highest", torch.zeros(()), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """The same shape, rounded."""
        if self.training and self.learning:
            low, high = x.detach().amin().clamp(max=0), x.detach().amax().clamp(min=0)
            fresh = bool(self.highest == self.lowest)
            self.lowest.lerp_(low.float(), 1.0 if fresh else MOMENTUM)
            self.highest.lerp_(high.float(), 1.0 if fresh else MOMENTUM)
        scale = ((self.highest - self.lowest) / 255).clamp(min=1e-8)
        zero = (-128 - self.lowest / scale).round().clamp(-128, 127).to(torch.int32)
        return torch.fake_quantize_per_tensor_affine(x.float(), scale, zero, -128, 127)


class QuantizedTraining:
    """Makes a net train as if it were int8; its weights stay float, and its ``state_dict`` as it was.

    Args:
        net: without batch norm; changed in place.
        freeze_at: step from which the activations' ranges stay as they are.
    """

    def __init__(self, net: Ssd, freeze_at: int) -> None:
        self.freeze_at = freeze_at
        for module in net.modules():
            if isinstance(module, Conv):
                module.weight_rounding, module.rounding = FakeWeight(), FakeActivation()
            elif isinstance(module, Block) and module.residual:
                module.rounding = FakeActivation()
            elif isinstance(module, Predictor):
                module.weight_rounding, module.rounding = FakeWeight(), FakeActivation()
        self._net = net

    def _activations(self) -> Iterator[tuple[str, FakeActivation]]:
        for name, module in self._net.named_modules():
            if isinstance(module, FakeActivation):
                yield name, module

    def at(self, step: int) -> None:
        """Say which step comes next."""
        for _, activation in self._activations():
            activation.learning = step < self.freeze_at

    def state(self) -> dict[str, tuple[float, float]]:
        """The running ranges, for a checkpoint."""
        return {name: (float(a.lowest), float(a.highest)) for name, a in self._activations()}

    def restore(self, state: dict[str, tuple[float, float]]) -> None:
        """Go on with the ranges of a checkpoint."""
        for name, activation in self._activations():
            low, high = state[name]
            activation.lowest.fill_(low)
            activation.highest.fill_(high)
