"""Why there is no connection, said once however often it fails."""

from __future__ import annotations

import logging
import time

from edgedet.mqtt.broker import Broker
from edgedet.mqtt.trouble import hung_up, is_about_certificate, is_taken_over, taken_over

log = logging.getLogger(__name__)

SOON = 60.0
"""Seconds: a connection that lasts no longer is a short one; a rival is back within half of it."""
SHORT_MOST = 3
"""Short connections in a row from which somebody else seems to have our name; a broker's restart is one."""
RIVAL_EVERY = 3600.0
"""Seconds in which it is said once that somebody else has our name: both come back, and end the other's connection."""


class Complaints:
    """What was said of a broker.

    Args:
        client_id: own name there.

    Attributes:
        trouble: what is wrong now; empty: nothing.
    """

    def __init__(self, client_id: str) -> None:
        self.trouble = ""
        self._id = client_id
        self._rival, self._short = -RIVAL_EVERY, 0

    @property
    def connected_level(self) -> int:
        """How much a new connection is worth saying: between two rivals there is one every few seconds."""
        return logging.DEBUG if time.monotonic() - self._rival < RIVAL_EVERY else logging.INFO

    def failed(self, broker: Broker, trouble: str, lasted: float | None, quiet: bool) -> None:
        """There is no connection, or none any more; a night's outage is one line.

        Args:
            broker: which.
            trouble: why.
            lasted: seconds since it was tried, where it had come about; None: it hadn't.
            quiet: whether nobody wants to know.
        """
        self._short = self._short + 1 if lasted is not None and lasted < SOON else 0
        if self._short >= SHORT_MOST:  # the broker's word for it may be lost with the connection
            trouble = taken_over(broker, self._id)
        if trouble == hung_up(broker) and is_about_certificate(self.trouble):
            return  # what the broker has against it isn't heard each time
        news, self.trouble = trouble != self.trouble, trouble
        if is_taken_over(trouble):
            news = time.monotonic() - self._rival > RIVAL_EVERY
            self._rival = time.monotonic() if news else self._rival
        if news and not quiet:
            log.error("%s", trouble)
