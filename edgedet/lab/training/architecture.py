"""The shape of an SSD MobileNetV2, as numbers: what a checkpoint keeps so that the net can be built again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from edgedet.errors import ConfigError

BLOCKS = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""Expansion, channels, repeats and first stride of MobileNetV2's stages (Sandler et al. 2018, table 2)."""
STEM, LAST = 32, 1280
EXTRAS = ((256, 512), (128, 256), (128, 256), (64, 128))
"""Squeezed and output channels of the feature maps after the backbone's (Liu et al. 2016, as the TF API has them)."""
ANCHORS = (3, 6, 6, 6, 6, 6)
"""Anchors in each cell of the six feature maps: see :func:`edgedet.inference.anchors.ssd_anchors`."""
TAP = 13
"""The block whose expanded activations are the first feature map, at stride 16."""
SMALLEST, LARGEST = 192, 448


@dataclass(frozen=True, slots=True)
class Architecture:
    """An SSD MobileNetV2.

    Attributes:
        classes: how many, without a background class.
        size: side of the square input in pixels, a multiple of 32 from 192 to 448.
        width: factor on the channels; the published ones are 0.35, 0.5, 0.75 and 1.0.
        extras: ``lite``: the maps after the backbone by depthwise-separable convolutions, as in SSDLite;
            ``full``: by 3x3 convolutions, as in SSD (1.8 M more weights at width 1, few more operations).
        norm: batch norm after every convolution; without it (weights from a file that has it folded in) a bias.
        hidden: the expanded channels of the 17 blocks where dead ones were dropped (the first block's are the stem's);
            empty: six times what goes in.
    """

    classes: int
    size: int = 320
    width: float = 1.0
    extras: Literal["lite", "full"] = "lite"
    norm: bool = True
    hidden: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.size % 32 or not SMALLEST <= self.size <= LARGEST:
            raise ConfigError(f"size {self.size}: wanted a multiple of 32 from {SMALLEST} to {LARGEST}")
        if not 0.1 <= self.width <= 2:
            raise ConfigError(f"width {self.width}: wanted 0.35, 0.5, 0.75 or 1.0")
        if self.classes < 1:
            raise ConfigError(f"{self.classes} classes: wanted one at least")

    def round(self, channels: int) -> int:
        """Channels at this width: the nearest multiple of 8, never more than a tenth fewer (as MobileNetV2's code)."""
        wanted = channels * self.width
        rounded = max(8, int(wanted + 4) // 8 * 8)
        return rounded + 8 if rounded < 0.9 * wanted else rounded

    @property
    def last(self) -> int:
        """Channels of the second feature map. Narrow nets keep it narrow too: at one box a cell it is mostly cost."""
        return self.round(LAST)

    def to_dict(self) -> dict[str, Any]:
        """For a checkpoint."""
        return asdict(self)
