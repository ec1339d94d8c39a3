"""Figures on a port of their own, for those who don't run the web application."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from edgedet.config.metrics import MetricsConfig
from edgedet.listening import own_address, refusal, resolve
from edgedet.metrics.measured import Measured
from edgedet.metrics.render import render
from edgedet.metrics.server import MetricsServer

log = logging.getLogger(__name__)

HOLDS = 0.5
"""Seconds an answer holds: however fast somebody asks, the detector has the processor."""

_OPEN_METRICS = "application/openmetrics-text"


class MetricsService:
    """Serves ``/metrics``. A :class:`edgedet.service.Service`.

    Args:
        config: where to listen.
        control: whose figures.

    Attributes:
        url: the address Prometheus scrapes, once open.
    """

    name = "metrics"

    def __init__(self, config: MetricsConfig, control: Measured) -> None:
        self.url = ""
        self._config, self._control = config, control
        self._server: MetricsServer | None = None
        self._turn, self._recent = threading.Lock(), dict[str, tuple[float, tuple[bytes, str]]]()
        self._closed = threading.Event()

    def open(self) -> None:
        """Start listening. Raises OutputError if the address can't be had."""
        host, port = self._config.host, self._config.port
        self._closed.clear()
        try:
            family, address = resolve(host, port)
            self._server = MetricsServer(family, address, self._answer)
        except OSError as error:
            where, own = f"metrics on {host}:{port}", own_address("metrics.host")
            raise refusal(where, error, "metrics.port", "metrics.host", own, " (0: any free one)") from None
        bound, port = str(self._server.server_address[0]), self._server.server_address[1]
        self.url = f"http://{f'[{bound}]' if ':' in bound else bound}:{port}/metrics"
        log.info("figures for Prometheus: %s", self.url)
        if not self._server.loopback:
            log.warning("figures for Prometheus: anybody who reaches %s can read when somebody was seen", self.url)

    def run(self) -> None:
        """Wait for :meth:`close`; the server has its own threads."""
        self._closed.wait()

    def close(self) -> None:
        """Stop listening, within a quarter of a second; from any thread, twice is fine."""
        self._closed.set()
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def report(self) -> dict[str, Any]:
        """Where it listens, and how often it was asked."""
        server = self._server
        return {"url": self.url, "served": server.served if server is not None else 0}

    def _answer(self, accept: str) -> tuple[bytes, str]:
        """The figures as they are now, or were just now, in one of two formats."""
        wanted = f"{_OPEN_METRICS};version=1.0.0" if _OPEN_METRICS in accept else ""
        with self._turn:
            at, answer = self._recent.get(wanted, (float("-inf"), (b"", "")))
            if time.monotonic() - at >= HOLDS:
                answer = render(self._control, wanted)
                self._recent[wanted] = (time.monotonic(), answer)
            return answer
