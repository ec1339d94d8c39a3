"""An event for tests."""

from __future__ import annotations

from datetime import UTC, datetime

from edgedet.event import Event, Phase


def an_event(camera: str, phase: Phase, label: str = "person") -> Event:
    """Somebody came at noon."""
    started = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    ended = started if phase == "end" else None
    box = (0.1, 0.2, 0.3, 0.4)
    return Event("20261121-120000.000-x-7f3a", camera, label, "person", phase, started, ended, 1, 2, 0.9, box, 1.5, 7)
