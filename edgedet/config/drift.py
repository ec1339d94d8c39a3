"""When a camera's world has changed."""

from __future__ import annotations

from pydantic import model_validator

from edgedet.config.section import Section, key


class DriftConfig(Section):
    """Daily statistics of each camera, and a word when what it sees is no longer what it saw."""

    enabled: bool = key(
        False, "keep statistics of each camera and tell when its picture has changed", "--drift/--no-drift"
    )
    every: float = key(10.0, "seconds between pictures that are measured", ge=0.1, le=3600)
    window: float = key(600.0, "seconds that are compared as one with the days before", ge=10, le=3600)
    learn: int = key(3, "days the same hours must have been seen on before anything is told", ge=2, le=60)
    days: int = key(14, "days before that are compared with, and kept", ge=2, le=366)
    tolerance: float = key(1.5, "how many times as far off as in the days before counts as changed", ge=1, le=10)

    @model_validator(mode="after")
    def _enough(self) -> DriftConfig:
        if self.learn > self.days:
            raise ValueError(f"learn: {self.learn} days are more than are kept; make days at least as many")
        if self.window < 5 * self.every:
            raise ValueError(
                f"window: {self.window:g} s have fewer than 5 pictures, one each {self.every:g} s; make it longer"
            )
        return self
