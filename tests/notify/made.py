"""Messages and news to test with."""

from __future__ import annotations

from edgedet.config.notify import NotifyConfig
from edgedet.event import Phase
from edgedet.events.change import Change
from edgedet.notify.message import Composer, Message
from edgedet.notify.pictures import encode
from tests.events.scene import at, found, frame
from tests.events.store.made import event

PICTURE = encode(frame(0), None)


def message(picture: bytes | None = PICTURE, config: NotifyConfig | None = None) -> Message:
    """One as it goes out."""
    told = event(1)
    composer = Composer(config or NotifyConfig(link="http://pi:8080/#{id}", time_zone="UTC"))
    return composer.compose(f"{told.id}/start", told.to_dict(), picture)


def change(number: int = 0, phase: Phase = "start", picture: bool = False, **values: object) -> Change:
    """News of the event that began ``number`` seconds after the scene."""
    shown = frame(number, size=(640, 480)) if picture else None
    detections = found((1, 0.9, at(0.5, 0.8)), size=(640, 480)) if picture else None
    return Change(event(number, phase, **values), shown, detections)  # type: ignore[arg-type]
