"""What flows through edgedet: a frame, its detections, and the two together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.event import Event

Image = NDArray[np.uint8]
"""uint8 (H, W, 3), BGR, C-contiguous."""


_FLOAT32, _INT32, _INT64, _UINT8 = (np.dtype(each) for each in (np.float32, np.int32, np.int64, np.uint8))


def _require(name: str, array: NDArray[Any], shape: tuple[int | None, ...], dtype: np.dtype[Any]) -> None:
    """Refuse an array of another shape (None: any length) or type, and make it read-only."""
    got = array.shape
    if array.dtype != dtype or (
        got != shape and (len(got) != len(shape) or any(n not in (None, m) for n, m in zip(shape, got, strict=True)))
    ):
        wanted = ", ".join("N" if n is None else str(n) for n in shape)
        raise ValueError(f"{name} must be {dtype} ({wanted}), but got {array.dtype} {got}")
    array.setflags(write=False)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a camera that detects by itself found in a frame, in no order.

    Attributes:
        boxes: float32 (N, 4): x1, y1, x2, y2 in pixels of the frame.
        scores: float32 (N,), 0 to 1.
        class_ids: int32 (N,), as the camera's network counts them.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int32]

    def __post_init__(self) -> None:
        count = len(self.boxes)
        _require("boxes", self.boxes, (None, 4), _FLOAT32)
        _require("scores", self.scores, (count,), _FLOAT32)
        _require("class_ids", self.class_ids, (count,), _INT32)


@dataclass(slots=True, eq=False)
class Ready:
    """A model's input made of a frame ahead of time, for one run of it.

    Attributes:
        values: what is to be copied into the input, of its shape and type; None: it was taken.
        placement: where the frame lies in it (:class:`edgedet.inference.preprocess.Placement`).
        maker: who made it: another model wants another one.
    """

    values: NDArray[Any] | None
    placement: Any
    maker: object

    def take(self) -> NDArray[Any] | None:
        """The values, which aren't kept any longer: a frame lives on, in results and events."""
        values, self.values = self.values, None
        return values


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture from a source, and when it was taken. Its pixels are read-only: draw on a copy.

    Attributes:
        image: uint8 (H, W, 3), BGR, owned by the frame (never a camera's or decoder's buffer).
        index: 0-based count of frames *captured* from this source; a gap seen downstream is a drop.
        time: seconds from the start of the source: presentation time in a file, time since opening otherwise.
        elapsed: seconds on the source's own clock, which never goes back: ``time.monotonic()`` when a live source's
            frame was taken; of a film read at full speed, since its start, through all files and rounds. What happens
            in the picture is timed by it, so that a film plays the same at any speed.
        monotonic: ``time.monotonic()`` seconds when the frame arrived; for durations.
        wall: UTC time when the frame arrived; for people.
        source: where it came from, credentials removed.
        small: the same picture at about the size a detector wants, uint8 (h, w, 3) BGR, from a camera that scales in
            hardware; its shape may be another. None: there is only ``image``.
        found: what the camera found in it by itself; None: it didn't look.
        ready: a model's input made of it; None: that is still to be done.
    """

    image: Image
    index: int
    time: float
    elapsed: float
    monotonic: float
    wall: datetime
    source: str
    small: Image | None = None
    found: Found | None = None
    ready: Ready | None = None

    def __post_init__(self) -> None:
        _require("image", self.image, (None, None, 3), _UINT8)
        if self.small is not None:
            _require("small", self.small, (None, None, 3), _UINT8)

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.image.shape[1])

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self.image.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """The objects found in one frame, as parallel arrays, best score first.

    >>> found = Detections.empty(("person", "cat"))
    >>> len(found), found.to_dicts()
    (0, [])

    Attributes:
        boxes: float32 (N, 4): x1, y1, x2, y2 in pixels of the frame, 0 <= x1 <= x2 <= width.
        scores: float32 (N,), 0 to 1, descending.
        class_ids: int32 (N,), indices into ``labels``.
        labels: the name of every class the model knows, shared, not one per box.
        track_ids: int64 (N,), which track each object belongs to; None before tracking.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int32]
    labels: tuple[str, ...]
    track_ids: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        count = len(self.scores)
        if self.track_ids is not None:
            _require("track_ids", self.track_ids, (count,), _INT64)
        _require("boxes", self.boxes, (count, 4), _FLOAT32)
        _require("scores", self.scores, (count,), _FLOAT32)
        _require("class_ids", self.class_ids, (count,), _INT32)

    @classmethod
    def empty(cls, labels: tuple[str, ...]) -> Detections:
        """No objects."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int32), labels)

    def __len__(self) -> int:
        return len(self.scores)

    def __getitem__(self, index: slice | NDArray[Any]) -> Detections:
        """The rows a mask, slice or index array selects: ``found[found.scores > 0.7]``."""
        track_ids = None if self.track_ids is None else self.track_ids[index]
        return Detections(self.boxes[index], self.scores[index], self.class_ids[index], self.labels, track_ids)

    def filter(self, *labels: str) -> Detections:
        """Only the objects of these labels."""
        wanted = np.array([i for i, name in enumerate(self.labels) if name in labels], np.int32)
        return self[np.isin(self.class_ids, wanted)]

    def scale(self, x: float, y: float) -> Detections:
        """The same objects in a picture resized by these factors."""
        boxes = self.boxes * np.array([x, y, x, y], np.float32)
        return Detections(boxes, self.scores, self.class_ids, self.labels, self.track_ids)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Plain Python values: ``{"label", "class_id", "score", "box": [x1, y1, x2, y2]}`` for each object.

        Tracked objects have a ``"track_id"`` too.
        """
        rows = zip(self.class_ids.tolist(), self.scores.tolist(), self.boxes.tolist(), strict=True)
        objects: list[dict[str, Any]] = [
            {"label": self.labels[i], "class_id": i, "score": round(score, 4), "box": [round(v, 2) for v in box]}
            for i, score, box in rows
        ]
        if self.track_ids is not None:
            for each, track_id in zip(objects, self.track_ids.tolist(), strict=True):
                each["track_id"] = track_id
        return objects


@dataclass(frozen=True, slots=True, eq=False)
class FrameResult:
    """A frame and what was found in it: the one object that flows after detection.

    Attributes:
        frame: the picture.
        detections: the objects in it, in its pixels.
        stage_s: seconds each step took for this frame, by name: ``age`` (capture to the detector taking it),
            ``preprocess``, ``invoke``, ``decode``.
        fps: detections per second over the last few seconds; 0 where it isn't known.
        camera: the name of the camera that took it.
        events: those that changed with this frame.
        looked: whether the detector looked at this frame; False where nothing moved, and ``detections`` are the last.
    """

    frame: Frame
    detections: Detections
    stage_s: Mapping[str, float] = field(default_factory=dict)
    fps: float = 0.0
    camera: str = ""
    events: tuple[Event, ...] = ()
    looked: bool = True

    def to_dict(self) -> dict[str, Any]:
        """The line ``edgedet detect --json`` prints for this frame."""
        frame = self.frame
        return {
            "source": frame.source,
            "index": frame.index,
            "time": round(frame.time, 4),
            "width": frame.width,
            "height": frame.height,
            "detections": self.detections.to_dicts(),
        }
