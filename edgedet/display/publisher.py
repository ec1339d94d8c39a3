"""The display's end of the line that results come on."""

from __future__ import annotations

from collections.abc import Callable

from edgedet.types import FrameResult


class DisplayPublisher:
    """Takes results for the display, which has a window of its own time.

    Args:
        put: takes a result; never waits for the screen.
    """

    name = "display"

    def __init__(self, put: Callable[[FrameResult], None]) -> None:
        self._put = put

    def open(self) -> None:
        """Nothing: the display opens its window itself."""

    def publish(self, result: FrameResult) -> None:
        """Hand a result over; one that the screen has no time for is left out."""
        self._put(result)

    def close(self) -> None:
        """Nothing."""
