"""A publisher that does a viewer's work and shows it to nobody: the far end of a benchmark."""

from __future__ import annotations

from edgedet.drawing.overlay import caption, draw
from edgedet.types import FrameResult


class NullPublisher:
    """Draws the overlay of every result and throws it away."""

    name = "null"

    def open(self) -> None:
        """Nothing to open."""

    def publish(self, result: FrameResult) -> None:
        """Draw."""
        draw(result.frame.image, result.detections, caption(result))

    def close(self) -> None:
        """Nothing to close."""
