"""A recorder at work, with its threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from edgedet.capture.tap import EncodedPacket
from edgedet.config.record import RecordConfig
from edgedet.event import Event
from edgedet.events.places import Kept, Level, Places, Segment
from edgedet.events.recorder import Recorder


class Recording:
    """A recorder whose threads run; what it kept is in :attr:`clips`, :attr:`pictures` and :attr:`segments`.

    Args:
        root: the storage.
        level: how much may be written; may be changed later.
        settings: of ``[record]``.
        fails: raised by whoever is told of a file, as often as there are errors in it.
    """

    def __init__(self, root: Path, *, live: bool = True, level: Level = Level.ALL, **settings: Any) -> None:
        self.level = level
        self.clips: list[Kept] = []
        self.pictures: list[Kept] = []
        self.segments: list[Segment] = []
        self.fails: list[OSError] = []
        self.places = Places(root)
        config = RecordConfig(**settings)
        self.recorder = Recorder("front", config, self.places, self._keep, lambda: self.level, live=live)
        self._threads = [
            threading.Thread(target=each, daemon=True) for each in (self.recorder.run, self.recorder.encode)
        ]

    def _keep(self, kept: Kept | Segment) -> None:
        if self.fails:
            raise self.fails.pop()
        assert kept.path.stat().st_size == kept.size
        if isinstance(kept, Segment):
            self.segments.append(kept)
        else:
            (self.clips if kept.kind == "clip" else self.pictures).append(kept)

    def play(self, packets: list[EncodedPacket], speed: float = 20.0) -> None:
        """Hand over packets at so many times their pace."""
        start = time.monotonic() - packets[0].elapsed / speed
        for packet in packets:
            time.sleep(max(0.0, start + packet.elapsed / speed - time.monotonic()))
            self.recorder.packet(packet)

    def wait(self, until: Callable[[], object], seconds: float = 15.0) -> None:
        deadline = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < deadline, self.recorder.stats
            time.sleep(0.02)

    def clip_of(self, event: Event) -> Kept:
        self.wait(lambda: any(each.event_id == event.id for each in self.clips))
        return next(each for each in self.clips if each.event_id == event.id)

    def __enter__(self) -> Recording:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.recorder.close()
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()
