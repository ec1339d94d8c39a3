"""The screen that is attached."""

from __future__ import annotations

from edgedet.config.section import Section, key


class DisplayConfig(Section):
    """The live picture on the attached screen: a window on a desktop, the whole screen on a console without one."""

    enabled: bool = key(False, "show the picture on the attached screen", "--display/--no-display")
    full_screen: bool = key(False, "begin with the whole screen; without a desktop it always is")
    fps: int = key(30, "pictures a second, at most", ge=1, le=120)
