"""A changed picture as an event, for those who are sent messages."""

from __future__ import annotations

from edgedet.drift.camera import News
from edgedet.event import Event
from edgedet.events.identity import Ids


def event_of(news: News) -> Event:
    """What is told: the label is what has changed, in words. It is in no store and meets no rule of the settings.

    Args:
        news: that a camera's picture has changed.
    """
    frame = news.frame
    return Event(
        id=Ids(news.camera).new(frame.wall),
        camera=news.camera,
        label=f"changed picture: {news.text}",
        rule="drift",
        phase="start",
        started=frame.wall,
        ended=None,
        begin=frame.elapsed,
        end=frame.elapsed,
        best_score=1.0,
        best_box=(0.0, 0.0, 1.0, 1.0),
        best_at=frame.elapsed,
        track_id=0,
    )
