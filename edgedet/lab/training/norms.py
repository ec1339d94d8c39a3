"""Batch norm (Ioffe & Szegedy 2015) taken out of a net for good, or put into one that learns."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from edgedet.lab.training.net import Conv, Ssd


def fold_norms(net: Ssd) -> Ssd:
    """The same detector without batch norm: its convolutions have taken it in. For a net in evaluation mode."""
    folded = Ssd(replace(net.architecture, norm=False))
    state = {k: v for k, v in net.state_dict().items() if ".norm." not in k}
    for name, module in net.named_modules():
        if isinstance(module, Conv) and isinstance(module.norm, nn.BatchNorm2d):
            n = module.norm
            factor = n.weight / torch.sqrt(n.running_var + n.eps)
            state[f"{name}.conv.weight"] = module.conv.weight * factor[:, None, None, None]
            state[f"{name}.conv.bias"] = n.bias - n.running_mean * factor
    folded.load_state_dict(state)
    return folded.eval()


def unfold_norms(net: Ssd, images: Tensor) -> Ssd:
    """The same detector with batch norm: what each convolution gives for some pictures is its norm's first statistics.

    A net whose channels were cut learns much faster so.

    Args:
        net: without batch norm.
        images: float (B, 3, size, size), as the net takes them; a few dozen are enough.
    """
    unfolded = Ssd(replace(net.architecture, norm=True))
    state = {k: v for k, v in net.state_dict().items() if not k.endswith("conv.bias")}
    seen = _statistics(net, images)
    for name, module in unfolded.named_modules():
        if isinstance(module, Conv):
            mean, variance = seen[name]
            state[f"{name}.norm.weight"] = torch.sqrt(variance + module.norm.eps)
            state[f"{name}.norm.bias"] = mean
            state[f"{name}.norm.running_mean"] = mean - net.get_submodule(name).conv.bias
            state[f"{name}.norm.running_var"] = variance
            state[f"{name}.norm.num_batches_tracked"] = torch.tensor(1)
    unfolded.load_state_dict(state)
    return unfolded


def _statistics(net: Ssd, images: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
    """Mean and variance of what each convolution gives, by channel, before its activation."""
    seen = {}
    hooks = []
    for name, module in net.named_modules():
        if isinstance(module, Conv):

            def note(_: nn.Module, given: tuple[Tensor], name: str = name) -> None:
                variance, mean = torch.var_mean(given[0], dim=(0, 2, 3), correction=0)
                seen[name] = (mean, variance)

            hooks.append(module.act.register_forward_pre_hook(note))
    with torch.no_grad():
        net.eval()(images)
    for hook in hooks:
        hook.remove()
    return seen
