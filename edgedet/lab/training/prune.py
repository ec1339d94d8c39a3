"""Structured pruning: a narrower net out of a wide one, by its strongest channels (Li et al., Pruning Filters, 2017).

What remains detects badly until it is trained on; it learns faster than a net of random weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from edgedet.errors import ConfigError
from edgedet.lab.training.architecture import TAP
from edgedet.lab.training.net import Extra, Predictor, Ssd, block_channels


def prune(net: Ssd, width: float, size: int | None = None) -> Ssd:
    """A net of a smaller width with the strongest channels of this one.

    A channel's strength is the product of the weights that make it and of those that read it, each summed in absolute
    value. Channels that residual connections add to each other stay or go together.

    Args:
        net: without batch norm; see :func:`edgedet.lab.training.norms.fold_norms`.
        width: of the new net.
        size: the new input side in pixels; None: the same.

    Raises:
        ConfigError: the width isn't smaller, or the net has batch norm.
    """
    old = net.architecture
    if old.norm:
        raise ConfigError("prune: the net has batch norm; fold it in first")
    if width >= old.width:
        raise ConfigError(f"prune to width {width}: the net's is {old.width}; wanted a smaller one")
    new = replace(old, width=width, size=size or old.size, hidden=())
    there = [block.depthwise.conv.in_channels for block in net.blocks]  # fewer than the width's where dead ones went
    hidden = tuple(min(wanted, has) for (wanted, _, _), has in zip(block_channels(new), there, strict=True))
    small = Ssd(replace(new, hidden=hidden))
    with torch.no_grad():
        maps = [*_prune_backbone(net, small), *_prune_extras(net, small)]
        for channels, source, target in zip(maps * 2, _predictors(net), _predictors(small), strict=True):
            _copy(source.depthwise.conv, target.depthwise.conv, channels, None)
            _copy(source.pointwise, target.pointwise, None, channels)
    return small.eval()


def drop_dead(net: Ssd, silence: float = 1e-4) -> Ssd:
    """The same detector without the expanded channels that say the same of every picture.

    Training leaves many in MobileNetV2, and in int8 they do harm: see :mod:`edgedet.lab.quantize.dead`. What such a
    channel adds to the next layer goes into that layer's bias.

    Args:
        net: without batch norm.
        silence: largest weight of a channel that counts as none.

    Raises:
        ConfigError: the net has batch norm.
    """
    if net.architecture.norm:
        raise ConfigError("drop_dead: the net has batch norm; fold it in first")
    with torch.no_grad():
        kept = [_speaking(net, i, silence) for i in range(len(net.blocks))]
        lean = Ssd(replace(net.architecture, hidden=tuple(len(k) for k in kept)))
        state = net.state_dict()
        for i, (block, channels) in enumerate(zip(net.blocks, kept, strict=True)):
            _shorten(state, f"blocks.{i}.expand.conv" if block.expand is not None else "stem.conv", channels)
            _drop(state, f"blocks.{i}.depthwise.conv", f"blocks.{i}.project.conv", channels)
        for kind in ("boxes", "classes"):
            _drop(state, f"{kind}.0.depthwise.conv", f"{kind}.0.pointwise", kept[TAP])
        lean.load_state_dict(state)
    return lean.eval()


def _speaking(net: Ssd, number: int, silence: float) -> Tensor:
    """The expanded channels of a block that must stay: int64 (K,).

    One may go if its depthwise filter is silent: then a constant leaves it, at the picture's edges too. The tapped
    block's are read by the predictors before that filter, so there the expansion must be silent as well, at nothing.
    """
    block = net.blocks[number]
    loud = block.depthwise.conv.weight.abs().amax(dim=(1, 2, 3)) > silence
    if number == TAP:
        made = block.expand.conv
        loud |= (made.weight.abs().amax(dim=(1, 2, 3)) > silence) | (made.bias > 0)
    return loud.nonzero()[:, 0] if bool(loud.any()) else torch.zeros(1, dtype=torch.int64)


def _drop(state: dict[str, Tensor], depthwise: str, reader: str, channels: Tensor) -> None:
    """Only these channels of a depthwise convolution; what the others say goes into the bias of what reads them."""
    weight, bias = state[f"{reader}.weight"], state[f"{depthwise}.bias"]
    silent = torch.ones(len(bias), dtype=torch.bool)
    silent[channels] = False
    said = functional.relu6(bias[silent])
    state[f"{reader}.bias"] = state[f"{reader}.bias"] + weight[:, silent, 0, 0] @ said
    state[f"{reader}.weight"] = weight[:, channels]
    _shorten(state, depthwise, channels)


def _shorten(state: dict[str, Tensor], name: str, channels: Tensor) -> None:
    for part in ("weight", "bias"):
        state[f"{name}.{part}"] = state[f"{name}.{part}"][channels]


def _prune_backbone(net: Ssd, small: Ssd) -> list[Tensor]:
    """The channels kept in the two feature maps of the backbone."""
    kept = _strongest([net.stem.conv], [net.blocks[0].depthwise.conv], small.stem.conv)
    _copy(net.stem.conv, small.stem.conv, kept, None)
    maps = []
    for i, (block, target) in enumerate(zip(net.blocks, small.blocks, strict=True)):
        hidden = kept
        if block.expand is not None:
            hidden = _strongest([block.expand.conv], [block.project.conv], target.expand.conv)
            _copy(block.expand.conv, target.expand.conv, hidden, kept)
        if i == TAP:
            maps.append(hidden)
        _copy(block.depthwise.conv, target.depthwise.conv, hidden, None)
        if not block.residual:
            kept = _strongest(*_stage(net, i), target.project.conv)
        _copy(block.project.conv, target.project.conv, kept, hidden)
    last = _strongest([net.last.conv], [net.extras[0].squeeze.conv], small.last.conv)
    _copy(net.last.conv, small.last.conv, last, kept)
    return [*maps, last]


def _stage(net: Ssd, first: int) -> tuple[list[nn.Conv2d], list[nn.Conv2d]]:
    """What makes and what reads the channels that block ``first`` and the residual blocks after it share."""
    end = first + 1
    while end < len(net.blocks) and net.blocks[end].residual:
        end += 1
    makers = [block.project.conv for block in net.blocks[first:end]]
    following = [block.expand.conv for block in net.blocks[first + 1 : end + 1]]
    return makers, following if end < len(net.blocks) else [*following, net.last.conv]


def _prune_extras(net: Ssd, small: Ssd) -> list[Tensor]:
    """The channels kept in the feature maps after the backbone; every one is read by the next extra or the heads."""
    kept = _strongest([net.last.conv], [net.extras[0].squeeze.conv], small.last.conv)
    maps = []
    for i, (extra, target) in enumerate(zip(net.extras, small.extras, strict=True)):
        parts, target_parts = _halving(extra), _halving(target)
        squeezed = _strongest([extra.squeeze.conv], [parts[-1]], target.squeeze.conv)
        _copy(extra.squeeze.conv, target.squeeze.conv, squeezed, kept)
        for source, into in zip(parts[:-1], target_parts[:-1], strict=True):
            _copy(source, into, squeezed, None)
        heads = [net.boxes[i + 2].depthwise.conv, net.classes[i + 2].depthwise.conv]
        kept = _strongest([parts[-1]], heads, target_parts[-1])
        _copy(parts[-1], target_parts[-1], kept, squeezed)
        maps.append(kept)
    return maps


def _halving(extra: Extra) -> list[nn.Conv2d]:
    parts = extra.halve if isinstance(extra.halve, nn.Sequential) else [extra.halve]
    return [part.conv for part in parts]


def _predictors(net: Ssd) -> list[Predictor]:
    return [*net.boxes, *net.classes]


def _strongest(makers: Sequence[nn.Conv2d], readers: Sequence[nn.Conv2d], target: nn.Conv2d) -> Tensor:
    """As many of the makers' output channels as the target has: int64 (K,), ascending."""
    made = sum(conv.weight.abs().sum(dim=(1, 2, 3)) for conv in makers)
    read = sum(conv.weight.abs().sum(dim=(1, 2, 3) if conv.groups > 1 else (0, 2, 3)) for conv in readers)
    strength = torch.as_tensor(made) * torch.as_tensor(read)
    return strength.topk(target.out_channels).indices.sort().values


def _copy(source: nn.Conv2d, target: nn.Conv2d, outputs: Tensor | None, inputs: Tensor | None) -> None:
    weight = source.weight if outputs is None else source.weight[outputs]
    target.weight.copy_(weight if inputs is None else weight[:, inputs])
    if source.bias is not None and target.bias is not None:
        target.bias.copy_(source.bias if outputs is None else source.bias[outputs])
