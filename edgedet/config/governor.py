"""How the board is kept cool."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from edgedet.config.section import Section, key


class GovernorConfig(Section):
    """Keeps the board below a temperature by looking at fewer frames, before its firmware slows everything down."""

    enabled: Literal["auto", "on", "off"] = key("auto", "keep the board cool; auto: on a Raspberry Pi", "--governor")
    limit: float = key(76, "degrees Celsius it is kept below; the firmware slows a Pi down at 80", ge=40, le=79)
    floor_fps: float = key(3, "frames a second that are looked at however hot it is", "--floor-fps", gt=0, le=240)
    most_fps: float = key(0, "frames a second that are looked at, at most; 0: all there is time for", "--most-fps",
                          ge=0, le=240)  # fmt: skip
    smaller: str = key(
        "auto", "the model to go on with when fewer frames aren't enough, by name or file; auto: the next smaller one "
        "with the same labels; none: no other"
    )  # fmt: skip
    dwell: float = key(10, "seconds between two steps, at least", ge=1, le=600)
    board: str = key("real", "what is read: real, or simulated:35 for a Raspberry Pi 4 in a room of 35 C, to try it")

    @model_validator(mode="after")
    def _floor_below_the_most(self) -> GovernorConfig:
        if self.most_fps and self.floor_fps > self.most_fps:
            raise ValueError(
                f"floor_fps: {self.floor_fps:g} is more than most_fps allows, {self.most_fps:g}; lower one, or raise "
                "the other"
            )
        return self
