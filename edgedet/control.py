"""What may be asked of a running camera, by a browser, a broker or a button: one place for all of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

from edgedet.camera import Camera
from edgedet.errors import ConfigError
from edgedet.monitor import Monitor
from edgedet.pidfile import Answer
from edgedet.privacy.switch import PrivacySwitch
from edgedet.settings import Settings
from edgedet.types import FrameResult

log = logging.getLogger(__name__)

Switch = Literal["detection", "recording", "privacy"]
"""``detection``: objects make events, and are shown. ``recording``: events that start get clips and pictures, and the
continuous recording runs. ``privacy``: nothing is filmed at all. The first two are on after every start; privacy stays
as it was."""
SWITCHES: tuple[Switch, ...] = get_args(Switch)


class Switched(Protocol):
    """Something that can be switched on and off: :class:`edgedet.events.recorder.Recorder`."""

    on: bool


class Runs(Protocol):
    """What runs: :class:`edgedet.app.App`.

    Attributes:
        monitor: every stage's counters.
        on_privacy: called with a camera's name when its privacy switch was turned by somebody else.
    """

    monitor: Monitor
    on_privacy: Callable[[str], None]

    def report(self) -> dict[str, Any]:
        """What the monitor sees now."""

    def newest(self, camera: str) -> FrameResult | None:
        """The latest result of a camera; None before the first, and while it is private."""


class Reloads(Protocol):
    """Holds the settings in force: :class:`edgedet.cli.reloading.Running`."""

    settings: Settings

    def take_over(self) -> Answer:
        """Read the settings file again and go on by it, as far as that can be done now."""


class Control:
    """Figures, pictures and switches of what runs; from any thread.

    Args:
        app, cameras, recorders: what runs.
        privacy: the switch that is kept over restarts.
        running: the settings in force.
    """

    def __init__(
        self,
        app: Runs,
        cameras: Mapping[str, Camera],
        recorders: Mapping[str, Switched],
        privacy: PrivacySwitch,
        running: Reloads,
    ) -> None:
        self._app, self._cameras, self._recorders = app, cameras, recorders
        self._privacy, self._running = privacy, running
        self._watching: list[Callable[[Switch, str, bool], None]] = []
        app.on_privacy = lambda camera: self._tell("privacy", camera, self.is_on("privacy", camera))

    @property
    def cameras(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self._cameras)

    @property
    def settings(self) -> Settings:
        """Those in force."""
        return self._running.settings

    @property
    def storage(self) -> Path | None:
        """The folder events are kept in; None: they aren't."""
        return self.settings.config.storage.path

    @property
    def monitor(self) -> Monitor:
        """Every stage's counters; they are only read."""
        return self._app.monitor

    def report(self) -> dict[str, Any]:
        """Everything measured: see :meth:`edgedet.monitor.Monitor.report`."""
        return self._app.report()

    def newest(self, camera: str) -> FrameResult | None:
        """The latest frame of a camera and what was found in it; None before the first, and while it is private.

        Raises:
            ConfigError: there is no such camera.
        """
        self._named(camera)
        return self._app.newest(camera)

    def has(self, switch: Switch) -> bool:
        """Whether there is such a switch: nothing can be recorded without a storage folder."""
        return switch != "recording" or bool(self._recorders)

    def is_on(self, switch: Switch, camera: str) -> bool:
        """How a switch of a camera stands.

        Raises:
            ConfigError: there is no such camera.
        """
        self._named(camera)
        if switch == "privacy":
            return self._privacy.is_on(camera)
        if switch == "detection":
            return self._cameras[camera].detecting
        return camera in self._recorders and self._recorders[camera].on

    def turn(self, switch: Switch, on: bool, camera: str | None = None) -> None:
        """Turn a switch; that it stands so already is fine.

        Args:
            switch: which.
            on: what is wanted.
            camera: whose; None: all cameras'.

        Raises:
            ConfigError: there is no such camera, or nothing to switch; or a single camera's privacy is turned off
                while the switch for all is on.
            OutputError: privacy can't be written down.
        """
        if camera is not None:
            self._named(camera)
        if not self.has(switch):
            raise ConfigError("recording: nothing is recorded without a folder for it; set storage.path")
        names = self.cameras if camera is None else (camera,)
        before = {name: self.is_on(switch, name) for name in names}
        if switch == "privacy":
            self._privacy.turn(on, camera)
            for name in names:
                self._cameras[name].look_for_privacy()
        for name in names:
            if switch == "detection":
                self._cameras[name].detecting = on
            elif switch == "recording":
                self._recorders[name].on = on
        for name in names:
            if before[name] != on:
                log.info("%s: %s is %s", name, switch, "on" if on else "off")
                self._tell(switch, name, on)

    def watch(self, changed: Callable[[Switch, str, bool], None]) -> None:
        """Have a function called with a switch, a camera and how it stands now, whenever one was turned."""
        self._watching.append(changed)

    def _tell(self, switch: Switch, camera: str, on: bool) -> None:
        for changed in self._watching:
            changed(switch, camera, on)

    def reload(self) -> Answer:
        """Read the settings file again and go on by it, as far as that can be done now; what was done, in words."""
        if self.settings.file is None:
            return Answer(False, ("there is no settings file; start with one: edgedet config init",))
        return self._running.take_over()

    def _named(self, camera: str) -> None:
        if camera not in self._cameras:
            raise ConfigError(f"{camera}: no such camera; there are {', '.join(self._cameras)}")
