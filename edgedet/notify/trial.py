"""A message that can be sent at any time, to see whether it arrives and what it looks like."""

from __future__ import annotations

from datetime import UTC, datetime

from edgedet.capture import open_source
from edgedet.config.notify import NotifyConfig
from edgedet.config.source import SourceConfig
from edgedet.event import Event
from edgedet.notify.message import Composer, Message
from edgedet.notify.pictures import encode


def trial_message(config: NotifyConfig, camera: str) -> Message:
    """A message as an event would make it, by the templates of the settings, with a picture of the demo camera.

    Args:
        config: the templates.
        camera: the name it tells.
    """
    now = datetime.now(UTC)
    event = Event(
        id=f"{now:%Y%m%d-%H%M%S}.{now.microsecond // 1000:03}-{camera}-test",
        camera=camera,
        label="test",
        rule="test",
        phase="start",
        started=now,
        ended=None,
        begin=0.0,
        end=0.0,
        best_score=1.0,
        best_box=(0.0, 0.0, 1.0, 1.0),
        best_at=0.0,
        track_id=0,
    )
    return Composer(config).compose(f"{event.id}/start", event.to_dict(), _picture())


def _picture() -> bytes | None:
    source = open_source(SourceConfig(uri="demo:", width=640, height=360))
    try:
        source.open()
        frame = source.read()
    finally:
        source.close()
    return encode(frame, None) if frame is not None else None
