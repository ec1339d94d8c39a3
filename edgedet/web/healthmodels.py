"""How it goes, as the web tells it. What a report has beyond these models is passed on."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class SourceModel(BaseModel):
    """Where pictures come from."""

    uri: str = Field(description="credentials removed")
    state: str
    detail: str
    reconnects: int


class FpsModel(BaseModel):
    """Frames a second, over the last few seconds."""

    capture: float
    detect: float
    publish: dict[str, float] = Field({}, description="by publisher")


class FramesModel(BaseModel):
    """Frames since the start."""

    captured: int
    detected: int
    looked: int = Field(description="those in which something may have changed")


class CameraHealth(BaseModel):
    """One of several cameras."""

    source: SourceModel
    fps: FpsModel
    frames: FramesModel


class PercentilesModel(BaseModel):
    """How long a step takes, milliseconds."""

    model_config = ConfigDict(extra="allow")

    p50: float
    p95: float
    p99: float


class CpuModel(BaseModel):
    """Percent; of the process, of one core."""

    process_percent: float
    system_percent: float


class DiskModel(BaseModel):
    """The disk that events are kept on, bytes."""

    path: str
    free: int | None = None
    total: int | None = None
    problem: str = Field(default="", description="why there are no figures")


class WritesModel(BaseModel):
    """What is written, bytes."""

    today: int | None = Field(default=None, description="since midnight UTC")
    budget: int | None = Field(default=None, description="that may be written in a day; 0: no limit")
    level: str | None = Field(
        default=None, description="all, no_continuous, lean or pictures: what is still written today"
    )
    per_day: int | None = Field(default=None, description="on the average of the last month")
    card_years: float | None = Field(default=None, description="until the card is worn, if it goes on so")
    card_assumed: bool | None = Field(default=None, description="the card's endurance is a guess from its size")
    continuous: int | None = Field(default=None, description="what continuous recording takes up")
    problem: str = Field(default="", description="why there are no figures")


class HealthModel(BaseModel):
    """Everything measured. Rates are moving, counts are since the start."""

    model_config = ConfigDict(extra="allow")

    time: datetime = Field(description="when it was measured")
    uptime_s: float
    source: SourceModel = Field(description="of the first camera, like fps and frames")
    fps: FpsModel
    frames: FramesModel
    cameras: dict[str, CameraHealth] = Field({}, description="where there are several")
    objects: dict[str, int] = Field(description="seen, by label")
    drops: dict[str, int] = Field(description="frames skipped, by who was too slow")
    errors: dict[str, int]
    latency_ms: dict[str, PercentilesModel | None] = Field(description="by step; empty steps have no figures yet")
    cpu: CpuModel
    rss_mb: float
    temperature_c: float | None
    throttled: list[str] | None = Field(description="what the board's firmware complains of; null: it can't say")
    disk: DiskModel | None = Field(description="null: nothing is kept")
    writes: WritesModel | None


class HistoryModel(BaseModel):
    """The last ten minutes: as many values of each figure as there are times, the oldest first."""

    every_s: float
    times: list[datetime]
    figures: dict[str, list[float | None]]


class LiveModel(BaseModel):
    """It answers."""

    ok: bool


class LogModel(BaseModel):
    """The last lines of the log, the oldest first; secrets removed."""

    lines: list[str]
