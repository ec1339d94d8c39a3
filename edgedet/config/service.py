"""How the program behaves as a service of the system."""

from __future__ import annotations

from edgedet.config.section import Section, key


class ServiceConfig(Section):
    """As a service of systemd: when it had better be started anew."""

    heal_within: float = key(
        60, "seconds a camera of this board may give no frames until a new start; 0: for ever", ge=0, le=86400
    )
