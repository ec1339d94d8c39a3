"""What no picture may show."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from edgedet.config.section import Fraction, Section, key
from edgedet.config.zones import Polygon, check_polygon


class PrivacyConfig(Section):
    """What no picture may show: blacked out or blurred before anything is encoded, kept or sent."""

    masks: list[Polygon] = key([], "polygons blacked out at capture, their corners [x, y] from 0 to 1")
    blur: list[Annotated[str, Field(min_length=1)]] = key([], 'labels made unrecognisable: ["person"]; empty: none')
    style: Literal["pixelate", "blur", "black"] = key("pixelate", "how; only black gives nothing away")
    part: Literal["whole", "upper"] = key("whole", "how much of an object; upper: a standing person's head and chest")
    margin: Fraction = key(0.1, "how far beyond an object's box on every side, as a fraction of its size")
    hold: float = key(1.0, "seconds an object stays covered after it was last seen", ge=0, le=60)

    @model_validator(mode="after")
    def _drawn_well(self) -> Self:
        for number, mask in enumerate(self.masks, 1):
            check_polygon(f"masks: polygon {number}", mask)
        return self

    @property
    def hides(self) -> bool:
        """Whether pixels are changed: film that arrives encoded must then be encoded anew, never kept as it came."""
        return bool(self.masks or self.blur)
