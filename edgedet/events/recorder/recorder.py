"""Keeps the film and the pictures of one camera's events."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from edgedet.capture.tap import EncodedPacket, hand_packets
from edgedet.config.record import RecordConfig
from edgedet.events.change import Change
from edgedet.events.places import Kept, Level, Places, Segment
from edgedet.events.recorder.continuous import Continuous
from edgedet.events.recorder.encoder import Encoder
from edgedet.events.recorder.ring import Ring
from edgedet.events.recorder.snapshots import Snapshots
from edgedet.events.recorder.stats import RecorderStats
from edgedet.events.recorder.storage import Storage
from edgedet.events.recorder.takes import Takes
from edgedet.types import Frame

log = logging.getLogger(__name__)

BEAT = 0.5
"""Seconds between two looks at what has come: packets are written by the handful, not one by one."""

FINISH_WITHIN, FINISH_WITHIN_FILE = 1.5, 60.0
"""Seconds :meth:`Recorder.close` leaves for finishing clips, of a live source and of a file. What isn't finished by
then is repaired by the next start."""


class Recorder:
    """Everything that is recorded of one camera.

    Who calls what: the capturing thread :meth:`packet`, :meth:`frames_only` and :meth:`frame`; the keeper's thread
    :meth:`event`; two threads of its own are in :meth:`run` and :meth:`encode`. None of these raises because of a
    disk, and none but :meth:`run` waits for one.

    Args:
        camera: its name.
        config: what is recorded, and how.
        places: where.
        kept: told of every finished file once it is safe on the disk, in the thread of :meth:`run`. Where it raises
            OSError it is told again later.
        level: how much may be written now.
        remux: whether packets may be kept as they come. False where something has to be covered in the picture first.
        live: whether the source is.
        late: most seconds between an event's begin and its start being told (dwell time, frames to confirm it).

    Attributes:
        on: whether events that start now are recorded, and everything is if ``config`` says so; any thread may turn it.
    """

    def __init__(
        self,
        camera: str,
        config: RecordConfig,
        places: Places,
        kept: Callable[[Kept | Segment], None],
        level: Callable[[], Level] = lambda: Level.ALL,
        remux: bool = True,
        live: bool = True,
        late: float = 10.0,
    ) -> None:
        self.camera, self.on = camera, True
        self._config, self._kept, self._level = config, kept, level
        self._remux, self._live = remux, live
        self._remuxing = False
        self._films = config.clips or config.continuous
        self._ring = Ring(config.pre_roll + late, int(config.ring_mb * 1e6))
        self._encoder = Encoder(config, self._put, camera, live, lambda: self._level() >= Level.LEAN)
        self._storage = Storage(places.root, camera)
        self._takes = Takes(config, places, self._storage, self._ring, level, lambda: self._remuxing)
        self._snapshots = Snapshots(places, config.snapshot_quality)
        self._continuous = Continuous(
            camera, places, self._storage.folder, self._ring, config.segment_seconds, self._wall
        )
        self._hold()
        self._reports: deque[Kept | Segment] = deque()
        self._newest = (0.0, 0.0, 0.0)
        self._packets = self._written = 0
        self._passed_over: set[str] = set()
        self._stop, self._wake, self._turned = threading.Event(), threading.Event(), threading.Condition()

    def attach(self, source: Any) -> None:
        """Take a source's packets if it has them and they may be kept as they are; call it before opening that."""
        self._remuxing = self._films and self._remux and hand_packets(source, self)
        if not self._remuxing:
            self.frames_only()

    def packet(self, packet: EncodedPacket) -> None:
        """Take a packet of the source."""
        self._remuxing = True
        self._put(packet)

    def frames_only(self) -> None:
        """The source has no packets now: what :meth:`frame` gets is encoded."""
        self._remuxing = False
        if self._films and self._config.encoder == "never":
            log.warning("%s: there are no clips: it doesn't come encoded, and record.encoder is never", self.camera)

    def frame(self, frame: Frame) -> None:
        """Take a frame of the source; it counts only if that has no packets."""
        if self._films and not self._remuxing:
            self._encoder.put(frame)

    def event(self, change: Change) -> None:
        """Take news of an event."""
        if change.event.phase == "start" and not self.on:
            self._passed_over.add(change.event.id)
        if change.event.id in self._passed_over:
            if change.event.phase == "end":
                self._passed_over.discard(change.event.id)
            return
        if self._config.snapshots:
            self._snapshots.note(change)
        if self._config.clips:
            self._takes.note(change.event)
        self._wake.set()

    def wait_begun(self, event_id: str, seconds: float) -> bool:
        """Wait until the beginning of an event's clip is safe on the disk, or there will be none for now.

        Args:
            event_id: an event that :meth:`event` was told of.
            seconds: how long to wait at most.

        Returns:
            Whether it is so.
        """
        with self._turned:
            return self._turned.wait_for(lambda: self._takes.is_begun(event_id) or bool(self._storage.trouble), seconds)

    def encode(self) -> None:
        """Encode the frames of a source without packets, until :meth:`close`; for a thread of its own."""
        self._encoder.run()

    def run(self) -> None:
        """Write what is to be kept, until :meth:`close`; for a thread of its own."""
        while not self._stop.is_set():
            self._wake.wait(BEAT)
            self._wake.clear()
            self._turn()
            with self._turned:
                self._turned.notify_all()
        self._finish()

    def close(self) -> None:
        """Let :meth:`run` and :meth:`encode` finish, within a second and a half for a live source."""
        self._stop.set()
        self._encoder.close()
        self._wake.set()

    @property
    def stats(self) -> RecorderStats:
        """How it goes; from any thread."""
        return RecorderStats(
            packets=self._packets,
            packets_dropped=self._ring.dropped,
            frames_dropped=self._encoder.dropped,
            frames_failed=self._encoder.failed,
            ring_bytes=self._ring.size,
            ring_seconds=self._ring.reach,
            clips=self._takes.kept,
            clips_lost=self._takes.lost,
            clips_open=len(self._takes),
            snapshots_lost=self._snapshots.lost,
            bytes_written=self._written + self._takes.written,
            trouble=self._storage.trouble,
        )

    def _put(self, packet: EncodedPacket) -> None:
        self._ring.put(packet)
        self._packets += 1
        self._newest = (packet.elapsed, time.time(), time.monotonic())
        if packet.key and not self._live:  # it may come much faster than the beat
            self._wake.set()

    def _wall(self, elapsed: float) -> datetime:
        newest, wall, _ = self._newest
        return datetime.fromtimestamp(wall - (newest - elapsed), UTC)

    def _turn(self, last: bool = False) -> None:
        silent = time.monotonic() - self._newest[2]
        self._reports += self._takes.write(silent, last)
        if self._config.continuous:
            self._record_on(last)
        for event_id in self._snapshots.due(everything=last):
            pictures = self._storage.run(self._snapshots.write, event_id, self._storage.folder)
            if pictures is None:
                break
            self._reports += pictures
            self._written += sum(picture.size for picture in pictures)
        if self._storage.trouble:
            self._takes.give_up()
        self._hold()
        self._storage.run(self._tell)

    def _record_on(self, last: bool) -> None:
        wanted = self.on and self._level() < Level.NO_CONTINUOUS
        if wanted:
            while (done := self._storage.run(self._continuous.write)) is not None:
                self._reports += done[0]
                self._written += done[1]
                if not self._continuous.behind:
                    break
        if last or not wanted:
            ended = self._storage.run(self._continuous.pause)
            self._reports += ended or []

    def _hold(self) -> None:
        self._takes.hold(self._continuous.cursor if self._config.continuous else None)

    def _tell(self) -> None:
        while self._reports:
            self._kept(self._reports[0])
            self._reports.popleft()

    def _finish(self) -> None:
        deadline = time.monotonic() + (FINISH_WITHIN if self._live else FINISH_WITHIN_FILE)
        while True:
            self._turn(last=True)
            if not len(self._takes) or self._storage.trouble or time.monotonic() >= deadline:
                break
        self._storage.run(self._takes.let_go)
