"""How long things are kept, and how much may be written."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from edgedet.config.section import Section, key

Days = Annotated[float, Field(gt=0, le=36500)]


class RetentionConfig(Section):
    """How long things are kept, and how much may be written. The oldest go first, those marked to be kept last."""

    days: Days = key(14, "days an event is kept")
    labels: dict[str, Days] = key({"person": 30}, "days for the events of single labels: { person = 30 }")
    cameras: dict[str, Days] = key({}, "days for all events of single cameras, whatever their label: { yard = 3 }")
    continuous_days: Days = key(2, "days continuous recording is kept")
    max_gb: float = key(0, "most gigabytes kept in all; 0: no limit", ge=0, le=1e6)
    min_free_mb: float = key(500, "megabytes of the disk that are left free", ge=0, le=1e9)
    write_gb_per_day: float = key(
        0,
        "gigabytes that may be written in a day: near it clips become shorter, then pictures; 0: no limit",
        ge=0,
        le=1e6,
    )
    card_tbw: float = key(
        0, "terabytes the card may be written in its life (TBW); 0: 200 times its size is assumed", ge=0, le=1e6
    )
