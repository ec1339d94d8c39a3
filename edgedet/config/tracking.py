"""How objects are followed from frame to frame."""

from __future__ import annotations

from pydantic import model_validator

from edgedet.config.section import Fraction, Seconds, Section, key


class TrackingConfig(Section):
    """How objects are followed from frame to frame (ByteTrack), and which count as standing still."""

    low: Fraction = key(0.2, "lowest score that keeps a track alive (the second association)")
    match_iou: Fraction = key(0.2, "overlap a confident box must have with where its track is expected")
    low_iou: Fraction = key(0.5, "the same for boxes below the detector's confidence")
    lost_seconds: Seconds = key(2.0, "how long a track that is not seen keeps its place, in seconds")
    confirm: int = key(2, "looks in a row that must see an object before its track outlives a miss", ge=1, le=100)
    stationary_seconds: Seconds = key(10.0, "seconds without moving after which an object is stationary")
    stationary_iou: Fraction = key(0.75, "overlap with its old place below which an object has moved")
    stationary_memory: Seconds = key(
        300.0, "how long an unseen stationary object is known again at its place, in seconds"
    )

    @model_validator(mode="after")
    def _memory(self) -> TrackingConfig:
        if self.stationary_memory < self.lost_seconds:
            raise ValueError(
                f"stationary_memory: {self.stationary_memory:g} s is shorter than lost_seconds, "
                f"{self.lost_seconds:g} s; make it at least as long"
            )
        return self
