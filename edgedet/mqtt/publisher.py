"""The broker's client, as the pipeline's results see it."""

from __future__ import annotations

from edgedet.mqtt.status import Status
from edgedet.types import FrameResult


class MqttPublisher:
    """Leaves word of each result for :class:`edgedet.mqtt.service.MqttService`, which sends the newest; never waits.

    Args:
        status: takes it.
    """

    name = "mqtt"

    def __init__(self, status: Status) -> None:
        self._status = status

    def open(self) -> None:
        """There is nothing to get ready: the service does."""

    def publish(self, result: FrameResult) -> None:
        """Take a frame's result; of those that come faster than they are sent, the newest wins."""
        self._status.see(result)

    def close(self) -> None:
        """There is nothing to let go of."""
