"""A net of the trained models' interface, small enough to be converted in seconds."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

torch = pytest.importorskip("torch")
nn = torch.nn

SIZE = 64
ANCHORS = 96
"""The standard ones: see edgedet.inference.anchors."""


class TinySsd(nn.Module):  # type: ignore[misc, name-defined]
    """Six feature maps from stride 16 on, with the standard number of anchors in each cell."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.classes = classes
        channels = (3, 8, 16, 24, 32)
        self.stem = nn.Sequential(*(_halve(a, b) for a, b in itertools.pairwise(channels)))
        self.down = nn.ModuleList(_halve(32, 32) for _ in range(5))
        self.boxes = nn.ModuleList(nn.Conv2d(32, 4 * n, 1) for n in (3, 6, 6, 6, 6, 6))
        self.logits = nn.ModuleList(nn.Conv2d(32, classes * n, 1) for n in (3, 6, 6, 6, 6, 6))

    def forward(self, image: Any) -> tuple[Any, Any]:
        maps = [self.stem(image)]
        for step in self.down:
            maps.append(step(maps[-1]))
        return self._gather(self.boxes, maps, 4), self._gather(self.logits, maps, self.classes)

    def _gather(self, layers: Any, maps: list[Any], columns: int) -> Any:
        rows = [layer(m).permute(0, 2, 3, 1).flatten(1) for layer, m in zip(layers, maps, strict=True)]
        return torch.cat(rows, 1).unflatten(1, (-1, columns))


def _halve(inputs: int, outputs: int) -> Any:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, 2, 1), nn.ReLU6())


def tiny_net(classes: int = 3, gain: float = 12.0) -> TinySsd:
    """The net with seeded weights, its last layers' so large that scores spread over 0..1."""
    torch.manual_seed(4)
    net = TinySsd(classes).eval()
    with torch.no_grad():
        for layer in (*net.boxes, *net.logits):
            layer.weight *= gain
    return net
