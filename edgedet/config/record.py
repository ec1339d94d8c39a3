"""What is recorded of an event, and how."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from edgedet.config.section import Section, key

EncoderChoice = Literal["auto", "hardware", "software", "never"]


class RecordConfig(Section):
    """Clips and snapshots of events, and continuous recording."""

    clips: bool = key(True, "keep a clip of every event", "--clips/--no-clips")
    pre_roll: float = key(5, "seconds of a clip before the object was first seen", ge=0, le=300)
    post_roll: float = key(5, "seconds of a clip after the object was last seen", ge=0, le=300)
    longest: float = key(120, "longest clip in seconds; that of a longer event ends there", ge=1, le=86400)
    ring_mb: float = key(32, "memory for what came before an event, in MB", ge=1, le=4096)
    snapshots: bool = key(True, "keep pictures of every event: annotated, clean and a thumbnail")
    snapshot_quality: int = key(85, "JPEG quality of the pictures", ge=1, le=100)
    encoder: EncoderChoice = key(
        "auto", "what encodes a source that doesn't come encoded: the best there is, a certain one, or none (no clips)"
    )
    fps: float = key(10, "most frames a second that are encoded; 0: all", ge=0, le=240)
    width: int = key(1280, "most pixels across that are encoded; 0: as captured", ge=0, le=8192)
    bitrate: int = key(2000, "kilobits a second of what is encoded", ge=50, le=100_000)
    continuous: bool = key(False, "record all the time, beside the events", "--continuous/--no-continuous")
    segment_seconds: float = key(300, "length of a continuous recording's files in seconds", ge=5, le=3600)

    @model_validator(mode="after")
    def _room_for_the_rolls(self) -> RecordConfig:
        if self.pre_roll + self.post_roll >= self.longest:
            rolls = self.pre_roll + self.post_roll
            raise ValueError(
                f"longest: {self.longest:g} s leave nothing beside pre_roll and post_roll, {rolls:g} s together; "
                f"give more than {rolls:g}"
            )
        return self
