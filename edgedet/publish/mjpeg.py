"""The live picture over HTTP: motion JPEG, for any number of browsers at the price of one."""

from __future__ import annotations

import logging
import socket
from collections.abc import Sequence

from edgedet.config import MjpegConfig
from edgedet.listening import refusal, resolve
from edgedet.publish.feed import Feed
from edgedet.publish.server import SPARE, LiveServer
from edgedet.types import FrameResult

log = logging.getLogger(__name__)

_OWN = "--host 127.0.0.1 is itself, 0.0.0.0 its network too"


class MjpegPublisher:
    """Serves the annotated picture; see :mod:`edgedet.publish.http` for the addresses.

    A frame is drawn and encoded once, however many watch, and not at all when nobody does. A viewer that reads
    slowly skips frames and is let go when it stops reading; nobody waits for it.

    >>> publisher = MjpegPublisher(MjpegConfig(port=0))
    >>> publisher.open()
    >>> publisher.url.startswith("http://127.0.0.1:")
    True
    >>> publisher.close()

    Args:
        config: where to listen, quality, size, how many viewers of each camera.
        cameras: their names; where there are several, each has its addresses below its name.

    Attributes:
        url: the page's address, once open: one that leads here from another machine where ``host`` allows that.
    """

    name = "mjpeg"

    def __init__(self, config: MjpegConfig, cameras: Sequence[str] = ("",)) -> None:
        self.url = ""
        self._config, self._cameras = config, cameras
        self._feeds = self._new_feeds()
        self._server: LiveServer | None = None

    def open(self) -> None:
        """Start listening. Raises OutputError if the address can't be had."""
        config = self._config
        self._feeds = self._new_feeds()
        most = config.max_clients * len(self._feeds) + SPARE
        try:
            family, address = resolve(config.host, config.port)
            self._server = LiveServer(family, address, self._feeds, most)
        except OSError as error:
            where = f"live picture on {config.host}:{config.port}"
            raise refusal(where, error, "--port", "--host", _OWN, " (0: any free one)") from None
        host = _reachable(str(self._server.server_address[0]))
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{self._server.server_address[1]}/"
        log.info("live picture: %s", self.url)

    def publish(self, result: FrameResult) -> None:
        """Show a frame to whoever watches. Raises OutputError if it is too large for a JPEG."""
        self._feeds[result.camera].put(result)

    def close(self) -> None:
        """Stop listening and end every viewer's stream, within a second."""
        server, self._server = self._server, None
        for feed in self._feeds.values():
            feed.close()
        if server is not None:
            server.stop()

    def stats(self) -> dict[str, int]:
        """``clients`` now; since opening: ``served`` viewers, ``bytes_sent`` to them, ``encoded`` frames."""
        server = self._server
        served, sent = (server.served, server.bytes_sent) if server is not None else (0, 0)
        return {
            "clients": sum(feed.watching for feed in self._feeds.values()),
            "served": served,
            "bytes_sent": sent,
            "encoded": sum(feed.encoded for feed in self._feeds.values()),
        }

    def _new_feeds(self) -> dict[str, Feed]:
        config = self._config
        return {camera: Feed(config.quality, config.width, config.max_clients) for camera in self._cameras}


def _reachable(host: str) -> str:
    """The address to open in a browser: where all of the machine's are listened on, the one of its network."""
    if host not in ("0.0.0.0", "::"):
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; only asks which way it would go
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
