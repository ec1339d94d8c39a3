"""A camera that does what a test says."""

from __future__ import annotations

from dataclasses import dataclass, field

from edgedet.capture import Source, SourceStatus
from edgedet.stats import StageStats
from edgedet.types import Frame


class Place:
    """A source that is what the test says."""

    def __init__(self, uri: str) -> None:
        self.uri, self.live, self.now = uri, True, SourceStatus("open")

    def open(self) -> None: ...
    def read(self) -> Frame | None: ...
    def close(self) -> None: ...

    def status(self) -> SourceStatus:
        return self.now


@dataclass
class Porch:
    """A camera whose counters the test turns."""

    place: Place
    name: str = "porch"
    capture: StageStats = field(default_factory=lambda: StageStats("capture"))
    detect: StageStats = field(default_factory=lambda: StageStats("detect"))
    looked: int = 0
    detecting: bool = True
    private: bool = False

    @property
    def source(self) -> Source:
        return self.place

    def is_private(self) -> bool:
        return self.private
