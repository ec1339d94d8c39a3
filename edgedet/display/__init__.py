"""The live picture on the attached screen: extra ``edgedet[display]``.

    results -> publisher -> Display  ==(shared memory, pipe)==>  python -m edgedet.display.process -> SDL
                           (thread)                              (process)

SDL2 comes with pygame-ce: its wheels, for aarch64 too, have the drivers for X11, for Wayland and for a console without
a desktop (KMS/DRM).
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING

from edgedet.errors import ExtraMissing

if TYPE_CHECKING:  # the process that draws needn't load what reads settings
    from edgedet.config import Config
    from edgedet.control import Control
    from edgedet.display.service import Display


def build_display(config: Config, control: Control, stop: Callable[[], None]) -> Display | None:
    """The display the configuration asks for, not yet open; None: it asks for none.

    It is a service; its ``publisher`` belongs to the publishers.

    Args:
        config: the settings.
        control: asked for privacy, and where snapshots go.
        stop: called when somebody pressed q, or closed the window.

    Raises:
        ExtraMissing: pygame-ce isn't installed.
    """
    if not config.display.enabled:
        return None
    if find_spec("pygame") is None:
        raise ExtraMissing("display: pygame-ce isn't installed; install edgedet[display]")
    from edgedet.display.service import Display

    return Display(config, control, stop)
