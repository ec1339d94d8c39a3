"""Gives every object a number that stays with it (ByteTrack)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from edgedet.config.tracking import TrackingConfig
from edgedet.tracking import kalman, stillness
from edgedet.tracking.association import NOBODY, associate
from edgedet.tracking.kalman import Floats
from edgedet.tracking.track import ROW, Rows, Track, begin, centred, cornered, unseen
from edgedet.types import Detections


class Tracker:
    """Follows the objects of one camera.

    ::

        tracker = Tracker(TrackingConfig())
        for frame in source:
            found = tracker.update(detector.detect(frame.image), frame.elapsed, (frame.width, frame.height))
            print(found.track_ids)

    Boxes with a confident score are paired with the tracks they overlap best where those are expected; then what is
    left of the tracks with weaker boxes, since an object half hidden is still there; then stationary objects that
    weren't seen for a while with anything in their very place. A confident box that belongs to nobody begins a track.

    Unlike the paper's, tracks of one look and lost ones take part like any other: on the scenes of the tests that
    switches fewer identities and loses fewer objects.

    Only boxes of one label are paired: rules and events are about labels, and an event that began with a cat must not
    end with a dog. Where a detector wavers between two, each label has a track of its own.

    Use one tracker from one thread.

    Args:
        config: the settings.
        high: lowest score that begins a track, 0 to 1: the detector's normal confidence (``detect.confidence``). The
            detector itself should keep everything from ``config.low`` on.
        class_high: the same for single labels, instead of ``high``.
    """

    def __init__(
        self, config: TrackingConfig, high: float = 0.5, class_high: Mapping[str, float] | None = None
    ) -> None:
        self._config = config
        self._labels: tuple[str, ...] = ()
        self._next_id = 1
        self._size = (0, 0)
        self._now = 0.0
        self._rows: Rows = np.zeros(0, ROW)
        self.trust(high, class_high or {})

    def trust(self, high: float, class_high: Mapping[str, float]) -> None:
        """From now on begin tracks with boxes of these scores; see the class."""
        self._high, self._class_high = high, dict(class_high)
        self._limits = self._limits_of(self._labels)

    def _limits_of(self, labels: tuple[str, ...]) -> NDArray[np.float32]:
        return np.array([self._class_high.get(label, self._high) for label in labels], np.float32)

    def update(self, found: Detections, elapsed: float, size: tuple[int, int]) -> Detections:
        """Follow the objects into the next frame that was looked at.

        Args:
            found: what the detector found, down to scores of ``tracking.low``.
            elapsed: seconds on the source's clock, :attr:`edgedet.types.Frame.elapsed`.
            size: the frame's width and height in pixels. When it changes, what is known is scaled.

        Returns:
            The detections that belong to a track, with ``track_ids``, in the order they came. Confident ones always
            do; weak ones that continue no track are left out.

        Raises:
            ValueError: ``elapsed`` went back.
        """
        self._prepare(found.labels, elapsed, size)
        if not len(found) and not len(self._rows):
            return Detections(found.boxes, found.scores, found.class_ids, found.labels, np.zeros(0, np.int64))
        boxes = found.boxes.astype(np.float64)
        confident = found.scores >= self._limits[found.class_ids]
        owners = associate(self._rows, boxes, found, confident, self._now, self._config)
        these = (owners != NOBODY).nonzero()[0]
        at = owners[these]
        ids = np.zeros(len(found), np.int64)
        ids[these] = self._rows["id"][at]
        self._see(at, boxes[these], found.scores[these])
        self._miss(at)
        self._begin((confident & (ids == 0)).nonzero()[0], boxes, found, ids)
        if self._rows["missed"].any():
            self._forget()
        if ids.all():
            return Detections(found.boxes, found.scores, found.class_ids, found.labels, ids)
        kept = ids.nonzero()[0]
        return Detections(found.boxes[kept], found.scores[kept], found.class_ids[kept], found.labels, ids[kept])

    def hold(self, elapsed: float) -> None:
        """Nobody looked, since nothing moved: what was seen last is where it was, and goes on standing still.

        Args:
            elapsed: seconds on the source's clock, of a frame that the detector was spared.

        Raises:
            ValueError: ``elapsed`` went back.
        """
        self._advance(elapsed)
        rows = self._rows
        rows["velocity"] = 0
        rows["last_seen"][~rows["missed"]] = elapsed
        self._settle()
        self._forget()

    def tracks(self) -> tuple[Track, ...]:
        """Every object that is known now, the longest known first.

        Those that aren't seen just now are among them, for ``tracking.lost_seconds``, or, where they stood still, for
        ``tracking.stationary_memory``: their ``last_seen`` tells.
        """
        width, height = self._size
        boxes = np.clip(cornered(self._rows["place"]), 0, [width, height, width, height]).tolist()
        return tuple(
            Track(
                int(row["id"]),
                self._labels[row["class_id"]],
                (box[0], box[1], box[2], box[3]),
                float(row["score"]),
                int(row["hits"]),
                float(row["first_seen"]),
                float(row["last_seen"]),
                bool(row["stationary"]),
                float(row["still_since"]),
            )
            for row, box in zip(self._rows, boxes, strict=True)
        )

    def is_stationary(self, track_id: int) -> bool:
        """Whether the object of a track stands still; False if there is no such track (any more)."""
        rows = self._rows
        return bool((rows["stationary"] & (rows["id"] == track_id)).any())

    def reset(self) -> None:
        """Forget all tracks: the source was lost for long, or shows something else now. Ids go on."""
        self._rows = np.zeros(0, ROW)

    def _prepare(self, labels: tuple[str, ...], elapsed: float, size: tuple[int, int]) -> None:
        """Bring everything to the time, size and labels of the new frame."""
        if labels is not self._labels and labels != self._labels:
            self.reset()  # class ids mean something else now
            self._limits = self._limits_of(labels)
        self._labels = labels
        if size != self._size:
            if all(self._size):
                x, y = size[0] / self._size[0], size[1] / self._size[1]
                for name in ("place", "velocity", "smooth", "anchor"):
                    self._rows[name] *= [x, y, x, y]
            self._size = size
        seconds = self._advance(elapsed)
        if len(self._rows):
            kalman.predict(self._rows["place"], self._rows["velocity"], self._rows["spread"], seconds)

    def _advance(self, elapsed: float) -> float:
        """Set the clock and end what hasn't been seen for too long; the seconds since the last look."""
        seconds = elapsed - self._now if len(self._rows) else 0.0
        if seconds < 0:
            raise ValueError(f"elapsed: {elapsed} is before the last frame's {self._now}; use the source's own clock")
        self._now = elapsed
        if seconds > self._config.lost_seconds:  # else the last look's end has done it
            self._forget()
        return seconds

    def _see(self, at: NDArray[np.intp], boxes: Floats, scores: NDArray[np.float32]) -> None:
        """The tracks in these rows learn from their detections."""
        if not len(at):
            return
        rows = self._rows[at]
        stillness.follow(rows, boxes, self._now, self._config.stationary_iou)
        rows["place"], rows["velocity"], rows["spread"] = kalman.correct(
            rows["place"], rows["velocity"], rows["spread"], centred(boxes)
        )
        rows["score"], rows["last_seen"], rows["missed"] = scores, self._now, False
        rows["hits"] += 1
        self._rows[at] = rows
        self._settle()

    def _miss(self, at: NDArray[np.intp]) -> None:
        """Tracks in all other rows have no detection: a lost object keeps its size, a stationary one its place."""
        rows = self._rows
        missed = np.ones(len(rows), np.bool_)
        missed[at] = False
        rows["missed"] = missed
        if missed.any():
            rows["velocity"][missed, 2:] = 0
            still = missed & rows["stationary"]
            rows["velocity"][still] = 0
            rows["place"][still] = centred(rows["smooth"][still])

    def _begin(self, these: NDArray[np.intp], boxes: Floats, found: Detections, ids: NDArray[np.int64]) -> None:
        """A track for each of these detections; numbered by place, whatever order they came in."""
        if not len(these):
            return
        these = these[np.lexsort((*boxes[these].T, -found.scores[these]))]
        ids[these] = np.arange(self._next_id, self._next_id + len(these))
        self._next_id += len(these)
        born = begin(ids[these], boxes[these], found.class_ids[these], found.scores[these], self._now)
        self._rows = np.concatenate([self._rows, born])

    def _settle(self) -> None:
        rows = self._rows
        rows["stationary"] = rows["last_seen"] - rows["still_since"] >= self._config.stationary_seconds

    def _forget(self) -> None:
        """End tracks that weren't confirmed in time, have left the frame, or weren't seen for too long."""
        config, rows = self._config, self._rows
        centre = rows["place"][:, :2]
        outside = ((centre < 0) | (centre > self._size)).any(axis=1)
        lost = rows["missed"] & ((rows["hits"] < config.confirm) | outside)
        remembered = np.where(rows["stationary"], config.stationary_memory, config.lost_seconds)
        kept = ~lost & (unseen(rows, self._now) <= remembered)
        if not kept.all():
            self._rows = rows[kept]
