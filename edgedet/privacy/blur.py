"""Objects that nobody may recognise: covered in every picture that is kept or sent."""

from __future__ import annotations

import dataclasses
import difflib

import numpy as np
from numpy.typing import NDArray

from edgedet.config.privacy import PrivacyConfig
from edgedet.errors import ConfigError
from edgedet.privacy.held import Held
from edgedet.privacy.masks import Masks
from edgedet.privacy.regions import covering, to_pixels
from edgedet.privacy.styles import cell_size, cover
from edgedet.types import Detections, Frame


class Blur:
    """Covers the objects of chosen labels in one camera's frames, which it sees in order.

    Masks stay black: what is beside them is not mixed into them.

    Args:
        config: what is hidden, and how.
        labels: all the detector knows.

    Raises:
        ConfigError: a label to cover isn't one of them: it would never be covered.
    """

    def __init__(self, config: PrivacyConfig, labels: tuple[str, ...]) -> None:
        for label in config.blur:
            if label not in labels:
                close = difflib.get_close_matches(label, labels, n=1)
                hint = f"did you mean {close[0]}?" if close else f"it knows {', '.join(labels[:8])}"
                raise ConfigError(f"privacy.blur: {label!r} is no label of the model; {hint}")
        self._config = config
        self._held = Held(config.hold)
        self._masks = Masks(config.masks)

    def cover(self, frame: Frame, found: Detections | None) -> Frame:
        """The frame with these objects covered, and those seen shortly before; the frame itself if there are none.

        Args:
            frame: the picture; frames come in order, each once.
            found: every candidate, those of low score too: what is only perhaps a face is covered. None: the detector
                didn't look at this frame.
        """
        if not self._config.blur:
            return frame
        regions = self.regions(frame, found)
        if not len(regions):
            return frame
        canvas = frame.image.copy()
        for x1, y1, x2, y2 in regions.tolist():
            cover(canvas[y1:y2, x1:x2], self._config.style)
        self._masks.blacken(canvas)
        return dataclasses.replace(frame, image=canvas, small=None, ready=None)

    def regions(self, frame: Frame, found: Detections | None) -> NDArray[np.int64]:
        """The rectangles that are covered in this frame, int64 (M, 4) pixels, in the order they are.

        Large cells come last: where two overlap, the finer ones of a small rectangle must not show through.
        """
        boxes = np.zeros((0, 4))
        if found is not None and self._config.blur:
            boxes = found.filter(*self._config.blur).boxes.astype(np.float64)
        wanted = self._held.update(covering(boxes, self._config.part, self._config.margin), frame.elapsed)
        pixels = to_pixels(wanted, frame.width, frame.height)
        cells = [cell_size(x2 - x1, y2 - y1) for x1, y1, x2, y2 in pixels.tolist()]
        return pixels[np.argsort(cells, kind="stable")]
