"""Raspberry Pi camera modules, through picamera2; and one that isn't there, to test with.

streams (main, small) + controls -> driver -> Reconnecting
                                film: the hardware's packets -> Relay
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edgedet.capture.picam.address import parse
from edgedet.capture.picam.driver import PicamDriver
from edgedet.capture.picam.film import Film, find_encoder
from edgedet.capture.picam.library import load_picamera2
from edgedet.capture.reconnect import Reconnecting
from edgedet.config import SourceConfig

__all__ = ["PicamDriver", "load_picamera2", "open_camera"]


def open_camera(config: SourceConfig) -> Reconnecting:
    """A camera module: ``picam:`` is the first, ``picam:1`` the second, ``picam:imx708`` the one of that model.

    ``picam:test`` is the test camera (:mod:`edgedet.capture.picam.testcamera`), a camera module's interface without
    one; ``picam:test?stall=30`` stops giving frames after half a minute. Not opened yet.

    Raises:
        SourceError: what follows the colon makes no sense.
    """
    address = parse(config.uri)
    load: Callable[[], Any] = load_picamera2
    find = find_encoder
    if address.test:
        from edgedet.capture.picam.testcamera import H264Encoder, Rig, read_faults

        rig = Rig(read_faults(address.query))  # one for all openings: it knows what has happened to it

        def load() -> Any:
            return rig

        def find() -> tuple[Any, str]:
            return H264Encoder, ""

    film = Film(config, find)
    return Reconnecting(
        config.uri, lambda: PicamDriver(address.wanted, config, load, film.begin), config, relay=film.relay
    )
