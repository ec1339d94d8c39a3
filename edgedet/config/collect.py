"""Which frames are kept to learn from."""

from __future__ import annotations

from edgedet.config.section import Fraction, Section, key


class CollectConfig(Section):
    """Frames the detector finds hard, and some at random: the next set to calibrate and train with."""

    enabled: bool = key(False, "keep hard frames, masked and blurred as everything else", "--collect/--no-collect")
    per_day: int = key(100, "most frames kept of a camera in a day", ge=1, le=10000)
    max_mb: float = key(500.0, "most megabytes kept in all; the oldest go first", ge=1, le=1e6)
    days: float = key(60.0, "days a frame is kept", gt=0, le=36500)
    random: Fraction = key(0.2, "share of them taken at random, so that the set isn't of hard frames alone")
    near: Fraction = key(0.1, "how near its threshold a score is that is in doubt")
    rare: Fraction = key(0.01, "share of all objects up to which a label is rare")
    quality: int = key(95, "JPEG quality", ge=50, le=100)
