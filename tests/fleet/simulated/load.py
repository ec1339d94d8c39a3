"""The load model: what broker, store and network need for so many cameras, out of what some were measured to take.

    python -m tests.fleet.simulated.load [--events 100] [--figures FILE] [--write]

Costs are straight lines over the number of cameras. Whether they are, the run itself shows: the line through all stages
but the largest has to meet that one.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edgedet.config.record import RecordConfig
from tests.fleet.simulated.broker import FLEET

Stages = Sequence[Mapping[str, float]]

KEPT = Path(__file__).with_name("figures.json")
PAGE = FLEET / "load.md"
COUNTS = (10, 100, 10_000)
PER_EVENT = ("events", "snapshot", "objects")
"""Kinds of messages that come with events; the others come by the clock."""
BY_CLOCK = ("health", "state", "availability")
CHECKED = (
    "cameras_cpu", "cameras_rss_mb", "broker_cpu", "broker_rss_mb", "prometheus_cpu", "clients", "packets_in",
    "bytes_in", "samples",
)  # fmt: skip
LIMIT = 0.2
"""Largest deviation of the model from what was measured."""
CLIP_S = RecordConfig().pre_roll + 5 + RecordConfig().post_roll
"""Seconds of a clip, of an event that lasts five."""


@dataclass(frozen=True, slots=True)
class Line:
    """``constant + slope * cameras``."""

    constant: float
    slope: float

    def __call__(self, cameras: float) -> float:
        """What so many cost."""
        return self.constant + self.slope * cameras


def line(stages: Stages, name: str) -> Line:
    """The straight line with the least squares through a figure of these stages.

    >>> line([{"cameras": 1, "x": 3}, {"cameras": 3, "x": 7}], "x")
    Line(constant=1.0, slope=2.0)
    """
    slope, constant = np.polyfit([each["cameras"] for each in stages], [each.get(name, 0.0) for each in stages], 1)
    return Line(round(float(constant), 9), round(float(slope), 9))


def exponent(stages: Stages, name: str) -> float:
    """How a figure grows: 1 as the number of cameras does, 2 as its square. It has to be above 0 in every stage.

    >>> round(exponent([{"cameras": 2, "x": 4}, {"cameras": 4, "x": 16}], "x"), 3)
    2.0
    """
    some = [each for each in stages if each["cameras"]]
    logs = np.log([[each["cameras"], each[name]] for each in some])
    return float(np.polyfit(logs[:, 0], logs[:, 1], 1)[0])


def deviations(stages: Stages) -> dict[str, float]:
    """How far the line through all stages but the largest misses that one, as a fraction of it; needs three stages."""
    ordered = sorted(stages, key=lambda each: each["cameras"])
    *smaller, largest = ordered
    return {name: line(smaller, name)(largest["cameras"]) / largest[name] - 1 for name in CHECKED if largest.get(name)}


def need(figures: Mapping[str, Any], cameras: int, events: float, pictures: bool = True) -> dict[str, float]:
    """What so many cameras need.

    Args:
        figures: of a run.
        cameras: how many.
        events: of each in a day.
        pictures: whether each event's picture goes over the broker (``mqtt.snapshots``).
    """
    stages: Stages = figures["stages"]
    most = max(stages, key=lambda each: each["cameras"])
    count, started = most["cameras"], most["events_started"]
    kinds = [kind for kind in PER_EVENT if pictures or kind != "snapshot"]

    def rate(what: str) -> float:
        clock = sum(most.get(f"{kind}_{what}", 0.0) for kind in BY_CLOCK) / count
        return clock + sum(most.get(f"{kind}_{what}", 0.0) for kind in kinds) / started * events / 86400

    all_kinds = (*PER_EVENT, *BY_CLOCK)
    payload = sum(most.get(f"{kind}_bytes", 0.0) for kind in all_kinds)
    messages = sum(most.get(f"{kind}_messages", 0.0) for kind in all_kinds)
    framing = most["bytes_in"] / payload
    told = most["events_bytes"] / started * events / 86400
    block = figures["block"]
    samples = line(stages, "samples").slope * cameras
    clip = RecordConfig().bitrate * 125 * CLIP_S
    return {
        "connections": 2 * cameras + 3,
        "messages_s": rate("messages") * cameras,
        "in_kbit_s": rate("bytes") * framing * cameras * 8e-3,
        "out_kbit_s": 2 * told * framing * cameras * 8e-3,
        "broker_cores": line(stages, "broker_cpu").slope * count / messages * rate("messages") * cameras,
        "broker_mb": line(stages, "broker_rss_mb")(cameras),
        "samples_s": samples,
        "series": line(stages, "series").slope * cameras,
        "tsdb_mb_day": (
            samples * 86400 * block["chunk_bytes"] / block["samples"]
            + line(stages, "series").slope * cameras * block["index_bytes"] / block["series"]
        ) / 1e6,
        "prometheus_cores": line(stages, "prometheus_cpu").slope * cameras,
        "prometheus_mb": line(stages, "prometheus_rss_mb")(cameras),
        "scrape_kbit_s": figures["scrape_bytes"] * cameras / figures["every"] * 8e-3,
        "events_s": events * cameras / 86400,
        "catalogue_mb_day": most["events_bytes"] / most["events_messages"] * 2 * events * cameras / 1e6,
        "clips_gb_day": clip * events * cameras / 1e9,
    }  # fmt: skip


def main() -> None:
    """Print the model's table, or write it."""
    from tests.fleet.simulated import loadpage

    parser = argparse.ArgumentParser(prog="python -m tests.fleet.simulated.load", description=__doc__)
    parser.add_argument("--events", type=float, default=100, help="events of each camera in a day")
    parser.add_argument("--figures", type=Path, default=KEPT)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    given = parser.parse_args()
    text = loadpage.page(json.loads(given.figures.read_text()), given.events)
    if given.write:
        PAGE.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
