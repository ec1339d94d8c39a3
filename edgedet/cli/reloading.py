"""A running camera takes changed settings over when it gets SIGHUP, which ``edgedet reload`` sends."""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
from collections.abc import Iterator, Sequence
from types import FrameType

from edgedet.app import App
from edgedet.camera import Camera
from edgedet.errors import ConfigError
from edgedet.events.keeping import Keeping
from edgedet.pidfile import Answer, PidFile
from edgedet.reload import Reload, reread
from edgedet.settings import Settings
from edgedet.watcher import Watcher, limits_of

log = logging.getLogger(__name__)


class Running:
    """What runs, and the settings it runs by.

    Args:
        settings: those in force.
        app, cameras, keeping: what was built by them.
        labels: all the model knows.
    """

    def __init__(
        self, settings: Settings, app: App, cameras: Sequence[Camera], keeping: Keeping, labels: tuple[str, ...]
    ) -> None:
        self.settings = settings
        self._app, self._cameras, self._keeping, self._labels = app, cameras, keeping, labels

    def take_over(self) -> Answer:
        """Read the settings again and go on by them, as far as they can change now; what was done, in words."""
        try:
            self.settings, change = reread(self.settings, self._labels)
        except ConfigError as error:
            lines = str(error.args[0]).splitlines()
            for line in lines:
                log.error("settings unchanged: %s", line)
            return Answer(False, tuple(lines))
        self._apply(change)
        for line in change.lines:
            log.info("settings: %s", line)
        return Answer(True, tuple(change.lines))

    def _apply(self, change: Reload) -> None:
        done = threading.Event()
        configs = {camera.name: camera for camera in change.config.cameras}

        def apply() -> None:
            for camera in self._cameras:
                if camera.name in change.apply and isinstance(camera.watcher, Watcher):
                    camera.watcher.reload(configs[camera.name])
                    camera.limits = limits_of(configs[camera.name], self._labels)
            done.set()

        self._keeping.retain(change.config.retention)
        if change.apply:
            self._app.detecting.between_frames(apply)
            done.wait(1.0)  # no frame may come for long; it is done before the next


@contextlib.contextmanager
def reloading(running: Running) -> Iterator[None]:
    """While this lasts, SIGHUP makes what runs take its settings file over anew, and the answer can be read."""
    file = running.settings.file
    if file is None:
        signal.signal(signal.SIGHUP, lambda *_: log.warning("reload: there is no settings file"))
        yield
        return
    pid = PidFile(file)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        # from a thread: the handler may have interrupted a lock that is needed
        threading.Thread(target=lambda: pid.answer(running.take_over()), name="edgedet-reload", daemon=True).start()

    signal.signal(signal.SIGHUP, on_signal)
    with pid:
        yield
