"""How recording goes, for the monitor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecorderStats:
    """What a camera's recorder has done since it began.

    Attributes:
        packets: encoded pictures that came.
        packets_dropped: those that left the memory too early, for want of it (``record.ring_mb``).
        frames_dropped: frames of a source that isn't encoded which came faster than they could be.
        frames_failed: frames the encoder failed on.
        ring_bytes, ring_seconds: what the memory holds now.
        clips: finished clips.
        clips_lost: events without one, or with a hole in it.
        clips_open: those being written or waiting for a disk.
        snapshots_lost: events whose pictures were given up.
        bytes_written: to the disk, everything counted, a clip twice: in fragments, and finished.
        trouble: why nothing can be written now; empty: it can.
    """

    packets: int
    packets_dropped: int
    frames_dropped: int
    frames_failed: int
    ring_bytes: int
    ring_seconds: float
    clips: int
    clips_lost: int
    clips_open: int
    snapshots_lost: int
    bytes_written: int
    trouble: str
