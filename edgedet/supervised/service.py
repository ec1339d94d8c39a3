"""Tells the service manager: ready, how it goes, still alive, about to end."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from edgedet.camera import Camera
from edgedet.config import CameraConfig, Config
from edgedet.monitor import Monitor
from edgedet.settings import Settings
from edgedet.supervised.manager import Manager
from edgedet.supervised.status import status_of
from edgedet.supervised.vigil import Vigil

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
"""Seconds between two looks at the counters, or a third of the watchdog's time, if that is less."""
STATUS_EVERY = 5.0
"""Seconds between two status lines."""
WAITS = 90.0
"""Seconds a network camera is waited for with READY: what starts after this service should not wait for ever."""
EXTENDS = 20.0
"""Seconds by which the time for the start, or for the stop, is extended each time."""
LONGEST_STOP = 100.0
"""Seconds a stop is extended at most: by then the application has given up on every thread."""


class Supervises(Protocol):
    """What runs: :class:`edgedet.control.Control`."""

    @property
    def monitor(self) -> Monitor:
        """Every stage's counters."""

    @property
    def settings(self) -> Settings:
        """Those in force."""


class Supervised:
    """A :class:`edgedet.service.Service` that speaks to systemd.

    Ready is when the first inference on a camera's picture is done; with none to be expected (all private, or at
    their end) at once. A network camera that is away extends the time for the start, up to :data:`WAITS`, and is
    named in the status; then it is ready without it. A camera of this board that gives no frames doesn't extend it:
    the start times out.

    Args:
        control: the cameras, and the settings in force.
        manager: who hears it.
        watchdog: seconds within which the manager wants a sign of life; 0: it doesn't watch.
        stopping: whether the application is about to end.
    """

    name = "systemd"

    def __init__(self, control: Supervises, manager: Manager, watchdog: float, stopping: Callable[[], bool]) -> None:
        self._control, self._manager, self._stopping = control, manager, stopping
        self._feed_every = watchdog / 3
        self._look_every = min(LOOK_EVERY, self._feed_every or LOOK_EVERY)
        self._vigils = {camera.name: Vigil(camera) for camera in control.monitor.cameras}
        self._closed = threading.Event()
        self._ready_after: float | None = None
        self._troubles: tuple[str, ...] = ()
        self._started = self._looked = self._fed = self._said = self._stops_since = 0.0

    def open(self) -> None:
        """The time for the start is counted from now on."""
        self._started = self._looked = time.monotonic()

    def run(self) -> None:
        """Look and tell until :meth:`close`."""
        while not self._closed.wait(self._look_every):
            now = time.monotonic()
            if self._stopping():
                self._stop(now)
            else:
                self.look(now)
        if not self._stops_since:  # it all ended between two looks
            self._stop(time.monotonic())

    def close(self) -> None:
        """Make :meth:`run` return at once; from any thread, twice is fine."""
        self._closed.set()

    def report(self) -> dict[str, Any]:
        """``ready_after_s`` the start, None before; ``trouble``: why the watchdog isn't fed, if it isn't."""
        return {"ready_after_s": self._ready_after, "trouble": list(self._troubles)}

    def look(self, now: float) -> None:
        """Look at the counters once, and tell what there is to tell.

        Args:
            now: ``time.monotonic()``.
        """
        self._judge(now)
        if self._ready_after is None:
            self._start(now)
        elif not self._troubles and self._feed_every and now - self._fed >= self._feed_every * 0.9:
            self._fed = now
            self._manager.tell(WATCHDOG=1)
        if now - self._said >= STATUS_EVERY:
            self._said = now
            self._manager.tell(STATUS="; ".join(self._troubles) or self._status())

    def _status(self) -> str:
        inference = self._control.monitor.about().get("inference", {})
        away = "detector restarting, " if inference.get("state") == "restarting" else ""
        return away + status_of(self._cameras)

    @property
    def _cameras(self) -> Sequence[Camera]:
        return self._control.monitor.cameras

    def _judge(self, now: float) -> None:
        """Look whether everything advances; whoever was stopped for a while, as a whole, can't tell."""
        if now - self._looked > 3 * self._look_every + 1:
            for vigil in self._vigils.values():
                vigil.forget()
        self._looked = now
        config = self._control.settings.config
        turn = _turn(config, self._control.monitor)
        found = [self._of(camera, now, config, turn) for camera in config.cameras]
        troubles = tuple(trouble for trouble in found if trouble)
        # their seconds go up: it is said once for each camera that comes or goes
        if [_who(trouble) for trouble in troubles] != [_who(trouble) for trouble in self._troubles]:
            self._said = 0.0
            if troubles:
                log.error("the watchdog isn't fed any more: %s", "; ".join(troubles))
            else:
                log.info("everything advances again")
        self._troubles = troubles

    def _of(self, camera: CameraConfig, now: float, config: Config, turn: float) -> str:
        vigil = self._vigils.get(camera.name)  # one that a reload brought isn't there yet
        return vigil.trouble(now, camera, config.service.heal_within, turn) if vigil is not None else ""

    def _start(self, now: float) -> None:
        away = [text for text in (vigil.away for vigil in self._vigils.values()) if text]
        waited = now - self._started
        if any(camera.looked for camera in self._cameras):
            self._get_ready(now, "the first inference is done")
        elif all(vigil.rests for vigil in self._vigils.values()):
            self._get_ready(now, "there is nothing to look at")
        elif away and waited > WAITS:
            log.warning("%s; ready without", "; ".join(away))
            self._get_ready(now, "waited long enough")
        elif away and not self._troubles:
            self._manager.tell(EXTEND_TIMEOUT_USEC=int(EXTENDS * 1e6))

    def _get_ready(self, now: float, why: str) -> None:
        self._ready_after = round(now - self._started, 3)
        self._fed = self._said = now
        log.info("ready after %.1f s: %s", self._ready_after, why)
        self._manager.tell(READY=1, STATUS=status_of(self._cameras))

    def _stop(self, now: float) -> None:
        """What runs may finish its films: the application ends each wait by itself."""
        if not self._stops_since:
            self._stops_since = now
            self._manager.tell(STOPPING=1, STATUS="finishes what it records")
        if now - self._stops_since < LONGEST_STOP:
            self._manager.tell(EXTEND_TIMEOUT_USEC=int(EXTENDS * 1e6))


def _turn(config: Config, monitor: Monitor) -> float:
    """Seconds a slowed detector needs to come back to a camera."""
    most = float(monitor.about().get("most_fps") or 0)
    return len(config.cameras) / most if most else 0.0


def _who(trouble: str) -> str:
    return trouble.partition(":")[0]
