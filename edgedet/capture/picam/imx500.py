"""What Sony's IMX500 (Raspberry Pi AI Camera) finds by itself, read from its frames' metadata through picamera2's
``IMX500``.

The network must give boxes, scores and classes, as those of Debian's package ``imx500-models`` that end in ``_pp`` do.
Written against picamera2's public interface; not run on hardware.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from edgedet.capture.receiver import Lost
from edgedet.errors import SourceError
from edgedet.types import Found

LEAST_SCORE = 0.05
"""What scores less is left where it is: each box is placed in the picture by a call of its own."""
MOST = 100
HOLDS = 1.0
"""Seconds what was found stands for frames that come without: the network may be slower than the camera."""

_NOTHING = Found(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int32))


def load_imx500() -> Any:
    """The class picamera2.devices.IMX500. Raises SourceError if it isn't visible here, with what to do."""
    try:
        from picamera2.devices import IMX500
    except ImportError as error:
        raise SourceError(
            f"{error.name or 'picamera2.devices'} isn't visible to this Python, and an AI camera needs it; sudo apt "
            "install imx500-all python3-picamera2"
        ) from None
    return IMX500


class AICamera:
    """The network inside a camera. To be made before the camera is opened, which loads it: the first time for minutes.

    Args:
        network: a ``.rpk`` file.
        load: gives the class picamera2.devices.IMX500, or one like it.

    Attributes:
        number: which camera it is, as picamera2 counts them.

    Raises:
        Lost: there is no such camera now.
        SourceError: the network is of another kind.
    """

    def __init__(self, network: Path, load: Callable[[], Any] = load_imx500) -> None:
        self._network = network
        try:
            self._device = load()(str(network))
        except (RuntimeError, OSError) as error:
            raise Lost(
                f"the AI camera can't take {network} ({' '.join(str(error).split())}); is it connected?"
            ) from None
        self.number = int(self._device.camera_num)
        about = self._device.network_intrinsics
        self._in_pixels = bool(about and about.bbox_normalization)
        self._x_first = bool(about and about.bbox_order == "xy")
        if about and about.postprocess not in (None, ""):
            raise SourceError(
                f"{network}: leaves its suppression to the computer ({about.postprocess}); take a network that has it "
                "inside: one that ends in _pp.rpk"
            )
        self._last, self._seen = _NOTHING, -HOLDS

    def found(self, metadata: Mapping[str, Any], camera: Any) -> Found:
        """What is in a frame, in pixels of the main stream.

        Args:
            metadata: of the frame's request.
            camera: the open Picamera2.

        Raises:
            SourceError: the network's outputs aren't boxes, scores and classes.
        """
        outputs = self._device.get_outputs(metadata, add_batch=True)
        now = time.monotonic()
        if outputs is None:
            return self._last if now - self._seen < HOLDS else _NOTHING
        self._last, self._seen = self._placed(outputs, metadata, camera), now
        return self._last

    def _placed(self, outputs: Any, metadata: Mapping[str, Any], camera: Any) -> Found:
        shapes = [np.shape(each) for each in outputs]
        if len(outputs) < 3 or len(shapes[0]) != 3 or shapes[0][2] != 4:
            raise SourceError(f"{self._network}: gives {shapes}; wanted boxes (1, N, 4), scores and classes")
        boxes, scores, classes = (np.asarray(each[0], np.float32) for each in outputs[:3])
        best = np.argsort(-scores, kind="stable")[:MOST]
        best = best[scores[best] >= LEAST_SCORE]
        boxes = boxes[best] / (self._device.get_input_size()[1] if self._in_pixels else 1)
        if self._x_first:
            boxes = boxes[:, [1, 0, 3, 2]]
        spots = [self._device.convert_inference_coords(tuple(box), metadata, camera) for box in boxes.tolist()]
        corners = np.array([[x, y, x + w, y + h] for x, y, w, h in spots], np.float32).reshape(-1, 4)
        return Found(corners, scores[best], classes[best].astype(np.int32))
