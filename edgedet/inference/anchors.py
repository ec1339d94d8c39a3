"""The anchors of the standard SSD, for models whose file doesn't hold them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

LAYERS = 6
MIN_SCALE, MAX_SCALE = 0.2, 0.95
ASPECT_RATIOS = (1.0, 2.0, 0.5, 3.0, 1.0 / 3.0)


def ssd_anchors(width: int, height: int) -> NDArray[np.float32]:
    """The anchors of TF Object Detection API's ``ssd_anchor_generator`` with its default parameters.

    Six feature maps from stride 16, scales 0.2 to 0.95, aspect ratios 1, 2, 1/2, 3, 1/3 and an interpolated
    square; only three on the first map. 1,917 of them at 300x300, 2,034 at 320x320.

    >>> len(ssd_anchors(300, 300)), len(ssd_anchors(320, 320))
    (1917, 2034)

    Args:
        width, height: of the model's input, in pixels.

    Returns:
        float32 (N, 4): cx, cy, w, h as fractions of the input; by feature map, then row, column, shape.
    """
    scales = [MIN_SCALE + (MAX_SCALE - MIN_SCALE) * i / (LAYERS - 1) for i in range(LAYERS)] + [1.0]
    columns, rows = math.ceil(width / 16), math.ceil(height / 16)
    maps = []
    for layer in range(LAYERS):
        scale = scales[layer]
        if layer == 0:
            shapes = [(0.1, 1.0), (scale, 2.0), (scale, 0.5)]
        else:
            shapes = [(scale, ratio) for ratio in ASPECT_RATIOS] + [(math.sqrt(scale * scales[layer + 1]), 1.0)]
        sizes = np.array([(s * math.sqrt(ratio), s / math.sqrt(ratio)) for s, ratio in shapes])
        cy, cx = np.mgrid[:rows, :columns].reshape(2, -1)
        centres = np.stack([(cx + 0.5) / columns, (cy + 0.5) / rows], axis=1)
        grid = np.broadcast_to(centres[:, None], (len(centres), len(sizes), 2))
        each = np.broadcast_to(sizes[None], grid.shape)
        maps.append(np.concatenate([grid, each], axis=2).reshape(-1, 4))
        columns, rows = math.ceil(columns / 2), math.ceil(rows / 2)
    return np.concatenate(maps).astype(np.float32)


def standard_anchors(input_size: tuple[int, int], count: int) -> NDArray[np.float32] | None:
    """The standard anchors of an input of (width, height), if they are as many as ``count``; else None."""
    anchors = ssd_anchors(*input_size)
    return anchors if len(anchors) == count else None
