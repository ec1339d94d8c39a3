"""The test camera behind the driver, opened for a test."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from edgedet.capture.picam.driver import PicamDriver
from edgedet.capture.picam.testcamera import Faults, Rig
from edgedet.capture.receiver import Shot
from edgedet.capture.reconnect import Reconnecting
from edgedet.config import SourceConfig
from edgedet.types import Frame


def settings(**more: Any) -> SourceConfig:
    """A small and fast camera."""
    given = {"uri": "picam:test", "width": 320, "height": 240, "fps": 100, "stall_timeout": 0.3, "retry_max": 0.1}
    return SourceConfig.model_validate(given | more)


@contextmanager
def opened(rig: Any = None, wanted: int | str = 0, **more: Any) -> Iterator[tuple[Reconnecting, Any]]:
    """A source over a rig, open; both."""
    rig = rig if rig is not None else Rig()
    config = settings(**more)
    source = Reconnecting("picam:", lambda: PicamDriver(wanted, config, lambda: rig), config)
    try:
        source.open()
        yield source, rig
    finally:
        source.close()


@contextmanager
def driver(faults: Faults | None = None, **more: Any) -> Iterator[tuple[PicamDriver, Rig, str]]:
    """A driver alone, open; its rig and what was granted."""
    rig = Rig(faults)
    made = PicamDriver(0, settings(**more), lambda: rig)
    try:
        yield made, rig, made.open(threading.Event())
    finally:
        made.close()


def shot(made: PicamDriver) -> Shot:
    """The driver's next."""
    got = made.read()
    assert got is not None
    return got


def frame(source: Reconnecting) -> Frame:
    """The source's next."""
    got = source.read()
    assert got is not None
    return got


def until(holds: Callable[[], bool], seconds: float = 8) -> None:
    """Wait for something to come true."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it doesn't come true"
        time.sleep(0.01)
