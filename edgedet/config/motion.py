"""When the detector looks."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from edgedet.config.section import Fraction, Seconds, Section, key
from edgedet.config.zones import Polygon, check_polygon


class MotionConfig(Section):
    """Whether the detector rests while nothing moves."""

    enabled: bool = key(True, "look only at frames in which something moves; false: at every frame")
    sensitivity: Fraction = key(0.5, "how faint a change counts: 0 none but the strongest, 1 the faintest")
    min_area: Fraction = key(0.001, "smallest moving area, as a fraction of the frame")
    every: Seconds = key(5, "seconds between looks at a still scene")
    masks: list[Polygon] = key([], "polygons in which motion is ignored, such as a waving tree or a clock")

    @model_validator(mode="after")
    def _drawn_well(self) -> Self:
        for number, mask in enumerate(self.masks, 1):
            check_polygon("masks" if len(self.masks) == 1 else f"masks: number {number}", mask)
        return self
