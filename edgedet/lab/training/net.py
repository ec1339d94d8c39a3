"""SSDLite on MobileNetV2 in PyTorch (Sandler et al., MobileNetV2, 2018, section 6.2; Liu et al., SSD, 2016)."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from edgedet.lab.training.architecture import ANCHORS, BLOCKS, EXTRAS, STEM, TAP, Architecture

PRIOR = 0.01
"""Every class's score before training, in every anchor (Lin et al., RetinaNet, 2017, section 3.3)."""


class Conv(nn.Module):
    """A convolution with TensorFlow's SAME padding, then batch norm or a bias, then ReLU6 unless linear."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 1,
        stride: int = 1,
        groups: int = 1,
        *,
        norm: bool,
        act: bool = True,
    ) -> None:
        super().__init__()
        self.stride, self.kernel = stride, kernel
        padding = kernel // 2 if stride == 1 else 0
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=not norm)
        self.norm = nn.BatchNorm2d(outputs, momentum=0.03) if norm else nn.Identity()
        self.act = nn.ReLU6() if act else nn.Identity()
        self.weight_rounding: nn.Module = nn.Identity()  # see qat.py, also for the other two
        self.rounding: nn.Module = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) to (B, outputs, H / stride rounded up, W / stride rounded up)."""
        if self.stride == 2:  # TensorFlow pads right and below first: PyTorch's own padding would shift the picture
            height, width = x.shape[2] % 2, x.shape[3] % 2
            x = functional.pad(x, (width, 1, height, 1))
        conv = self.conv
        x = functional.conv2d(
            x, self.weight_rounding(conv.weight), conv.bias, conv.stride, conv.padding, groups=conv.groups
        )
        return self.rounding(self.act(self.norm(x)))


class Block(nn.Module):
    """An inverted residual: expand, depthwise, project."""

    def __init__(self, inputs: int, hidden: int, outputs: int, stride: int, *, expands: bool, norm: bool) -> None:
        super().__init__()
        self.expand = Conv(inputs, hidden, norm=norm) if expands else None
        self.depthwise = Conv(hidden, hidden, 3, stride, hidden, norm=norm)
        self.project = Conv(hidden, outputs, norm=norm, act=False)
        self.residual = stride == 1 and inputs == outputs
        self.rounding: nn.Module = nn.Identity()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The output, and the expanded activations within."""
        hidden = self.expand(x) if self.expand is not None else x
        y = self.project(self.depthwise(hidden))
        return (self.rounding(x + y) if self.residual else y), hidden


class Extra(nn.Module):
    """The next feature map: squeeze, then halve."""

    def __init__(self, inputs: int, squeezed: int, outputs: int, *, lite: bool, norm: bool) -> None:
        super().__init__()
        self.squeeze = Conv(inputs, squeezed, norm=norm)
        if lite:
            depthwise = Conv(squeezed, squeezed, 3, 2, squeezed, norm=norm)
            self.halve: nn.Module = nn.Sequential(depthwise, Conv(squeezed, outputs, norm=norm))
        else:
            self.halve = Conv(squeezed, outputs, 3, 2, norm=norm)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) to (B, outputs, H / 2 rounded up, W / 2 rounded up)."""
        return self.halve(self.squeeze(x))


class Predictor(nn.Module):
    """A depthwise 3x3, then 1x1: so many numbers for each anchor of each cell."""

    def __init__(self, inputs: int, anchors: int, numbers: int, *, norm: bool) -> None:
        super().__init__()
        self.numbers = numbers
        self.depthwise = Conv(inputs, inputs, 3, groups=inputs, norm=norm)
        self.pointwise = nn.Conv2d(inputs, anchors * numbers, 1)
        self.weight_rounding: nn.Module = nn.Identity()
        self.rounding: nn.Module = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """(B, cells x anchors, numbers), by row, column, anchor."""
        weight = self.weight_rounding(self.pointwise.weight)
        found = self.rounding(functional.conv2d(self.depthwise(x), weight, self.pointwise.bias))
        return found.permute(0, 2, 3, 1).reshape(x.shape[0], -1, self.numbers)


class Ssd(nn.Module):
    """The detector.

    Input: float (B, 3, size, size), RGB, pixel / 127.5 - 1. Output: box encodings (B, A, 4) in the order y, x, h, w
    with scales 10, 10, 5, 5, and logits (B, A, classes); anchors as :func:`edgedet.inference.anchors.ssd_anchors`.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = a = architecture
        norm, lite = a.norm, a.extras == "lite"
        blocks = block_channels(a)
        channels = blocks[0][0]
        self.stem = Conv(3, channels, 3, 2, norm=norm)
        self.blocks = nn.ModuleList()
        for i, (hidden, outputs, stride) in enumerate(blocks):
            self.blocks.append(Block(channels, hidden, outputs, stride, expands=i > 0, norm=norm))
            channels = outputs
        self.last = Conv(channels, a.last, norm=norm)
        maps = [self.blocks[TAP].depthwise.conv.in_channels, a.last]
        self.extras = nn.ModuleList()
        for squeezed, outputs in EXTRAS:
            self.extras.append(Extra(maps[-1], a.round(squeezed), a.round(outputs), lite=lite, norm=norm))
            maps.append(a.round(outputs))
        pairs = list(zip(maps, ANCHORS, strict=True))
        self.boxes = nn.ModuleList(Predictor(m, n, 4, norm=norm) for m, n in pairs)
        self.classes = nn.ModuleList(Predictor(m, n, a.classes, norm=norm) for m, n in pairs)
        for predictor in self.classes:
            nn.init.normal_(predictor.pointwise.weight, 0, 0.01)
            nn.init.constant_(predictor.pointwise.bias, -math.log((1 - PRIOR) / PRIOR))

    def features(self, x: Tensor, frozen: int = 0) -> list[Tensor]:
        """The six feature maps; no gradient is kept for the stem and the first ``frozen`` blocks."""
        maps = []
        with torch.set_grad_enabled(torch.is_grad_enabled() and not frozen):
            x = self.stem(x)
            for block in self.blocks[:frozen]:
                x, _ = block(x)
        for i in range(frozen, len(self.blocks)):
            x, hidden = self.blocks[i](x)
            if i == TAP:
                maps.append(hidden)
        x = self.last(x)
        maps.append(x)
        for extra in self.extras:
            x = extra(x)
            maps.append(x)
        return maps

    def forward(self, x: Tensor, frozen: int = 0) -> tuple[Tensor, Tensor]:
        """Box encodings and logits; see the class. ``frozen``: see :meth:`features`."""
        maps = self.features(x, frozen)
        boxes = torch.cat([predict(m) for predict, m in zip(self.boxes, maps, strict=True)], 1)
        return boxes, torch.cat([predict(m) for predict, m in zip(self.classes, maps, strict=True)], 1)


def block_channels(architecture: Architecture) -> list[tuple[int, int, int]]:
    """Hidden channels, output channels and stride of the 17 blocks."""
    inputs, found = architecture.round(STEM), []
    for expansion, channels, repeats, first in BLOCKS:
        for repeat in range(repeats):
            outputs = architecture.round(channels)
            found.append((inputs * expansion, outputs, first if repeat == 0 else 1))
            inputs = outputs
    if architecture.hidden:
        return [(kept, o, stride) for kept, (_, o, stride) in zip(architecture.hidden, found, strict=True)]
    return found
