"""The clips of all events that are under way, out of one ring."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from edgedet.config.record import RecordConfig
from edgedet.event import Event
from edgedet.events.places import Kept, Level, Places
from edgedet.events.recorder.ring import Ring
from edgedet.events.recorder.storage import Storage
from edgedet.events.recorder.take import Take

log = logging.getLogger(__name__)

MOST = 64
"""Clips under way at once; with more, new ones are refused."""

SILENCE = 3.0
"""Seconds without a packet after which the clip of an event that is over ends with what there is."""

_FINISHING = 0.2
"""Seconds of finishing clips before the packets that came meanwhile get their turn."""


class Takes:
    """Begins, writes and finishes clips. :meth:`note` is the keeper's thread's, everything else the recorder's.

    Args:
        config: rolls and longest clip.
        places: where they go.
        storage: runs what writes.
        ring: where the packets are.
        level: how much may be written now.
        remuxing: whether packets come from the source, so that they can't be made smaller.

    Attributes:
        kept: finished clips.
        lost: events without one, or with a hole in it.
        written: bytes.
    """

    def __init__(
        self,
        config: RecordConfig,
        places: Places,
        storage: Storage,
        ring: Ring,
        level: Callable[[], Level],
        remuxing: Callable[[], bool],
    ) -> None:
        self.kept = self.lost = self.written = 0
        self._config, self._places, self._storage = config, places, storage
        self._ring, self._level, self._remuxing = ring, level, remuxing
        self._takes: dict[str, Take] = {}
        self._seen: deque[str] = deque(maxlen=256)
        self._beyond: int | None = None
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._takes)

    def note(self, event: Event) -> None:
        """Take news of an event: its clip begins with the first, and its end is known with the last."""
        with self._lock:
            if event.id not in self._seen:
                self._seen.append(event.id)
                self._begin(event)
            take = self._takes.get(event.id)
            if take is not None and event.phase == "end":
                take.end = event.end + self._roll(self._config.post_roll)

    def is_begun(self, event_id: str) -> bool:
        """Whether the beginning of an event's clip is safe on the disk, or there will be none."""
        with self._lock:
            take = self._takes.get(event_id)
            return take is None or take.begun or take.complete

    def _begin(self, event: Event) -> None:
        level = self._level()
        if level >= Level.PICTURES:
            return
        if len(self._takes) >= MOST:
            self.lost += 1
            log.error("%s: there is no clip: %d others are under way", event.id, MOST)
            return
        begin = event.begin - self._roll(self._config.pre_roll)
        keys_only = level >= Level.LEAN and self._remuxing()
        self._takes[event.id] = Take(
            self._places.folder(event.id), self._storage.folder, self._ring, begin, self._config.longest, keys_only
        )
        self._hold()

    def _roll(self, seconds: float) -> float:
        return seconds / 2 if self._level() >= Level.LEAN else seconds

    def write(self, silent: float, last: bool = False) -> list[Kept]:
        """Write what has come, then finish clips for a moment; those that are finished now.

        Args:
            silent: seconds since the last packet came.
            last: no more will come.
        """
        with self._lock:
            takes = dict(self._takes)
        pictures_only = self._level() >= Level.PICTURES
        for take in takes.values():
            over = take.end < float("inf") and silent > SILENCE
            while not take.complete:
                written = self._storage.run(take.write, last or over or pictures_only)
                if written is None:
                    return []
                self.written += written
                if not take.behind:
                    break
        return self._finish([(name, take) for name, take in takes.items() if take.complete])

    def _finish(self, complete: list[tuple[str, Take]]) -> list[Kept]:
        finished: list[Kept] = []
        until = time.monotonic() + _FINISHING
        for name, take in complete:
            while not take.done and time.monotonic() < until:
                if self._storage.run(take.step) is None:
                    return finished
            if take.done:
                finished += self._finished(name, take)
        return finished

    def _finished(self, name: str, take: Take) -> list[Kept]:
        with self._lock:
            del self._takes[name]
        if take.kept is None:
            self.lost += 1
            log.warning("%s: there is no clip: nothing came that it could be made of", name)
            return []
        self.kept += 1
        self.written += take.kept.size
        log.info("%s: a clip of %.1f s, %.1f MB", name, take.kept.seconds, take.kept.size / 1e6)
        if take.missed:
            self.lost += 1
            log.warning("%s: its clip has a hole of %d pictures: the disk was too slow, or away", name, take.missed)
        return [take.kept]

    def hold(self, beyond: int | None = None) -> None:
        """Let the ring keep what no clip has safe on the disk yet, and what comes from the packet ``beyond`` on."""
        with self._lock:
            self._beyond = beyond
            self._hold()

    def _hold(self) -> None:
        wanted = [take.safe for take in self._takes.values() if not take.complete]
        if self._beyond is not None:
            wanted.append(self._beyond)
        self._ring.hold(min(wanted, default=None))

    def give_up(self) -> None:
        """Close what is open on a disk that is in trouble, so that it can be unmounted; it is written again later."""
        with self._lock:
            takes = list(self._takes.values())
        for take in takes:
            take.give_up()

    def let_go(self) -> None:
        """Close what is open and leave it on the disk as it is. Raises OSError."""
        for take in self._takes.values():
            take.let_go()
